"""POST /tasks/:id/verify: the agent decides by hand (ruling 14)."""

import pytest

from tests.harness import House
from tests.products.tasks.stages import scene

OPEN_TO_IT = ["SUBMITTED", "VERIFIED", "MANUAL_REVIEW"]


@pytest.mark.promise("tasks.verify.approve")
@pytest.mark.parametrize("status", OPEN_TO_IT)
def test_approving_completes_the_task_and_pays(house: House, status: str) -> None:
    stage = scene(house, status)
    decided = stage.agent.verify(stage.task_id, "APPROVE")
    assert (decided.status, decided.json) == (
        200,
        {"task_id": stage.task_id, "status": "COMPLETED", "message": "Task manually approved and completed."},
    )
    task = stage.task
    assert (task["status"], task["verified_by"]) == ("COMPLETED", "agent")
    assert task["verified_at"] <= task["completed_at"]
    assert (stage.agent.balance(), stage.operator.earnings()) == ((9_970.5, 0), (25, 0, 25))

    house.drain()
    house.advance(hours=2)
    assert stage.status == "COMPLETED", "what the Guardian says afterwards changes nothing"
    assert stage.operator.earnings() == (25, 0, 25)
    house.prove()


@pytest.mark.promise("tasks.verify.reject", "fees.dispute_keeps_escrow")
@pytest.mark.parametrize("status", OPEN_TO_IT)
def test_rejecting_disputes_the_task_and_the_money_stays_in_escrow(house: House, status: str) -> None:
    stage = scene(house, status)
    decided = stage.agent.verify(stage.task_id, "REJECT")
    assert (decided.status, decided.json["task_id"], decided.json["status"]) == (200, stage.task_id, "DISPUTED")
    assert set(decided.json) == {"task_id", "status", "message"}
    assert (stage.task["status"], stage.task["verified_by"]) == ("DISPUTED", "agent")
    house.advance(days=13)
    assert stage.status == "DISPUTED"
    assert (stage.agent.balance(), stage.operator.earnings()) == ((9_970.5, 29.5), (0, 0, 0))
    house.prove()


@pytest.mark.promise("tasks.verify.wrong_state")
def test_in_any_other_state_deciding_is_409_that_names_the_state(house: House) -> None:
    first = scene(house)
    for status in ("PENDING", "ACCEPTED", "DISPUTED", "COMPLETED", "CANCELLED"):
        stage = first.next(status)
        for decision in ("APPROVE", "REJECT"):
            refused = stage.agent.verify(stage.task_id, decision)
            assert (status, refused.status, refused.json["code"]) == (status, 409, "wrong_state")
            assert status in refused.json["error"]
            assert refused.json["details"] == {"status": status, "allowed_statuses": OPEN_TO_IT}
        assert stage.status == status


@pytest.mark.promise("tasks.verify.words")
def test_a_decision_is_approve_or_reject(house: House) -> None:
    stage = scene(house, "MANUAL_REVIEW")
    for decision in ("approve", "", "MAYBE", None, True, ["APPROVE"]):
        refused = stage.agent.send(f"/tasks/{stage.task_id}/verify", {"decision": decision})
        assert (decision, refused.status, refused.json["details"]["field"]) == (decision, 400, "decision")
    assert stage.agent.send(f"/tasks/{stage.task_id}/verify").status == 400
    assert stage.status == "MANUAL_REVIEW"
