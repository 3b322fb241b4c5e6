"""Better proof after a low score: twice within 24 hours (ruling 16)."""

import pytest

from tests.harness import House, picture
from tests.products.operators.uploads import uploaded
from tests.products.tasks.stages import PHOTOS, Scene, scene


def _again(stage: Scene) -> int:
    return stage.operator.submit(stage.task_id, photos=PHOTOS, notes="Better light.").status


@pytest.mark.promise("tasks.resubmit.twice")
def test_better_proof_can_be_handed_in_twice_and_then_it_is_410(house: House) -> None:
    stage = scene(house, "DISPUTED")
    for number in (2, 3):
        assert _again(stage) == 200
        assert (stage.status, stage.task["submissions"]) == ("SUBMITTED", number)
        assert stage.judged(20)["status"] == "DISPUTED"
    refused = stage.operator.submit(stage.task_id, photos=PHOTOS)
    assert (refused.status, refused.json["code"]) == (410, "resubmission_over")
    assert stage.agent.balance() == (9_970.5, 29.5)


@pytest.mark.promise("tasks.resubmit.twice")
def test_better_proof_that_holds_completes_the_task(house: House) -> None:
    stage = scene(house, "DISPUTED")
    assert _again(stage) == 200
    task = stage.judged(95)
    assert (task["status"], task["proof"]["notes"]) == ("COMPLETED", "Better light.")
    assert (task["guardian_result"]["decision"], task["guardian_result"]["confidence"]) == ("APPROVE", 95)
    assert stage.operator.earnings() == (25, 0, 25)
    house.prove()


@pytest.mark.promise("tasks.resubmit.day")
def test_the_window_for_better_proof_is_24_hours_from_each_refusal(house: House) -> None:
    stage = scene(house, "DISPUTED")
    house.advance(hours=23, minutes=59)
    assert _again(stage) == 200
    assert stage.judged(20)["status"] == "DISPUTED"
    house.advance(hours=24)
    refused = stage.operator.submit(stage.task_id, photos=PHOTOS)
    assert (refused.status, refused.json["code"]) == (410, "resubmission_over")


@pytest.mark.promise("tasks.resubmit.reasons")
def test_each_refusal_says_which_requirement_was_not_met(house: House) -> None:
    stage = scene(house, "ACCEPTED", proof_requirements=["The sign", "The door"])
    stage.operator.hand_in(stage.task_id, photos=1)
    house.drain()
    results = stage.task["guardian_result"]["requirement_results"]
    assert [(one["requirement"], one["met"]) for one in results] == [("The sign", True), ("The door", False)]
    assert all(one["note"] for one in results)


@pytest.mark.promise("tasks.resubmit.events")
def test_every_low_score_is_an_event(house: House) -> None:
    stage = scene(house, "DISPUTED")
    _again(stage)
    stage.judged(20)
    rows = house.world.store.client.scan(TableName=house.world.store.names["events"])["Items"]
    names = [row["type"]["S"] for row in rows if row["subject"]["S"] == stage.task_id]
    assert (names.count("task.disputed"), names.count("task.submitted")) == (2, 2)


@pytest.mark.promise("tasks.resubmit.uploads")
def test_new_pictures_can_be_uploaded_for_better_proof(house: House) -> None:
    stage = scene(house, "DISPUTED")
    made = stage.operator.submit(stage.task_id, photos=[uploaded(stage.operator, picture())])
    assert made.status == 200
    house.drain()
    assert stage.status == "COMPLETED"


@pytest.mark.promise("tasks.resubmit.manual")
def test_what_the_agent_rejected_by_hand_cannot_be_handed_in_again(house: House) -> None:
    stage = scene(house, "MANUAL_REVIEW")
    stage.agent.verify(stage.task_id, "REJECT")
    refused = stage.operator.submit(stage.task_id, photos=PHOTOS)
    assert (refused.status, refused.json["code"]) == (409, "resubmission_not_open")


@pytest.mark.promise("tasks.resubmit.manual")
def test_what_the_agent_rejected_after_better_proof_cannot_be_handed_in_again(house: House) -> None:
    stage = scene(house, "DISPUTED")
    assert _again(stage) == 200
    stage.agent.verify(stage.task_id, "REJECT")
    assert _again(stage) == 409
    assert stage.status == "DISPUTED"
