"""Payouts of real money: where they go, what they wait for, and how they end (ruling 26)."""

from typing import Any

import pytest

from chalicelib.core.identity import deployment
from chalicelib.kit.table import Key
from chalicelib.products.operators import rules
from chalicelib.products.operators.rules import Destination
from tests.harness import House, Operator, Reply
from tests.listening import listening
from tests.products.tasks.stages import scene
from tests.proofs import order
from tests.proofs.bells import deliver
from tests.providers import Payoneer, live

WALLET = "0x" + "aB" * 20


def _rich(house: House, reward: int = 200) -> Operator:
    """An operator with earnings that can be paid out."""
    done = scene(house, "COMPLETED", reward_usd=reward)
    house.advance(days=7)
    return done.operator


def _ask(operator: Operator, amount: float = 50, **more: Any) -> Reply:
    made = operator.send("/operator/payout", {"amount_usd": amount, "payoneer_payee_id": "payee_123", **more})
    assert made.status == 200, made
    return made


def _status(operator: Operator, made: Reply) -> str:
    return str(operator.get(f"/operator/payout/status/{made.json['payout_id']}").json["status"])


def _events(house: House, owner: str) -> list[str]:
    rows = sorted((row for row in order.scan(house.world.store, "events") if row["pk"] == owner), key=lambda r: r["at"])
    return [row["type"] for row in rows if row["type"].startswith("payout.")]


@pytest.mark.promise("operators.payout.cooling")
def test_a_new_destination_cools_for_a_day_is_announced_and_then_paid(house: House) -> None:
    operator, payoneer = _rich(house), Payoneer()
    with live(house, payoneer=payoneer):
        made = _ask(operator)
        assert made.json["status"] == "pending"
        assert "Its destination is new" in made.json["message"]
        assert operator.earnings() == (0, 150, 200)
        assert house.prove().balances["house/payouts_in_flight"] == 50_000_000
        house.advance(hours=23)
        assert (_status(operator, made), payoneer.payments) == ("pending", {})
        house.advance(hours=1, minutes=1)
        assert _status(operator, made) == "sent", "Payoneer took it up, and that is all that is known"
        (payment,) = payoneer.payments.values()
        assert payment == {
            "client_reference_id": made.json["payout_id"], "payee_id": "payee_123", "amount": 50, "currency": "USD",
            "description": f"Earnings {made.json['payout_id']}",
        }  # fmt: skip
        house.advance(minutes=11)
        assert _status(operator, made) == "completed"
        again = _ask(operator, 10)
        assert "destination" not in again.json["message"]
        house.drain()
        assert _status(operator, again) == "sent", "a known destination does not cool again"
        assert payoneer.tokens == 1, "a token is kept until it ends"
    assert house.prove().balances["world/payouts"] == 50_000_000
    assert sorted(_events(house, operator.id)) == [
        "payout.completed", "payout.destination_changed", "payout.requested", "payout.requested", "payout.sent",
        "payout.sent",
    ]  # fmt: skip


@pytest.mark.promise("operators.payout.unknown")
def test_a_call_without_an_answer_stays_sent_and_is_paid_once(house: House) -> None:
    operator, payoneer = _rich(house), Payoneer(mood="takes it and hangs up")
    with live(house, payoneer=payoneer, payout_cooling_hours=0):
        taken = _ask(operator)
        house.drain()
        assert _status(operator, taken) == "sent"
        payoneer.mood = "hangs up"
        lost = _ask(operator, 20)
        house.drain()
        payoneer.mood = "well"
        house.advance(minutes=11)
        assert _status(operator, taken) == "completed"
        assert lost.json["payout_id"] in payoneer.payments, "what was never heard of is handed over again"
        house.advance(minutes=9)
        deployment.advance_clock(house.world.store, 120)
        looks = [entry["pk"] for entry in order.scan(house.world.store, "agenda") if entry["kind"] == "payout.look"]
        deliver(house, "courier", *looks, *looks)
        assert _status(operator, lost) == "completed"
    assert operator.earnings() == (0, 130, 200)
    assert house.prove().balances["world/payouts"] == 70_000_000


@pytest.mark.promise("operators.payout.unknown", "operators.payout.list")
def test_what_is_refused_is_available_again_at_once_or_when_it_is_looked_up(house: House) -> None:
    operator, payoneer = _rich(house), Payoneer(mood="refuses")
    with live(house, payoneer=payoneer, payout_cooling_hours=0):
        refused = _ask(operator)
        house.drain()
        assert (_status(operator, refused), operator.earnings()[1]) == ("failed", 200)
        payoneer.mood, payoneer.status = "well", "Returned"
        returned = _ask(operator)
        house.drain()
        assert _status(operator, returned) == "sent"
        house.advance(minutes=11)
        assert (_status(operator, returned), operator.earnings()[1]) == ("failed", 200)
        shown = operator.get("/operator/payouts?limit=1").json
        assert (shown["data"][0]["payout_id"], shown["data"][0]["failure"]) == (returned.json["payout_id"], "RETURNED")
        assert shown["pagination"]["total"] == 2
        again = operator.get(f"/operator/payouts?cursor={shown['pagination']['next_cursor']}&offset=1")
        assert (again.status, again.json["details"]["field"]) == (400, "cursor")
        older = operator.get(f"/operator/payouts?cursor={shown['pagination']['next_cursor']}").json["data"]
        assert [(one["payout_id"], one["failure"]) for one in older] == [
            (refused.json["payout_id"], "The payee is blocked.")
        ]
    house.prove()


def test_a_payout_waits_while_its_operator_is_suspended_and_goes_on_when_they_are_not(house: House) -> None:
    """Ruling 3: suspending halts payouts. The money stays set aside, and the payout is not forgotten."""
    operator, payoneer = _rich(house), Payoneer()
    with live(house, payoneer=payoneer):
        made = _ask(operator)
        house.admin.do(f"/operators/{operator.id}/suspend", reason="looks odd")
        house.advance(hours=25)
        assert payoneer.payments == {}
        assert house.prove().balances["house/payouts_in_flight"] == 50_000_000
        house.admin.do(f"/operators/{operator.id}/unsuspend", reason="was not")
        assert _status(operator, made) == "pending"
        house.advance(days=1)
        assert _status(operator, made) == "sent"
        assert len(payoneer.payments) == 1


@pytest.mark.promise("operators.payout.kyc")
def test_kyc_is_checked_again_when_it_is_sent(house: House) -> None:
    operator, payoneer = _rich(house), Payoneer()
    with live(house, payoneer=payoneer):
        made = _ask(operator)
        house.world.store.update("identity", Key(operator.id, "operator"), put={"kyc": "REJECTED"})
        house.advance(hours=25)
        assert (_status(operator, made), payoneer.payments) == ("failed", {})
        assert operator.earnings() == (0, 200, 200)


@pytest.mark.promise("admin.accounts.suspended")
def test_a_payout_of_a_suspended_operator_waits_until_they_may_go_on(house: House) -> None:
    operator, payoneer = _rich(house), Payoneer()
    with live(house, payoneer=payoneer):
        made = _ask(operator)
        house.admin.do(f"/operators/{operator.id}/suspend")
        for _ in range(15):
            house.advance(hours=2)
        assert payoneer.payments == {}
        house.admin.do(f"/operators/{operator.id}/unsuspend")
        assert _status(operator, made) == "pending"
        house.advance(days=1, minutes=2)
        assert (_status(operator, made), len(payoneer.payments)) == ("sent", 1)


@pytest.mark.promise("admin.payouts.released")
def test_above_the_sum_of_a_day_a_person_lets_it_go_or_sends_it_back(house: House) -> None:
    operator, payoneer = _rich(house), Payoneer()
    with live(house, payoneer=payoneer, payout_cooling_hours=0, payout_review_usd=60):
        small, large, other = _ask(operator, 50), _ask(operator, 20), _ask(operator, 30)
        assert "A person looks" in large.json["message"]
        house.drain()
        house.advance(hours=2)
        assert [_status(operator, one) for one in (small, large, other)] == ["completed", "pending", "pending"]
        waiting = house.admin.get("/admin/payouts").json["data"]
        assert {(one["payout_id"], one["operator_id"], one["review"]) for one in waiting} == {
            (one.json["payout_id"], operator.id, "day_sum") for one in (large, other)
        }
        let_go = house.admin.do(f"/payouts/{large.json['payout_id']}/release")
        assert (let_go.status, let_go.json["status"]) == (200, "pending")
        assert house.admin.do(f"/payouts/{large.json['payout_id']}/release").json["code"] == "payout_not_in_review"
        back = house.admin.do(f"/payouts/{other.json['payout_id']}/fail", reason="not theirs")
        assert (back.status, back.json["status"]) == (200, "failed")
        house.drain()
        house.advance(hours=1)
        assert [_status(operator, one) for one in (small, large, other)] == ["completed", "completed", "failed"]
        assert house.admin.do(f"/payouts/{small.json['payout_id']}/fail").json["code"] == "wrong_state"
        assert house.admin.do(f"/payouts/payout_{'0' * 26}/release").status == 404
        assert house.admin.get("/admin/payouts?state=sent").json["data"] == []
        house.advance(days=1)
        assert "person" not in _ask(operator, 50).json["message"], "another day has another sum"
    assert operator.earnings() == (0, 80, 200)
    assert operator.send(f"/admin/payouts/{small.json['payout_id']}/release", {"reason": "me"}).status == 403
    house.prove()


@pytest.mark.promise("admin.payouts.released")
def test_while_payouts_are_paused_requests_are_taken_and_nothing_is_sent(house: House) -> None:
    operator = _rich(house)
    assert house.admin.do("/payouts/pause", reason="the books").json == {"payouts_paused": True, "reason": "the books"}
    made = operator.payout(50)
    assert (made.json["status"], "paused" in made.json["message"]) == ("pending", True)
    for _ in range(14):
        house.advance(hours=1, minutes=2)
    assert _status(operator, made) == "pending", "and it was not buried for having tried so often"
    assert house.admin.do("/payouts/resume").json["payouts_paused"] is False
    house.advance(hours=1, minutes=2)
    assert _status(operator, made) == "completed"
    assert house.prove().balances["world/payouts"] == 50_000_000


@pytest.mark.promise("operators.payout.destination")
def test_a_live_payout_names_one_destination(house: House) -> None:
    operator = _rich(house)
    wrong: list[dict[str, Any]] = [
        {}, {"wallet_address": WALLET, "payoneer_payee_id": "p"}, {"wallet_address": "0x" + "0" * 40},
        {"wallet_address": "0x12"}, {"wallet_address": "0x" + "ab" * 20},
        {"payoneer_payee_id": "p", "amount_usd": "10.005"},
    ]  # fmt: skip
    with live(house, payout_refused_addresses=WALLET):
        for words in wrong:
            refused = operator.send("/operator/payout", {"amount_usd": 50, **words})
            assert (words, refused.status, refused.json["code"]) == (words, 400, "invalid")
        chain = operator.send("/operator/payout", {"amount_usd": 50, "wallet_address": "0x" + "12" * 20})
        assert (chain.status, chain.json["code"]) == (409, "payouts_unavailable")
    assert operator.earnings() == (0, 200, 200)


def test_a_wallet_has_one_spelling_and_play_money_needs_no_destination() -> None:
    assert rules.destination(WALLET, None, 1, set(), test_mode=False) == Destination("usdc", WALLET.lower())
    assert rules.destination(None, None, 1, set(), test_mode=True) == Destination("test", "")


def test_a_payout_that_nobody_hears_of_for_days_is_told_to_the_log(house: House) -> None:
    operator, payoneer = _rich(house), Payoneer(status="In progress")
    with live(house, payoneer=payoneer, payout_cooling_hours=0), listening() as lines:
        made = _ask(operator)
        for _ in range(20):
            house.advance(hours=7)
        assert _status(operator, made) == "sent"
    assert [line for line in lines if line["event"] == "payout.stuck"]


@pytest.mark.promise("operators.earnings.history", "lists.total_exact")
def test_every_movement_of_earnings_is_listed_newest_first(house: House) -> None:
    done = scene(house, "COMPLETED", reward_usd=200)
    house.advance(days=7)
    payout_id = done.operator.payout(50).json["payout_id"]
    found = done.operator.get("/operator/earnings/history").json["data"]
    shown = [(one["type"], one["amount_usd"], one["from_balance"], one["balance"]) for one in found]
    assert shown == [
        ("payout", -50, None, "available"), ("mature", 200, "pending", "available"), ("pay", 200, None, "pending"),
    ]  # fmt: skip
    assert [(one["task_id"], one["payout_id"]) for one in found] == [
        (None, payout_id), (done.task_id, None), (done.task_id, None)
    ]  # fmt: skip
    assert all(one["at"].endswith("Z") and one["id"] for one in found)
    first = done.operator.get("/operator/earnings/history?limit=2").json
    rest = done.operator.get(f"/operator/earnings/history?cursor={first['pagination']['next_cursor']}").json
    assert first["data"] + rest["data"] == found
    assert (first["pagination"]["total"], "total" in rest["pagination"]) == (3, False)
    assert house.operator().get("/operator/earnings/history").json["data"] == []
