"""The MCP servers that are compared: each sees only its own make, all of them answer the same, and the page says so."""

import ast
import json
import sys
import sysconfig
from pathlib import Path
from typing import Any

import pytest

from bench import __main__ as measured
from bench import cold, page, rivals
from bench.rivals import HANDSHAKES, MODERN, OURS, RIVALS, SERVERS, Make, Measured, WrongAnswer
from docs.drawing import ROOT

OFFICIAL = RIVALS[0]
MAY_IMPORT = {
    "ours": {"chalicelib"}, "official": {"mcp", "mcp_types"}, "fast": {"fastmcp"}, "awslabs_handler": {"awslabs"},
    "same": {"pydantic"}, "asgi": set(), "__init__": set(),
}  # fmt: skip


@pytest.mark.parametrize("program", sorted(SERVERS.glob("*.py")), ids=lambda path: path.stem)
def test_a_program_imports_its_own_make_and_nothing_else(program: Path) -> None:
    nodes = list(ast.walk(ast.parse(program.read_text())))
    named = {name.name for node in nodes if isinstance(node, ast.Import) for name in node.names}
    named |= {str(node.module) for node in nodes if isinstance(node, ast.ImportFrom)}
    foreign = {name.partition(".")[0] for name in named} - sys.stdlib_module_names - {"servers"}
    assert foreign == MAY_IMPORT[program.stem]


@pytest.mark.parametrize("make", RIVALS, ids=lambda make: make.module)
def test_what_a_rival_needs_is_pinned_whole_and_checks_arguments_as_we_do(make: Make) -> None:
    pins = (SERVERS / f"{make.module}.txt").read_text().splitlines()
    assert all(len(pin.split("==")) == 2 for pin in pins)
    assert f"{make.package}==" in "\n".join(pins)
    ours = (ROOT / "requirements.txt").read_text().splitlines()
    assert {pin for pin in pins if pin.startswith(("pydantic==", "pydantic_core=="))} <= set(ours)


@pytest.mark.parametrize("make", [OURS, OFFICIAL], ids=lambda make: make.module)
def test_a_make_answers_the_task_and_says_which_eras_it_speaks(make: Make) -> None:
    """Ours from the source, and the official SDK as it is installed for the tests."""
    installed = Path(sysconfig.get_paths()["purelib"])
    with rivals.programs() as folder:
        run = rivals.run(make, [folder, installed, *([ROOT] if make is OURS else [])])
    assert run.speaks == (*HANDSHAKES, MODERN)
    assert run.cold_ms > 1
    assert run.warm_us > 1


def _told(called: Any, *hellos: Any) -> str:
    bodies = [json.dumps(body) for body in (called, *hellos, *[{"error": {}}] * (5 - len(hellos)))]
    return "chatter\n" + json.dumps({"cold_ms": 100.0, "warm_us": 20.0, "bodies": bodies}) + "\n"


def _result(**told: Any) -> dict[str, Any]:
    return {"result": {"content": [{"type": "text", "text": json.dumps(told)}]}}


def test_a_run_is_read_from_its_last_line() -> None:
    answered = _told(_result(task_id=rivals.TASK_ID), {"result": {"protocolVersion": HANDSHAKES[0]}})
    assert rivals.read_run(OFFICIAL, answered) == rivals.Run(100.0, 20.0, (HANDSHAKES[0],))


@pytest.mark.parametrize("called", [
    _result(task_id="task_1"), {"error": {"code": -32602}}, {"result": {"content": [{"text": "{'task_id': 1}"}]}},
    {"result": {**_result(task_id=rivals.TASK_ID)["result"], "isError": True}},
])  # fmt: skip
def test_a_run_that_answered_anything_else_is_no_run(called: dict[str, Any]) -> None:
    with pytest.raises(WrongAnswer):
        rivals.read_run(OFFICIAL, _told(called))


def test_another_revision_than_the_one_greeted_in_is_not_spoken() -> None:
    """A server may answer a greeting in the revision it prefers; then it has not taken up ours."""
    told = [{"result": {"protocolVersion": HANDSHAKES[0]}}] * 4
    assert rivals.read_run(OFFICIAL, _told(_result(task_id=rivals.TASK_ID), *told)).speaks == (HANDSHAKES[0],)


def test_where_the_rivals_cannot_be_fetched_the_run_goes_on_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(rivals, "BUILT", tmp_path)
    monkeypatch.setattr(cold, "PACKAGE", tmp_path)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    assert measured.raced() is None
    assert "MCP was not measured again: the official SDK could not be fetched" in capsys.readouterr().err
    assert not list(tmp_path.glob("*.ready"))


def test_the_page_compares_every_make_with_ours() -> None:
    section = page.PAGE.read_text().partition(f"{page.MCP}\n\n")[2]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in section.splitlines() if "| " in line]
    assert [row[0] for row in rows[2:]] == [make.title for make in (OURS, *RIVALS)]
    versions = {row[0]: row[1] for row in rows[2:]}
    for make in RIVALS:
        assert f"{make.package}=={versions[make.title]}" in (SERVERS / f"{make.module}.txt").read_text().splitlines()


def test_the_section_shows_what_was_measured_and_stays_where_nothing_was() -> None:
    measured = [
        Measured(OURS, "this one", (*HANDSHAKES, MODERN), 100.0, 20.0, 50_000_000),
        Measured(OFFICIAL, "2", (HANDSHAKES[0],), 450.0, 90.0, 40_000_000),
    ]  # fmt: skip
    shown = page.mcp(measured)
    assert "| ours | this one | 2024-11-05 to 2026-07-28 | 100 | 1.0 | 20 | 1.0 | 50 |" in shown
    assert "| the official SDK | 2 | 2024-11-05 alone | 450 | 4.5 | 90 | 4.5 | 40 |" in shown
    assert page.mcp(None) in page.PAGE.read_text()
