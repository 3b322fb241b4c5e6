"""Count what a request asks of DynamoDB."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.harness import House


@contextmanager
def counting(house: House) -> Iterator[list[str]]:
    """The names of the calls that are made from here on."""
    calls: list[str] = []
    events = house.world.store.client.meta.events

    def note(model: Any, **_: Any) -> None:
        calls.append(model.name)

    events.register("provide-client-params.dynamodb.*", note)
    try:
        yield calls
    finally:
        events.unregister("provide-client-params.dynamodb.*", note)
