"""What the tests of the core stand on: a house, and a clock whose hands a test sets."""

import pytest

from chalicelib.core.world import World
from tests import properties  # noqa: F401 the profile of hypothesis
from tests.core.stand_ins import Hands, with_hands
from tests.harness import House


@pytest.fixture
def world_and_hands(house: House) -> tuple[World, Hands]:
    return with_hands(house.world)


@pytest.fixture
def world(world_and_hands: tuple[World, Hands]) -> World:
    return world_and_hands[0]


@pytest.fixture
def hands(world_and_hands: tuple[World, Hands]) -> Hands:
    return world_and_hands[1]
