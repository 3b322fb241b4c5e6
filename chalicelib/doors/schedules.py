"""Schedules: what happens by the clock. Deadlines, holds and retries are all entries, so one sweep does it."""

from collections.abc import Callable

from chalicelib.core.agenda import service as agenda
from chalicelib.core.world import World
from chalicelib.kit import log
from chalicelib.kit.queue import Bell


def sweep(world: World, ring: Callable[[Bell], None] | None = None) -> int:
    """Ring for everything on the agenda that is due; how many entries that were."""
    world = world.at_one_moment()
    swept = agenda.sweep(world, ring or (lambda bell: world.queues.ring([bell])))
    if swept.rung or swept.buried:
        log.info("agenda.swept", rung=swept.rung, buried=swept.buried)
    return swept.rung
