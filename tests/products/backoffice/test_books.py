"""The books: trial balance, statements, the nightly proof, and what a failed one does."""

from datetime import timedelta

import pytest

from chalicelib.core.identity import deployment
from chalicelib.core.ledger import closing, nightly, proof
from chalicelib.core.ledger import store as rows
from chalicelib.kit import clock
from tests.harness import House
from tests.listening import listening
from tests.products.tasks.stages import scene

EVENT = {
    "version": "0", "id": "1", "detail-type": "Scheduled Event", "source": "aws.events", "account": "1",
    "time": "2026-01-01T00:00:00Z", "region": "us-east-1", "resources": [], "detail": {},
}  # fmt: skip


def _night(house: House) -> dict[str, object]:
    """A night's proof, and how it stands when everything is done."""
    house.invoke("prove", EVENT)
    house.drain()
    return dict(house.admin.get("/admin/books/proof").json)


def _spoil(house: House, owner: str, name: str = "deposit") -> None:
    """A balance that no transfer made."""
    assert house.world.store.update(rows.TABLE, rows.book_row(owner), plus={name: 1})


@pytest.mark.promise("admin.books.trial_balance")
def test_a_trial_balance_is_what_was_there_before_and_what_the_day_moved(house: House) -> None:
    stage = scene(house, "COMPLETED")
    first = clock.day(house.now())
    shown = house.admin.get("/admin/books/trial-balance").json
    moved = {
        "agents/deposit": 9970.5, "agents/escrow": 0, "house/fees": 4.5, "operators/pending": 25,
        "world/usdc": -10000,
    }  # fmt: skip
    assert (shown["day"], shown["transfers"], shown["in_balance"]) == (first, 4, True)
    assert (shown["opening"], shown["moved"], shown["closing"]) == ({}, moved, moved)
    house.advance(days=8)
    later = house.admin.get("/admin/books/trial-balance").json
    assert later["opening"]["operators/pending"] == 25
    assert (later["moved"], later["in_balance"]) == ({"operators/pending": -25, "operators/available": 25}, True)
    assert (later["closing"]["operators/pending"], later["closing"]["operators/available"]) == (0, 25)
    _night(house)
    assert house.admin.get("/admin/books/trial-balance").json == later, (
        "closings change what it costs, not what it says"
    )
    assert house.admin.get(f"/admin/books/trial-balance?day={first}").json["closing"] == moved
    assert stage.operator.earnings() == (0, 25, 25)
    for day in ("2026-02-30", "tomorrow", "2999-01-01"):
        assert house.admin.get(f"/admin/books/trial-balance?day={day}").status == 400


def test_after_too_many_days_without_a_night_only_the_movement_is_told_until_one_comes(house: House) -> None:
    house.agent(deposit=100)
    house.advance(days=40)
    shown = house.admin.get("/admin/books/trial-balance").json
    assert (shown["opening"], shown["closing"]) == (None, None)
    _night(house)
    assert house.admin.get("/admin/books/trial-balance").json["opening"] == {"agents/deposit": 100, "world/usdc": -100}


def test_a_day_is_closed_once_it_is_over_and_settled_and_closing_again_says_the_same(house: House) -> None:
    house.agent(deposit=100)
    store, now = house.world.store, house.now()
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    assert closing.close_days(store, midnight + timedelta(minutes=9)) == {}
    closed = closing.close_days(store, midnight + timedelta(minutes=10))
    assert closed == {"agents/deposit": 100_000_000, "world/usdc": -100_000_000}
    assert closing.close_days(store, midnight + timedelta(minutes=10)) == closed


@pytest.mark.promise("admin.books.statement")
def test_a_statement_has_the_balances_and_every_transfer_page_by_page(house: House) -> None:
    stage = scene(house, "COMPLETED")
    page = house.admin.get(f"/admin/accounts/{stage.agent.id}/statement?limit=3").json
    assert page["balances"] == {"deposit": 9970.5, "escrow": 0, "owed": 0}
    more = f"/admin/accounts/{stage.agent.id}/statement?limit=3&cursor={page['pagination']['next_cursor']}"
    rest = house.admin.get(more).json
    assert sorted(leg["code"] for leg in page["data"] + rest["data"]) == ["deposit", "fee", "hold", "pay"]
    (leg,) = house.admin.get(f"/admin/accounts/{stage.operator.id}/statement").json["data"]
    assert (leg["debit"], leg["credit"], leg["amount_usd"]) == (
        f"{stage.agent.id}/escrow", f"{stage.operator.id}/pending", 25,
    )  # fmt: skip
    for nobody in ("house", f"agent_{'0' * 26}"):
        assert house.admin.get(f"/admin/accounts/{nobody}/statement").json["code"] == "account_not_found"
    shown = house.admin.get(f"/admin/agents/{stage.agent.id}").json
    assert (shown["balances"]["deposit"], shown["keys"], shown["name"]) == (9970.5, 1, "agent-1")


@pytest.mark.promise("admin.books.proved")
def test_a_night_proves_everybody_whose_money_moved(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nightly, "OWNERS_AT_ONCE", 1)
    monkeypatch.setattr(nightly, "WRITES_AT_ONCE", 2)
    assert house.admin.get("/admin/books/proof").json["state"] == "none"
    scene(house, "COMPLETED"), house.agent(), [house.agent(deposit=5) for _ in range(3)]
    shown = _night(house)
    assert (shown["state"], shown["owners"], shown["proved"], shown["problems"]) == ("proved", 5, 5, [])
    assert not deployment.switches(house.world.store).payouts_paused
    house.advance(days=3)
    assert _night(house)["owners"] == 0


@pytest.mark.promise("admin.books.broken")
def test_a_failed_proof_names_what_is_wrong_and_pauses_payouts(
    house: House,
) -> None:
    right, wrong = house.agent(deposit=5), house.agent(deposit=5)
    _spoil(house, wrong.id)
    with listening() as lines:
        shown = _night(house)
    said = f"{wrong.id}/deposit: the book says 5000001, the legs say 5000000"
    assert (shown["state"], shown["problems"]) == ("broken", [said])
    switches = deployment.switches(house.world.store)
    assert (switches.payouts_paused, switches.payouts_paused_because) == (
        True,
        f"The proof of the books failed: {said}",
    )
    assert [line["problem"] for line in lines if line["event"] == "books.broken"] == [said]
    assert house.admin.do("/books/prove", owner_id=right.id).json == {"state": "proved", "problems": []}
    assert house.admin.do("/books/prove", owner_id=wrong.id).json == {"state": "broken", "problems": [said]}


@pytest.mark.promise("admin.books.proved")
def test_a_proof_is_made_by_a_call_as_well(house: House) -> None:
    agent = house.agent(deposit=5)
    assert house.admin.do("/books/prove", "a look").json == {"state": "running", "problems": []}
    house.drain()
    assert house.admin.get("/admin/books/proof").json["state"] == "proved"
    _spoil(house, agent.id)
    house.admin.do("/books/prove", "another look", owner_id=agent.id)
    assert deployment.switches(house.world.store).payouts_paused
    assert house.admin.do("/books/prove", owner_id="house").status == 404
    acts = [row["act"] for row in house.admin.get("/admin/audit").json["data"]]
    assert acts == ["admin.books_proved", "admin.books_proved"]


def test_a_book_that_will_not_hold_still_is_looked_at_later_and_is_no_problem(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent = house.agent(deposit=5)
    monkeypatch.setattr(nightly, "problems_of", lambda *_: None)
    assert _night(house)["state"] == "running"
    assert "ask again" in house.admin.do("/books/prove", owner_id=agent.id).text
    assert not deployment.switches(house.world.store).payouts_paused
    monkeypatch.setattr(nightly, "problems_of", proof.problems_of)
    house.advance(minutes=2)
    assert house.admin.get("/admin/books/proof").json["state"] == "proved"


@pytest.mark.promise("admin.books.broken")
def test_a_house_account_below_zero_is_a_problem_and_some_are_so_by_nature() -> None:
    sums = {"house/losses": -5, "house/claims": -5, "world/usdc": -5, "agents/deposit": -5, "house/fees": -1}
    assert closing.house_problems(sums) == ["house/fees is below zero: -1"]
