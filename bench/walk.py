"""One walk through the whole house, in which every route and every job costs something that is written down."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from bench.meter import Cost, Meter
from chalicelib.core.identity.service import LAST_USED_EVERY
from chalicelib.kit.clock import SystemClock
from local import consume
from tests.harness import House, Reply, _match

Costs = dict[str, list[Cost]]
BEHIND = ", behind a cursor"
ONCE = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass
class LiveClock:
    """A clock as live has it, with no offset to read, and yet one that can be put ahead."""

    ahead: timedelta = timedelta()

    def now(self) -> Any:
        return SystemClock().now() + self.ahead

    def wall(self) -> Any:
        return SystemClock().wall() + self.ahead


@dataclass
class MeteredHouse(House):
    """A house that notes what each request, job and sweep asks of AWS, under the name of its route or kind."""

    meter: Meter = None  # type: ignore[assignment]
    clock: LiveClock = field(default_factory=LiveClock)
    costs: Costs = field(default_factory=lambda: defaultdict(list))
    _used: dict[str, datetime] = field(default_factory=dict)

    def request(self, method: str, path: str, *rest: Any, **more: Any) -> Reply:
        self._use_key(more.get("headers") or {})
        with self.meter.measuring() as cost:
            reply = super().request(method, path, *rest, **more)
        if reply.status < 400:
            self.costs[self._label(method, path)].append(cost)
        return reply

    def drain(self) -> int:
        if not self._consumers:
            self._consumers = consume.consumers(self.app, self.invoke)
            for consumer in self._consumers:
                consumer.batch_size = 1
                consumer.handler = self._measured(consumer.name)
        return consume.drain(self._consumers)

    def pass_time(self, *, lose: Callable[[House], None] | None = None, **time: float) -> None:
        """Let time pass, sweep, and do what is due, until nothing is. `lose` may keep messages from arriving first."""
        if lose:
            lose(self)
        self.clock.ahead += timedelta(**time)
        for _ in range(3):
            with self.meter.measuring() as cost:
                self.sweep()
            self.costs["sweep"].append(cost)
            if not self.drain():
                break

    def _label(self, method: str, path: str) -> str:
        """The route, and for a list whether this is its first page or one behind a cursor."""
        path, _, query = path.partition("?")
        mine = "?scope=mine" if "scope=mine" in query else ""
        return f"{method} {_match(self.app.routes, path)[0]}{mine}{BEHIND if 'cursor=' in query else ''}"

    def _use_key(self, headers: Mapping[str, str]) -> None:
        """A key's last use is written once an hour; that is kept out of what each request costs."""
        key, now = headers.get("X-API-Key"), self.clock.wall()
        if key and now - self._used.get(key, ONCE) > LAST_USED_EVERY:
            super().request("GET", "/api/v1/agents/balance", headers={"X-API-Key": key})
            self._used[key] = now

    def _measured(self, name: str) -> Callable[[dict[str, Any]], Any]:
        def handle(event: dict[str, Any]) -> Any:
            (record,) = event["Records"]
            kind = json.loads(record["body"])["entry"].partition(":")[0]
            with self.meter.measuring() as cost:
                answer = self.invoke(name, event)
            self.costs[kind].append(cost)
            return answer

        return handle


@contextmanager
def metered(house: House) -> Iterator[MeteredHouse]:
    """The same house with a meter, and with the clock of a live deployment."""
    clients = [house.world.store.client, house.world.queues.client, house.world.bucket.client]
    meter = Meter(clients)
    clock = LiveClock()
    with house.living_in(clock=clock) as world:
        yield MeteredHouse(house.app, world, meter=meter, clock=clock)
