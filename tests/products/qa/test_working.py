"""How long a test may take, how much of that is billed, and what is too late (rulings 30, 32, 35)."""

from typing import Any

import pytest

from tests.products.qa.conftest import Hours
from tests.products.qa.people import Test, test_of


@pytest.fixture
def made(hours: Hours) -> Test:
    """A job of five minutes at most, whose tester has begun."""
    return test_of(hours.house, maxExtensionMinutes=12).claimed()


@pytest.mark.promise("qa.extend.granted")
def test_more_time_is_granted_up_to_the_target_at_once_and_to_the_jobs_limit_in_all(hours: Hours, made: Test) -> None:
    began = hours.clock.now()
    for asked, in_all, left in ((5, 5, 5), (5, 10, 2), (1.5, 11.5, 0.5), (0.5, 12, 0)):
        told = made.tester.extend(made.job_id, asked)
        assert (told.status, told.json["totalExtensionMinutes"]) == (200, in_all)
        assert told.json["extensionMinutesLeft"] == left
    assert made.job["totalExtensionMinutes"] == 12
    refused = made.tester.extend(made.job_id, 1)
    assert (refused.status, refused.json["field"]) == (400, "minutes")
    assert "cannot be extended any more" in refused.json["message"]
    assert told.json["endsAt"] > began.isoformat()
    hours.pass_by(minutes=21, seconds=59)
    assert made.tester.submit(made.job_id).json["testDurationSeconds"] == 17 * 60
    hours.house.drain()
    assert made.job["costUsd"] == 1.836
    hours.house.prove()


@pytest.mark.promise("qa.extend.refused")
def test_no_extension_is_longer_than_the_target_or_none_at_all(made: Test) -> None:
    for minutes in (0, 0.001, 5.1, 61, -1, "5", True, None, [1]):
        refused = made.tester.extend(made.job_id, minutes)
        # A part of a second counts as one, so a thousandth of a minute is time, too.
        expected = 200 if minutes == 0.001 else 400
        assert (minutes, refused.status) == (minutes, expected)
        if expected == 400:
            assert refused.json["field"] == "minutes"
    assert made.job["totalExtensionMinutes"] == 0.017


@pytest.mark.promise("qa.extend.refused")
@pytest.mark.parametrize("order", [{"allowDurationExtension": False}, {"maxExtensionMinutes": 0}])
def test_where_extensions_are_not_allowed_there_is_none(hours: Hours, order: dict[str, Any]) -> None:
    job = test_of(hours.house, **order).claimed()
    refused = job.tester.extend(job.job_id, 1)
    assert (refused.status, refused.json["field"]) == (400, "minutes")


@pytest.mark.promise("qa.extend.unlimited")
def test_extensions_without_a_limit_end_at_an_hour_in_all(hours: Hours) -> None:
    job = test_of(hours.house, targetDurationMinutes=25).claimed()
    assert job.tester.extend(job.job_id, 25).status == 200
    refused = job.tester.extend(job.job_id, 11)
    assert "at most 10 minutes" in refused.json["message"]
    assert job.tester.extend(job.job_id, 10).json["extensionMinutesLeft"] == 0
    hours.pass_by(minutes=64)
    assert job.tester.submit(job.job_id).json["testDurationSeconds"] == 3_600


@pytest.mark.promise("qa.extend.granted")
def test_an_extended_test_is_given_the_time_that_was_granted(hours: Hours, made: Test) -> None:
    assert made.tester.extend(made.job_id, 5).status == 200
    hours.pass_by(minutes=10)
    assert made.job["status"] == "working", "its first end has passed, and five minutes more"
    hours.pass_by(minutes=4, seconds=59)
    assert made.tester.submit(made.job_id).json["testDurationSeconds"] == 600


@pytest.mark.promise("qa.extend.in_time")
def test_time_that_is_over_is_not_extended_afterwards(hours: Hours, made: Test) -> None:
    hours.pass_unnoticed(minutes=5)
    late = made.tester.extend(made.job_id, 5)
    assert (late.status, late.json["code"]) == (410, "job_expired")
    assert made.tester.submit(made.job_id).json["testDurationSeconds"] == 300


@pytest.mark.promise("qa.billed.limit", "qa.billed.late")
def test_what_is_late_is_taken_for_five_minutes_and_not_billed(hours: Hours, made: Test) -> None:
    hours.pass_by(minutes=9, seconds=59)
    told = made.tester.submit(made.job_id)
    assert (told.status, told.json["testDurationSeconds"], told.json["payUsd"]) == (200, 300, 0.324)


@pytest.mark.promise("qa.billed.late")
def test_after_those_five_minutes_nothing_is_taken_though_nobody_has_noticed_yet(hours: Hours, made: Test) -> None:
    hours.pass_unnoticed(minutes=10)
    for late in (made.tester.submit(made.job_id), made.tester.extend(made.job_id, 1)):
        assert (late.status, late.json["code"]) == (410, "job_expired")
    hours.house.sweep()
    hours.house.drain()
    assert (made.job["status"], made.job["reason"]) == ("abandoned", "tester_overtime")
    assert made.tester.submit(made.job_id).json["code"] == "wrong_state"


@pytest.mark.promise("qa.billed.said")
@pytest.mark.parametrize(
    ("said", "billed"), [(None, 120), (90, 90), (90.2, 91), (120, 120), (121, 120), (86_400, 120), (1, 1)]
)
def test_a_shorter_time_is_taken_at_the_testers_word_and_a_longer_one_is_not(
    hours: Hours, made: Test, said: float | None, billed: int
) -> None:
    hours.pass_unnoticed(seconds=120)
    told = made.tester.submit(made.job_id, testDurationSeconds=said)
    assert (told.status, told.json["testDurationSeconds"]) == (200, billed)
    hours.house.drain()
    assert made.job["testDurationSeconds"] == made.job["testerData"]["testDurationSeconds"] == billed


@pytest.mark.promise("qa.submit.words")
@pytest.mark.parametrize(
    ("words", "field"),
    [
        ({"testerResponse": ""}, "testerResponse"), ({"testerResponse": " "}, "testerResponse"),
        ({"testerResponse": "w" * 20_001}, "testerResponse"), ({"testerResponse": None}, "testerResponse"),
        ({"testDurationSeconds": 0}, "testDurationSeconds"), ({"testDurationSeconds": "60"}, "testDurationSeconds"),
        ({"passed": "yes"}, "passed"), ({"answers": ["yes"]}, "answers"),
        ({"answers": {"a": "x" * 50_000}}, "answers"), ({"testerData": []}, "testerData"),
        ({"testerData": {"clicks": [{"x": "a", "y": 1, "timestamp": ""}]}}, "testerData.clicks.0.x"),
        ({"testerData": {"consoleMessages": [{"type": "log"}]}}, "testerData.consoleMessages.0.message"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_hand_in_is_named_and_nothing_is_handed_in(
    made: Test, words: dict[str, Any], field: str
) -> None:
    refused = made.tester.submit(made.job_id, **words)
    assert (refused.status, refused.json["field"]) == (400, field)
    assert made.tester.submit(made.job_id).status == 200


@pytest.mark.promise("qa.submit.once")
def test_what_was_handed_in_is_handed_in(made: Test) -> None:
    assert made.tester.submit(made.job_id, key="k").status == 200
    for deed in (made.tester.submit, made.tester.abandon, made.tester.reject):
        refused = deed(made.job_id)
        assert (refused.status, refused.json["code"]) == (409, "already_handed_in")
    assert made.tester.extend(made.job_id, 1).json["code"] == "already_handed_in"
    again = made.tester.submit(made.job_id, key="k")
    assert (again.status, again.headers["idempotent-replayed"]) == (200, "true")


@pytest.mark.promise("qa.leave.words")
def test_who_rejects_says_why_and_who_leaves_may(made: Test) -> None:
    for reason in ("", " ", None, "r" * 501, 7):
        refused = made.tester.reject(made.job_id, reason)
        assert (reason, refused.status, refused.json["field"]) == (reason, 400, "reason")
    assert made.tester.abandon(made.job_id, reason="r" * 501).json["field"] == "reason"
    assert made.tester.abandon(made.job_id).status == 200
    assert made.job["error"] == "The tester left before the test was finished."
