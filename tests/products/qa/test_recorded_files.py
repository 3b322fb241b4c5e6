"""What a browser recorded: as an uploaded file, which may hold more than an answer, and as a program wrote it."""

import json
from typing import Any

import pytest
import requests

from chalicelib.core.files.model import JSON_BYTES_MAX
from chalicelib.products.qa.sessions import SHOWN_BYTES_MAX
from tests.harness import House
from tests.products.qa.people import Test, test_of

LOG = {"consoleMessages": [{"type": "error", "message": "Boom", "timestamp": "00:01"}] * 3_000}
LISTS = ("consoleMessages", "networkRequests", "clicks")
LAMBDA_BYTES_MAX = 6 * 1024 * 1024
CONSOLE = "\x1b[31mred\x1b[0m, half a \ud83d, \u202eturned round, a\tb\nc\x00"
CLEANED = "[31mred[0m, half a , turned round, a\tb\nc"


def _uploaded(made: Test, words: Any) -> str:
    return made.tester.uploaded(json.dumps(words).encode(), "application/json")


def _handed_in(made: Test, **data: Any) -> dict[str, Any]:
    """testerData of a job, once its tester has handed it in like that."""
    handed_in = made.tester.submit(made.job_id, testerData=data)
    assert handed_in.status == 200, handed_in
    made.house.drain()
    return dict(made.job["testerData"])


@pytest.mark.promise("qa.data.large")
def test_a_file_holds_more_lines_than_a_request_and_is_shown_like_them(house: House) -> None:
    made = test_of(house).claimed()
    shown = _handed_in(made, recordedUrl=_uploaded(made, LOG))
    assert shown["consoleMessages"] == LOG["consoleMessages"]
    assert "recordedUrl" not in shown, "all of it is shown"


def test_a_file_of_another_shape_is_refused_and_its_place_named(house: House) -> None:
    made = test_of(house).claimed()
    url = _uploaded(made, {"clicks": [{"x": "left"}]})
    refused = made.tester.submit(made.job_id, testerData={"recordedUrl": url})
    assert (refused.status, refused.json["field"]) == (400, "testerData.recordedUrl.clicks.0.x")
    assert made.job["status"] == "working"


def _as_much_as_there_may_be() -> dict[str, list[dict[str, Any]]]:
    """A recording as large as a file of it may be, of what grows most when it is written into JSON."""
    quotes = '"' * 1_000
    return {
        "consoleMessages": [{"type": "log", "message": quotes * 2, "timestamp": f"{n}"} for n in range(2_800)],
        "networkRequests": [{"url": quotes, "method": "GET", "timestamp": f"{n}"} for n in range(2_500)],
        "clicks": [{"x": n, "y": 0.5, "timestamp": "00:01", "element": "#pay"} for n in range(5_000)],
    }


@pytest.mark.promise("qa.data.fits")
@pytest.mark.parametrize("settings", [{"BYHAND_PUBLIC_URL": "https://byhand.test"}])
def test_an_answer_fits_whatever_was_recorded_and_links_the_whole_of_it(house: House) -> None:
    recorded = _as_much_as_there_may_be()
    assert 0.8 * JSON_BYTES_MAX < len(json.dumps(recorded)) < JSON_BYTES_MAX
    wanted = {f"field {n}": {"type": "string", "description": '"' * 300} for n in range(6)}
    made = test_of(house, description='"' * 10_000, outputSchema=wanted).claimed()
    answers, url = dict.fromkeys(wanted, "😀" * 3_000), _uploaded(made, recorded)
    said = {"testerResponse": "😀" * 20_000, "answers": answers, "testerData": {"recordedUrl": url}}
    assert made.tester.submit(made.job_id, **said).status == 200
    house.drain()
    told = made.customer.get(f"/job/{made.job_id}")
    assert told.json["status"] == "completed"
    # Lambda answers with JSON in which the body is one text.
    assert len(json.dumps({"body": told.text}, ensure_ascii=False).encode()) < 0.8 * LAMBDA_BYTES_MAX
    shown = told.json["testerData"]
    for name in LISTS:
        assert shown[name] == recorded[name][: len(shown[name])]
        assert shown[name]
    assert shown["clicks"] == recorded["clicks"], "a short list is whole beside long ones"
    inline = len(json.dumps([shown[name] for name in LISTS], separators=(",", ":")))
    assert 0.99 * SHOWN_BYTES_MAX < inline < 1.01 * SHOWN_BYTES_MAX
    followed = house.request("GET", shown["recordedUrl"].removeprefix("https://byhand.test"))
    assert requests.get(followed.headers["location"], timeout=10).json() == recorded


@pytest.mark.promise("qa.data.from_programs")
@pytest.mark.parametrize("way", ["inline", "by file"])
def test_what_a_console_holds_beside_text_is_taken_out_and_nothing_is_refused_for_it(house: House, way: str) -> None:
    recorded = {
        "consoleMessages": [{"type": "log\x00", "message": CONSOLE, "timestamp": "00:01\x7f"}],
        "networkRequests": [{"url": "https://a.example/\u202e", "method": "GET", "timestamp": "00:01"}],
        "clicks": [{"x": 1, "y": 2, "timestamp": "00:01", "element": "#pay\x07"}],
    }
    made = test_of(house).claimed()
    data = recorded if way == "inline" else {"recordedUrl": _uploaded(made, recorded)}
    shown = _handed_in(made, **data)
    assert shown["consoleMessages"] == [{"type": "log", "message": CLEANED, "timestamp": "00:01"}]
    assert shown["networkRequests"][0]["url"] == "https://a.example/"
    assert shown["clicks"][0]["element"] == "#pay"


def test_words_of_a_person_are_refused_for_such_characters_as_before(house: House) -> None:
    made = test_of(house).claimed()
    for words, field in (
        ({"testerResponse": CONSOLE}, "testerResponse"), ({"answers": {"a": CONSOLE}}, "answers.a"),
        ({"testerData": {"videoUrl": CONSOLE}}, "testerData.videoUrl"), ({"clicks": CONSOLE}, "clicks"),
    ):  # fmt: skip
        refused = made.tester.submit(made.job_id, **words)
        assert (refused.status, refused.json["field"]) == (400, field)
        assert "U+001B" in refused.json["message"]
