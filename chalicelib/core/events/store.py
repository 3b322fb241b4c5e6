"""Rows of the events table.

pk          sk       what
agent_…     evt_…    one thing that happened to something of this account; gone after 30 days
"""

from datetime import datetime, timedelta

import simplejson

from chalicelib.kit import clock, ids
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


def read(item: Item) -> Item:
    """An event as its account may see it."""
    return {
        "id": item["sk"], "type": item["type"], "subject": item["subject"], "at": item["at"],
        "data": simplejson.loads(item["data"], use_decimal=True),
    }  # fmt: skip
