"""Rows of the deposits table.

pk               sk        what
tx#<tx hash>     deposit   one deposit, and whose it is: credited once
"""

from datetime import datetime

from chalicelib.kit import clock
from chalicelib.kit.table import Else, Item, Key, Write, add

TABLE = "deposits"


def add_deposit(
    tx_hash: str, transaction_id: str, account_id: str, amount_micros: int, now: datetime, refusal: Else
) -> Write:
    """The row of a deposit by its transaction hash."""
    item: Item = {
        "transaction_id": transaction_id, "account_id": account_id, "amount_micros": amount_micros,
        "at": clock.iso(now),
    }  # fmt: skip
    return add(TABLE, Key(f"tx#{tx_hash}", "deposit"), item, refusal=refusal)
