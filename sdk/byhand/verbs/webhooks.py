"""Endpoints of the account, which are told of every event."""

from collections.abc import Sequence
from typing import Literal

from pydantic import AwareDatetime, Field

from byhand.answers import Answer, Page
from byhand.verbs.pages import every
from byhand.wire import Flow, Stream, Wire, segment

_PATH = "/webhooks/endpoints"


class Endpoint(Answer):
    """An address that is told of events."""

    id: str
    url: str
    events: list[str]
    description: str | None = None
    status: str
    disabled_reason: str | None = None
    created_at: AwareDatetime


class EndpointMade(Endpoint):
    """An endpoint with a new secret, shown this once."""

    secret: str = Field(repr=False)


class Endpoints(Answer):
    """The endpoints of the account."""

    data: list[Endpoint]


class EndpointDeleted(Answer):
    """An endpoint is gone."""

    deleted: bool


class DeliveryMade(Answer):
    """A delivery that is on its way."""

    delivery_id: str
    status: str


class Delivery(Answer):
    """One event on its way to an endpoint, and how its last try went."""

    id: str
    event_id: str
    type: str
    status: str
    attempts: int
    created_at: AwareDatetime
    tried_at: AwareDatetime | None = None
    status_code: int | None = None
    problem: str | None = None


def create(
    wire: Wire, url: str, *, events: Sequence[str] = ("*",), description: str | None = None,
    secret: str | None = None, idempotency_key: str | None = None,
) -> Flow[EndpointMade]:  # fmt: skip
    """Have an address told of every event from now on. The answer has its secret, this once."""
    body = {"url": url, "events": list(events), "description": description, "secret": secret}
    return wire.do(_PATH, EndpointMade, body, idempotency_key=idempotency_key)


def listed(wire: Wire) -> Flow[list[Endpoint]]:
    """The account's endpoints, oldest first."""
    return (yield from wire.ask(_PATH, Endpoints)).data


def get(wire: Wire, endpoint_id: str) -> Flow[Endpoint]:
    """One endpoint."""
    return wire.ask(_path(endpoint_id), Endpoint)


def update(
    wire: Wire, endpoint_id: str, *, url: str | None = None, events: Sequence[str] | None = None,
    description: str | None = None, status: Literal["enabled", "disabled"] | None = None,
    idempotency_key: str | None = None,
) -> Flow[Endpoint]:  # fmt: skip
    """Change what is given, and leave the rest as it is."""
    body = {"url": url, "events": list(events) if events else None, "description": description, "status": status}
    return wire.do(_path(endpoint_id), Endpoint, body, idempotency_key=idempotency_key, method="PATCH")


def delete(wire: Wire, endpoint_id: str) -> Flow[EndpointDeleted]:
    """Take an endpoint away."""
    return wire.remove(_path(endpoint_id), EndpointDeleted)


def rotate(
    wire: Wire, endpoint_id: str, *, overlap_hours: int | None = None, idempotency_key: str | None = None
) -> Flow[EndpointMade]:  # fmt: skip
    """Another secret; the one before signs beside it for a while, a day unless you say."""
    body = {"overlap_hours": overlap_hours}
    return wire.do(f"{_path(endpoint_id)}/rotate", EndpointMade, body, idempotency_key=idempotency_key)


def try_out(wire: Wire, endpoint_id: str, *, idempotency_key: str | None = None) -> Flow[DeliveryMade]:
    """Send a `webhook.test` to this endpoint only."""
    return wire.do(f"{_path(endpoint_id)}/test", DeliveryMade, idempotency_key=idempotency_key)


def deliveries(wire: Wire, endpoint_id: str) -> Stream[Delivery]:
    """What was sent in the last 30 days and how it went, newest first."""
    return every(wire, f"{_path(endpoint_id)}/deliveries", Page[Delivery])


def redeliver(
    wire: Wire, endpoint_id: str, delivery_id: str, *, idempotency_key: str | None = None
) -> Flow[DeliveryMade]:  # fmt: skip
    """Send an event again, under the same `webhook-id`."""
    path = f"{_path(endpoint_id)}/deliveries/{segment(delivery_id)}/redeliver"
    return wire.do(path, DeliveryMade, idempotency_key=idempotency_key)


def _path(endpoint_id: str) -> str:
    return f"{_PATH}/{segment(endpoint_id)}"
