"""POST /tasks/:id/cancel."""

import pytest

from tests.harness import House
from tests.products.tasks.stages import scene


@pytest.mark.promise("tasks.cancel.refunded")
def test_a_cancelled_task_gives_everything_back(house: House) -> None:
    for status in ("PENDING", "ACCEPTED"):
        stage = scene(house, status)
        assert stage.agent.balance() == (9_970.5, 29.5)
        cancelled = stage.agent.cancel(stage.task_id)
        assert (cancelled.status, cancelled.json) == (
            200, {"task_id": stage.task_id, "status": "CANCELLED", "refunded_usd": 29.5}
        )  # fmt: skip
        assert stage.agent.balance() == (10_000, 0)
        task = stage.task
        assert (task["status"], task["cancel_reason"], task["refunded_usd"]) == ("CANCELLED", "AGENT", 29.5)
        assert task["cancelled_at"] is not None
    house.prove()


@pytest.mark.promise("tasks.cancel.wrong_state")
def test_in_any_other_state_cancelling_is_409_that_names_the_state(house: House) -> None:
    first = scene(house)
    for status in ("SUBMITTED", "VERIFIED", "MANUAL_REVIEW", "DISPUTED", "COMPLETED", "CANCELLED"):
        stage = first.next(status)
        before = stage.agent.balance()
        refused = stage.agent.cancel(stage.task_id)
        assert (status, refused.status, refused.json["code"]) == (status, 409, "wrong_state")
        assert status in refused.json["error"]
        allowed = ["PENDING", "ESTIMATE_PENDING", "ACCEPTED"]
        assert refused.json["details"] == {"status": status, "allowed_statuses": allowed}
        assert (stage.status, stage.agent.balance()) == (status, before)
    house.prove()


@pytest.mark.promise("tasks.cancel.operator_free")
def test_the_operator_of_a_cancelled_task_is_free_again_and_can_hand_nothing_in(house: House) -> None:
    stage = scene(house, "ACCEPTED")
    others = [stage.agent.posted(reward_usd=10) for _ in range(5)]
    for task_id in others[:4]:
        assert stage.operator.accept(task_id).status == 200
    assert stage.operator.accept(others[4]).status == 409
    stage.agent.cancel(stage.task_id)
    assert stage.operator.accept(others[4]).status == 200
    refused = stage.operator.submit(stage.task_id, photos=["https://example.com/1.jpg"])
    assert (refused.status, refused.json["details"]["status"]) == (409, "CANCELLED")


@pytest.mark.promise("tasks.cancel.final")
def test_a_cancelled_task_cannot_be_accepted_and_its_deadline_changes_nothing(house: House) -> None:
    stage = scene(house, "CANCELLED")
    refused = stage.operator.accept(stage.task_id)
    assert (refused.status, refused.json["code"]) == (409, "already_taken")
    house.advance(days=6)
    task = stage.task
    assert (task["status"], task["cancel_reason"]) == ("CANCELLED", "AGENT")
    assert stage.agent.balance() == (10_000, 0)
    house.prove()
