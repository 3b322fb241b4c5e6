"""Queue consumers: each message names an agenda entry; the row says what to do.

A refusal is an answer, and the entry is done. A wait or a fault leaves the message for redelivery, and the row for the
sweeper, which counts tries and buries what never succeeds.
"""

from collections.abc import Callable, Mapping
from typing import Any

import simplejson

from chalicelib.core.agenda import service as agenda
from chalicelib.core.world import World
from chalicelib.kit import log
from chalicelib.kit.queue import Bell

Jobs = Mapping[str, agenda.Job]


def consume(world: World, jobs: Jobs, event: Mapping[str, Any]) -> dict[str, list[dict[str, str]]]:
    """Work every message of a batch, and name those that should come again."""
    failed = [record["messageId"] for record in event["Records"] if not _try(world, jobs, record["body"])]
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}


def ringer(world: World, jobs: Jobs) -> Callable[[Bell], None]:
    """A way to ring that works timers on the spot, and sends to its queue what is for others or for later."""

    def ring(bell: Bell) -> None:
        if bell.queue != "timers" or bell.delay_seconds or not _try(world, jobs, bell.message, ring):
            world.queues.ring([bell])

    return ring


def _try(world: World, jobs: Jobs, message: str, ring: Callable[[Bell], None] | None = None) -> bool:
    """Work one message; False when it should come again."""
    try:
        entry_id = str(simplejson.loads(message)["entry"])
        bells = agenda.work(world.at_one_moment(), jobs, entry_id)
    except Exception as error:  # noqa: BLE001 one bad message must not take its batch with it
        log.fault("worker.fault", error, message=message)
        return False
    if ring is None:
        world.queues.ring(bells)
    else:
        for bell in bells:
            ring(bell)
    return True
