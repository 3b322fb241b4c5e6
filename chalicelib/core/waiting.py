"""Waiting for what takes its time: look, sleep, look, as long as the caller and the door have the patience.

    a slot taken ──► the first look ──► done? ──► the answer
                            │ no            ▲
                            ▼               │
                          sleep ──► look ───┴── the seconds are over ──► how it stands, or that it is late

A wait holds a container while it sleeps, so an account waits five times at once and no more, over all doors. Each wait
holds a slot, taken by one conditional write and given back at the end. The slot of a container that died comes free by
itself, a little after the wait would have been over.

ephemeral table    pk                       sk      what
                   wait#<account>#<slot>    slot    who waits there, and until when at most; after that it is free
"""

import math
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from chalicelib.core.world import World
from chalicelib.kit import errors, ids, log, once
from chalicelib.kit.aws import OUTAGES
from chalicelib.kit.clock import Patience
from chalicelib.kit.conditions import Attr
from chalicelib.kit.errors import RateLimited, Refusal
from chalicelib.kit.once import Claim, Outcome
from chalicelib.kit.table import Key
from chalicelib.kit.words import Words

TABLE = "ephemeral"
SLOTS = 5
SLOT_GRACE_SECONDS = 30
"""How much longer than its wait a slot is held: the last look takes a moment, too."""
RETRY_SECONDS = 5
GROWTH = 1.5
PASSING = (errors.Wait, *OUTAGES)
"""What keeps a look from being made now, and not the next one."""


class TooManyWaits(RateLimited):
    """The account waits as often as it may at once; nothing was done."""

    code = "too_many_waits"

    def __init__(self) -> None:
        sentence = f"This account waits {SLOTS} times already. Ask without waiting, or let one of the waits end first."
        super().__init__(sentence, seconds=RETRY_SECONDS, waits_at_once=SLOTS)


@dataclass(frozen=True)
class Look:
    """One look at something that takes its time: what to answer now, and whether there is any more to wait for."""

    answer: Words
    is_done: bool
    sentence: str
    late: Refusal | None = None
    """What to say instead of the answer when the wait is over and this is not, where a door has a status for that."""


def _as_it_stands(look: Look, waited: float) -> Words:
    return look.answer


@dataclass(frozen=True)
class Wait:
    """What a verb answers that may have to wait: how to look, how long, and what it has done already."""

    look: Callable[[World], Look]
    seconds: float
    outcome: Outcome | None = None
    """The deed whose end is waited for. Its bells are rung before anybody sleeps."""
    begun: Look | None = None
    """How things stand by what the deed itself answered, for whoever cannot look."""
    told: Callable[[Look, float], Words] = _as_it_stands
    """What a tool answers when this is not over, after so many seconds of waiting."""


def after(world: World, claim: Claim | None, deed: Callable[[], Outcome], wait: Callable[[Outcome], Wait]) -> Wait:
    """Do a deed and wait for what becomes of it; a repeat under the same key waits for the same thing.

    Also a repeat that would be refused by now: the first answer says what to wait for.
    """
    outcome = once.answered(world.store, claim, deed)
    return replace(wait(outcome), outcome=outcome)


def first_look(world: World, wait: Wait) -> Look:
    """How things stand now. Who has begun something with this very request hears of it even if the store has no answer
    just now: that nothing was done would be untrue.
    """
    return wait.look(world.at_one_moment()) if wait.begun is None else _looked(world, wait, wait.begun)


def watch(
    world: World, wait: Wait, look: Look, seconds: float, pauses: Iterator[float],
    tell: Callable[[float, float, str], None] = lambda *_: None,
) -> Look:  # fmt: skip
    """Look again until there is nothing more to wait for, and once more when the seconds are over.

    `tell` hears before every pause how many seconds of how many have passed, and how things stand.
    """
    patience = world.patience
    began = patience.elapsed()
    while not look.is_done and (left := began + seconds - patience.elapsed()) > 0:
        tell(round(seconds - left, 1), round(seconds, 1), look.sentence)
        pause = next(pauses)
        # The last two looks would be less than a moment apart: one of them is enough.
        patience.sleep(left if left < pause + patience.first_pause_seconds else pause)
        look = _looked(world, wait, look)
    return look


def growing(patience: Patience) -> Iterator[float]:
    """Short pauses first, for what is done soon; then ever longer ones."""
    pause = patience.first_pause_seconds
    while True:
        yield min(pause, patience.look_every_seconds)
        pause = min(pause * GROWTH, patience.look_every_seconds)


@contextmanager
def slot(world: World, account: str, seconds: float) -> Iterator[None]:
    """Hold one of an account's slots for a wait of so many seconds; no wait needs none. Raises TooManyWaits."""
    if seconds <= 0:
        yield
        return
    holder = ids.new("wait")
    key = _taken(world, account, holder, math.ceil(seconds) + SLOT_GRACE_SECONDS)
    try:
        yield
    finally:
        _give_back(world, key, holder)


def _taken(world: World, account: str, holder: str, seconds: int) -> Key:
    """The first of the account's slots that is free. They are tried in no order, so that waits seldom meet."""
    now = world.wall_seconds()
    free = Attr("pk").not_exists() | Attr("expires_at").lte(now)
    for number in random.sample(range(SLOTS), SLOTS):
        key = Key(f"wait#{account}#{number}", "slot")
        if world.store.update(TABLE, key, put={"holder": holder, "expires_at": now + seconds}, where=free):
            return key
    raise TooManyWaits


def _give_back(world: World, key: Key, holder: str) -> None:
    """Free a slot, unless it ran out and is another's by now. Who has an answer gets it, even if this goes wrong."""
    try:
        world.store.update(TABLE, key, put={"expires_at": world.wall_seconds()}, where=Attr("holder").eq(holder))
    except PASSING as error:
        log.fault("wait.slot_kept", error, slot=key.pk)


def _looked(world: World, wait: Wait, before: Look) -> Look:
    """How things stand at this moment; or as they stood, when the store has no answer just now."""
    try:
        return wait.look(world.at_one_moment())
    except PASSING as error:
        log.fault("wait.look_missed", error)
        return before
