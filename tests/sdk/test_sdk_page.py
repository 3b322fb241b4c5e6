"""The examples of docs/sdk.md and sdk/README.md are run as they are written, against the real app."""

import json
import re
import shlex
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from typer.testing import CliRunner

import byhand
from byhand import encrypt, webhooks
from byhand.cli.commands import app
from tests.harness import House
from tests.products.qa import people
from tests.rules.source import ROOT, files, imported, name
from tests.sdk.standing import on_loopback

PAGE = (ROOT / "docs/sdk.md").read_text()
ADDRESS = "http://127.0.0.1:8000"
FOR_SOMEBODY_ELSE = ("wait", "verify", "retrieve", "listen", "test", "job")
"""Commands that want something to have happened, or somebody to do it."""


def blocks(page: str, language: str) -> list[str]:
    """The fenced blocks of one language; a fence that ends one block must not seem to begin another."""
    every = re.findall(r"^```(\w*)\n(.*?)^```$", page, re.M | re.S)
    return [text for found, text in every if found == language]


@contextmanager
def people_at_work(house: House, answer: str = "") -> Iterator[None]:
    """Somebody who takes what there is, and hands in what it asks for, until the block ends.

    What is to be confirmed in words is left to others, unless there is an answer.
    """
    operator, over = house.operator(), threading.Event()
    tester = people.Tester(operator)

    def work() -> None:
        while not over.wait(0.2):
            for row in tester.get("/jobs").json["data"]:
                tester.claim(row["id"])
                tester.submit(row["id"], answers={"works": True}, passed=True)
            for row in operator.page("/operator/tasks?all=true")["data"]:
                if row["proof_type"] != "CONFIRMATION" or answer:
                    operator.accept(row["task_id"])
                    _hand_in(operator, row["task_id"], answer)
            house.drain()

    worker = threading.Thread(target=work)
    worker.start()
    try:
        yield
    finally:
        over.set()
        worker.join()


def _hand_in(operator: Any, task_id: str, answer: str) -> None:
    task = operator.get(f"/operator/tasks/{task_id}").json
    if task["proof_type"] == "CONFIRMATION":
        operator.submit(task_id, confirmation_text=answer)
    elif task["agent_public_key"] is None:
        operator.hand_in(task_id)
    else:
        secret = {"api_key": "sk_1", "dashboard_url": "https://acme.io"}
        operator.submit(task_id, encrypted_credential=encrypt(secret, task["agent_public_key"], task_id).wire())


def test_the_examples_of_the_page_run_from_top_to_bottom(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    told: dict[str, Any] = {}
    with on_loopback(house) as url, people_at_work(house):
        for block in blocks(PAGE, "python"):
            if "retrieve_credential" in block:
                told["client"].tasks.wait(told["task"].task_id, timeout=30)
            exec(compile(block.replace(ADDRESS, url), "docs/sdk.md", "exec"), told)  # noqa: S102 our own page
    printed = capsys.readouterr().out
    for line in (
        "500",
        "4.5 29.5",
        "COMPLETED",
        "Verify storefront signage 25",
        "completed True {'works': True}",
        f"{people.SAID} []",
        "{'api_key': 'sk_1', 'dashboard_url': 'https://acme.io'}",
    ):
        assert line in printed
    assert re.search(r"409 wrong_state req_", printed)
    body = b'{"type":"task.completed","created_at":"2027-01-01T00:00:00Z","data":{}}'
    headers = webhooks.sign(body, told["secret"], "evt_1", int(time.time()))
    assert (told["hook"](body, headers), told["hook"](b"{}", headers)) == (204, 401)


def test_the_readmes_examples_name_what_exists() -> None:
    examples = blocks((ROOT / "sdk/README.md").read_text(), "python")
    assert len(examples) == 2
    for example in examples:
        compile(example, "sdk/README.md", "exec")
        for verb in re.findall(r"client\.([a-z_.]+)\(", example):
            found: Any = byhand.Byhand("ho_x", ADDRESS)
            for part in verb.split("."):
                found = getattr(found, part)


def test_the_commands_of_the_page_run_from_top_to_bottom(house: House) -> None:
    lines = [line for block in blocks(PAGE, "") for line in block.splitlines() if line.startswith("byhand ")]
    task_id, seen = "", set()
    with on_loopback(house) as url:
        for line in lines:
            words = shlex.split(line.replace(ADDRESS, url).replace("TASK", task_id))[1:]
            seen.add(words[0])
            if words[0] in FOR_SOMEBODY_ELSE and "--no-wait" not in words:
                assert CliRunner().invoke(app, [words[0], "--help"]).exit_code == 0
                continue
            done = CliRunner().invoke(app, words)
            assert done.exit_code == 0, (line, done.output)
            if found := re.search(r"task_\w+", done.output):
                task_id = found[0]
    assert seen == {
        command.name or command.callback.__name__ for command in app.registered_commands if command.callback
    }


def test_the_configuration_of_hosts_is_json_that_names_our_program() -> None:
    [words] = [json.loads(block) for block in blocks(PAGE, "json")]
    assert words["mcpServers"]["byhand"]["command"] in (ROOT / "sdk/pyproject.toml").read_text()


@pytest.mark.parametrize("path", files("sdk"), ids=name)
def test_the_package_knows_nothing_of_the_backends_code(path: Any) -> None:
    assert not [one for one in imported(path) if one.split(".")[0] in ("chalicelib", "app", "local", "infra", "tests")]


def test_the_public_names_are_all_there_and_listed_in_order() -> None:
    assert sorted(byhand.__all__) == byhand.__all__
    assert all(hasattr(byhand, one) for one in byhand.__all__)
