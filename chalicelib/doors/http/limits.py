"""Rate limits: a fixed wall-clock minute per source, account and route template (ruling 6).

ephemeral table    pk                                      sk       what
                   rate#<source>#<account>#<route>#<min>   window   how many requests; gone an hour later
"""

import ipaddress
from dataclasses import dataclass

from chalicelib.core.world import World
from chalicelib.doors.http.identify import Caller
from chalicelib.doors.http.routes import Request
from chalicelib.kit.errors import RateLimited
from chalicelib.kit.table import Key

TABLE = "ephemeral"
WINDOW_SECONDS = 60
KEPT_SECONDS = 3_600


@dataclass(frozen=True)
class Allowance:
    """Where a caller stands in this minute. `reset` is wall time in seconds since 1970."""

    limit: int
    used: int
    reset: int
    now: int

    @property
    def headers(self) -> dict[str, str]:
        return {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(max(self.limit - self.used, 0)),
            "X-RateLimit-Reset": str(self.reset),
        }

    def check(self) -> None:
        """Raises RateLimited when the minute is used up."""
        if self.used > self.limit:
            seconds = max(self.reset - self.now, 1)
            sentence = f"Too many requests: {self.limit} a minute on this route. Try again in {seconds} s."
            raise RateLimited(sentence, seconds=seconds, limit_per_minute=self.limit)


def count(
    world: World, place: str, request: Request, caller: Caller | None, *, uploads: bool = False
) -> Allowance:  # fmt: skip
    """Count one request at a place: a route by its template, a tool by its name."""
    now = world.wall_seconds()
    window = now // WINDOW_SECONDS
    account = caller.id if caller else "-"
    key = Key(f"rate#{_network(request.source)}#{account}#{place}#{window}", "window")
    kept_until = (window + 1) * WINDOW_SECONDS + KEPT_SECONDS
    row = world.store.update(TABLE, key, put={"expires_at": kept_until}, plus={"used": 1}) or {"used": 0}
    settings = world.settings
    limit = settings.upload_limit_per_minute if uploads else settings.rate_limit_per_minute
    return Allowance(limit, int(row["used"]), (window + 1) * WINDOW_SECONDS, now)


def _network(source: str) -> str:
    """An IPv4 address, or the /64 of an IPv6 one: a whole household has that."""
    try:
        address = ipaddress.ip_address(source)
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is None:
        return str(ipaddress.IPv6Network((int(address) >> 64 << 64, 64)))
    return str(address)
