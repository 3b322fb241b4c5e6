"""The samples of docs/webhooks.md take what we send, and nothing else."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable

import pytest

from tests.doors.strangers import Hook, Received
from tests.harness import House
from tests.products.accounts.hooks import made
from tests.rules.source import ROOT

Check = Callable[[str, dict[str, str], bytes], bool]


def _sample(language: str) -> str:
    page = (ROOT / "docs/webhooks.md").read_text()
    (sample,) = re.findall(rf"```{language}\n(.*?)```", page, re.S)
    return str(sample)


def _in_python(secret: str, headers: dict[str, str], body: bytes) -> bool:
    names: dict[str, Check] = {}
    exec(_sample("python"), names)  # noqa: S102 the sample is ours
    return names["is_ours"](secret, headers, body)


def _in_node(secret: str, headers: dict[str, str], body: bytes) -> bool:
    node = shutil.which("node")
    if node is None:
        pytest.skip("there is no Node.js on this machine")
    ask = f"console.log(isOurs({json.dumps(secret)}, {json.dumps(headers)}, Buffer.from('{body.hex()}', 'hex')))"
    done = subprocess.run(
        [node, "-e", _sample("js") + ask], capture_output=True, text=True, timeout=60, check=True
    )  # fmt: skip
    return done.stdout.strip() == "true"


def _received(house: House) -> tuple[str, Received]:
    """A secret that is about to be replaced, and a delivery in the overlap."""
    agent = house.agent()
    with Hook() as hook:
        endpoint = made(agent, hook.url)
        agent.send(f"/webhooks/endpoints/{endpoint['id']}/rotate")
        agent.send(f"/webhooks/endpoints/{endpoint['id']}/test")
        house.drain()
    return endpoint["secret"], hook.received[0]


@pytest.mark.promise("webhooks.endpoints.signed")
@pytest.mark.parametrize("check", [_in_python, _in_node])
def test_a_sample_of_the_page_takes_what_is_ours_and_nothing_else(house: House, check: Check) -> None:
    secret, received = _received(house)
    old = {**received.headers, "webhook-timestamp": str(int(received.headers["webhook-timestamp"]) - 600)}
    assert check(secret, received.headers, received.body)
    assert not check(secret, received.headers, received.body + b" ")
    assert not check("whsec_" + "b" * 44, received.headers, received.body)
    assert not check(secret, old, received.body)
