"""Stand-ins for strangers and clocks: honest ones, that keep what they were told."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from chalicelib.core.agenda.model import Entry
from chalicelib.core.ports.courier import Receipt
from chalicelib.core.world import World
from chalicelib.kit.clock import Clock
from chalicelib.kit.queue import Bell
from chalicelib.kit.table import Write


@dataclass
class Hands:
    """A clock whose hands are set by a test: both times stand still until they are moved."""

    business: datetime = datetime(2026, 2, 10, 12, tzinfo=UTC)
    on_the_wall: datetime = datetime(2026, 2, 10, 12, tzinfo=UTC)

    def now(self) -> datetime:
        return self.business

    def wall(self) -> datetime:
        return self.on_the_wall

    def pass_by(self, **time: float) -> None:
        """Let both times pass."""
        self.business += timedelta(**time)
        self.on_the_wall += timedelta(**time)


@dataclass
class Ahead:
    """A clock whose wall is ahead of the one it is made from, so that what was just done is a while ago; business time
    is the same.
    """

    clock: Clock
    seconds: float = 6

    def now(self) -> datetime:
        return self.clock.now()

    def wall(self) -> datetime:
        return self.clock.wall() + timedelta(seconds=self.seconds)


@dataclass
class Notebook:
    """A courier that goes nowhere: it writes down what it was given, and answers what it was told to."""

    receipts: list[Receipt] = field(default_factory=list)
    carried: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    def check(self, url: str) -> None:
        """Take any URL."""

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Receipt:
        self.carried.append((url, dict(headers), body))
        return self.receipts.pop(0) if self.receipts else Receipt(204)


@dataclass
class Bells:
    """Somebody who listens to bells instead of queueing them."""

    rung: list[Bell] = field(default_factory=list)

    def __call__(self, bell: Bell) -> None:
        self.rung.append(bell)


@dataclass
class Worker:
    """A job that remembers what it worked on, and does then what a test wants."""

    then: Callable[[World, Entry], list[Write]]
    worked: list[Entry] = field(default_factory=list)

    def __call__(self, world: World, entry: Entry) -> list[Write]:
        self.worked.append(entry)
        return self.then(world, entry)


def with_hands(world: World) -> tuple[World, Hands]:
    """The same world under a clock that a test sets."""
    hands = Hands()
    return replace(world, clock=hands), hands
