"""GET /operator/earnings, POST /operator/payout and its status."""

import pytest

from chalicelib.kit.table import Key
from tests.harness import House, Operator
from tests.products.tasks.stages import Scene, scene


def _rich(house: House) -> Operator:
    """An operator with $200 that can be paid out."""
    done = scene(house, "COMPLETED", reward_usd=200)
    house.advance(days=7)
    assert done.operator.earnings() == (0, 200, 200)
    return done.operator


@pytest.mark.promise("operators.earnings.shape")
def test_earnings_show_balances_and_the_work_that_was_completed(house: House) -> None:
    done = scene(house, "COMPLETED")
    refused = Scene(house, done.agent, done.operator, done.agent.posted(title="Not done yet"))
    refused.accept()
    found = done.operator.get("/operator/earnings")
    assert (found.status, found.json) == (
        200,
        {
            "pending_balance": 25, "available_balance": 0, "total_earned": 25, "currency": "USD",
            "recent_tasks": [
                {
                    "task_id": done.task_id, "title": "Verify storefront signage", "reward_usd": 25,
                    "status": "COMPLETED", "completed_at": done.task["completed_at"],
                }
            ],
        },
    )  # fmt: skip


@pytest.mark.promise("operators.payout.completed")
def test_a_payout_is_completed_at_once_in_test_mode_and_leaves_the_books(house: House) -> None:
    operator = _rich(house)
    paid = operator.send("/operator/payout", {"amount_usd": 50, "payoneer_payee_id": "payee_123"})
    payout_id = paid.json["payout_id"]
    assert (paid.status, paid.json) == (
        200,
        {
            "payout_id": payout_id, "status": "completed", "amount_usd": 50,
            "message": "Payout completed (test mode)",
        },
    )  # fmt: skip
    assert operator.earnings() == (0, 150, 200)
    assert house.prove().balances["world/payouts"] == 50_000_000


@pytest.mark.promise("operators.payout.status")
def test_the_status_of_a_payout_is_told_to_who_asked_for_it_and_to_nobody_else(house: House) -> None:
    operator, other = _rich(house), house.operator()
    payout_id = operator.payout(50).json["payout_id"]
    found = operator.get(f"/operator/payout/status/{payout_id}")
    assert (found.status, found.json) == (
        200, {"payout_id": payout_id, "status": "completed", "amount_usd": 50}
    )  # fmt: skip
    for asker, asked in ((other, payout_id), (operator, payout_id[:-1] + "!"), (operator, "payout_abc")):
        refused = asker.get(f"/operator/payout/status/{asked}")
        assert (refused.status, refused.json["code"]) == (404, "payout_not_found")


@pytest.mark.promise("operators.payout.minimum")
def test_a_payout_is_at_least_10_dollars(house: House) -> None:
    operator = _rich(house)
    for amount in (0, 9.99, "9.999999"):
        refused = operator.send("/operator/payout", {"amount_usd": amount})
        assert (refused.status, refused.json["details"]["field"]) == (400, "amount_usd")
    assert operator.payout(10).status == 200
    assert operator.earnings() == (0, 190, 200)


@pytest.mark.promise("operators.payout.available")
def test_a_payout_takes_no_more_than_what_is_available(house: House) -> None:
    operator = _rich(house)
    refused = operator.payout(200.01)
    assert (refused.status, refused.json["code"]) == (402, "insufficient_funds")
    assert refused.json["details"] == {"required_usd": 200.01, "available_usd": 200}
    assert operator.payout(200).status == 200
    assert operator.payout(10).status == 402
    assert operator.earnings() == (0, 0, 200)
    house.prove()


@pytest.mark.promise("operators.payout.available", "tasks.hold.seven_days")
def test_what_waits_out_the_hold_cannot_be_paid_out(house: House) -> None:
    done = scene(house, "COMPLETED")
    assert done.operator.payout(10).status == 402
    assert done.operator.earnings() == (25, 0, 25)


@pytest.mark.promise("operators.payout.kyc")
def test_a_payout_needs_kyc_at_the_moment_it_is_asked_for(house: House) -> None:
    operator = _rich(house)
    house.world.store.update("identity", Key(operator.id, "operator"), put={"kyc": "REJECTED"})
    refused = operator.payout(50)
    assert (refused.status, refused.json["code"]) == (403, "kyc_required")
    assert operator.earnings() == (0, 200, 200)
