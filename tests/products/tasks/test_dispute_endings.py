"""How disputes end: release, refund or split, by the backoffice or by the clock (rulings 15 and 16)."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from chalicelib.core.disputes import Outcome, check_share, divide
from chalicelib.core.ledger import service as ledger
from chalicelib.kit import money
from chalicelib.kit.errors import Invalid
from tests import properties
from tests.harness import House
from tests.listening import listening
from tests.products.tasks import disputes
from tests.products.tasks.stages import Scene
from tests.proofs import order

assert properties

# What the agent, the operator and the house have afterwards, of a task for $25 and its fee of $4.50.
ENDS = {
    "release": ("COMPLETED", (9_970.5, 0), (0, 25, 25), 4.5, None),
    "refund": ("CANCELLED", (10_000, 0), (0, 0, 0), 0, 29.5),
    "split": ("COMPLETED", (9_982.3, 0), (0, 15, 15), 2.7, 11.8),
}
OUTCOME = pytest.mark.parametrize("outcome", ENDS)


def check_end(stage: Scene, outcome: str) -> None:
    status, balance, earnings, fees, refunded = ENDS[outcome]
    house, task = stage.house, stage.task
    assert (task["status"], task["refunded_usd"], task["hold_until"]) == (status, refunded, None)
    assert task["cancel_reason"] == ("REFUNDED" if outcome == "refund" else None)
    assert (stage.agent.balance(), stage.operator.earnings()) == (balance, earnings)
    assert house.prove().balances.get("house/fees", 0) == money.parse(str(fees))
    counted = sum(ledger.book_of(house.world.store, stage.agent.id).rewards_by_day.values())
    assert counted == money.usd(int(earnings[2])), "the fee tier counts what was paid in the end"


@pytest.mark.promise("admin.resolve.outcome")
@OUTCOME
@pytest.mark.parametrize("entry", [disputes.by_agents_rejection, disputes.inside_hold])
def test_an_outcome_divides_the_money_the_same_before_and_after_completion(
    house: House, outcome: str, entry: Any
) -> None:
    stage = entry(house)
    house.advance(days=2)
    made = disputes.resolve(stage, outcome, 0.6 if outcome == "split" else None)
    assert made.status == 200, made
    check_end(stage, outcome)
    shown = stage.task["dispute"]
    assert (shown["outcome"], shown["resolved_at"]) == (outcome, made.json["resolved_at"])
    assert shown["operator_share_usd"] == made.json["operator_share_usd"] == ENDS[outcome][2][2]
    assert made.json["house_share_usd"] == ENDS[outcome][3]
    assert shown["refunded_usd"] == made.json["refunded_usd"] == (ENDS[outcome][4] or 0)
    house.advance(days=30)
    check_end(stage, outcome)
    order.check(house)
    assert stage.operator.accept(stage.agent.posted()).status == 200


@pytest.mark.promise("disputes.final")
@OUTCOME
def test_an_outcome_is_final(house: House, outcome: str) -> None:
    stage = disputes.inside_hold(house)
    first = disputes.resolve(stage, outcome, "0.6" if outcome == "split" else None, key="one")
    again = disputes.resolve(stage, outcome, "0.6" if outcome == "split" else None, key="one")
    assert (again.text, again.headers["idempotent-replayed"]) == (first.text, "true")
    for other in ("release", "refund"):
        refused = disputes.resolve(stage, other)
        assert (refused.status, refused.json["code"]) == (409, "dispute_final")
        assert refused.json["details"]["outcome"] == outcome
    for refused in (disputes.dispute(stage), house.admin.do(f"/tasks/{stage.task_id}/dispute")):
        assert (refused.status, refused.json["code"]) == (409, "dispute_final")
    check_end(stage, outcome)


@pytest.mark.promise("admin.resolve.words")
def test_an_outcome_is_one_of_three_and_only_a_split_has_a_share(house: House) -> None:
    stage = disputes.inside_hold(house)
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"outcome": "forgive"}, "outcome"), ({"outcome": "split"}, "operator_share"),
        ({"outcome": "release", "operator_share": 0.5}, "operator_share"),
        *(({"outcome": "split", "operator_share": share}, "operator_share")
          for share in (0, 1, "1.0", -0.1, 1.1, "0.1234567", "60%", True)),
        ({"outcome": "refund", "reason": ""}, "reason"), ({"outcome": "refund", "reason": "x" * 501}, "reason"),
    ]  # fmt: skip
    for words, field in wrong:
        refused = disputes.resolve(stage, **words)
        assert (words, refused.status, refused.json["details"]["field"]) == (words, 400, field)
    for unknown in ("dispute_00000000000000000000000000", "nonsense"):
        refused = house.admin.do(f"/disputes/{unknown}/resolve", outcome="refund")
        assert (refused.status, refused.json["code"]) == (404, "dispute_not_found")
    assert stage.status == "DISPUTED"


@pytest.mark.promise("disputes.told")
def test_the_end_of_a_dispute_is_told_to_both(house: House) -> None:
    stage = disputes.inside_hold(house)
    disputes.resolve(stage, "split", 0.6)
    events = order.read(house.world).events
    (told,) = [event for event in events[stage.agent.id] if event["type"] == "task.resolved"]
    facts = {"dispute_id": disputes.dispute_id(stage), "outcome": "split", "operator_share_usd": 15}
    assert told["data"].items() >= {**facts, "refunded_usd": Decimal("11.8"), "status": "COMPLETED"}.items()
    (told,) = [event for event in events[stage.operator.id] if event["type"] == "dispute.resolved"]
    assert told["data"].items() >= {**facts, "task_id": stage.task_id}.items()


@pytest.mark.promise("disputes.ends.by_itself")
@pytest.mark.parametrize(
    ("entry", "outcome"),
    [
        (disputes.by_guardian, "refund"), (disputes.by_agents_rejection, "release"), (disputes.by_lapse, "release"),
        (disputes.inside_hold, "release"),
    ],
)  # fmt: skip
def test_after_14_days_the_last_verdict_decides(house: House, entry: Any, outcome: str) -> None:
    stage = entry(house)
    house.advance(days=13, hours=23)
    assert stage.status == "DISPUTED"
    house.advance(hours=1)
    check_end(stage, outcome)
    order.check(house)


@pytest.mark.promise("disputes.ends.by_itself")
@pytest.mark.parametrize("settings", [{"DISPUTE_DAYS": "2"}])
def test_how_long_a_dispute_waits_is_configuration_and_better_proof_ends_the_wait(house: House) -> None:
    stage = disputes.by_guardian(house)
    house.advance(hours=23)
    stage.submit()
    assert stage.judged(70)["status"] == "MANUAL_REVIEW"
    house.advance(hours=26)
    assert stage.status == "MANUAL_REVIEW", "the timer of the first dispute is not about this proof"
    stage.agent.verify(stage.task_id, "REJECT")
    house.advance(days=2)
    assert stage.task["dispute"]["outcome"] == "release"


@pytest.mark.promise("disputes.ends.never_without_verdict")
def test_without_a_verdict_it_stays_and_somebody_is_told_every_week(house: House) -> None:
    stage = disputes.without_verdict(house)
    with listening() as lines:
        for days, told in ((13, 0), (1, 1), (6, 1), (1, 2), (7, 3)):
            house.advance(days=days)
            named = [line for line in lines if line["event"] == "dispute.unresolved"]
            assert [line["dispute"] for line in named] == [disputes.dispute_id(stage)] * told
            assert {line["level"] for line in named} <= {"warning"}
        assert (stage.status, stage.agent.balance()) == ("DISPUTED", (9_970.5, 29.5))
        order.check(house)
        assert disputes.resolve(stage, "release").status == 200
        house.advance(days=30)
    assert len([line for line in lines if line["event"] == "dispute.unresolved"]) == 3
    check_end(stage, "release")


@pytest.mark.promise("disputes.ends.never_without_verdict")
def test_the_verdict_on_an_earlier_proof_decides_nothing_about_a_later_one(house: House) -> None:
    """Otherwise an agent could reject better proof at once and be refunded by the verdict on the worse."""
    stage = disputes.by_guardian(house)
    stage.submit()
    assert stage.agent.verify(stage.task_id, "REJECT").status == 200
    house.advance(days=15)
    assert stage.status == "DISPUTED"


# The rule by itself


@pytest.mark.promise("admin.resolve.split")
@given(
    reward=some.integers(1, 10_000_000_000), fee=some.integers(0, 1_800_000_000), share=some.integers(1, 999_999),
    outcome=some.sampled_from(Outcome),
)  # fmt: skip
def test_every_micro_of_a_dispute_is_accounted_for(reward: int, fee: int, share: int, outcome: Outcome) -> None:
    shares = divide(outcome, reward, fee, share if outcome is Outcome.SPLIT else None)
    assert (shares.operator + shares.reward_back, shares.house + shares.fee_back) == (reward, fee)
    assert min(shares.operator, shares.reward_back, shares.house, shares.fee_back) >= 0
    if outcome is Outcome.SPLIT:
        for whole, part in ((reward, shares.operator), (fee, shares.house)):
            exact = Decimal(whole) * share / money.MICROS_PER_USD / money.MICROS_PER_CENT
            cents = int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))
            assert part == min(cents * money.MICROS_PER_CENT, whole)


@pytest.mark.promise("admin.resolve.split")
def test_a_share_is_rounded_half_up_to_the_cent() -> None:
    # A third of $10.00 and of $2.00; and half a cent goes up.
    shares = divide(Outcome.SPLIT, money.usd(10), money.usd(2), 333_333)
    assert (shares.operator, shares.house) == (3_330_000, 670_000)
    assert divide(Outcome.SPLIT, 10_010_000, 2_010_000, 500_000).operator == 5_010_000


@pytest.mark.parametrize(("share", "meant"), [(0, "refund"), (1_000_000, "release")])
def test_all_or_nothing_is_no_split_and_the_refusal_says_what_it_is(share: int, meant: str) -> None:
    with pytest.raises(Invalid, match=f"send the outcome {meant}"):
        check_share(Outcome.SPLIT, share)


def test_a_dispute_of_somebody_suspended_does_not_end_by_itself_until_they_are_not(house: House) -> None:
    """Ruling 3: suspending halts releases, those of the clock too."""
    stage = disputes.inside_hold(house)
    house.admin.do(f"/operators/{stage.operator.id}/suspend", reason="looks odd")
    house.advance(days=15)
    assert stage.task["status"] == "DISPUTED"
    house.admin.do(f"/operators/{stage.operator.id}/unsuspend", reason="was not")
    house.advance(days=1)
    assert stage.task["status"] == "COMPLETED"
    assert stage.operator.earnings()[1] > 0
