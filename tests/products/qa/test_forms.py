"""The form beside a tester's own words: it shows what answers are held to, and takes none that could not be paid."""

from typing import Any

import pytest

from tests.products.qa.conftest import Hours
from tests.products.qa.people import Test, test_of

RATING = {"type": "string", "enum": ["good", "bad"], "description": "How was it?", "example": "good"}
STARS = {"type": "integer", "minimum": 1, "maximum": 5, "pattern": "ignored"}
LISTED = {"type": "array", "maxItems": 2, "items": {"type": "string", "enum": ["Cart", "Menu"]}}
WANTED = {"rating": RATING, "stars": STARS, "where": LISTED, "ok": {"type": "boolean"}}
RIGHT = {"rating": "good", "stars": 4, "where": ["Cart"], "ok": True}


@pytest.fixture
def made(hours: Hours) -> Test:
    """A test with narrow questions, whose tester has begun."""
    return test_of(hours.house, outputSchema=WANTED).claimed()


@pytest.mark.promise("qa.form.shown")
def test_the_form_shows_everything_that_an_answer_is_held_to(made: Test) -> None:
    form = made.tester.get(f"/jobs/{made.job_id}").json["form"]
    assert form == [
        {
            "name": "rating", "type": "string", "description": "How was it?", "required": True,
            "answerSchema": {"type": "string", "enum": ["good", "bad"]},
        },
        {
            "name": "stars", "type": "number", "description": "", "required": True,
            "answerSchema": {"type": "integer", "minimum": 1, "maximum": 5},
        },
        {"name": "where", "type": "array", "description": "", "required": True, "answerSchema": LISTED},
        {"name": "ok", "type": "boolean", "description": "", "required": True, "answerSchema": {"type": "boolean"}},
    ]  # fmt: skip


@pytest.mark.promise("qa.form.spelling")
@pytest.mark.parametrize(
    ("answers", "data"),
    [
        (RIGHT, RIGHT),
        ({"rating": " Good ", "stars": "4", "where": ["cart", "MENU"], "ok": "yes"},
         {**RIGHT, "where": ["Cart", "Menu"]}),
        ({"rating": "GOOD", "stars": "4.0", "where": "cart; menu", "ok": "No."},
         {**RIGHT, "where": ["Cart", "Menu"], "ok": False}),
    ],
)  # fmt: skip
def test_an_answer_counts_however_it_is_spelled(made: Test, answers: dict[str, Any], data: dict[str, Any]) -> None:
    assert made.tester.submit(made.job_id, answers=answers, passed=True).status == 200
    made.house.drain()
    assert (made.job["status"], made.job["result"]["data"]) == ("completed", data)


@pytest.mark.promise("qa.form.spelling")
def test_a_line_of_the_words_counts_however_it_is_spelled(made: Test) -> None:
    words = "rating: Good\nstars: 4\nwhere: cart\nok: yes"
    assert made.tester.submit(made.job_id, testerResponse=words).status == 200
    made.house.drain()
    assert made.job["result"]["data"] == RIGHT


@pytest.mark.promise("qa.form.spelling")
def test_of_two_choices_that_differ_in_case_alone_none_is_guessed(hours: Hours) -> None:
    schema = {"size": {"type": "string", "enum": ["M", "m", "l"]}}
    made = test_of(hours.house, outputSchema=schema).claimed()
    refused = made.tester.submit(made.job_id, answers={"size": " M\t"})
    assert refused.status == 200, "but for the space it is one of them"
    made.house.drain()
    assert made.job["result"]["data"] == {"size": "M"}
    schema = {"size": {"type": "string", "enum": ["Ma", "mA"]}}
    made = test_of(hours.house, outputSchema=schema).claimed()
    refused = made.tester.submit(made.job_id, answers={"size": "ma"})
    assert (refused.status, refused.json["field"]) == (400, "answers.size")


@pytest.mark.promise("qa.form.refused")
@pytest.mark.parametrize(
    ("answers", "field", "problem"),
    [
        ({"OK": True}, "OK", "is not known here; the questions are rating, stars, where, ok"),
        ({"rating": "fine"}, "rating", 'must be one of ["good", "bad"]'), ({"rating": 5}, "rating", "must be a text"),
        ({"stars": 6}, "stars", "must be at most 5"), ({"stars": "0"}, "stars", "must be at least 1"),
        ({"stars": 2.5}, "stars", "must be a whole number"), ({"stars": "many"}, "stars", "must be a number"),
        ({"ok": "maybe"}, "ok", "must be true or false"), ({"ok": 1}, "ok", "must be true or false"),
        ({"where": ["Cart", "Desk"]}, "where[1]", 'must be one of ["Cart", "Menu"]'),
        ({"where": ["Cart"] * 3}, "where", "must have at most 2 items"),
        ({"rating": "x" * 10_000}, "rating", "must be shorter: at most 10000 characters of JSON"),
    ],
)  # fmt: skip
def test_an_answer_that_could_be_none_is_refused_while_the_time_runs(
    made: Test, answers: dict[str, Any], field: str, problem: str
) -> None:
    refused = made.tester.submit(made.job_id, answers={**RIGHT, **answers})
    assert (refused.status, refused.json["field"], refused.json["problem"]) == (400, f"answers.{field}", problem)
    assert refused.json["message"] == f"answers.{field}: {problem}"
    assert made.job["status"] == "working"
    assert made.tester.submit(made.job_id, answers=RIGHT).status == 200
    made.house.drain()
    assert made.job["status"] == "completed"


@pytest.mark.promise("qa.form.refused")
def test_all_that_is_wrong_with_a_form_is_listed(made: Test) -> None:
    refused = made.tester.submit(made.job_id, answers={"OK": True, "stars": 9, "rating": "good"})
    assert [fault["field"] for fault in refused.json["fields"]] == ["answers.OK", "answers.stars"]


@pytest.mark.promise("qa.form.refused")
def test_what_is_not_answered_may_be_said_in_words(made: Test) -> None:
    open_ones = {"rating": None, "stars": " ", "where": ["Menu"]}
    told = made.tester.submit(made.job_id, answers=open_ones, testerResponse="rating: bad\nstars: 2\nok: no")
    assert told.status == 200
    made.house.drain()
    assert made.job["result"]["data"] == {"rating": "bad", "stars": 2, "where": ["Menu"], "ok": False}


def test_where_nothing_is_asked_anything_may_be_told(hours: Hours) -> None:
    made = test_of(hours.house).claimed()
    assert made.tester.submit(made.job_id, answers={"works": True}).status == 200


@pytest.mark.promise("qa.submit.words")
@pytest.mark.parametrize(
    ("words", "field"),
    [
        ({"testerData": {"screenshot": []}}, "testerData.screenshot"), ({"answer": {}}, "answer"),
        ({"screenshots": []}, "screenshots"), ({"testerData": {"console": []}}, "testerData.console"),
    ],
)  # fmt: skip
def test_a_misspelt_name_is_refused_before_its_words_are_lost(made: Test, words: dict[str, Any], field: str) -> None:
    refused = made.tester.submit(made.job_id, answers=RIGHT, **words)
    assert (refused.status, refused.json["field"], refused.json["problem"]) == (400, field, "is not known here")
    shaped_as_agents_see_it = {"testDurationSeconds": 1, "clicks": [{"x": 1, "y": 2, "timestamp": "now", "more": 1}]}
    assert made.tester.submit(made.job_id, answers=RIGHT, testerData=shaped_as_agents_see_it).status == 200
