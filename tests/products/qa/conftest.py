"""What tests of qa stand on beside a house."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.doors.strangers import StillClock
from tests.harness import House


@dataclass
class Hours:
    """Time that stands until a test lets it pass, so that what is measured is exact."""

    house: House
    clock: StillClock

    def pass_by(self, **time: float) -> None:
        """Both times pass, and what is due by then is done."""
        self.pass_unnoticed(**time)
        self.house.sweep()
        self.house.drain()

    def pass_unnoticed(self, **time: float) -> None:
        """Both times pass, and nobody has looked yet what is due."""
        self.clock.pass_by(**time)
        self.clock.wait(**time)


@pytest.fixture
def hours(house: House) -> Iterator[Hours]:
    """The time of this house."""
    clock = StillClock()
    with house.living_in(clock=clock):
        yield Hours(house, clock)
