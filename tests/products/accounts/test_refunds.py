"""POST /admin/deposits/:id/refund."""

from typing import Any

import pytest

from chalicelib.products.accounts.actions import refunds
from tests.harness import House


@pytest.mark.promise("admin.deposits.refunded")
def test_a_deposit_goes_back_once_and_what_is_spent_of_it_stays(house: House) -> None:
    agent = house.agent()
    deposit = agent.deposit(50).json["transaction_id"]
    agent.posted()
    told = house.admin.do(f"/deposits/{deposit}/refund", "asked for it", key="once")
    assert (told.status, told.json) == (
        200, {"transaction_id": deposit, "agent_id": agent.id, "refunded_usd": 20.5},
    )  # fmt: skip
    assert agent.balance() == (0, 29.5)
    later = agent.deposit(10).json["transaction_id"]
    refused = house.admin.do(f"/deposits/{deposit}/refund")
    assert (refused.status, refused.json["code"]) == (409, "deposit_returned")
    again = house.admin.do(f"/deposits/{deposit}/refund", "asked for it", key="once")
    assert (again.text, again.headers["idempotent-replayed"]) == (told.text, "true")
    agent.deposit(100)
    assert house.admin.do(f"/deposits/{later}/refund").json["refunded_usd"] == 10
    assert agent.balance() == (100, 29.5)
    newest = house.admin.get("/admin/audit").json["data"][0]
    assert (newest["act"], newest["facts"]) == ("admin.deposit_refunded", {"agent_id": agent.id, "amount_usd": 10})
    house.prove()


@pytest.mark.promise("admin.deposits.refunded")
def test_there_must_be_such_a_deposit_something_left_of_it_and_a_way_back(house: House) -> None:
    agent = house.agent()
    deposit = agent.deposit("29.50").json["transaction_id"]
    agent.posted()
    codes = {
        deposit: (409, "deposit_used"),
        "txn_" + "0" * 26: (404, "deposit_not_found"),
        agent.id: (404, "deposit_not_found"),
    }
    for transaction_id, expected in codes.items():
        refused = house.admin.do(f"/deposits/{transaction_id}/refund")
        assert (refused.status, refused.json["code"]) == expected
    with house.living_in(settings=house.world.settings.model_copy(update={"byhand_mode": "live"})):
        refused = house.admin.do(f"/deposits/{deposit}/refund")
    assert (refused.status, refused.json["code"]) == (409, "refunds_unavailable")


def test_who_spends_meanwhile_is_given_back_what_is_left(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    agent = house.agent()
    deposit = agent.deposit(50).json["transaction_id"]
    honest, looks = refunds.ledger.book_of, []

    def stale(store: Any, owner: str) -> Any:
        """The first look sees the deposit as it was before the agent spent some of it."""
        book = honest(store, owner)
        looks.append(owner)
        if len(looks) == 1:
            agent.posted()
        return book

    monkeypatch.setattr(refunds.ledger, "book_of", stale)
    assert house.admin.do(f"/deposits/{deposit}/refund").json["refunded_usd"] == 20.5
    house.prove()
