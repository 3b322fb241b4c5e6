"""Rows of the payouts table.

pk      sk         what
op_…    payout_…   one payout
"""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.kit import clock
from chalicelib.kit.store import Store
from chalicelib.kit.table import Item, Key, Write, add
from chalicelib.products.operators.lifecycle import PayoutState

TABLE = "payouts"


@dataclass(frozen=True)
class Payout:
    """One payout."""

    payout_id: str
    operator_id: str
    amount_micros: int
    state: PayoutState
    created_at: datetime


def add_payout(payout: Payout) -> Write:
    """The row of a new payout."""
    item: Item = {
        "amount_micros": payout.amount_micros, "state": payout.state.value, "created_at": clock.iso(payout.created_at)
    }  # fmt: skip
    return add(TABLE, Key(payout.operator_id, payout.payout_id), item)


def find_payout(store: Store, operator_id: str, payout_id: str) -> Payout | None:
    """One payout of an operator."""
    item = store.get(TABLE, Key(operator_id, payout_id))
    if item is None:
        return None
    state, created = PayoutState(item["state"]), clock.parse(item["created_at"])
    return Payout(payout_id, operator_id, item["amount_micros"], state, created)
