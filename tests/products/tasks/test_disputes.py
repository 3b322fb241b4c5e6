"""How disputes begin: on record, inside the hold, once (rulings 13 to 16)."""

import pytest

from tests.harness import House
from tests.products.tasks import disputes
from tests.products.tasks.disputes import REASON
from tests.products.tasks.stages import PHOTOS, scene
from tests.proofs.order import scan

SOURCES = {
    "guardian": ("guardian", "The Guardian rejected the proof with a confidence of 20.", False),
    "agent's rejection": ("agent", "The agent rejected the proof.", False),
    "clock": ("clock", "Nobody answered the manual review.", False),
    "agent": ("agent", REASON, True),
    "admin": ("admin", REASON, True),
}


@pytest.mark.promise("disputes.record.shown")
@pytest.mark.parametrize("entry", disputes.ENTRIES)
def test_every_way_into_a_dispute_leaves_a_record_that_the_agent_sees(house: House, entry: str) -> None:
    stage = disputes.ENTRIES[entry](house)
    source, reason, completed_before = SOURCES[entry]
    task = stage.task
    assert task["status"] == "DISPUTED"
    assert task["dispute"] == {
        "dispute_id": task["dispute"]["dispute_id"], "source": source, "reason": reason,
        "opened_at": task["dispute"]["opened_at"], "completed_before": completed_before, "resolved_at": None,
        "outcome": None, "operator_share_usd": None, "refunded_usd": None,
    }  # fmt: skip
    assert task["dispute"]["dispute_id"].startswith("dispute_")


@pytest.mark.promise("disputes.open.inside_hold")
def test_inside_the_hold_the_agent_disputes_and_the_reward_stays_frozen(house: House) -> None:
    stage = scene(house, "COMPLETED")
    house.advance(days=6, hours=23)
    made = disputes.dispute(stage)
    assert (made.status, made.json["status"], made.json["task_id"]) == (200, "DISPUTED", stage.task_id)
    assert made.json["dispute"] == stage.task["dispute"]
    house.advance(days=8)
    assert (stage.agent.balance(), stage.operator.earnings()) == ((9_970.5, 0), (25, 0, 25))
    assert stage.status == "DISPUTED", "the end of the hold finds it disputed"
    assert stage.operator.submit(stage.task_id, photos=PHOTOS).json["code"] == "resubmission_not_open"
    house.prove()


@pytest.mark.promise("disputes.open.only_inside_hold")
def test_after_the_hold_and_in_any_other_state_there_is_nothing_to_dispute(house: House) -> None:
    stage = scene(house, "COMPLETED")
    others = [stage.next(status) for status in ("PENDING", "ACCEPTED", "MANUAL_REVIEW", "DISPUTED", "CANCELLED")]
    for other in others:
        refused = disputes.dispute(other)
        assert (refused.status, refused.json["code"]) == (409, "wrong_state")
        assert refused.json["details"]["allowed_statuses"] == ["COMPLETED"]
    house.advance(days=7)
    for send in (disputes.dispute(stage), house.admin.do(f"/tasks/{stage.task_id}/dispute")):
        assert (send.status, send.json["code"]) == (409, "hold_over")
    assert stage.operator.earnings() == (0, 25, 25)


@pytest.mark.promise("disputes.open.only_inside_hold")
def test_a_hold_that_is_over_is_over_even_before_the_clock_has_been_there(house: House) -> None:
    from chalicelib.core.identity import deployment

    stage = scene(house, "COMPLETED")
    deployment.advance_clock(house.world.store, 7 * 86_400)
    assert disputes.dispute(stage).json["code"] == "hold_over"


@pytest.mark.promise("disputes.open.words")
def test_a_dispute_has_a_reason_and_is_about_ones_own_task(house: House) -> None:
    stage = scene(house, "COMPLETED")
    for words in ({}, {"reason": ""}, {"reason": "  "}, {"reason": "x" * 2_001}):
        refused = stage.agent.send(f"/tasks/{stage.task_id}/dispute", words)
        assert (refused.status, refused.json["details"]["field"]) == (400, "reason")
    assert house.agent().send(f"/tasks/{stage.task_id}/dispute", {"reason": REASON}).status == 404
    assert disputes.dispute(stage, "x" * 2_000).status == 200


@pytest.mark.promise("disputes.open.words")
def test_a_dispute_asked_for_twice_under_one_key_is_opened_once(house: House) -> None:
    stage = scene(house, "COMPLETED")
    first, again = (
        stage.agent.send(f"/tasks/{stage.task_id}/dispute", {"reason": REASON}, key="one") for _ in range(2)
    )
    assert (again.status, again.text) == (200, first.text)
    assert disputes.dispute(stage).json["code"] == "wrong_state"


@pytest.mark.promise("disputes.resubmission.waits")
def test_resolving_waits_until_better_proof_can_no_longer_come(house: House) -> None:
    stage = disputes.by_guardian(house)
    refused = disputes.resolve(stage, "refund")
    assert (refused.status, refused.json["code"]) == (409, "resubmission_open")
    assert refused.json["details"]["until"] > stage.task["dispute"]["opened_at"]
    house.advance(hours=24)
    assert disputes.resolve(stage, "refund").status == 200


@pytest.mark.promise("disputes.resubmission.waits", "disputes.resubmission.closes")
def test_better_proof_ends_a_dispute_and_the_third_refusal_can_be_resolved_at_once(house: House) -> None:
    stage = disputes.by_guardian(house)
    seen = [disputes.dispute_id(stage)]
    for _ in range(2):
        stage.submit()
        assert stage.task["dispute"] is None
        refused = house.admin.do(f"/disputes/{seen[-1]}/resolve", outcome="release")
        assert (refused.status, refused.json["code"]) == (409, "dispute_resubmitted")
        stage.judged(20)
        seen.append(disputes.dispute_id(stage))
        refused = house.admin.do(f"/disputes/{seen[-2]}/resolve", outcome="release")
        assert refused.json["code"] == "dispute_resubmitted"
    assert len(set(seen)) == 3
    states = {row["dispute_id"]: row["dispute_state"] for row in scan(house.world.store, "tasks") if "opened" in row}
    assert [states[one] for one in seen] == ["resubmitted", "resubmitted", "open"]
    assert disputes.resolve(stage, "refund").status == 200
    house.advance(days=30)
    assert (stage.status, stage.agent.balance()) == ("CANCELLED", (10_000, 0))
    house.prove()
