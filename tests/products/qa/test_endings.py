"""Every way in which a job ends: its status, its reason, what it cost, and who is free again."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from chalicelib.core.ports.reader import Extraction
from tests.products.qa.conftest import Hours
from tests.products.qa.people import Test, test_of
from tests.products.qa.stand_ins import AbsentReader, FixedReader
from tests.proofs.bells import deliver, entry_of, lose_all

NOT_TOLD = {"result", "costUsd", "testDurationSeconds", "testerResponse", "testerData", "extractedIssues"}
SCHEMA = {"works": {"type": "boolean", "description": "Does it work?"}}
Leads = Callable[[Hours, Test], None]


def _unclaimed(hours: Hours, made: Test) -> None:
    hours.pass_by(hours=1, minutes=59)
    assert made.job["status"] == "waiting"
    hours.pass_by(minutes=1)


def _unfinished(hours: Hours, made: Test) -> None:
    made.claimed()
    hours.pass_by(minutes=9, seconds=59)
    assert made.job["status"] == "working", "five minutes of grace"
    hours.pass_by(seconds=1)


def _left(hours: Hours, made: Test) -> None:
    made.claimed()
    left = made.tester.abandon(made.job_id, reason="My browser broke.")
    assert (left.status, left.json["status"], left.json["reason"]) == (200, "abandoned", "tester_abandoned")


def _rejected(hours: Hours, made: Test) -> None:
    made.claimed()
    no = made.tester.reject(made.job_id, "The page wants a password.")
    assert (no.status, no.json["status"], no.json["reason"]) == (200, "rejected", "tester_invalidated")


def _uncovered(hours: Hours, made: Test) -> None:
    made.claimed()
    hours.pass_by(seconds=60)
    assert made.tester.submit(made.job_id, testerResponse="It was nice.").status == 200
    hours.house.drain()


def _unread(hours: Hours, made: Test) -> None:
    reader = AbsentReader()
    with hours.house.living_in(reader=reader):
        made.claimed()
        assert made.tester.submit(made.job_id).status == 200
        hours.house.drain()
        assert made.job["status"] == "working", "it is asked again for half an hour"
        hours.pass_by(minutes=29)
        assert made.job["status"] == "working"
        hours.pass_by(minutes=1)
        asked = reader.asked
        hours.pass_by(hours=5)
    assert reader.asked == asked >= 2, "what is over is not read"


def _suspended(hours: Hours, made: Test) -> None:
    house, agent = hours.house, made.customer.agent
    assert house.admin.do(f"/agents/{agent.id}/suspend").status == 200
    house.drain()
    assert made.customer.get(f"/job/{made.job_id}").status == 403
    assert house.admin.do(f"/agents/{agent.id}/unsuspend").status == 200


@dataclass(frozen=True)
class Ending:
    """How a job comes to an end that costs nothing, and what is told of it."""

    leads: Leads
    status: str
    reason: str
    says: str
    somebody_had_it: bool = True


ENDINGS = {
    "nobody claims it": Ending(_unclaimed, "abandoned", "no_capacity", "within 2 hours", somebody_had_it=False),
    "nothing is handed in": Ending(_unfinished, "abandoned", "tester_overtime", "did not hand in"),
    "the tester leaves": Ending(_left, "abandoned", "tester_abandoned", "My browser broke."),
    "the tester cannot": Ending(_rejected, "rejected", "tester_invalidated", "The page wants a password."),
    "a field is not covered": Ending(_uncovered, "incomplete", "incomplete_data", "every required field"),
    "nobody can read it": Ending(_unread, "error", "ai_processing_error", "could not be read"),
    "the account is suspended": Ending(_suspended, "error", "account_suspended", "suspended", somebody_had_it=False),
}  # fmt: skip


@pytest.mark.promise(
    "qa.ending.no_capacity", "qa.ending.tester_overtime", "qa.ending.abandoned", "qa.ending.rejected",
    "qa.ending.incomplete", "qa.ending.error", "qa.ending.suspended", "qa.ending.free", "qa.ending.outcome_hidden",
)  # fmt: skip
@pytest.mark.parametrize("name", ENDINGS)
def test_an_ending_without_a_result_says_why_and_costs_nothing(hours: Hours, name: str) -> None:
    ending, made = ENDINGS[name], test_of(hours.house, outputSchema=SCHEMA)
    assert made.customer.balance() == (93.52, 6.48)
    ending.leads(hours, made)
    job = made.job
    assert (job["status"], job["reason"]) == (ending.status, ending.reason)
    assert ending.says in job["error"]
    assert job["endedAt"] == job["responseDeadline"]
    assert job.keys().isdisjoint(NOT_TOLD)
    assert ("testerAlias" in job) is ending.somebody_had_it
    assert made.customer.balance() == (100, 0)
    assert made.tester.earnings() == (0, 0, 0)
    hours.house.prove()
    _is_final(hours, made, job)


def _is_final(hours: Hours, made: Test, job: dict[str, Any]) -> None:
    """Neither the tester nor time changes anything, and the tester can take the next one."""
    for deed in (made.tester.claim, made.tester.submit, made.tester.abandon, made.tester.reject):
        refused = deed(made.job_id)
        assert refused.status in (404, 409, 410), refused
    assert made.tester.extend(made.job_id, 1).status in (404, 409, 410)
    hours.pass_by(days=30)
    assert made.job == job
    assert made.tester.claim(made.customer.ordered()).status == 200


@pytest.mark.promise("qa.ending.outcome_hidden")
def test_the_list_tells_no_more_of_an_incomplete_job_than_the_job_itself(hours: Hours) -> None:
    made = test_of(hours.house, outputSchema=SCHEMA)
    _uncovered(hours, made)
    (row,) = made.customer.get("/jobs?status=incomplete").json["data"]
    assert row.keys().isdisjoint(NOT_TOLD)
    for path in (f"/job/{made.job_id}", "/jobs"):
        assert "It was nice." not in made.customer.get(path).text
    events = made.customer.agent.get("/events").text
    assert "job.incomplete" in events
    assert "It was nice." not in events


@pytest.mark.promise("qa.ending.error")
def test_a_reader_that_comes_back_in_time_reads_what_was_handed_in(hours: Hours) -> None:
    made = test_of(hours.house)
    with hours.house.living_in(reader=AbsentReader()):
        made.claimed()
        made.tester.submit(made.job_id)
        hours.house.drain()
    with hours.house.living_in(reader=FixedReader(Extraction(True, "They bought a pencil."))):
        hours.pass_by(minutes=20)
    assert made.job["status"] == "completed"
    assert made.job["result"] == {"success": True, "explanation": "They bought a pencil.", "data": {}}


@pytest.mark.promise("qa.ending.error")
@pytest.mark.parametrize("seconds", [0, 125])
def test_a_reader_is_asked_four_times_however_long_it_takes_to_say_nothing(hours: Hours, seconds: int) -> None:
    """While it is asked the sweeper comes by every minute, and whatever it rings finds somebody at it."""
    made, reader = test_of(hours.house), AbsentReader(while_asked=lambda: _sweeps_meanwhile(hours, seconds))
    with hours.house.living_in(reader=reader):
        made.claimed()
        assert made.tester.submit(made.job_id).status == 200
        hours.house.drain()
        for _ in range(30):
            hours.pass_by(minutes=1)
    assert reader.asked == 4
    assert made.job["reason"] == "ai_processing_error"


def _sweeps_meanwhile(hours: Hours, seconds: int) -> None:
    """Some seconds pass, and all that the sweeper may ring in them is heard at once."""
    entry_id = entry_of(hours.house, "job.extract")
    for _ in range(seconds // 60):
        hours.pass_unnoticed(minutes=1)
        hours.house.sweep()
        lose_all(hours.house)
        deliver(hours.house, "judge", entry_id)
    hours.pass_unnoticed(seconds=seconds % 60)


@pytest.mark.promise("qa.ending.completed_final")
def test_a_completed_job_stays_as_it_is(hours: Hours) -> None:
    made = test_of(hours.house).claimed()
    hours.pass_by(seconds=60)
    made.tester.submit(made.job_id)
    hours.house.drain()
    job = made.job
    assert job["status"] == "completed"
    _is_final(hours, made, job)
    assert made.tester.earnings() == (0, 0.0648, 0.0648)
