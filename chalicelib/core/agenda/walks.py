"""Walks: one entry goes through all things of an account that have certain statuses, each in a commit of its own.

entry {status, after} ──► a page of things ──► each done, or left as it is by now ──► a further entry, or the end
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from chalicelib.core.agenda import service as agenda
from chalicelib.core.agenda.model import Entry, Kind
from chalicelib.core.world import World
from chalicelib.kit.commit import commit
from chalicelib.kit.errors import Refusal
from chalicelib.kit.lifecycle import looking_again
from chalicelib.kit.store import Rows
from chalicelib.kit.table import Item, Write

AT_ONCE = 25

Page = Callable[[str, int, Mapping[str, Any] | None], Rows]
"""Things of a status, so many of them, behind a row."""
Deed = Callable[[Item], Sequence[Write]]
"""What is done with one thing, which may be nothing; it looks for itself how the thing stands by now."""


def walk(world: World, entry: Entry, kind: Kind, statuses: Sequence[str], page: Page, deed: Deed) -> list[Write]:
    """Do some of it; the write of the entry that goes on, if there is more."""
    status = str(entry.data.get("status", statuses[0]))
    found = page(status, AT_ONCE, entry.data.get("after"))
    for item in found.items:
        _do(world, item, deed)
    if found.last is not None:
        return [_go_on(world, entry, kind, found.items[-1]["sk"], {"status": status, "after": dict(found.last)})]
    further = statuses[statuses.index(status) + 1 :]
    return [_go_on(world, entry, kind, "", {"status": further[0]})] if further else []


def _go_on(world: World, entry: Entry, kind: Kind, behind: str, data: dict[str, Any]) -> Write:
    which = f"{data['status']}/{behind}"
    return agenda.at(kind, entry.subject, world.now(), world.now(), which=which, data=data)


def _do(world: World, item: Item, deed: Deed) -> None:
    """Do it to one thing. Its bells need not wait for those of the entry."""

    def commit_deed() -> None:
        if writes := deed(item):
            world.queues.ring(commit(world.store, writes))

    try:
        looking_again(commit_deed)
    except Refusal as refusal:
        # The lifecycle says no: it has moved on meanwhile. Only what asks to be tried again is tried again.
        if refusal.retry_after_seconds is not None:
            raise
