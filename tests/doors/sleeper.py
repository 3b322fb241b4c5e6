"""A world that sleeps only on paper, for tests of whoever waits."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.doors.strangers import StillClock


@dataclass
class Sleeper:
    """Time that passes only in sleep, and something that happens meanwhile."""

    now: float = 0.0
    happens_at: float = 1e9
    happens: Callable[[], object] = lambda: None
    wall: StillClock | None = None

    def elapsed(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        if self.wall:
            self.wall.wait(seconds=seconds)
        if self.now >= self.happens_at:
            self.happens_at = 1e9
            self.happens()
