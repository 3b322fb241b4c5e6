"""Disputes about jobs: what one has earned is frozen inside its hold, and divided once (ruling 15)."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.core.identity import deployment
from chalicelib.kit import money
from tests.faults import FlakyClient
from tests.harness import House
from tests.products.qa import disputes
from tests.products.qa.people import customer, test_of
from tests.proofs import order
from tests.proofs.bells import entry_of, give
from tests.proofs.stand_ins import MovableClock

# 101 seconds cost 0.1818: 0.10908 to the tester and 0.07272 to the house.
# What agent, tester and house have after a dispute, of a deposit of 100, and what came back.
COST, WAGE = 0.1818, 0.10908
ENDS = {
    "release": (99.8182, (0, 0.10908, 0.10908), 0.07272, 0),
    "refund": (100, (0, 0, 0), 0, 0.1818),
    "split": (99.89, (0, 0.07, 0.07), 0.04, 0.0718),
}
OUTCOME = pytest.mark.parametrize("outcome", ENDS)
SHARE = {"split": 0.6}


def check_end(made: disputes.Test, outcome: str) -> None:
    deposit, earnings, fees, _ = ENDS[outcome]
    assert made.job["status"] == "completed"
    assert made.customer.balance() == (deposit, 0)
    assert made.tester.earnings() == earnings
    assert made.house.prove().balances.get("house/fees", 0) == money.parse(str(fees))
    order.check(made.house)


@pytest.mark.promise("qa.dispute.frozen")
def test_a_disputed_job_stays_completed_and_its_pay_stays_where_it_is(house: House) -> None:
    made = test_of(house).completed(101, testDurationSeconds=101)
    assert "dispute" not in made.job
    house.advance(days=6, hours=23)
    told = disputes.dispute(made)
    assert (told.status, told.json["job_id"], told.json["status"]) == (200, made.job_id, "completed")
    assert made.job["dispute"] == {"openedAt": told.json["opened_at"]}
    house.advance(days=2)
    assert (made.job["status"], made.job["costUsd"]) == ("completed", COST)
    assert made.tester.earnings() == (WAGE, 0, WAGE), "the end of the hold finds it disputed"
    order.check(house)


@pytest.mark.promise("qa.dispute.shown")
@OUTCOME
def test_both_sides_see_that_it_is_disputed_and_how_that_ended(house: House, outcome: str) -> None:
    made = disputes.disputed(house)
    opened = made.job["dispute"]["openedAt"]
    mine = (lambda: made.tester.get(f"/jobs/{made.job_id}").json, lambda: made.tester.get("/jobs?scope=mine").json)
    for seen in (mine[0](), mine[1]()["data"][0]):
        assert seen["dispute"] == {"openedAt": opened, "outcome": None, "resolvedAt": None}
        assert seen["payUsd"] == WAGE
    told = disputes.resolve(made, outcome, SHARE.get(outcome)).json
    ended = {"openedAt": opened, "outcome": outcome, "resolvedAt": told["resolved_at"]}
    assert made.job["dispute"] == {**ended, "refundedUsd": ENDS[outcome][3]}
    assert made.customer.get("/jobs").json["data"][0]["dispute"] == made.job["dispute"]
    assert (made.job["costUsd"], made.job["status"]) == (COST, "completed")
    for seen in (mine[0](), mine[1]()["data"][0]):
        assert (seen["dispute"], seen["payUsd"]) == (ended, ENDS[outcome][1][2])
    assert mine[0]()["heldUntil"] is None
    recent = made.tester.operator.get("/operator/earnings").json["recent_tasks"]
    assert [row["reward_usd"] for row in recent] == ([] if outcome == "refund" else [ENDS[outcome][1][2]])


@pytest.mark.promise("qa.dispute.outcome")
@OUTCOME
def test_an_outcome_divides_wage_and_fee_and_nothing_is_lost(house: House, outcome: str) -> None:
    made = disputes.disputed(house)
    house.advance(days=2)
    told = disputes.resolve(made, outcome, SHARE.get(outcome))
    assert told.status == 200, told
    check_end(made, outcome)
    assert told.json["operator_share_usd"] == ENDS[outcome][1][2]
    assert (told.json["house_share_usd"], told.json["refunded_usd"]) == ENDS[outcome][2:]
    house.advance(days=30)
    check_end(made, outcome)


@pytest.mark.promise("qa.dispute.final")
@OUTCOME
def test_an_outcome_is_final(house: House, outcome: str) -> None:
    made = disputes.disputed(house)
    first = disputes.resolve(made, outcome, SHARE.get(outcome), key="one")
    again = disputes.resolve(made, outcome, SHARE.get(outcome), key="one")
    assert (again.text, again.headers["idempotent-replayed"]) == (first.text, "true")
    for refused in (disputes.resolve(made, "release"), disputes.resolve(made, "refund"), disputes.dispute(made)):
        assert (refused.status, refused.json["code"]) == (409, "dispute_final")
        assert refused.json["details"]["outcome"] == outcome
    check_end(made, outcome)


@pytest.mark.promise("qa.dispute.only_inside_hold")
def test_only_what_waits_out_its_hold_is_disputed_and_once(house: House) -> None:
    made = test_of(house).completed(60, testDurationSeconds=60)
    others = [test_of(house), test_of(house).claimed(), test_of(house).claimed()]
    assert others[2].tester.abandon(others[2].job_id).status == 200
    for other in others:
        refused = disputes.dispute(other)
        assert (refused.status, refused.json["code"]) == (409, "wrong_state")
        assert refused.json["details"]["allowed_statuses"] == ["completed"]
        assert disputes.resolve(other, "release").json["code"] == "dispute_not_found"
    assert disputes.resolve(made, "release").json["code"] == "dispute_not_found"
    deployment.advance_clock(house.world.store, 7 * 86_400 + 60)
    assert disputes.dispute(made).json["code"] == "hold_over", "before the clock has been there"
    house.advance(seconds=1)
    refused = disputes.dispute(made)
    assert (refused.status, refused.json["code"]) == (409, "hold_over")
    assert made.tester.earnings()[:2] == (0, 0.0648)
    for unknown in ("job_00000000000000000000000000", "nonsense"):
        assert house.admin.do(f"/jobs/{unknown}/dispute").json["code"] == "job_not_found"
        assert house.admin.do(f"/jobs/{unknown}/dispute/resolve", outcome="refund").json["code"] == "job_not_found"


@pytest.mark.promise("qa.dispute.frozen")
@pytest.mark.parametrize("second", ["the dispute", "the clock"])
def test_of_a_dispute_and_the_end_of_the_hold_whoever_commits_second_finds_it_done(house: House, second: str) -> None:
    """To one machine the hold is over, to the other it is not; each has looked before the other commits."""
    clock = MovableClock(house.world.clock)
    with house.living_in(clock=clock):
        made = test_of(house).completed(101, testDurationSeconds=101)
        bell = entry_of(house, "job.mature")
        clock.pass_time(days=7, seconds=1)

        def dispute() -> Any:
            clock.be_wrong_by(seconds=-30)
            return disputes.dispute(made)

        def end() -> Any:
            clock.be_wrong_by(seconds=0)
            return give(house, "timers", bell)

        replies = (
            _in_the_middle(house, dispute, end) if second == "the dispute" else _in_the_middle(house, end, dispute)
        )
        if second == "the dispute":
            assert (replies[0].status, replies[0].json["code"], replies[1]) == (409, "hold_over", [])
            assert made.tester.earnings() == (0, WAGE, WAGE)
        else:
            assert (replies[0], replies[1].status) == ([], 200)
            assert made.tester.earnings() == (WAGE, 0, WAGE)
        order.check(house)


@pytest.mark.promise("qa.dispute.final")
def test_of_two_outcomes_whoever_commits_second_is_told_that_it_is_over(house: House) -> None:
    made = disputes.disputed(house)
    refunded, released = _in_the_middle(
        house, lambda: disputes.resolve(made, "refund"), lambda: disputes.resolve(made, "release")
    )
    assert (refunded.status, refunded.json["code"], released.status) == (409, "dispute_final", 200)
    check_end(made, "release")


def _in_the_middle(house: House, first: Callable[[], Any], then: Callable[[], Any]) -> tuple[Any, Any]:
    """Do the first deed; when it is about to commit, do the second. What both came to."""
    world, done = house.world, list[Any]()

    def meet(operation: str, _: int) -> None:
        if operation == "transact_write_items" and not done:
            done.append(None)
            with house.living_in(store=world.store):
                done[0] = then()

    with house.living_in(store=replace(world.store, client=FlakyClient(world.store.client, meet))):
        came_to = first()
    return came_to, done[0]


@pytest.mark.promise("qa.dispute.only_inside_hold")
def test_a_dispute_asked_for_twice_under_one_key_is_opened_once(house: House) -> None:
    made = test_of(house).completed()
    first, again = (disputes.dispute(made, key="one") for _ in range(2))
    assert (again.status, again.text) == (200, first.text)
    refused = disputes.dispute(made)
    assert (refused.status, refused.json["code"]) == (409, "wrong_state")
    assert refused.json["error"].startswith("This job is disputed, and dispute only works in status completed")


@pytest.mark.promise("qa.dispute.words")
def test_only_a_split_has_a_share_and_everything_has_a_reason(house: House) -> None:
    made = disputes.disputed(house)
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"outcome": "forgive"}, "outcome"), ({"outcome": "split"}, "operator_share"),
        ({"outcome": "release", "share": 0.5}, "operator_share"), ({"outcome": "split", "share": 1}, "operator_share"),
        ({"outcome": "split", "share": "0.1234567"}, "operator_share"), ({"outcome": "refund", "reason": ""}, "reason"),
    ]  # fmt: skip
    for words, field in wrong:
        refused = disputes.resolve(made, **words)
        assert (words, refused.status, refused.json["details"]["field"]) == (words, 400, field)
    assert disputes.dispute(made, "").status == 400
    assert made.tester.earnings() == (WAGE, 0, WAGE)


@pytest.mark.promise("qa.dispute.told")
def test_it_is_told_to_both_and_kept_with_the_name_of_the_key_and_who_tested_is_told_to_nobody(house: House) -> None:
    made = disputes.disputed(house)
    assert disputes.resolve(made, "split", 0.6, reason="Half of it was there.").status == 200
    events = order.read(house.world).events
    mine = {event["type"]: event["data"] for event in events[made.customer.agent.id]}
    assert mine["job.dispute_opened"]["reason"] == disputes.REASON
    facts = {"job_id": made.job_id, "outcome": "split", "operator_share_usd": money.to_decimal(70_000)}
    assert mine["job.resolved"].items() >= {**facts, "refunded_usd": money.to_decimal(71_800)}.items()
    assert made.tester.id not in str(mine)
    (told,) = [event["data"] for event in events[made.tester.id] if event["type"] == "dispute.resolved"]
    assert told == facts
    audit = [(row["act"], row["subject"], row["reason"]) for row in house.admin.get("/admin/audit").json["data"]]
    assert audit[:2] == [
        ("admin.job_dispute_resolved", made.job_id, "Half of it was there."),
        ("admin.job_disputed", made.job_id, disputes.REASON),
    ]


@pytest.mark.promise("qa.dispute.by_itself")
def test_after_14_days_nobody_has_resolved_it_and_it_is_released(house: House) -> None:
    made = disputes.disputed(house)
    house.advance(days=13, hours=23)
    assert "outcome" not in made.job["dispute"]
    house.advance(hours=1)
    assert made.job["dispute"]["outcome"] == "release"
    check_end(made, "release")


@pytest.mark.promise("qa.dispute.by_itself")
@pytest.mark.parametrize("settings", [{"DISPUTE_DAYS": "2"}])
@pytest.mark.parametrize("who", ["agents", "operators"])
def test_while_either_side_is_suspended_it_does_not_end_by_itself(house: House, who: str) -> None:
    made = disputes.disputed(house)
    path = f"/{who}/{made.customer.agent.id if who == 'agents' else made.tester.id}"
    assert house.admin.do(f"{path}/suspend").status == 200
    house.advance(days=3)
    assert order.check(house).jobs[0].dispute_outcome is None
    assert house.admin.do(f"{path}/unsuspend").status == 200
    house.advance(days=1)
    check_end(made, "release")


@pytest.mark.promise("qa.dispute.outcome")
def test_a_share_too_small_for_a_cent_leaves_nothing_and_loses_nothing(house: House) -> None:
    made = disputes.disputed(house, seconds=1)
    told = disputes.resolve(made, "split", 0.5).json
    assert (told["operator_share_usd"], told["house_share_usd"], told["refunded_usd"]) == (0, 0, 0.0018)
    assert (made.customer.balance(), made.tester.earnings()) == ((100, 0), (0, 0, 0))
    order.check(house)


@pytest.mark.promise("qa.dispute.outcome")
def test_what_came_back_can_be_spent_and_the_tester_goes_on(house: House) -> None:
    made = disputes.disputed(house)
    assert disputes.resolve(made, "refund").status == 200
    another = made.customer.ordered(targetDurationMinutes=1)
    assert made.tester.claim(another).status == 200
    assert customer(house).get(f"/job/{made.job_id}").status == 404
    order.check(house)
