"""What requests ask must not depend on how many others there are."""

import pytest

from bench.growth import measure
from bench.walk import metered
from tests.harness import House

pytestmark = pytest.mark.slow

# How many rows a page, a count to a thousand, or a search may read at most: these grow up to there, and no further.
UNITS_MAX = {"GET /operators/search": 10, "GET /operator/tasks, first page": 30, "GET /api/tester/jobs, first page": 30}


def test_ten_times_as_many_tasks_agents_and_operators_cost_no_call_more(house: House) -> None:
    with metered(house) as counted:
        found = measure(counted, (20, 200))
    assert len(found) > 15
    for name, (few, many) in ((name, row.values()) for name, row in found.items()):
        assert few.calls == many.calls, name
        assert few.writes == many.writes, name
        assert many.reads <= UNITS_MAX.get(name, 30), name
