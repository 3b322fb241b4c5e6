"""Entries of the agenda, their kinds, and the three tempers of work.

at(…) ──► row ──(due)──► taken by the sweeper ──► bell ──► consumer ──► effect, and the row deleted with it
                              ▲        │ attempts + 1, due again after a while
                              └────────┤
                                       └─ no tries left ──► dead: out of the index, alarmed, for a person
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any


@dataclass(frozen=True)
class Temper:
    """How one kind of work behaves: the queue it rings in, how often and after what pauses it is tried.

    `pauses_seconds[n]` is the pause behind try n + 1; the last one repeats. `lease_seconds` is how long a consumer
    keeps others away while it calls outside; 0 where nothing outside is called. No pause is shorter than the lease: a
    try that finds another still at it would be one lost.
    """

    queue: str
    tries: int
    pauses_seconds: Sequence[int]
    lease_seconds: int = 0

    def pause_seconds(self, attempts: int) -> int:
        """The pause after a number of tries; what is tried again within it has failed."""
        return self.pauses_seconds[min(attempts, len(self.pauses_seconds)) - 1]

    @property
    def grace(self) -> timedelta:
        """What is rung at once is written due this much later: the bell is its first try, and if that is lost, or
        fails, the sweeper finds the entry then.
        """
        return timedelta(seconds=self.pause_seconds(1))


MINUTE, HOUR = 60, 3_600

TIMERS = Temper("timers", tries=12, pauses_seconds=(MINUTE, 2 * MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR))
# Eight tries over about three days (ruling 22): a stranger's server may be down over a weekend.
COURIER = Temper(
    "courier", tries=8, lease_seconds=30,
    pauses_seconds=(MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 8 * HOUR, 24 * HOUR, 36 * HOUR),
)  # fmt: skip
JUDGE = Temper("judge", tries=4, lease_seconds=150, pauses_seconds=(3 * MINUTE, 5 * MINUTE))
TEMPERS: Mapping[str, Temper] = {temper.queue: temper for temper in (TIMERS, COURIER, JUDGE)}


@dataclass(frozen=True)
class Kind:
    """A kind of entry, such as `task.expire`, and its temper."""

    name: str
    temper: Temper


@dataclass(frozen=True)
class Entry:
    """One thing to do. `attempts` counts tries that were begun; `data` is what the job needs beside its subject.
    `which` tells apart entries of one kind for one subject. `why` is what the last try that failed said.

    `attempts` is no answer to whether anything outside was asked before: a bell that comes twice is no further try, and
    one that a person runs again begins anew. `tried` is: some consumer has begun before this one.

    `due_at` moves with every try; `not_before` never does: a bell that comes too early, from a machine whose clock is
    ahead or by mistake, finds nothing to do yet. It is None for what is rung at once.
    """

    id: str
    kind: str
    queue: str
    subject: str
    due_at: datetime
    attempts: int
    which: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    dead: bool = False
    not_before: datetime | None = None
    why: str = ""
    tried: bool = False

    @property
    def temper(self) -> Temper:
        return TEMPERS[self.queue]
