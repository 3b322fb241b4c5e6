"""Rows of the agenda table.

    pk                              sk       what
    <kind>:<subject>[:<which>]      entry    one thing to do

`shard` and `due_at` make the sparse index `due`, 16 partitions of what is alive; `dead` and `due_at` make the index
`dead`. An entry is in one of the two or, once it is done, gone.
"""

import hashlib
import random
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import simplejson

from chalicelib.core.agenda.model import Entry
from chalicelib.kit import clock
from chalicelib.kit.conditions import Attr
from chalicelib.kit.conditions import Key as Condition
from chalicelib.kit.errors import Conflict, Refusal
from chalicelib.kit.queue import Bell
from chalicelib.kit.store import Store
from chalicelib.kit.table import Item, Key, Write, delete, put, update

TABLE = "agenda"
SHARDS = tuple("0123456789abcdef")


class AlreadyDone(Conflict):
    """Somebody else finished this entry a moment ago."""

    code = "already_done"

    def __init__(self) -> None:
        super().__init__("This was done a moment ago.")


def row(entry_id: str) -> Key:
    """Where an entry stands."""
    return Key(entry_id, "entry")


def bell(entry_id: str, queue: str, delay_seconds: int = 0) -> Bell:
    """The message that says: look at this entry now."""
    return Bell(queue, simplejson.dumps({"entry": entry_id}), delay_seconds)


def write(entry: Entry, ring: bool, delay_seconds: int = 0) -> Write:
    """The row of an entry. Writing it twice under one id is the same as once: the later row says the same."""
    item: Item = {
        "kind": entry.kind, "queue": entry.queue, "subject": entry.subject, "which": entry.which,
        "due_at": clock.iso(entry.due_at),
        "attempts": entry.attempts, "data": simplejson.dumps(dict(entry.data)),
        "not_before": clock.iso(entry.not_before) if entry.not_before else None,
        "shard": _shard(entry.id), **({"tried": True} if entry.tried else {}),
    }  # fmt: skip
    return put(TABLE, row(entry.id), item, bell=bell(entry.id, entry.queue, delay_seconds) if ring else None)


def remove(entry: Entry) -> Write:
    """The removal of an entry in the transaction of its effect: whoever comes second is refused whole."""
    return delete(TABLE, row(entry.id), where=Attr("pk").exists(), refusal=AlreadyDone())


def find(store: Store, entry_id: str) -> Entry | None:
    """The entry with this id, read consistently."""
    item = store.get(TABLE, row(entry_id))
    return _entry(item) if item else None


def take(store: Store, due: Mapping[str, Any], due_again: datetime) -> bool:
    """Count a try of a due entry and put it off; False when another sweep was there first."""
    changed = store.update(
        TABLE, row(due["pk"]), put={"due_at": clock.iso(due_again)}, plus={"attempts": 1},
        where=Attr("due_at").eq(due["due_at"]) & Attr("dead").not_exists(),
    )  # fmt: skip
    return changed is not None


def bury(store: Store, entry_id: str, why: str, *, due_at: str | None = None) -> bool:
    """Take an entry out of the index for a person to look at; False when it is gone or has moved on."""
    alive = Attr("pk").exists() & Attr("dead").not_exists()
    condition = alive & Attr("due_at").eq(due_at) if due_at else alive
    changed = store.update(TABLE, row(entry_id), put={"dead": "dead", "why": why}, drop=["shard"], where=condition)
    return changed is not None


def lease(store: Store, entry: Entry, wall_seconds: int) -> Entry | None:
    """Keep other consumers away from an entry for the lease of its temper; the entry as it was at that very moment, or
    None when one of them is at it or it is gone.

    That it was leased at all stays in the row: whatever comes of this try, the next one knows that there was one. Who
    read the entry before may not know of one that came between, so only what the lease itself found tells.
    """
    free = Attr("leased_until").not_exists() | Attr("leased_until").lte(wall_seconds)
    mine = {"leased_until": wall_seconds + entry.temper.lease_seconds, "tried": True}
    found = store.update(TABLE, row(entry.id), put=mine, where=Attr("pk").exists() & free, before=True)
    return _entry(found) if found else None


def let_go(store: Store, entry: Entry, wall_seconds: int, why: str) -> None:
    """Give up the lease that was taken at `wall_seconds`, after a try that failed, and keep the reason.

    The sweeper brings the entry back when it is due. A lease that somebody else has taken by now is theirs.
    """
    mine = Attr("leased_until").eq(wall_seconds + entry.temper.lease_seconds)
    store.update(TABLE, row(entry.id), put={"why": why}, drop=["leased_until"], where=Attr("pk").exists() & mine)


def due(store: Store, now: datetime, limit: int) -> Iterator[Item]:
    """Entries that are due, oldest first within each of the 16 shards; at most `limit` of them.

    It begins at any shard, so that a backlog in one does not keep those behind it waiting at every sweep.
    """
    left, first = limit, random.randrange(len(SHARDS))
    for shard in SHARDS[first:] + SHARDS[:first]:
        condition = Condition("shard").eq(shard) & Condition("due_at").lte(clock.iso(now))
        items = store.query(TABLE, condition, index="due", limit=left).items if left else []
        left -= len(items)
        yield from items


def dead(store: Store, limit: int) -> list[Entry]:
    """Entries that ran out of tries, longest dead first."""
    return dead_page(store, limit, None)[0]


def dead_page(
    store: Store, limit: int, after: Mapping[str, Any] | None
) -> tuple[list[Entry], Mapping[str, Any] | None]:  # fmt: skip
    """A page of the dead, and the row to go on after."""
    page = store.query(TABLE, Condition("dead").eq("dead"), index="dead", limit=limit, after=after)
    return [_entry(item) for item in page.items], page.last


def revive(entry: Entry, due_at: datetime, refusal: Refusal) -> Write:
    """A dead entry is back in the index, with its first try begun and its bell to be rung."""
    back: Item = {"shard": _shard(entry.id), "due_at": clock.iso(due_at), "attempts": 1}
    write = update(
        TABLE, row(entry.id), put=back, drop=["dead", "why", "leased_until"], where=Attr("dead").exists(),
        refusal=refusal,
    )  # fmt: skip
    return replace(write, bell=bell(entry.id, entry.queue))


def forget(entry: Entry, refusal: Refusal) -> Write:
    """A dead entry is gone for good."""
    return delete(TABLE, row(entry.id), where=Attr("dead").exists(), refusal=refusal)


def _shard(entry_id: str) -> str:
    return hashlib.sha256(entry_id.encode()).hexdigest()[0]


def _entry(item: Item) -> Entry:
    not_before = item.get("not_before")
    return Entry(
        id=item["pk"], kind=item["kind"], queue=item["queue"], subject=item["subject"], which=item["which"],
        due_at=clock.parse(item["due_at"]), attempts=item["attempts"],
        data=simplejson.loads(item["data"]), dead="dead" in item,
        not_before=clock.parse(not_before) if not_before else None, why=item.get("why", ""),
        tried=item.get("tried", False),
    )  # fmt: skip
