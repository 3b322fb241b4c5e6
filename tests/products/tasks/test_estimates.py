"""Tasks that ask for an estimate: given with accept, approved or rejected by the agent (ruling 12)."""

from datetime import timedelta

import pytest

from chalicelib.kit.clock import iso
from chalicelib.kit.errors import Invalid
from chalicelib.products.tasks import rules
from tests.doors.strangers import StillClock
from tests.harness import House
from tests.products.tasks.stages import scene
from tests.proofs import order


def _feed(stage_ids: list[str], house: House) -> list[str]:
    shown = house.operator().get("/operator/tasks").json["data"]
    return [row["task_id"] for row in shown if row["task_id"] in stage_ids]


@pytest.mark.promise("tasks.estimate.pending", "tasks.estimate.shown")
def test_accepting_with_an_estimate_waits_for_the_agent_and_keeps_others_away(house: House) -> None:
    stage = scene(house, estimate_required=True)
    row = stage.operator.get("/operator/tasks").json["data"][0]
    assert row["estimate_required"] is True
    assert (stage.task["estimate_required"], stage.task["estimate"]) == (True, None)
    given = stage.operator.accept(
        stage.task_id, estimate_days=1, estimate_hours=2, estimate_minutes=3, estimate_note="x"
    )
    assert (given.status, given.json) == (
        200,
        {"task_id": stage.task_id, "status": "ESTIMATE_PENDING", "accepted_at": None, "estimate_minutes": 1_563},
    )
    task = stage.task
    assert (task["status"], task["accepted_at"], task["operator"]["name"]) == ("ESTIMATE_PENDING", None, "Jane D.")
    assert (task["estimate"]["minutes"], task["estimate"]["note"]) == (1_563, "x")
    assert task["estimate"]["at"].endswith("Z")
    assert _feed([stage.task_id], house) == []
    refused = house.operator().accept(stage.task_id, estimate_hours=1)
    assert (refused.status, refused.json["code"]) == (409, "already_taken")
    handed_in = stage.operator.submit(stage.task_id, photos=["https://example.com/1.jpg"])
    assert (handed_in.status, handed_in.json["code"]) == (409, "wrong_state")
    order.check(house)


@pytest.mark.promise("tasks.estimate.words")
def test_an_estimate_is_required_where_it_is_asked_for_and_refused_elsewhere(house: House) -> None:
    asks = scene(house, estimate_required=True)
    plain = asks.next()
    for stage, words, field in (
        (asks, {}, "estimate_minutes"), (asks, {"estimate_note": "soon"}, "estimate_minutes"),
        (asks, {"estimate_minutes": 0}, "estimate_minutes"), (asks, {"estimate_days": 91}, "estimate_days"),
        (asks, {"estimate_hours": -1}, "estimate_hours"), (asks, {"estimate_days": 1.5}, "estimate_days"),
        (asks, {"estimate_days": 90, "estimate_minutes": 1}, "estimate_days"),
        (asks, {"estimate_hours": 1, "estimate_note": "x" * 1_001}, "estimate_note"),
        (plain, {"estimate_hours": 1}, "estimate_hours"), (plain, {"estimate_note": "soon"}, "estimate_note"),
    ):  # fmt: skip
        refused = stage.operator.accept(stage.task_id, **words)
        assert (words, refused.status, refused.json["details"]["field"]) == (words, 400, field)
        assert stage.status == "PENDING"


@pytest.mark.parametrize(("parts", "minutes"), [((0, 0, 1), 1), ((90, 0, 0), 129_600), ((None, 1, None), 60)])
def test_the_parts_of_an_estimate_add_up(parts: tuple[int | None, ...], minutes: int) -> None:
    assert rules.estimate_minutes(*parts, required=True) == minutes  # type: ignore[arg-type]
    with pytest.raises(Invalid):
        rules.estimate_minutes(*parts, required=False)  # type: ignore[arg-type]


@pytest.mark.promise("tasks.estimate.approved")
def test_an_approved_estimate_is_an_accepted_task_with_its_hour_after_the_deadline(house: House) -> None:
    stage = scene(house, "ESTIMATE_PENDING")
    approved = stage.agent.estimate(stage.task_id, "approve", key="approve")
    task = stage.task
    assert (approved.status, approved.json) == (
        200,
        {
            "task_id": stage.task_id, "status": "ACCEPTED", "accepted_at": task["accepted_at"],
            "operator": {"id": stage.operator.id, "name": "Jane D.", "rating": None}, "estimate_minutes": 120,
        },
    )  # fmt: skip
    assert (task["status"], task["estimate"]["minutes"]) == ("ACCEPTED", 120)
    assert stage.agent.estimate(stage.task_id, "approve", key="approve").headers["idempotent-replayed"] == "true"
    for decision in ("approve", "reject"):
        refused = stage.agent.estimate(stage.task_id, decision)
        assert (refused.status, refused.json["details"]["allowed_statuses"]) == (409, ["ESTIMATE_PENDING"])
    order.check(house)
    house.advance(days=5)
    assert stage.status == "ACCEPTED"
    house.advance(hours=1)
    assert stage.status == "CANCELLED"
    order.check(house)


@pytest.mark.promise("tasks.estimate.rejected")
def test_a_rejected_estimate_frees_the_operator_and_opens_the_task_again_at_its_old_place(house: House) -> None:
    stage = scene(house, "ESTIMATE_PENDING")
    older, newer = stage, stage.next()
    rejected = stage.agent.estimate(stage.task_id, "reject", reason="too slow")
    assert (rejected.status, rejected.json["status"]) == (200, "PENDING")
    assert set(rejected.json) == {"task_id", "status", "message"}
    task = stage.task
    assert [task[name] for name in ("status", "operator", "estimate", "accepted_at")] == ["PENDING", None, None, None]
    assert _feed([older.task_id, newer.task_id], house) == [newer.task_id, older.task_id]
    order.check(house)
    assert stage.operator.submit(stage.task_id, photos=["https://example.com/1.jpg"]).json["code"] == "not_claimed"
    stage.give_estimate(estimate_hours=1)
    assert stage.task["estimate"] == {**stage.task["estimate"], "minutes": 60, "note": None}
    stage.agent.estimate(stage.task_id, "reject")
    other = house.operator()
    assert other.accept(stage.task_id, estimate_hours=3).status == 200
    assert stage.task["operator"]["id"] == other.id
    order.check(house)


@pytest.mark.promise("tasks.estimate.ends")
def test_an_estimate_nobody_answers_ends_at_the_deadline_and_one_can_be_cancelled(house: House) -> None:
    expired = scene(house, "ESTIMATE_PENDING")
    cancelled = expired.next("ESTIMATE_PENDING")
    assert expired.agent.cancel(cancelled.task_id).status == 200
    order.check(house)
    house.advance(days=5)
    assert (expired.status, expired.task["cancel_reason"]) == ("CANCELLED", "EXPIRED")
    assert expired.agent.balance() == (10_000, 0)
    refused = house.operator().accept(expired.task_id, estimate_hours=1)
    assert (refused.status, refused.json["code"]) == (410, "task_expired")
    order.check(house)


@pytest.mark.promise("tasks.estimate.ends")
def test_an_estimate_cannot_be_approved_past_the_deadline_and_once_rejected_then_the_task_expires(house: House) -> None:
    clock = StillClock()
    with house.living_in(clock=clock):
        stage = scene(house, "ESTIMATE_PENDING", deadline=iso(clock.now() + timedelta(days=1)))
        clock.pass_by(days=1)
        refused = stage.agent.estimate(stage.task_id, "approve")
        assert (refused.status, refused.json["code"]) == (410, "task_expired")
        assert stage.agent.estimate(stage.task_id, "reject").status == 200
        house.drain()
        assert (stage.status, stage.task["cancel_reason"]) == ("CANCELLED", "EXPIRED")
        house.sweep()
        house.drain()
        order.check(house)


@pytest.mark.promise("tasks.foreign")
def test_an_estimate_of_another_accounts_task_is_404(house: House) -> None:
    stage, other = scene(house, "ESTIMATE_PENDING"), house.agent()
    for decision in ("approve", "reject"):
        assert other.estimate(stage.task_id, decision).status == 404
    assert stage.status == "ESTIMATE_PENDING"
