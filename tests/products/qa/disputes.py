"""Jobs in dispute: how one comes to be disputed, and how the backoffice ends that."""

from typing import Any

from tests.harness import House, Reply
from tests.products.qa.people import Test, test_of

REASON = "The tester never opened the page."


def dispute(made: Test, reason: str = REASON, key: str | None = None) -> Reply:
    return made.house.admin.do(f"/jobs/{made.job_id}/dispute", reason, key=key)


def resolve(made: Test, outcome: str, share: Any = None, key: str | None = None, **words: Any) -> Reply:
    words |= {} if share is None else {"operator_share": share}
    return made.house.admin.do(f"/jobs/{made.job_id}/dispute/resolve", outcome=outcome, key=key, **words)


def disputed(house: House, seconds: int = 101) -> Test:
    """A job that was done in some seconds, and is disputed."""
    made = test_of(house).handed_in(testDurationSeconds=seconds, seconds=seconds)
    house.drain()
    assert dispute(made).status == 200
    return made
