"""Rows of the deposits table.

pk               sk        what
tx#<tx hash>     deposit   one deposit in USDC, and whose it is: credited once
txn_…            owner     whose deposit this is
agent_…          in#<time> one deposit of an account, in USDC or fiat, sorted by when it began
agent_…          counts    how many deposits the account has
pay_…            owner     whose order a fiat deposit is
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from chalicelib.kit import clock
from chalicelib.kit.conditions import Attr
from chalicelib.kit.lifecycle import Move
from chalicelib.kit.store import Rows, Store, under
from chalicelib.kit.table import Else, Item, Key, Write, add, update
from chalicelib.kit.words import Moment, Words
from chalicelib.products.accounts.lifecycle import DEPOSIT, DepositState

TABLE = "deposits"
PREFIX = "in#"


class Deposit(Words):
    """One deposit. `payment_id` is our order with the provider; a deposit in USDC has none."""

    account_id: str
    transaction_id: str
    kind: Literal["fiat", "usdc"]
    method: str
    amount_micros: int
    state: DepositState
    created_at: Moment
    return_url: str | None = None
    redirect_url: str | None = None
    problem: str | None = None
    returned_micros: int | None = None

    @property
    def payment_id(self) -> str:
        """The id of the order, which names the transfers too."""
        return f"pay_{self.transaction_id.partition('_')[2]}"

    @property
    def row(self) -> Key:
        """Where it stands."""
        return _row(self.account_id, self.transaction_id)


def add_deposit(
    tx_hash: str, transaction_id: str, account_id: str, amount_micros: int, now: datetime, refusal: Else
) -> list[Write]:
    """The rows of a deposit in USDC: by its transaction hash, and in the account's list."""
    item: Item = {
        "transaction_id": transaction_id, "account_id": account_id, "amount_micros": amount_micros,
        "at": clock.iso(now),
    }  # fmt: skip
    listed = Deposit(
        account_id=account_id, transaction_id=transaction_id, kind="usdc", method="usdc", created_at=now,
        amount_micros=amount_micros, state=DepositState.COMPLETED,
    )  # fmt: skip
    return [add(TABLE, Key(f"tx#{tx_hash}", "deposit"), item, refusal=refusal), *_listed(listed)]


def add_order(order: Deposit) -> list[Write]:
    """The rows of a fiat deposit."""
    return [*_listed(order), add(TABLE, Key(order.payment_id, "owner"), {"account_id": order.account_id})]


def move(order: Deposit, row: Move, **changes: Any) -> Write:
    """The write of one move, if the deposit is still where the move starts."""
    return update(
        TABLE, order.row, put={**changes, "state": row.end}, where=Attr("state").eq(row.start),
        refusal=lambda old: DEPOSIT.refusal(row.verb, old["state"], row.role),
    )  # fmt: skip


def note(store: Store, order: Deposit, **facts: Any) -> None:
    """Keep what the provider said about a deposit, whatever state that is in."""
    store.update(TABLE, order.row, put=facts, where=Attr("pk").exists())


def find_order(store: Store, account_id: str, order_id: str) -> Deposit | None:
    """One deposit of an account, by the id of its order or of its transaction."""
    item = store.get(TABLE, _row(account_id, order_id))
    return read(item) if item else None


def owner_of(store: Store, deposit_id: str) -> str | None:
    """Whose deposit this is, by its transaction or, with a provider, its order."""
    item = store.get(TABLE, Key(deposit_id, "owner"))
    return str(item["account_id"]) if item else None


def list_deposits(store: Store, account_id: str, limit: int, after: Mapping[str, Any] | None) -> Rows:
    """An account's deposits, newest first."""
    return store.query(TABLE, under(account_id, PREFIX), limit=limit, newest_first=True, after=after)


def count_deposits(store: Store, account_id: str) -> int:
    """How many deposits an account has."""
    counts = store.get(TABLE, _counts_row(account_id)) or {}
    return int(counts.get("deposits", 0))


def read(item: Item) -> Deposit:
    """A deposit from its row."""
    return Deposit.model_validate({**item, "account_id": item["pk"]})


def _listed(deposit: Deposit) -> list[Write]:
    return [
        add(TABLE, deposit.row, deposit.model_dump(exclude={"account_id"}, exclude_none=True)),
        add(TABLE, Key(deposit.transaction_id, "owner"), {"account_id": deposit.account_id}),
        update(TABLE, _counts_row(deposit.account_id), plus={"deposits": 1}),
    ]


def _counts_row(account_id: str) -> Key:
    return Key(account_id, "counts")


def _row(account_id: str, order_id: str) -> Key:
    """Order and transaction share the part of their ids that sorts by time."""
    return Key(account_id, f"{PREFIX}{order_id.partition('_')[2]}")
