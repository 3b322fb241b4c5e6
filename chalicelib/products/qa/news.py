"""What is told of a job: events for its account."""

from typing import Any

from chalicelib.core.events import service as events
from chalicelib.core.heads import Ref
from chalicelib.core.world import World
from chalicelib.kit.lifecycle import Move
from chalicelib.kit.table import Write


def moved(world: World, ref: Ref, move: Move, **facts: Any) -> Write:
    """The event of a move."""
    return events.moved(world, ref, move, "job_id", facts)
