"""Walks: one entry goes through all things of an account that have certain statuses, each in a commit of its own.

suspended ──► entry {status, after} ──► a page of things ──► each withdrawn, or left as it is by now
                     ▲                                                 │
                     └───────────────── a further entry ◄──────────────┴──► the end
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from chalicelib.core.agenda import service as agenda
from chalicelib.core.agenda.model import Entry, Kind
from chalicelib.core.heads import H, Heads
from chalicelib.core.identity import service as identity
from chalicelib.core.world import World
from chalicelib.kit.commit import commit
from chalicelib.kit.errors import Refusal
from chalicelib.kit.lifecycle import looking_again
from chalicelib.kit.table import Write

AT_ONCE = 25


def withdraw(
    world: World, entry: Entry, kind: Kind, heads: Heads[H], statuses: Sequence[str],
    withdrawal: Callable[[World, H], Sequence[Write]],
) -> list[Write]:  # fmt: skip
    """Withdraw what a suspended account has in some statuses, some things a run; the write of the entry that goes on,
    if there is more. What has left those statuses by the time it is its turn is left as it is.
    """
    if not identity.any_suspended(world.store, [entry.subject]):
        return []

    def deed(head: H) -> Sequence[Write]:
        by_now = heads.find(world.store, head.ref)
        return withdrawal(world, by_now) if by_now.status in statuses else []

    status = str(entry.data.get("status", statuses[0]))
    found = heads.rows(world.store, entry.subject, status, AT_ONCE, entry.data.get("after"))
    for item in found.items:
        _do(world, partial(deed, heads.read(item)))
    if found.last is not None:
        return [_go_on(world, entry, kind, found.items[-1]["sk"], {"status": status, "after": dict(found.last)})]
    further = statuses[statuses.index(status) + 1 :]
    return [_go_on(world, entry, kind, "", {"status": further[0]})] if further else []


def _go_on(world: World, entry: Entry, kind: Kind, behind: str, data: dict[str, Any]) -> Write:
    which = f"{data['status']}/{behind}"
    return agenda.at(kind, entry.subject, world.now(), world.now(), which=which, data=data)


def _do(world: World, deed: Callable[[], Sequence[Write]]) -> None:
    """Do it to one thing. Its bells need not wait for those of the entry."""

    def commit_deed() -> None:
        if writes := deed():
            world.queues.ring(commit(world.store, writes))

    try:
        looking_again(commit_deed)
    except Refusal as refusal:
        # The lifecycle says no: it has moved on meanwhile. Only what asks to be tried again is tried again.
        if refusal.retry_after_seconds is not None:
            raise
