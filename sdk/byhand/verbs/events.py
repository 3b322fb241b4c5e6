"""Everything that happened to things of the account, oldest first; the list ends five seconds before now."""

from collections.abc import Callable
from typing import Any, Literal

from pydantic import AwareDatetime

from byhand.answers import Answer, Page
from byhand.wire import Flow, Item, Pause, Stream, Wire

QUIET_PAUSE_SECONDS, PAGE_EVENTS = 2.0, 100
Start = Literal["start", "now"]


class Event(Answer):
    """One thing that happened."""

    id: str
    type: str
    created_at: AwareDatetime
    subject: str
    data: dict[str, Any]


def page(
    wire: Wire, *, cursor: str | None = None, start: Start = "start", type: str | None = None,  # noqa: A002
    subject: str | None = None, limit: int = PAGE_EVENTS,
) -> Flow[Page[Event]]:  # fmt: skip
    """One page of events, behind a cursor, from the oldest that is kept, or from now on; it always has a cursor."""
    query: dict[str, Any] = {"cursor": cursor, "type": type, "subject": subject, "limit": limit}
    return wire.ask("/events", Page[Event], **query if cursor else query | {"from": start})


def every(
    wire: Wire, *, cursor: str | None = None, type: str | None = None, subject: str | None = None  # noqa: A002
) -> Stream[Event]:  # fmt: skip
    """All events so far, oldest first; `type` may be a name or a beginning such as `task.*`."""
    while True:
        found = yield from page(wire, cursor=cursor, type=type, subject=subject)
        for event in found.data:
            yield Item(event)
        cursor = found.pagination.next_cursor
        if not found.pagination.has_more:
            return


def follow(
    wire: Wire, *, cursor: str | None = None, start: Start = "now", type: str | None = None,  # noqa: A002
    subject: str | None = None, on_cursor: Callable[[str], None] | None = None,
) -> Stream[Event]:  # fmt: skip
    """Events as they happen, without end, from now on unless said otherwise.

    `on_cursor` is told how far you are once you took all of a page: keep that, and go on from it after a restart.
    """
    while True:
        found = yield from page(wire, cursor=cursor, start=start, type=type, subject=subject)
        for event in found.data:
            yield Item(event)
        cursor = found.pagination.next_cursor
        if on_cursor is not None and cursor is not None:
            on_cursor(cursor)
        if not found.pagination.has_more:
            yield Pause(QUIET_PAUSE_SECONDS)
