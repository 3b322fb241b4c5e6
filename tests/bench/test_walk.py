"""The walk that everything is measured on is whole."""

import pytest

import app
from bench.walk import Costs
from chalicelib import jobs

pytestmark = pytest.mark.slow


def test_every_route_is_in_the_walk(walked: Costs) -> None:
    missing = [f"{route.method} {route.path}" for route in app.ROUTES if f"{route.method} {route.path}" not in walked]
    assert missing == []


def test_every_kind_of_job_is_in_the_walk_and_did_something(walked: Costs) -> None:
    missing = [kind for kind in jobs.JOBS if not any(cost.writes for cost in walked.get(kind, []))]
    assert missing == []
