"""Two clocks: business time, which a test deployment may move, and the wall, which nobody moves.

Business time is for deadlines, holds, windows and due times. Leases, rate windows, idempotency, expiry of rows, tokens,
signatures and ids keep wall time, because strangers (AWS, a caller's library) compare them with their own clocks.

Beside them how whoever waits lets time pass: by a third clock, which only ever runs and tells no time of day.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Where a deployment reads the time. Both answers are aware UTC."""

    def now(self) -> datetime:
        """Business time."""
        ...

    def wall(self) -> datetime:
        """Wall time."""
        ...


class SystemClock:
    """The clock of a live deployment: business time is wall time, and there is no offset to read."""

    def now(self) -> datetime:
        return self.wall()

    def wall(self) -> datetime:
        return datetime.now(UTC)


class ShiftedClock:
    """The clock of a test deployment: business time is ahead of the wall by an offset that all processes share."""

    def __init__(self, offset_seconds: Callable[[], int]) -> None:
        self._offset_seconds = offset_seconds

    def now(self) -> datetime:
        return self.wall() + timedelta(seconds=self._offset_seconds())

    def wall(self) -> datetime:
        return datetime.now(UTC)


class StoppedClock:
    """Both times as they were at one moment: a request has one now, however long it takes.

    Stopping a clock that is stopped takes a new moment from the one that runs.
    """

    def __init__(self, clock: Clock) -> None:
        self.running: Clock = clock.running if isinstance(clock, StoppedClock) else clock
        self._now, self._wall = self.running.now(), self.running.wall()

    def now(self) -> datetime:
        return self._now

    def wall(self) -> datetime:
        return self._wall


@dataclass(frozen=True)
class Patience:
    """How a door waits. API Gateway gives up after 29 seconds, so an exchange takes 25 unless it is told otherwise."""

    exchange_seconds: float = 25
    first_pause_seconds: float = 1
    look_every_seconds: float = 5
    sleep: Callable[[float], None] = time.sleep
    elapsed: Callable[[], float] = time.monotonic

    def left(self, began: float) -> float:
        """How many seconds an exchange that began then may still take."""
        return began + self.exchange_seconds - self.elapsed()


def iso(moment: datetime) -> str:
    """ISO 8601 in UTC with milliseconds and `Z`: fixed width, so that text order is time order in the tables."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


class NoOffset(ValueError):
    """A time without an offset means something else to every reader."""

    def __init__(self) -> None:
        super().__init__("the time has no offset; write it as 2026-02-10T00:00:00Z")


def parse(text: str) -> datetime:
    """The moment that an ISO 8601 text with an offset names, cut to milliseconds.

    Raises ValueError for text that is no such moment, and NoOffset for one that leaves the offset out.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise NoOffset
    try:
        moment = moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("UTC has no year for this time") from None
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def day(moment: datetime) -> str:
    """The UTC day of a moment, as `2026-02-10`."""
    return moment.astimezone(UTC).date().isoformat()


def next_day(moment: datetime) -> datetime:
    """When the next UTC day begins."""
    return datetime.combine(moment.astimezone(UTC).date() + timedelta(days=1), datetime.min.time(), UTC)
