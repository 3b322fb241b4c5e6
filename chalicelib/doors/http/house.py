"""The house's own routes: whether it is ready, where a link leads, and, in a test deployment, its clock."""

from collections.abc import Callable
from typing import Any

from pydantic import Field

from chalicelib.core.files import links
from chalicelib.core.files.model import LINK_PATH
from chalicelib.core.identity import deployment
from chalicelib.core.world import World
from chalicelib.doors import schedules, workers
from chalicelib.doors.http.routes import Call, Elsewhere, Route, Routes, Text, Who, elsewhere
from chalicelib.kit.errors import Wait
from chalicelib.kit.table import Key
from chalicelib.kit.words import Moment, Nothing, Words


class NotReady(Wait):
    """Something that this deployment stands on does not answer."""

    status, code = 503, "not_ready"

    def __init__(self, missing: str) -> None:
        super().__init__(f"Not ready: {missing} does not answer.", seconds=2, missing=missing)


class Health(Words):
    """All of it answers."""

    status: str
    mode: str


class Advance(Words):
    """How far to move the clock."""

    advance_seconds: int = Field(strict=True)


class Advanced(Words):
    """Business time after the move, and how far it is ahead of the wall in all."""

    now: Moment
    offset_seconds: int
    entries_rung: int


def routes(jobs: Callable[[], "workers.Jobs"], *, test_mode: bool) -> list[Route]:
    """Health and links for everybody; the clock only where money is play money, live has no such route (ruling 2)."""
    house = Routes()
    house.get("/api/health", Who.ANYONE, Nothing, Health)(_health)
    house.get(f"{LINK_PATH}{{token}}", Who.ANYONE, Nothing, Elsewhere, status=302, no_store=True)(_file)
    if test_mode:
        clock = house.post("/api/v1/test/clock", Who.ANYONE, Advance, Advanced, once=False)
        clock(lambda call: _advance(call, jobs))
    return house.all


def _health(call: Call[Nothing]) -> Health:
    """Ask every table, queue and the bucket. Raises NotReady, naming the first that does not answer."""
    world = call.world
    for name, ask in _parts(world).items():
        try:
            ask()
        except Exception as error:
            raise NotReady(name) from error
    return Health(status="ok", mode=world.settings.byhand_mode)


def _file(call: Call[Nothing]) -> Text:
    """Follow a link to a file: the link is the permission. Raises LinkNotFound, LinkExpired."""
    return elsewhere(links.follow(call.world, call.ids["token"], to_look=call.request.method == "HEAD"))


def _parts(world: World) -> dict[str, Any]:
    nobody = Key("health", "health")
    tables = {f"table {name}": (lambda name=name: world.store.get(name, nobody)) for name in world.store.names}
    queues = {f"queue {name}": (lambda name=name: world.queues.is_reachable(name)) for name in world.queues.urls}
    return {**tables, **queues, "bucket": world.bucket.is_reachable}


def _advance(call: Call[Advance], jobs: Callable[[], "workers.Jobs"]) -> Advanced:
    """Move business time forward, and do before answering what is due by then and does not call outside.

    So the caller sees a hold or a deadline pass in the next read. What calls outside (webhooks, the Guardian, the
    reader) is rung for as always, and so is what only follows from a timer that another sweep was faster to take.
    """
    timers = schedules.timers_within(call.world, deployment.moved_by(call.words.advance_seconds))
    offset = deployment.advance_clock(call.world.store, call.words.advance_seconds)
    world = call.world.at_one_moment()
    ring = workers.ringer(world, jobs())
    rung = schedules.sweep(world, ring=ring)
    # The scheduled sweep may have taken some of them in between, and rung for it; of two who work it one has an effect.
    for bell in timers:
        ring(bell)
    return Advanced(now=world.now(), offset_seconds=offset, entries_rung=rung)
