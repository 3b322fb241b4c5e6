"""The ledger: all transfers of a commit, folded into one change per book and one row per leg.

DynamoDB refuses two operations on one row in a transaction, so the fold is where several transfers meet. A balance
stays above zero because the write's condition says so, not because somebody looked.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from chalicelib.core.identity import deployment
from chalicelib.core.identity.deployment import Switches
from chalicelib.core.ledger import chart, postings
from chalicelib.core.ledger import store as rows
from chalicelib.core.ledger.model import Book, Code, Transfer
from chalicelib.kit import clock, money
from chalicelib.kit.conditions import Attr, ConditionBase
from chalicelib.kit.errors import PaymentRequired
from chalicelib.kit.lifecycle import MovedOn
from chalicelib.kit.store import Store
from chalicelib.kit.table import Else, Item, Write

# The current UTC day and the 29 before it (ruling 17); a day older than that leaves the book when the book next moves.
REWARD_DAYS = 30


class InsufficientFunds(PaymentRequired):
    """There is less money than this needs."""

    code = "insufficient_funds"

    def __init__(self, what_for: str, needed_micros: int, available_micros: int) -> None:
        super().__init__(
            f"Insufficient balance for {what_for}: {money.say(needed_micros)} needed, "
            f"{money.say(available_micros)} available.",
            required_usd=money.to_decimal(needed_micros), available_usd=money.to_decimal(available_micros),
        )  # fmt: skip


class BalanceOwed(PaymentRequired):
    """A reversed deposit left a debt; deposits pay it before anything else."""

    code = "balance_owed"

    def __init__(self, owed_micros: int) -> None:
        owed = money.to_decimal(owed_micros)
        super().__init__(f"This account owes {money.say(owed_micros)}; deposits pay that first.", owed_usd=owed)


def open_agent(account_id: str) -> Write:
    """The empty book of a new agent."""
    return rows.open_book(account_id, chart.AGENT_BOOK)


def open_operator(operator_id: str) -> Write:
    """The empty book of a new operator."""
    return rows.open_book(operator_id, chart.OPERATOR_BOOK)


def writes(transfers: Sequence[Transfer], now: datetime, *, book: Book | None = None) -> list[Write]:
    """The writes of some transfers: books first, then legs. `book` is one that was read, to be tidied on the way."""
    changes: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for transfer in transfers:
        for owner in transfer.private_owners:
            _fold(changes[owner], transfer, owner)
    holds = any(transfer.code is Code.HOLD for transfer in transfers)
    return [
        *(_change(owner, dict(moved), holds, book, now) for owner, moved in changes.items()),
        *(leg for transfer in transfers for leg in rows.legs(transfer, now)),
    ]


def deposit(
    book: Book, deposit_id: str, transfers: Sequence[Transfer], now: datetime, *, fiat_until: datetime | None = None
) -> list[Write]:
    """The writes of a deposit, which pays what its agent owes before anything else (ruling 27).

    They refuse MovedOn when the debt is no longer what the book said. `fiat_until`: how long this deposit is recent.
    """
    pays = min(book["owed"], sum(transfer.amount_micros for transfer in transfers))
    everything = [*transfers, *(postings.repay(deposit_id, book.owner, pays) if pays else [])]
    note = {"fiat_until": max(book.fiat_until, clock.iso(fiat_until))} if fiat_until else None
    return _as_read(book, everything, now, Attr("owed").eq(book["owed"]), note)


def reverse(book: Book, deposit_id: str, amount_micros: int, now: datetime) -> list[Write]:
    """The writes that give a fiat deposit back: what is here of it; what is missing the house loses and the agent owes.

    They refuse MovedOn when the book has moved since it was read.
    """
    here = min(book["deposit"], amount_micros)
    transfers = postings.reverse_fiat(deposit_id, book.owner, here, amount_micros - here)
    return _as_read(book, transfers, now, Attr("version").eq(book.version), None)


def book_of(store: Store, owner: str) -> Book:
    """The balances of an owner now."""
    return rows.find_book(store, owner)


def book_and_switches(store: Store, owner: str) -> tuple[Book, Switches]:
    """The balances of an owner, and what the backoffice has switched off, in one read."""
    book, switched = store.get_many(rows.TABLE, [rows.book_row(owner), deployment.SWITCHES])
    return rows.read_book(owner, book or {}), deployment.read_switches(switched)


def trailing_rewards_micros(book: Book, now: datetime) -> int:
    """What an agent's completed work paid in the trailing 30 days: the volume that decides its fee tier."""
    since = _first_day_counted(now)
    return sum(amount for day, amount in book.rewards_by_day.items() if day >= since)


def check_deposit(book: Book, needed_micros: int) -> None:
    """The rule asked in memory, for a good sentence before anything is written.

    Raises BalanceOwed and InsufficientFunds.
    """
    if book["owed"] > 0:
        raise BalanceOwed(book["owed"])
    if book["deposit"] < needed_micros:
        raise InsufficientFunds("escrow", needed_micros, book["deposit"])


def _as_read(
    book: Book, transfers: Sequence[Transfer], now: datetime, where: ConditionBase, note: Item | None
) -> list[Write]:
    """The writes of transfers that touch one book alone and were counted out from what it said."""
    moved: dict[str, int] = defaultdict(int)
    for transfer in transfers:
        _fold(moved, transfer, book.owner)
    change = rows.change_book(book.owner, dict(moved), where, MovedOn(), [], put=note)
    return [change, *(leg for transfer in transfers for leg in rows.legs(transfer, now))]


def _fold(moved: dict[str, int], transfer: Transfer, owner: str) -> None:
    """Add one transfer to the changes of one owner's book."""
    moved[rows.LEGS] += owner in transfer.private_owners
    if transfer.debit.owner == owner:
        moved[transfer.debit.name] -= transfer.amount_micros
    if transfer.credit.owner == owner:
        moved[transfer.credit.name] += transfer.amount_micros
    if transfer.code is Code.PAY:
        moved[f"{rows.REWARDS}{transfer.day}" if transfer.debit.owner == owner else "earned"] += transfer.amount_micros
    if transfer.code is Code.WAGE and transfer.credit.owner == owner:
        moved["earned"] += transfer.amount_micros
    if transfer.code is Code.WAGE_BACK and transfer.debit.owner == owner:
        moved["earned"] -= transfer.amount_micros
    if transfer.code is Code.TAKE_BACK:
        moved[f"{rows.REWARDS}{transfer.day}" if transfer.credit.owner == owner else "earned"] -= transfer.amount_micros


def _change(owner: str, moved: dict[str, int], holds: bool, book: Book | None, now: datetime) -> Write:
    taken = {name: -amount for name, amount in moved.items() if amount < 0 and not name.startswith(rows.REWARDS)}
    conditions: list[ConditionBase] = [rows.enough(name, amount) for name, amount in taken.items()]
    if holds and "deposit" in taken:
        conditions.append(Attr("owed").eq(0))
    where = _all(conditions) if conditions else Attr("pk").exists()
    stale = _stale_days(book, now) if book is not None and book.owner == owner else []
    return rows.change_book(owner, moved, where, _refusal(owner, taken), stale)


def _refusal(owner: str, taken: dict[str, int]) -> Else:
    """What it means that a book has too little. Escrow and pending cannot run short unless our books are wrong."""
    for name, what_for in (("deposit", "escrow"), ("available", "this payout")):
        if name in taken:
            return partial(_too_little, owner, name, what_for, taken[name])
    return None


def _too_little(owner: str, name: str, what_for: str, needed_micros: int, row: Item) -> PaymentRequired:
    book = rows.read_book(owner, row)
    if book["owed"] > 0 and name == "deposit":
        return BalanceOwed(book["owed"])
    return InsufficientFunds(what_for, needed_micros, book[name])


def _stale_days(book: Book, now: datetime) -> list[str]:
    since = _first_day_counted(now)
    return [f"{rows.REWARDS}{day}" for day in book.rewards_by_day if day < since]


def _first_day_counted(now: datetime) -> str:
    return clock.day(now - timedelta(days=REWARD_DAYS - 1))


def _all(conditions: Sequence[ConditionBase]) -> ConditionBase:
    first, *others = conditions
    for other in others:
        first = first & other
    return first
