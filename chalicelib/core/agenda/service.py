"""Put a thing on the agenda, sweep what is due, and work an entry.

A verb never moves an entry: a new deadline is a new entry whose id carries the time. The old one fires, is found not to
be the current one, and is done. Timers propose; the lifecycle decides.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from chalicelib.core.agenda import store as rows
from chalicelib.core.agenda.model import TEMPERS, Entry, Kind
from chalicelib.core.world import World
from chalicelib.kit import clock, log
from chalicelib.kit.commit import commit
from chalicelib.kit.errors import Conflict, NotFound, Refusal
from chalicelib.kit.lifecycle import looking_again
from chalicelib.kit.queue import Bell
from chalicelib.kit.table import Write

T = TypeVar("T")

Job = Callable[[World, Entry], Sequence[Write]]
"""What is done when an entry is due: its effect as writes, which are committed together with the entry's removal."""

SWEEP_MAX = 20_000
PUT_OFF = timedelta(days=1)
# Longer than a request may take: what was let in just before a deed has come to its end by then.
IN_FLIGHT = timedelta(minutes=1)


class Orphan(Exception):
    """The subject of an entry does not exist: the entry is dead, not done."""


class EntryNotFound(NotFound):
    """There is no such entry."""

    code = "entry_not_found"

    def __init__(self) -> None:
        super().__init__("There is no such agenda entry; it may be done by now.")


class EntryNotDead(Conflict):
    """The entry is alive, and will be done by itself."""

    code = "entry_not_dead"

    def __init__(self) -> None:
        super().__init__("This agenda entry is not dead: it is due, or somebody has just run it again.")


class NotCurrent(Conflict):
    """This timer was for a deadline, or for a state of things, that is no longer theirs."""

    code = "not_current"

    def __init__(self) -> None:
        super().__init__("This timer is not the current one.")


class TryLater(Exception):
    """Something outside did not do its part: the entry stays for its next try, and keeps the words."""


@dataclass(frozen=True)
class Sweep:
    """What one sweep did."""

    rung: int
    buried: int


def at(
    kind: Kind, subject: str, due: datetime, now: datetime, *, which: str = "", data: Mapping[str, Any] | None = None,
    tried: bool = False,
) -> Write:  # fmt: skip
    """The write that puts a thing on the agenda. What is due by now is rung as soon as the commit is in.

    `which` tells apart several entries of one kind for one subject: a time, or a number. `tried` is: an entry before
    this one was begun, and what it did outside may be there.
    """
    ring = due <= now
    entry = Entry(
        id=":".join(filter(None, (kind.name, subject, which))), which=which, kind=kind.name, queue=kind.temper.queue,
        subject=subject, due_at=now + kind.temper.grace if ring else due, attempts=1 if ring else 0, data=data or {},
        not_before=None if ring else due, tried=tried,
    )  # fmt: skip
    return rows.write(entry, ring)


def soon(kind: Kind, subject: str, seconds: int, now: datetime, *, which: str, data: Mapping[str, Any]) -> Write:
    """The write that puts a thing on the agenda some seconds from now, sooner than a sweep would find it: its queue
    holds the bell back for as long. A bell that is lost is made good by the sweep, after the first pause.
    """
    entry = Entry(
        id=f"{kind.name}:{subject}:{which}", which=which, kind=kind.name, queue=kind.temper.queue, subject=subject,
        due_at=now + timedelta(seconds=seconds) + kind.temper.grace, attempts=1, data=data,
    )  # fmt: skip
    return rows.write(entry, True, seconds)


def put_off(kind: Kind, entry: Entry, now: datetime) -> Write:
    """The write that puts the same thing on the agenda again in a day. The new entry says what the old one was about,
    when it comes itself, and whether there was a try already.
    """
    due, which = now + PUT_OFF, about(entry)
    return at(
        kind, entry.subject, due, now, which=f"{which}@{clock.iso(due)}", data=entry.data, tried=entry.tried
    )  # fmt: skip


def subject(entry: Entry, find: Callable[[], T]) -> T:
    """What an entry is about, found by its product. Raises Orphan when it is not there."""
    try:
        return find()
    except NotFound:
        raise Orphan(f"there is no {entry.subject}") from None


def about(entry: Entry) -> str:
    """What an entry is about, however often it was put off."""
    return entry.which.partition("@")[0]


def now_and_again(kinds: Sequence[Kind], subject: str, now: datetime) -> list[Write]:
    """The writes that put some things on the agenda at once, and once more when what was in flight has ended."""
    return [
        *(at(kind, subject, now, now) for kind in kinds),
        *(at(kind, subject, now + IN_FLIGHT, now, which="again") for kind in kinds),
    ]


def sweep(world: World, ring: Callable[[Bell], None]) -> Sweep:
    """Ring for everything that is due, each by one conditional update first; bury what has no tries left."""
    now = world.now()
    rung = buried = 0
    for due in rows.due(world.store, now, SWEEP_MAX):
        temper, attempts = TEMPERS[due["queue"]], due["attempts"]
        if attempts >= temper.tries:
            if rows.bury(world.store, due["pk"], f"no answer in {attempts} tries", due_at=due["due_at"]):
                _mourn(due["pk"], due["kind"], f"no answer in {attempts} tries")
                buried += 1
            continue
        # Up to a quarter longer, by chance: many entries that failed together do not come back together.
        pause = temper.pause_seconds(attempts + 1) * random.uniform(1, 1.25)
        if rows.take(world.store, due, now + timedelta(seconds=pause)):
            ring(rows.bell(due["pk"], due["queue"]))
            rung += 1
    return Sweep(rung, buried)


def due_by(world: World, moment: datetime) -> list[Bell]:
    """The bells of everything that is due by a moment; nothing is taken."""
    return [rows.bell(due["pk"], due["queue"]) for due in rows.due(world.store, moment, SWEEP_MAX)]


def work(world: World, jobs: Mapping[str, Job], entry_id: str) -> tuple[Bell, ...]:
    """Do what an entry says, and return the bells of its effect. A bell for an entry that is gone, or for one whose
    time has not come, is nothing.

    The entry is removed in the transaction of its effect, on the condition that it is still there: of two consumers
    one has an effect. Raises a refusal that says to wait, for the same to be tried again, and whatever a job of ours
    raises by mistake.
    """
    entry = rows.find(world.store, entry_id)
    if entry is None or entry.dead or (entry.not_before is not None and entry.not_before > world.now()):
        return ()
    job = jobs.get(entry.kind)
    if job is None:
        return _bury(world, entry, f"nobody knows the kind {entry.kind}")
    leased = rows.lease(world.store, entry, world.wall_seconds()) if entry.temper.lease_seconds else entry
    return _do(world, job, leased) if leased else ()


def find_dead(world: World, entry_id: str) -> Entry:
    """An entry that ran out of tries. Raises EntryNotFound, EntryNotDead."""
    entry = rows.find(world.store, entry_id)
    if entry is None:
        raise EntryNotFound
    if not entry.dead:
        raise EntryNotDead
    return entry


def rerun(world: World, entry: Entry) -> Write:
    """The write that gives a dead entry its tries again, and rings for it. It refuses EntryNotDead."""
    return rows.revive(entry, world.now() + entry.temper.grace, EntryNotDead())


def drop(entry: Entry) -> Write:
    """The write after which a dead entry will never be done. It refuses EntryNotDead."""
    return rows.forget(entry, EntryNotDead())


def _do(world: World, job: Job, entry: Entry) -> tuple[Bell, ...]:
    try:
        return looking_again(lambda: commit(world.store, [*job(world, entry), rows.remove(entry)]))
    except TryLater as later:
        rows.let_go(world.store, entry, world.wall_seconds(), str(later))
        return ()
    except Orphan as orphan:
        return _bury(world, entry, str(orphan))
    except Refusal as refusal:
        if refusal.retry_after_seconds is not None:
            raise
        # The world has moved on and the lifecycle says no: that is how an old timer ends.
        log.info("agenda.refused", entry=entry.id, code=refusal.code, sentence=refusal.sentence)
        return _drop(world, entry)


def _drop(world: World, entry: Entry) -> tuple[Bell, ...]:
    try:
        return commit(world.store, [rows.remove(entry)])
    except rows.AlreadyDone:
        return ()


def _bury(world: World, entry: Entry, why: str) -> tuple[Bell, ...]:
    if rows.bury(world.store, entry.id, why):
        _mourn(entry.id, entry.kind, why)
    return ()


def _mourn(entry_id: str, kind: str, why: str) -> None:
    """The line that the alarm on dead entries counts."""
    log.warning("agenda.dead", entry=entry_id, kind=kind, why=why)
