"""POST /operator/tasks/:id/accept."""

from datetime import timedelta

import pytest

from chalicelib.kit.clock import iso
from chalicelib.kit.table import Key
from tests.doors.strangers import StillClock
from tests.harness import House
from tests.products.tasks.stages import scene


@pytest.mark.promise("operators.accept.accepted")
def test_accepting_answers_200_and_the_task_is_the_operators(house: House) -> None:
    stage = scene(house)
    accepted = stage.operator.accept(stage.task_id)
    task = stage.task
    assert (accepted.status, accepted.json) == (
        200, {"task_id": stage.task_id, "status": "ACCEPTED", "accepted_at": task["accepted_at"]}
    )  # fmt: skip
    assert (task["status"], task["operator"]["id"]) == ("ACCEPTED", stage.operator.id)


@pytest.mark.promise("operators.accept.kyc")
def test_an_operator_without_kyc_is_403_even_for_a_task_that_is_gone(house: House) -> None:
    stage, gone = scene(house), scene(house, "ACCEPTED")
    for kyc in ("PENDING", "REJECTED"):
        house.world.store.update("identity", Key(stage.operator.id, "operator"), put={"kyc": kyc})
        for task_id in (stage.task_id, gone.task_id):
            refused = stage.operator.accept(task_id)
            assert (refused.status, refused.json["code"]) == (403, "kyc_required")
            assert refused.json["details"] == {"kyc_status": kyc}
    assert stage.status == "PENDING"


@pytest.mark.promise("operators.accept.self_dealing")
def test_nobody_works_for_an_agent_of_their_own(house: House) -> None:
    agent = house.agent(deposit=100, email="jane@example.com")
    task_id = agent.posted()
    refused = house.operator(email="Jane@Example.com").accept(task_id)
    assert (refused.status, refused.json["code"]) == (403, "self_dealing")
    assert house.operator(email="john@example.com").accept(task_id).status == 200


@pytest.mark.promise("operators.accept.taken")
def test_a_task_that_somebody_has_is_409(house: House) -> None:
    first, other = scene(house), house.operator()
    for status in ("ACCEPTED", "SUBMITTED", "VERIFIED", "MANUAL_REVIEW", "DISPUTED", "COMPLETED"):
        stage = first.next(status)
        for operator, code in ((other, "already_taken"), (stage.operator, "already_yours")):
            refused = operator.accept(stage.task_id)
            assert (status, refused.status, refused.json["code"]) == (status, 409, code)
        assert stage.task["operator"]["id"] == stage.operator.id


@pytest.mark.promise("operators.accept.past_deadline")
def test_a_task_past_its_deadline_is_410_before_the_clock_has_reached_it(house: House) -> None:
    clock = StillClock()
    with house.living_in(clock=clock):
        stage = scene(house, deadline=iso(clock.now() + timedelta(days=1)))
        clock.pass_by(days=1)
        refused = stage.operator.accept(stage.task_id)
        assert (refused.status, refused.json["code"]) == (410, "task_expired")
        assert stage.status == "PENDING"


@pytest.mark.promise("operators.accept.past_deadline")
def test_a_task_can_be_accepted_until_the_last_moment_before_its_deadline(house: House) -> None:
    clock = StillClock()
    with house.living_in(clock=clock):
        stage = scene(house, deadline=iso(clock.now() + timedelta(days=1)))
        clock.pass_by(days=1, milliseconds=-1)
        assert stage.operator.accept(stage.task_id).status == 200


@pytest.mark.promise("operators.accept.expired")
def test_a_task_that_the_clock_has_cancelled_is_410(house: House) -> None:
    stages = [scene(house, status) for status in ("PENDING", "ACCEPTED")]
    house.advance(days=5, hours=1)
    for stage in stages:
        assert (stage.status, stage.task["cancel_reason"]) == ("CANCELLED", "EXPIRED")
        for operator in (house.operator(), stage.operator):
            refused = operator.accept(stage.task_id)
            assert (refused.status, refused.json["code"]) == (410, "task_expired")


@pytest.mark.promise("operators.accept.five_open")
def test_an_operator_has_at_most_five_open_assignments_over_all_agents(house: House) -> None:
    operator = house.operator()
    tasks = [house.agent(deposit=100).posted() for _ in range(7)]
    for task_id in tasks[:5]:
        assert operator.accept(task_id).status == 200
    refused = operator.accept(tasks[5])
    assert (refused.status, refused.json["code"], refused.json["details"]) == (
        409, "too_many_assignments", {"most": 5}
    )  # fmt: skip
    assert operator.submit(tasks[0], photos=["https://example.com/1.jpg"]).status == 200
    assert operator.accept(tasks[5]).status == 200
    assert operator.accept(tasks[6]).status == 409
    assert house.operator().accept(tasks[6]).status == 200


@pytest.mark.promise("operators.accept.five_open")
@pytest.mark.parametrize("settings", [{"OPEN_ASSIGNMENTS_MAX": "1"}])
def test_how_many_assignments_one_may_have_is_configuration(house: House) -> None:
    stage = scene(house, "ACCEPTED")
    refused = stage.operator.accept(stage.agent.posted())
    assert (refused.status, refused.json["details"]) == (409, {"most": 1})


@pytest.mark.promise("operators.accept.unknown")
def test_a_task_that_never_was_is_404(house: House) -> None:
    refused = house.operator().accept("task_01k00000000000000000000000")
    assert (refused.status, refused.json["code"]) == (404, "task_not_found")
