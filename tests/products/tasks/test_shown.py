"""GET /tasks/:id: everything about a task, for the agent whose task it is."""

import pytest

from tests.harness import House
from tests.products.tasks.stages import PHOTOS, scene

TIMES = ("accepted_at", "submitted_at", "verified_at", "completed_at", "cancelled_at", "hold_until")


@pytest.mark.promise("tasks.shown.new")
def test_a_new_task_shows_its_words_and_null_for_what_has_not_happened(house: House) -> None:
    stage = scene(house, callback_url="https://your-app.com/webhook", callback_secret="your-random-secret")
    task = stage.task
    order = stage.agent.order()
    for name in ("title", "description", "location", "reward_usd", "proof_requirements", "task_type"):
        assert task[name] == order[name]
    assert (task["platform_fee_usd"], task["callback_url"]) == (4.5, "https://your-app.com/webhook")
    nothing = ("proof", "guardian_result", "operator", "verified_by", "cancel_reason", "refunded_usd", *TIMES)
    assert {name: task[name] for name in nothing} == dict.fromkeys(nothing)
    assert task["messages"] == []
    assert "your-random-secret" not in str(task)


@pytest.mark.promise("tasks.shown.proof", "tasks.shown.guardian", "tasks.shown.operator", "tasks.shown.times")
def test_a_completed_task_shows_proof_verdict_operator_and_every_time(house: House) -> None:
    task = scene(house, "COMPLETED").task
    assert task["proof"]["photos"] == PHOTOS
    assert task["proof"]["notes"] == "Sign confirmed at location"
    assert task["proof"]["submittedAt"] == task["submitted_at"]
    result = task["guardian_result"]
    assert (result["decision"], result["confidence"]) == ("APPROVE", 95)
    assert result["reasoning"] == "All proof requirements met."
    assert result["requirement_results"] == [
        {"requirement": "Photo of storefront sign", "met": True, "confidence": 100, "note": "seen"}
    ]
    assert (task["operator"]["name"], task["operator"]["rating"]) == ("Jane D.", None)
    happened = [task[name] for name in ("created_at", *TIMES[:4], "hold_until")]
    assert happened == sorted(happened)
    assert all(len(moment) == len("2026-02-05T12:00:00.000Z") and moment.endswith("Z") for moment in happened)


@pytest.mark.promise("tasks.shown.operator")
def test_an_operator_is_shown_by_first_name_and_initial(house: House) -> None:
    agent = house.agent(deposit=1_000)
    for name, shown in (("Jane Doe", "Jane D."), ("Cher", "Cher"), ("Ana María López Gil", "Ana G.")):
        task_id = agent.posted()
        house.operator(name=name).accept(task_id)
        assert agent.task(task_id)["operator"]["name"] == shown


@pytest.mark.promise("tasks.foreign")
def test_a_task_of_another_account_is_404_for_every_verb(house: House) -> None:
    stage, other = scene(house, "MANUAL_REVIEW"), house.agent()
    for refused in (
        other.get(f"/tasks/{stage.task_id}"), other.cancel(stage.task_id), other.verify(stage.task_id, "APPROVE"),
    ):  # fmt: skip
        assert (refused.status, refused.json["code"]) == (404, "task_not_found")
    assert stage.status == "MANUAL_REVIEW"
