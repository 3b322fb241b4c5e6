"""What the clock does with tasks: deadlines, reviews nobody answers, and the hold (rulings 13, 15, 19)."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from chalicelib.kit.clock import iso, parse
from tests.doors.strangers import StillClock
from tests.harness import House
from tests.products.tasks.stages import scene

JUST = timedelta(milliseconds=1)


@pytest.fixture
def clock(house: House) -> Iterator[StillClock]:
    """The house's clock, standing still."""
    with house.living_in(clock=(still := StillClock())):
        yield still


def _work(house: House, clock: StillClock, moment: datetime) -> None:
    """Time is this moment, and what is due is done."""
    clock.stand_at(moment)
    house.sweep()
    house.drain()


@pytest.mark.promise("tasks.expiry.pending")
def test_at_its_deadline_a_task_that_nobody_took_is_cancelled_and_refunded(house: House, clock: StillClock) -> None:
    deadline = clock.now() + timedelta(days=2)
    stage = scene(house, deadline=iso(deadline))
    _work(house, clock, deadline - JUST)
    assert stage.status == "PENDING"
    _work(house, clock, deadline)
    task = stage.task
    assert (task["status"], task["cancel_reason"], task["refunded_usd"]) == ("CANCELLED", "EXPIRED", 29.5)
    assert task["cancelled_at"] == iso(deadline)
    assert stage.agent.balance() == (10_000, 0)
    house.prove()


@pytest.mark.promise("tasks.expiry.accepted_hour")
def test_an_accepted_task_has_one_hour_more_and_then_the_same(house: House, clock: StillClock) -> None:
    deadline = clock.now() + timedelta(days=2)
    stage = scene(house, "ACCEPTED", deadline=iso(deadline))
    _work(house, clock, deadline)
    _work(house, clock, deadline + timedelta(hours=1) - JUST)
    assert stage.status == "ACCEPTED"
    _work(house, clock, deadline + timedelta(hours=1))
    assert (stage.status, stage.task["cancel_reason"]) == ("CANCELLED", "EXPIRED")
    assert stage.agent.balance() == (10_000, 0)
    assert stage.operator.accept(stage.agent.posted(deadline=iso(clock.now() + timedelta(days=1)))).status == 200
    house.prove()


@pytest.mark.promise("tasks.expiry.accepted_hour")
def test_work_that_is_too_late_is_410_even_before_the_clock_has_been_there(house: House, clock: StillClock) -> None:
    deadline = clock.now() + timedelta(days=2)
    stage = scene(house, "ACCEPTED", deadline=iso(deadline))
    clock.stand_at(deadline + timedelta(hours=1))
    refused = stage.operator.submit(stage.task_id, photos=["https://example.com/1.jpg"])
    assert (refused.status, refused.json["code"]) == (410, "task_expired")


@pytest.mark.promise("tasks.expiry.submitted_never")
def test_work_that_was_handed_in_never_expires(house: House, clock: StillClock) -> None:
    deadline = clock.now() + timedelta(hours=1)
    reviewed, disputed, submitted = (
        scene(house, status, deadline=iso(deadline)) for status in ("MANUAL_REVIEW", "DISPUTED", "SUBMITTED")
    )
    clock.stand_at(deadline + timedelta(hours=2))
    house.sweep()
    for stage, status in ((submitted, "MANUAL_REVIEW"), (reviewed, "MANUAL_REVIEW"), (disputed, "DISPUTED")):
        assert stage.judged(70)["status"] == status
        assert stage.agent.balance() == (9_970.5, 29.5)


@pytest.mark.promise("guardian.review_lapses")
def test_a_review_nobody_answers_for_72_hours_becomes_a_dispute_and_never_an_approval(
    house: House, clock: StillClock
) -> None:
    stage = scene(house, "MANUAL_REVIEW")
    _work(house, clock, clock.now() + timedelta(hours=72) - JUST)
    assert stage.status == "MANUAL_REVIEW"
    _work(house, clock, clock.now() + JUST)
    assert stage.status == "DISPUTED"
    assert stage.agent.balance() == (9_970.5, 29.5)
    refused = stage.operator.submit(stage.task_id, photos=["https://example.com/1.jpg"])
    assert (refused.status, refused.json["code"]) == (409, "resubmission_not_open")


@pytest.mark.promise("guardian.review_lapses")
@pytest.mark.parametrize("settings", [{"MANUAL_REVIEW_HOURS": "1"}])
def test_how_long_a_review_waits_is_configuration(house: House) -> None:
    stage = scene(house, "MANUAL_REVIEW")
    house.advance(hours=1)
    assert stage.status == "DISPUTED"


@pytest.mark.promise("guardian.review_lapses")
def test_the_review_of_better_proof_has_72_hours_of_its_own(house: House, clock: StillClock) -> None:
    stage = scene(house, "DISPUTED")
    clock.pass_by(hours=20)
    stage.submit()
    assert stage.judged(70)["status"] == "MANUAL_REVIEW"
    _work(house, clock, clock.now() + timedelta(hours=72) - JUST)
    assert stage.status == "MANUAL_REVIEW"
    _work(house, clock, clock.now() + JUST)
    assert stage.status == "DISPUTED"


@pytest.mark.promise("tasks.hold.seven_days", "tasks.hold.to_available")
def test_earnings_wait_seven_days_to_the_millisecond_and_then_are_available(house: House, clock: StillClock) -> None:
    stage = scene(house, "COMPLETED")
    completed_at = parse(stage.task["completed_at"])
    assert parse(stage.task["hold_until"]) == completed_at + timedelta(days=7)
    _work(house, clock, completed_at + timedelta(days=7) - JUST)
    assert stage.operator.earnings() == (25, 0, 25)
    _work(house, clock, completed_at + timedelta(days=7))
    assert stage.operator.earnings() == (0, 25, 25)
    assert stage.status == "COMPLETED"
    _work(house, clock, completed_at + timedelta(days=14))
    assert stage.operator.earnings() == (0, 25, 25)
    house.prove()


@pytest.mark.promise("tasks.hold.seven_days")
@pytest.mark.parametrize("settings", [{"HOLD_DAYS": "1"}])
def test_how_long_the_hold_is_is_configuration(house: House, clock: StillClock) -> None:
    stage = scene(house, "COMPLETED")
    _work(house, clock, clock.now() + timedelta(days=1))
    assert stage.operator.earnings() == (0, 25, 25)


@pytest.mark.promise("tasks.hold.to_available")
def test_each_piece_of_work_waits_out_its_own_hold(house: House, clock: StillClock) -> None:
    first = scene(house, "COMPLETED")
    clock.pass_by(days=3)
    task_id = first.agent.posted(reward_usd=10, deadline=iso(clock.now() + timedelta(days=1)))
    first.operator.accept(task_id)
    first.operator.submit(task_id, photos=["https://example.com/1.jpg"])
    first.judged(95)
    assert first.operator.earnings() == (35, 0, 35)
    _work(house, clock, clock.now() + timedelta(days=4))
    assert first.operator.earnings() == (10, 25, 35)
    _work(house, clock, clock.now() + timedelta(days=3))
    assert first.operator.earnings() == (0, 35, 35)


@pytest.mark.promise("lifecycle.late_timers")
def test_after_an_outage_of_weeks_every_timer_finds_the_state_it_is_for_or_does_nothing(
    house: House, clock: StillClock
) -> None:
    stages = {status: scene(house, status) for status in ("PENDING", "ACCEPTED", "MANUAL_REVIEW", "COMPLETED")}
    _work(house, clock, clock.now() + timedelta(days=60))
    assert {status: stage.status for status, stage in stages.items()} == {
        "PENDING": "CANCELLED", "ACCEPTED": "CANCELLED", "MANUAL_REVIEW": "DISPUTED", "COMPLETED": "COMPLETED",
    }  # fmt: skip
    assert stages["COMPLETED"].operator.earnings() == (0, 25, 25)
    house.prove()
