"""One walk for all tests that look at what it cost."""

import os

import pytest

from bench.scenario import walk
from bench.walk import Costs, metered
from chalicelib.doors import wiring
from local.settings import laptop
from tests.conftest import LIMITS
from tests.harness import House
from tests.standing import empty_stack


@pytest.fixture(scope="session")
def walked(moto_session: None) -> Costs:
    """What everything cost, once."""
    import app

    with laptop(), empty_stack() as environment:
        os.environ.update(LIMITS | environment)
        wiring.forget(clients=False)
        with metered(House(app.app, wiring.world())) as house:
            walk(house)
        wiring.forget(clients=False)
        return house.costs
