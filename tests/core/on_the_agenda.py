"""Putting things on an agenda, sweeping it, and looking: what the tests of the agenda say all the time."""

from datetime import datetime

from chalicelib.core.agenda import service as agenda
from chalicelib.core.agenda import store as rows
from chalicelib.core.agenda.model import COURIER, TIMERS, Entry, Kind
from chalicelib.core.world import World
from chalicelib.kit.commit import commit
from chalicelib.kit.queue import Bell
from chalicelib.kit.table import Write
from tests.core.stand_ins import Bells

THING = Kind("thing.do", TIMERS)
CALL = Kind("thing.call", COURIER)


def put(world: World, kind: Kind = THING, due: datetime | None = None, subject: str = "s1") -> tuple[Bell, ...]:
    """Put a thing on the agenda, due now unless said otherwise."""
    return commit(world.store, [agenda.at(kind, subject, due or world.now(), world.now())])


def entry(world: World, entry_id: str = "thing.do:s1") -> Entry:
    """An entry that must be there."""
    found = rows.find(world.store, entry_id)
    assert found is not None
    return found


def is_gone(world: World, entry_id: str = "thing.do:s1") -> bool:
    """Whether nothing is left of an entry."""
    return world.store.get(rows.TABLE, rows.row(entry_id)) is None


def sweep(world: World) -> list[str]:
    """The messages that one sweep rings."""
    bells = Bells()
    agenda.sweep(world, bells)
    return [bell.message for bell in bells.rung]


def finish(world: World, entry: Entry) -> list[Write]:
    """A job without any effect of its own."""
    return []
