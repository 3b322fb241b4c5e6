"""What tests of the doors stand on beside a house."""

from collections.abc import Iterator

import pytest

from chalicelib.kit.clock import Patience
from tests.doors.sleeper import Sleeper
from tests.harness import House


@pytest.fixture
def sleeper(house: House) -> Iterator[Sleeper]:
    """Whoever waits in this house wakes at once, and finds that time has passed."""
    sleeper = Sleeper()
    with house.living_in(patience=Patience(sleep=sleeper.sleep, elapsed=sleeper.elapsed)):
        yield sleeper
