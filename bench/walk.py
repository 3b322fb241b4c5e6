"""One walk through the whole house, in which every route and every job costs something that is written down."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import boto3

from bench.meter import Cost, Meter
from chalicelib.kit.clock import SystemClock
from local import consume
from local.stack import REGION
from tests.harness import House, Reply, _match

Costs = dict[str, list[Cost]]


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

    def request(self, method: str, path: str, *rest: Any, **more: Any) -> Reply:
        route, _ = _match(self.app.routes, path.partition("?")[0])
        with self.meter.measuring() as cost:
            reply = super().request(method, path, *rest, **more)
        if reply.status < 300:
            self.costs[f"{method} {route}"].append(cost)
        return reply

    def drain(self) -> int:
        if not self._consumers:
            self._consumers = consume.consumers(self.app, self.invoke)
            for consumer in self._consumers:
                consumer.batch_size = 1
                consumer.handler = self._measured(consumer.name)
        return consume.drain(self._consumers)

    def pass_time(self, **time: float) -> None:
        """Let time pass, sweep, and do what is due, until nothing is."""
        self.clock.ahead += timedelta(**time)
        for _ in range(3):
            with self.meter.measuring() as cost:
                self.sweep()
            self.costs["sweep"].append(cost)
            if not self.drain():
                break

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
    meter = Meter(clients, boto3.client("dynamodb", region_name=REGION))
    clock = LiveClock()
    with house.living_in(clock=clock) as world:
        yield MeteredHouse(house.app, world, meter=meter, clock=clock)
