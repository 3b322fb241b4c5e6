"""The clock that a tester is told: whoever shows how much time is left counts by it."""

from datetime import datetime, timedelta

from tests.harness import House
from tests.products.qa.people import test_of


def test_a_tester_is_told_the_time_by_the_clock_that_deadlines_are_by(house: House) -> None:
    made = test_of(house).claimed()
    house.advance(seconds=100)
    mine = made.tester.get(f"/jobs/{made.job_id}").json
    now, began, ends = (datetime.fromisoformat(mine[name]) for name in ("now", "claimedAt", "endsAt"))
    assert timedelta(seconds=100) <= now - began < timedelta(seconds=160), "the clock that was moved, not the wall's"
    assert ends - began == timedelta(minutes=5)
    longer = made.tester.extend(made.job_id, 1).json
    assert datetime.fromisoformat(longer["now"]) >= now
    assert datetime.fromisoformat(longer["endsAt"]) - ends == timedelta(minutes=1)
