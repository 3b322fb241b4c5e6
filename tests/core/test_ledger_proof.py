"""The proof of the books finds whatever was planted, and cries wolf at nothing."""

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.core.ledger import postings
from chalicelib.core.ledger import service as ledger
from chalicelib.core.ledger import store as rows
from chalicelib.core.ledger.proof import LOOKS_MAX, prove, prove_owner
from chalicelib.kit.commit import commit
from chalicelib.kit.store import Store
from chalicelib.kit.table import Key
from tests.harness import House

AGENT, OPERATOR = "agent_1", "op_1"


@pytest.fixture
def store(house: House) -> Store:
    """Books in which every kind of movement was made once; nothing is wrong with them."""
    store = house.world.store
    books = [
        ledger.open_agent(AGENT),
        ledger.open_operator(OPERATOR),
    ]
    commit(store, books)
    for transfers in (
        postings.deposit_usdc("txn_1", AGENT, 100), postings.hold("task_1", AGENT, 50),
        postings.complete("task_1", AGENT, OPERATOR, 30, 5, "2026-02-10"), postings.refund("task_2", AGENT, 10),
        postings.mature("task_1", OPERATOR, 20), postings.payout("payout_1", OPERATOR, 8),
        postings.payout_sent("payout_1", 5), postings.payout_failed("payout_1", OPERATOR, 3),
    ):  # fmt: skip
        commit(store, ledger.writes(transfers, house.now()))
    return store


def _problems(store: Store) -> str:
    return "; ".join(prove(store).problems)


def _leg(store: Store, owner: str, transfer_id: str, **changes: Any) -> None:
    """Change one leg, or without changes take it away."""
    key = rows.leg_row(owner, transfer_id)
    if changes:
        assert store.update(rows.TABLE, key, put=changes)
    else:
        raw = {"pk": {"S": key.pk}, "sk": {"S": key.sk}}
        gone = store.client.delete_item(TableName=store.names[rows.TABLE], Key=raw, ReturnValues="ALL_OLD")
        assert "Attributes" in gone


def _book(store: Store, owner: str, **plus: int) -> None:
    assert store.update(rows.TABLE, rows.book_row(owner), plus=plus)


def _without_book(store: Store, owner: str) -> None:
    store.client.delete_item(
        TableName=store.names[rows.TABLE], Key={"pk": {"S": owner}, "sk": {"S": rows.book_row(owner).sk}}
    )


def _forgotten_account(store: Store) -> None:
    assert store.update(rows.TABLE, rows.book_row(AGENT), drop=["escrow"])


def _quietly_taken(store: Store) -> None:
    """Both the leg and the book of one side are made to agree, so only the other side gives it away."""
    _leg(store, OPERATOR, "task_1.pay", amount_micros=29)
    _book(store, OPERATOR, pending=-1, earned=-1)


def _quietly_undone(store: Store) -> None:
    _leg(store, OPERATOR, "task_1.pay")
    _book(store, OPERATOR, pending=-30, earned=-30)


PLANTED: dict[str, tuple[Callable[[Store], None], str]] = {
    "a micro more": (lambda s: _book(s, AGENT, deposit=1), "agent_1/deposit: the book says 61, the legs say 60"),
    "a micro less": (lambda s: _book(s, AGENT, escrow=-1), "agent_1/escrow: the book says 4, the legs say 5"),
    "an account nobody posted to": (lambda s: _book(s, AGENT, owed=7), "agent_1/owed: the book says 7, the legs say 0"),
    "an account nobody knows": (lambda s: _book(s, AGENT, bonus=7), "agent_1/bonus: the book says 7, the legs say 0"),
    "an account that was forgotten": (_forgotten_account, "agent_1/escrow: the book says 0, the legs say 5"),
    "more earned than paid": (lambda s: _book(s, OPERATOR, earned=1), "op_1/earned: the book says 31, the legs say 30"),
    "below zero": (lambda s: _book(s, OPERATOR, pending=-11), "op_1/pending is below zero: -1"),
    "a book that is gone": (lambda s: _without_book(s, AGENT), "agent_1/deposit: the book says 0, the legs say 60"),
    "a missing leg within one owner": (lambda s: _leg(s, AGENT, "task_1.hold"), "agent_1/escrow: the book says 5"),
    "a missing first leg": (lambda s: _leg(s, AGENT, "task_1.pay"), "task_1.pay: agent_1 has no leg of it"),
    "a missing second leg": (lambda s: _leg(s, OPERATOR, "task_1.pay"), "task_1.pay: op_1 has no leg of it"),
    "a missing leg from outside": (lambda s: _leg(s, AGENT, "txn_1.deposit"), "agent_1/deposit: the book says 60"),
    "a missing leg to the house": (lambda s: _leg(s, AGENT, "task_1.fee"), "agent_1/escrow: the book says 5"),
    "a changed amount": (lambda s: _leg(s, AGENT, "task_1.hold", amount_micros=51), "agent_1/deposit: the book says"),
    "one side changed": (lambda s: _leg(s, OPERATOR, "task_1.pay", amount_micros=31), "its legs do not say the same"),
    "leg and book of one side made to agree": (_quietly_taken, "task_1.pay: its legs do not say the same"),
    "leg and book of one side undone": (_quietly_undone, "task_1.pay: op_1 has no leg of it"),
}


def test_books_in_which_everything_happened_once_are_right(store: Store) -> None:
    proof = prove(store)
    assert proof.problems == ()
    assert proof.owners == 2
    assert proof.balances == {
        "world/usdc": -100, "agent_1/deposit": 60, "agent_1/escrow": 5, "op_1/pending": 10, "op_1/available": 15,
        "house/fees": 5, "house/payouts_in_flight": 0, "world/payouts": 5,
    }  # fmt: skip


def test_empty_books_are_right(house: House) -> None:
    assert prove(house.world.store).problems == ()


@pytest.mark.parametrize("planted", PLANTED)
def test_what_was_planted_is_found_and_named(store: Store, planted: str) -> None:
    plant, sentence = PLANTED[planted]
    plant(store)
    assert sentence in _problems(store)


def test_a_house_that_paid_out_more_than_it_had_is_found(house: House, store: Store) -> None:
    commit(store, ledger.writes(postings.payout_sent("payout_2", 4), house.now()))
    assert _problems(store) == "house/payouts_in_flight is below zero: -4"


class Restless:
    """A client whose book moves whenever somebody looks at it, a number of times."""

    def __init__(self, store: Store, moves: int) -> None:
        self.client, self.table, self.moves = store.client, store.names[rows.TABLE], moves

    def __getattr__(self, name: str) -> Any:
        return getattr(self.client, name)

    def get_item(self, **words: Any) -> Any:
        answer = self.client.get_item(**words)
        if self.moves > 0 and words["Key"]["sk"]["S"] == "book":
            self.moves -= 1
            key = Key(words["Key"]["pk"]["S"], "book")
            Store(self.client, {rows.TABLE: self.table}).update(rows.TABLE, key, plus={"version": 1})
        return answer


def test_a_book_that_moves_while_it_is_looked_at_is_looked_at_again_and_is_no_problem(store: Store) -> None:
    busy = Store(Restless(store, moves=LOOKS_MAX), store.names)  # type: ignore[arg-type]
    assert prove_owner(busy, AGENT) == []


def test_a_book_that_never_holds_still_is_said_to(store: Store) -> None:
    restless = Store(Restless(store, moves=1_000), store.names)  # type: ignore[arg-type]
    assert prove_owner(restless, AGENT) == [f"agent_1: the book would not hold still for {LOOKS_MAX} looks"]
