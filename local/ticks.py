"""What EventBridge does in the cloud: runs the app's schedules, through the same handlers.

A rate of one minute is the fastest EventBridge has. On a laptop somebody is watching, and a minute is long to wait for
a deadline or a retry; so such a schedule is run every two seconds here. It costs next to nothing, because a sweep costs
what is due, and it makes the sweep meet its own concurrency more often than the cloud ever will. Slower rates keep
their pace, and start when the stack does. A cron schedule is not run by the clock, but `tick` runs it when asked.
"""

import functools
import logging
import re
import threading
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from local.stack import REGION

log = logging.getLogger("local.ticks")
QUICK_SECONDS = 2.0
MINUTE_SECONDS = 60.0
UNITS = {"minute": MINUTE_SECONDS, "hour": 3600.0, "day": 86400.0}


class Ticker:
    """One schedule and its handler."""

    def __init__(self, name: str, handler: Callable[[dict[str, Any]], Any], every_seconds: float | None) -> None:
        self.name, self.handler, self.every_seconds = name, handler, every_seconds
        self._working = threading.Lock()

    def run(self, stop: threading.Event) -> None:
        """Tick until told to stop. Nothing that goes wrong ends it; a tick that takes long delays the next."""
        if self.every_seconds is None:
            return
        while not stop.wait(self.every_seconds):
            try:
                self.tick()
            except Exception:
                if not stop.is_set():
                    log.exception("The schedule %s failed; its next tick is the retry.", self.name)

    def tick(self) -> Any:
        """Run the handler once, now, and return its answer. What it raises is the caller's to see."""
        with self._working:
            return self.handler(_event(self.name))


def tickers(
    app: Any, invoke: Callable[[str, dict[str, Any]], Any], quick_seconds: float = QUICK_SECONDS
) -> list[Ticker]:
    """A ticker for every schedule of a Chalice app; `invoke` calls a handler by its name."""
    sources = [source for source in app.event_sources if hasattr(source, "schedule_expression")]
    return [
        Ticker(source.name, functools.partial(invoke, source.name), _pace(source, quick_seconds)) for source in sources
    ]


def _pace(source: Any, quick_seconds: float) -> float | None:
    expression = source.schedule_expression
    written = expression if isinstance(expression, str) else expression.to_string()
    rate = re.fullmatch(r"rate\((\d+) (minute|hour|day)s?\)", written)
    if rate is None:
        log.info("The schedule %s is %s, which the local stack runs only when asked.", source.name, written)
        return None
    seconds = int(rate[1]) * UNITS[rate[2]]
    return quick_seconds if seconds <= MINUTE_SECONDS else seconds


def _event(name: str) -> dict[str, Any]:
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": "000000000000",
        "time": datetime.fromtimestamp(time.time(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": REGION,
        "resources": [f"arn:aws:events:{REGION}:000000000000:rule/{name}"],
        "detail": {},
    }
