"""Jobs on the command line, against the real app behind a socket: what is printed, and what it ends with."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from byhand.cli import exits, show
from tests.products.qa import people
from tests.products.qa.people import SAID
from tests.sdk.test_sdk_cli import Terminal, rich, terminal

__all__ = ["rich", "terminal"]
PAGE, WORDS = "https://shop.example.com", "Buy a pencil."


@contextmanager
def somebody_tests(terminal: Terminal, **words: Any) -> Iterator[None]:
    """A tester who takes what there is and hands in some words, until the block ends; without words they refuse."""
    worker, over = people.tester(terminal.house), threading.Event()

    def work() -> None:
        while not over.wait(0.1):
            terminal.house.drain()
            for row in worker.get("/jobs").json["data"]:
                worker.claim(row["id"])
                if words:
                    worker.submit(row["id"], **words)
                else:
                    worker.reject(row["id"])
            terminal.house.drain()

    at_work = threading.Thread(target=work)
    at_work.start()
    try:
        yield
    finally:
        over.set()
        at_work.join()


def test_a_page_is_tried_waited_for_and_told(rich: Terminal, tmp_path: Path) -> None:
    schema = tmp_path / "schema.json"
    schema.write_text(json.dumps({"works": {"type": "boolean", "description": "Does it work?"}}))
    asked = ["test", PAGE, WORDS, "--schema", str(schema), "--minutes", "3", "--screen", "mobile"]
    with somebody_tests(rich, answers={"works": True}, passed=True):
        done = rich.run(*asked)
        again = rich.run(*asked, "--json", "--key", "another")
    assert done.exit_code == 0, done.output
    for part in (SAID, "data works", "true", "completed", "Tester "):
        assert part in done.stdout
    assert done.stderr.splitlines()[-1].endswith(" completed")
    told = json.loads(again.stdout)
    assert told["job_id"] == told["id"]
    assert not [name for name in _names(told) if name != name.lower()], "one casing"
    assert (told["result"]["data"], told["screen_size"]) == ({"works": True}, {"width": 375, "height": 667})


def _names(told: Any) -> Iterator[str]:
    """The names of all fields, but of what was asked for in words of one's own."""
    for name, value in told.items() if isinstance(told, dict) else []:
        yield name
        yield from _names(value) if name not in ("data", "output_schema") else ()
    for one in told if isinstance(told, list) else []:
        yield from _names(one)


def test_a_cost_of_less_than_a_cent_is_shown_whole(rich: Terminal) -> None:
    with somebody_tests(rich, testDurationSeconds=1):
        done = rich.run("test", PAGE, WORDS)
    assert "$0.0018" in done.stdout
    assert " 0.0018 " in rich.run("jobs").stdout
    assert [show.amount(Decimal(text)) for text in ("25", "0.5", "1234.25", "0.000001", "0.396")] == [
        "25.00", "0.50", "1,234.25", "0.000001", "0.396",
    ]  # fmt: skip


def test_what_did_not_pass_and_what_came_to_nothing_end_with_codes_of_their_own(rich: Terminal) -> None:
    with somebody_tests(rich, passed=False):
        failed = rich.run("test", PAGE, WORDS)
    assert (failed.exit_code, "passed" in failed.stdout) == (exits.NOT_PASSED, True)
    with somebody_tests(rich):
        refused = rich.run("test", PAGE, "Another thing.")
    assert (refused.exit_code, "wants a password" in refused.stdout) == (exits.ENDED_OTHERWISE, True)


def test_a_job_is_ordered_listed_looked_at_and_waited_for(rich: Terminal) -> None:
    made = rich.json("test", PAGE, WORDS, "--no-wait", "--no-extend", "--screen", "1440x900")
    assert (made["status"], made["screen_size"]["width"], made["allow_duration_extension"]) == ("pending", 1440, False)
    assert [row["id"] for row in rich.json("jobs", "--status", "PENDING")] == [made["id"]]
    assert WORDS in rich.run("jobs").stdout
    looked = rich.run("job", made["id"])
    assert (looked.exit_code, "pending" in looked.stdout) == (0, True)
    waited = rich.run("job", made["id"], "--wait", "--timeout", "0")
    assert (waited.exit_code, "still pending" in waited.stderr) == (exits.UNFINISHED, True)
    assert f"byhand job {made['id']} --wait" in waited.stderr


@pytest.mark.parametrize(
    ("words", "code"),
    [(["javascript:alert(1)", WORDS], 2), ([PAGE, WORDS, "--schema", "nowhere.json"], 2), ([PAGE], 2),
     ([PAGE, WORDS, "--screen", "watch"], 2), ([PAGE, WORDS, "--repo", "a/b", "--issues"], 5)],
)  # fmt: skip
def test_what_goes_wrong_is_a_sentence_on_stderr_and_a_code(rich: Terminal, words: list[str], code: int) -> None:
    done = rich.run("test", *words)
    assert (done.exit_code, done.stdout) == (code, "")
    assert done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("text", ["[1]", "not json"])
def test_a_schema_that_is_none_is_named_before_anything_is_ordered(rich: Terminal, tmp_path: Path, text: str) -> None:
    place = tmp_path / "schema.json"
    place.write_text(text)
    done = rich.run("test", PAGE, WORDS, "--schema", str(place))
    assert (done.exit_code, "--schema" in done.stderr, rich.json("jobs")) == (2, True, [])


def test_a_job_that_is_not_there_is_told(rich: Terminal) -> None:
    assert rich.run("job", "job_1").exit_code == 5
