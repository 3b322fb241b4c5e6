"""Debts: what a reversed deposit lacked is lost, owed, and paid by what comes next; every cent stays accounted for."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from chalicelib.core.ledger import postings
from chalicelib.core.ledger import service as ledger
from chalicelib.core.ledger.proof import prove_owner
from chalicelib.kit import ids
from chalicelib.kit.commit import commit
from chalicelib.kit.lifecycle import MovedOn
from tests.harness import House

STEPS = some.lists(
    some.tuples(some.sampled_from(["fiat", "usdc", "spend", "reverse"]), some.integers(1, 5)), max_size=9
)


def _agent(house: House) -> str:
    agent = ids.new("agent")
    commit(house.world.store, [ledger.open_agent(agent)])
    return agent


def _deposit(house: House, agent: str, amount: int, kind: str = "fiat") -> str:
    deposit_id = ids.new("pay")
    transfers = (postings.deposit_fiat if kind == "fiat" else postings.deposit_usdc)(deposit_id, agent, amount)
    book = ledger.book_of(house.world.store, agent)
    commit(house.world.store, ledger.deposit(book, deposit_id, transfers, house.now()))
    return deposit_id


@settings(max_examples=15)
@given(STEPS)
def test_whatever_is_deposited_spent_and_reversed_the_books_balance(house: House, steps: list[tuple[str, int]]) -> None:
    store, agent, kept, spent, taken = house.world.store, _agent(house), dict[str, int](), 0, 0
    for name, amount in steps:
        book = ledger.book_of(store, agent)
        if name in ("fiat", "usdc"):
            deposit_id = _deposit(house, agent, amount, name)
            kept |= {deposit_id: amount} if name == "fiat" else {}
            taken += amount
        elif name == "spend" and book["deposit"] >= amount and not book["owed"]:
            commit(store, ledger.writes(postings.hold(ids.new("task"), agent, amount), house.now()))
            spent += amount
        elif name == "reverse" and kept:
            deposit_id, back = kept.popitem()
            commit(store, ledger.reverse(book, deposit_id, back, house.now()))
            taken -= back
        book = ledger.book_of(store, agent)
        assert book["deposit"] - book["owed"] == taken - spent
        assert not (book["deposit"] and book["owed"] and name in ("fiat", "usdc")), "deposits pay debts first"
        assert prove_owner(store, agent) == []


def test_a_book_that_has_moved_since_it_was_read_is_looked_at_again(house: House) -> None:
    store, agent = house.world.store, _agent(house)
    first = _deposit(house, agent, 10)
    before = ledger.book_of(store, agent)
    _deposit(house, agent, 5)
    with pytest.raises(MovedOn):
        commit(store, ledger.reverse(before, first, 10, house.now()))
    commit(store, ledger.writes(postings.hold("task_1", agent, 15), house.now()))
    clean = ledger.book_of(store, agent)
    commit(store, ledger.reverse(clean, first, 10, house.now()))
    with pytest.raises(MovedOn):
        commit(store, ledger.deposit(clean, "pay_2", postings.deposit_fiat("pay_2", agent, 3), house.now()))
    assert ledger.book_of(store, agent)["owed"] == 10
    assert prove_owner(store, agent) == []
