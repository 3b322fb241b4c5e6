"""The log: one JSON line per thing, with the fields we name and nothing else."""

import io
import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from chalicelib.kit import log


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What the log writes, line by line, as it would go to standard output."""
    out, logger = io.StringIO(), logging.getLogger("byhand")
    handler, level = logging.StreamHandler(out), logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    yield out
    logger.removeHandler(handler)
    logger.setLevel(level)


def test_every_line_is_one_json_object_with_its_level_and_event(written: io.StringIO) -> None:
    log.info("task.moved", task="task_1")
    log.warning("agenda.dead", entry="e1")
    lines = [json.loads(line) for line in written.getvalue().splitlines()]
    assert lines == [
        {"level": "info", "event": "task.moved", "task": "task_1"},
        {"level": "warning", "event": "agenda.dead", "entry": "e1"},
    ]


def test_text_from_outside_cannot_write_a_line_of_its_own(written: io.StringIO) -> None:
    log.info("http.refused", code='x"}\n{"level": "error", "event": "forged"}\r\n')
    (line,) = written.getvalue().splitlines()
    assert json.loads(line)["event"] == "http.refused"


def test_a_fault_is_logged_whole_with_its_type_and_where_it_happened(written: io.StringIO) -> None:
    try:
        raise LookupError("no such thing")
    except LookupError as error:
        log.fault("http.fault", error, route="GET /x")
    line = json.loads(written.getvalue())
    assert (line["level"], line["error_type"], line["route"]) == ("error", "LookupError", "GET /x")
    assert "no such thing" in line["traceback"]
    assert "test_log.py" in line["traceback"]


def test_what_json_does_not_know_is_written_as_text(written: io.StringIO) -> None:
    log.info("tried", at=datetime(2026, 2, 10, tzinfo=UTC), amount=Decimal("0.10"), error=ValueError("x"))
    line = json.loads(written.getvalue())
    assert (line["at"], line["amount"], line["error"]) == ("2026-02-10 00:00:00+00:00", "0.10", "x")


def test_setting_the_log_up_again_does_not_write_lines_twice_and_keeps_them_from_other_loggers() -> None:
    logger = logging.getLogger("byhand")
    log.set_up()
    handlers = list(logger.handlers)
    log.set_up("WARNING")
    assert logger.handlers == handlers
    assert logger.propagate is False
    assert not logger.isEnabledFor(logging.INFO)
    log.set_up()
    assert logger.isEnabledFor(logging.INFO)
