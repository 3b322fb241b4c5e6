"""Rows of the ledger table.

    pk                 sk                  what
    agent_… / op_…     book                the balances of one private owner, and how many changes and legs there were
    agent_… / op_…     leg#<transfer id>   that owner's side of one transfer
    house#<day>        leg#<transfer id>   a transfer that touches no private owner
    house#closing      <day>               what every kind of account held when the day was over
    house#proof        last                the last nightly proof: when, of how many owners, what the house lacks
    house#proof#<run>  chunk#<n>           what it found among some of the owners

A private owner's legs carry `made`, their time and transfer: the index `by_time` lists them in the order they came.
Exactly one leg of every transfer carries `day_shard`: the index `by_day` holds each transfer of a day once.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from chalicelib.core.ledger.model import Account, Book, Code, Leg, Transfer
from chalicelib.kit import clock
from chalicelib.kit.conditions import Attr, ConditionBase
from chalicelib.kit.conditions import Key as Condition
from chalicelib.kit.store import Rows, Store, under
from chalicelib.kit.table import Else, Item, Key, Write, add, update

TABLE = "ledger"
DAY_SHARDS = 4
REWARDS = "rewards_"
VERSION, LEGS = "version", "legs"
"""What a book counts beside money: its changes, and its owner's legs."""


def book_row(owner: str) -> Key:
    """Where the book of an owner stands."""
    return Key(owner, "book")


def leg_row(owner: str, transfer_id: str) -> Key:
    """Where an owner's side of a transfer stands."""
    return Key(owner, f"leg#{transfer_id}")


def open_book(owner: str, names: Iterable[str]) -> Write:
    """An empty book."""
    return add(TABLE, book_row(owner), {**dict.fromkeys(names, 0), VERSION: 0})


def change_book(
    owner: str, changes: dict[str, int], where: ConditionBase | None, refusal: Else, stale: Sequence[str],
    put: Item | None = None,
) -> Write:  # fmt: skip
    """One change of a book: balances and day sums move, the version counts; `put` is what else is noted in it."""
    plus = {**changes, VERSION: 1}
    return update(TABLE, book_row(owner), put=put, plus=plus, drop=stale, where=where, refusal=refusal)


def legs(transfer: Transfer, now: datetime) -> list[Write]:
    """The rows of one transfer: a leg for each private owner, or one under the house."""
    item: Item = {
        "code": transfer.code.value, "debit": transfer.debit.path, "credit": transfer.credit.path,
        "amount_micros": transfer.amount_micros, "at": clock.iso(now), "transfer_id": transfer.id,
        "day": transfer.day or None,
    }  # fmt: skip
    if transfer.private_owners:
        item["made"] = f"{clock.iso(now)}#{transfer.id}"
    first, *others = transfer.private_owners or [f"house#{clock.day(now)}"]
    return [
        add(TABLE, leg_row(first, transfer.id), {**item, "day_shard": day_shard(now, transfer.id)}),
        *(add(TABLE, leg_row(other, transfer.id), item) for other in others),
    ]


def day_shard(now: datetime, transfer_id: str) -> str:
    """The partition of the day's index that a transfer belongs to."""
    return f"{clock.day(now)}#{hashlib.sha256(transfer_id.encode()).digest()[0] % DAY_SHARDS}"


def enough(name: str, amount_micros: int) -> ConditionBase:
    """The condition that keeps a balance from going below zero."""
    return Attr(name).gte(amount_micros)


def find_book(store: Store, owner: str) -> Book:
    """The book of an owner; an owner without one has nothing."""
    return read_book(owner, store.get(TABLE, book_row(owner)) or {})


def read_book(owner: str, item: Item) -> Book:
    """A book from its row."""
    numbers = {name: content for name, content in item.items() if isinstance(content, int)}
    return Book(
        owner=owner,
        balances={n: v for n, v in numbers.items() if n not in (VERSION, LEGS) and not n.startswith(REWARDS)},
        rewards_by_day={n.removeprefix(REWARDS): v for n, v in numbers.items() if n.startswith(REWARDS)},
        version=numbers.get(VERSION, 0),
        legs=numbers.get(LEGS, 0),
        fiat_until=str(item.get("fiat_until", "")),
    )


def legs_of(store: Store, owner: str) -> list[Transfer]:
    """Every transfer that touched an owner, read consistently."""
    return [read_transfer(item) for item in store.query(TABLE, under(owner, "leg#")).items]


def legs_page(store: Store, owner: str, limit: int, after: Mapping[str, Any] | None) -> Rows:
    """Some of an owner's legs, by transfer id from the last one down."""
    return store.query(TABLE, under(owner, "leg#"), limit=limit, newest_first=True, after=after)


def history(store: Store, owner: str, limit: int, after: Mapping[str, Any] | None) -> Rows:
    """An owner's legs, newest first. From an index: the last second may be missing."""
    return store.query(TABLE, Condition("pk").eq(owner), index="by_time", limit=limit, newest_first=True, after=after)


def read_leg(item: Item) -> Leg:
    """A leg from its row."""
    return Leg(read_transfer(item), item["pk"], clock.parse(item["at"]))


def transfers_on(store: Store, day: str) -> list[Transfer]:
    """Every transfer of a UTC day, each once."""
    return [
        read_transfer(item)
        for shard in range(DAY_SHARDS)
        for item in store.query(TABLE, Condition("day_shard").eq(f"{day}#{shard}"), index="by_day").items
    ]


def read_transfer(item: Item) -> Transfer:
    """A transfer from one of its legs."""
    return Transfer(
        id=item["transfer_id"], code=Code(item["code"]), debit=_account(item["debit"]),
        credit=_account(item["credit"]), amount_micros=item["amount_micros"], day=item.get("day", ""),
    )  # fmt: skip


def _account(path: str) -> Account:
    owner, _, name = path.rpartition("/")
    return Account(owner, name)
