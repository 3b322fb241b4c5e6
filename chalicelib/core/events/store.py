"""Rows of the events table.

pk          sk       what
agent_…     evt_…    one thing that happened to something of this account; gone after 30 days
audit#<month>   evt_…    one thing that an admin did, and why; kept
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from chalicelib.kit import clock, ids
from chalicelib.kit.conditions import Key as Condition
from chalicelib.kit.store import Rows, Store, under
from chalicelib.kit.table import Item, Key, Write, add
from chalicelib.kit.words import dumps, loads

TABLE = "events"
KEPT = timedelta(days=30)
# Longer than a commit may take (LONGEST_SECONDS): an event gets its id just before its commit, so what is older than
# this is all there is.
SETTLED = timedelta(seconds=5)


def write(
    name: str, account_id: str, subject: str, data: Item, now: datetime, wall: datetime, event_id: str = ""
) -> Write:  # fmt: skip
    """The row of one event."""
    item: Item = {
        "type": name, "subject": subject, "at": clock.iso(now), "data": dumps(data),
        "expires_at": int((wall + KEPT).timestamp()),
    }  # fmt: skip
    return add(TABLE, Key(account_id, event_id or ids.new("evt")), item)


def write_audit(act: str, admin: str, subject: str, reason: str, data: Item, now: datetime) -> Write:
    """The row of one act of the backoffice. It does not expire."""
    item: Item = {
        "type": act, "admin": admin, "subject": subject, "reason": reason, "at": clock.iso(now), "data": dumps(data)
    }  # fmt: skip
    return add(TABLE, Key(f"audit#{clock.day(now)[:7]}", ids.new("evt")), item)


def audits(store: Store, month: str, limit: int, after: Mapping[str, Any] | None) -> Rows:
    """What admins did in a month such as `2026-02`, newest first."""
    return store.query(TABLE, under(f"audit#{month}"), limit=limit, newest_first=True, after=after)


def settled(wall: datetime) -> str:
    """The id up to which nothing can appear any more (ruling 22)."""
    return ids.floor("evt", wall - SETTLED)


def oldest(wall: datetime) -> str:
    """The id from which on events are kept; the table itself forgets them a little later."""
    return ids.floor("evt", wall - KEPT)


def behind(store: Store, account_id: str, after: str, wall: datetime, limit: int) -> Rows:
    """Events of an account behind one of its ids, oldest first, as far as nothing can appear among them."""
    # No id lies between an id and the same with a `!`, so `after` itself is left out even when its row is gone.
    first, last = f"{max(after, oldest(wall))}!", settled(wall)
    if first > last:
        return Rows([], None)
    return store.query(TABLE, Condition("pk").eq(account_id) & Condition("sk").between(first, last), limit=limit)


def read(item: Item) -> Item:
    """An event as its account may see it."""
    return {
        "id": item["sk"], "type": item["type"], "subject": item["subject"], "at": item["at"],
        "data": loads(item["data"]),
    }  # fmt: skip
