"""Rows of the deposits table.

pk               sk        what
tx#<tx hash>     deposit   one deposit, and whose it is: credited once
txn_…            deposit   the same by its transaction id: where it is found, and whether it was given back
"""

from datetime import datetime

from boto3.dynamodb.conditions import Attr

from chalicelib.kit import clock
from chalicelib.kit.errors import Refusal
from chalicelib.kit.store import Store
from chalicelib.kit.table import Else, Item, Key, Write, add, update

TABLE = "deposits"


def add_deposit(
    tx_hash: str, transaction_id: str, account_id: str, amount_micros: int, now: datetime, refusal: Else
) -> list[Write]:
    """The rows of a deposit, by its transaction hash and by its transaction id."""
    item: Item = {
        "transaction_id": transaction_id, "account_id": account_id, "amount_micros": amount_micros,
        "at": clock.iso(now),
    }  # fmt: skip
    found = Key(f"tx#{tx_hash}", "deposit")
    return [
        add(TABLE, found, item, refusal=refusal),
        add(TABLE, _by_id(transaction_id), {**item, "deposit_pk": found.pk}),
    ]


def find_deposit(store: Store, transaction_id: str) -> Item | None:
    """A deposit by its transaction id."""
    return store.get(TABLE, _by_id(transaction_id))


def return_deposit(transaction_id: str, amount_micros: int, now: datetime, refusal: Refusal) -> Write:
    """A deposit, or what was left of it, is given back, once."""
    put: Item = {"returned_micros": amount_micros, "returned_at": clock.iso(now)}
    return update(
        TABLE, _by_id(transaction_id), put=put, where=Attr("returned_at").not_exists(), refusal=refusal
    )  # fmt: skip


def _by_id(transaction_id: str) -> Key:
    return Key(transaction_id, "deposit")
