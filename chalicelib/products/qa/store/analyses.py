"""How many analyses an account has asked for: one row a day, which goes by itself.

ephemeral table    pk                           sk       what
                   analyses#<account>#<day>     count    how many an account has asked for on a UTC day
"""

from datetime import datetime

from chalicelib.kit import clock
from chalicelib.kit.conditions import Attr
from chalicelib.kit.errors import RateLimited
from chalicelib.kit.store import Store
from chalicelib.kit.table import Key

TABLE = "ephemeral"
KEPT_SECONDS = 3_600
"""How much longer than its day a row stays."""


class AnalysesUsedUp(RateLimited):
    """The account has had as many analyses today as it may."""

    code = "analyses_used_up"

    def __init__(self, most: int, seconds: int) -> None:
        super().__init__(
            f"This account has had {most} analyses today; that is as many as one may.", seconds=seconds,
            limit_per_day=most,
        )  # fmt: skip


def count(store: Store, account_id: str, most: int, wall: datetime) -> None:
    """One analysis more today, had or not: what costs is the question. Raises AnalysesUsedUp."""
    tomorrow = clock.next_day(wall)
    row = Key(f"analyses#{account_id}#{clock.day(wall)}", "count")
    room = Attr("used").not_exists() | Attr("used").lt(most)
    kept_until = int(tomorrow.timestamp()) + KEPT_SECONDS
    if store.update(TABLE, row, put={"expires_at": kept_until}, plus={"used": 1}, where=room) is None:
        raise AnalysesUsedUp(most, seconds=int((tomorrow - wall).total_seconds()) + 1)
