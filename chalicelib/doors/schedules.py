"""Schedules: what happens by the clock. Deadlines, holds and retries are all entries, so one sweep does it; and by
night the books are proved.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta

from chalicelib.core.agenda import service as agenda
from chalicelib.core.agenda.model import TIMERS
from chalicelib.core.ledger import nightly
from chalicelib.core.world import World
from chalicelib.kit import log
from chalicelib.kit.commit import commit
from chalicelib.kit.queue import Bell


def sweep(world: World, ring: Callable[[Bell], None] | None = None) -> int:
    """Ring for everything on the agenda that is due; how many entries that were."""
    world = world.at_one_moment()
    swept = agenda.sweep(world, ring or (lambda bell: world.queues.ring([bell])))
    if swept.rung or swept.buried:
        log.info("agenda.swept", rung=swept.rung, buried=swept.buried)
    return swept.rung


def timers_within(world: World, span: timedelta) -> list[Bell]:
    """The bells of all timers that will be due when so much time has passed; nothing is rung."""
    return [bell for bell in agenda.due_by(world, world.now() + span) if bell.queue == TIMERS.queue]


def prove(world: World) -> None:
    """Close the days that are over, and have the books of everybody whose money moved proved."""
    world = world.at_one_moment()
    world.queues.ring(commit(world.store, nightly.begin(world)))


JOBS: Mapping[str, agenda.Job] = nightly.JOBS
