"""Rows of the events table.

pk          sk       what
agent_…     evt_…    one thing that happened to something of this account; gone after 30 days
audit#<month>   evt_…    one thing that an admin did, and why; kept
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import simplejson

from chalicelib.kit import clock, ids
from chalicelib.kit.store import Rows, Store, under
from chalicelib.kit.table import Item, Key, Write, add
from chalicelib.kit.words import dumps

TABLE = "events"
KEPT = timedelta(days=30)


def write(name: str, account_id: str, subject: str, data: Item, now: datetime, wall: datetime) -> Write:
    """The row of one event."""
    item: Item = {
        "type": name, "subject": subject, "at": clock.iso(now), "data": dumps(data),
        "expires_at": int((wall + KEPT).timestamp()),
    }  # fmt: skip
    return add(TABLE, Key(account_id, ids.new("evt")), item)


def write_audit(act: str, admin: str, subject: str, reason: str, data: Item, now: datetime) -> Write:
    """The row of one act of the backoffice. It does not expire."""
    item: Item = {
        "type": act, "admin": admin, "subject": subject, "reason": reason, "at": clock.iso(now), "data": dumps(data)
    }  # fmt: skip
    return add(TABLE, Key(f"audit#{clock.day(now)[:7]}", ids.new("evt")), item)


def audits(store: Store, month: str, limit: int, after: Mapping[str, Any] | None) -> Rows:
    """What admins did in a month such as `2026-02`, newest first."""
    return store.query(TABLE, under(f"audit#{month}"), limit=limit, newest_first=True, after=after)


def read(item: Item) -> Item:
    """An event as its account may see it."""
    return {
        "id": item["sk"], "type": item["type"], "subject": item["subject"], "at": item["at"],
        "data": simplejson.loads(item["data"], use_decimal=True),
    }  # fmt: skip
