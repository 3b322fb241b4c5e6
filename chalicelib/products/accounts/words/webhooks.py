"""Requests and answers of events and webhook endpoints."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StringConstraints

from chalicelib.core.events import catalogue
from chalicelib.core.events.endpoints import SECRET_BYTES_MAX, SECRET_BYTES_MIN, SECRET_PREFIX, Status, key_of
from chalicelib.kit.pages import CursorWords
from chalicelib.kit.words import Moment, Words


def _known(pattern: str) -> str:
    if not catalogue.is_known(pattern):
        known = ", ".join(catalogue.NAMES)
        raise ValueError(f'must be "*", a beginning such as "task.*", or one of {known}')
    return pattern


def _secret(text: str) -> str:
    if key_of(text) is None:
        raise ValueError(f"must be {SECRET_PREFIX} and the base64 of {SECRET_BYTES_MIN} to {SECRET_BYTES_MAX} bytes")
    return text


Pattern = Annotated[str, StringConstraints(max_length=100), AfterValidator(_known)]
Patterns = Annotated[list[Pattern], Field(min_length=1, max_length=50)]
Url = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000)]
Description = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]


class EventQuery(CursorWords):
    """GET /events: behind a cursor or, without one, from the oldest event that is kept, or from now on."""

    start: Literal["start", "now"] = Field(default="start", alias="from")
    type: Pattern | None = None
    subject: str | None = Field(default=None, max_length=100)


class EventShown(Words):
    """One thing that happened."""

    id: str
    type: str
    created_at: Moment
    subject: str
    data: dict[str, Any]


class Onward(Words):
    """Where to go on: always there, because more may happen. `has_more`: it need not be waited for."""

    limit: int
    next_cursor: str
    has_more: bool


class EventPage(Words):
    """GET /events."""

    data: list[EventShown]
    pagination: Onward


class EndpointOrder(Words):
    """POST /webhooks/endpoints."""

    url: Url
    events: Patterns = Field(default_factory=lambda: ["*"])
    description: Description | None = None
    secret: Annotated[str, StringConstraints(max_length=200), AfterValidator(_secret)] | None = None


class EndpointChange(Words):
    """PATCH /webhooks/endpoints/:id."""

    url: Url | None = None
    events: Patterns | None = None
    description: Description | None = None
    status: Status | None = None


class RotateOrder(Words):
    """POST /webhooks/endpoints/:id/rotate: how long the old secret signs beside the new one."""

    overlap_hours: int = Field(default=24, ge=0, le=168)


class EndpointShown(Words):
    """An endpoint, without its secret."""

    id: str
    url: str
    events: list[str]
    description: str | None
    status: str
    disabled_reason: str | None
    created_at: Moment


class EndpointMade(EndpointShown):
    """An endpoint with a new secret, shown this once."""

    secret: str


class EndpointList(Words):
    """GET /webhooks/endpoints."""

    data: list[EndpointShown]


class EndpointDeleted(Words):
    """DELETE /webhooks/endpoints/:id."""

    deleted: bool = True


class DeliveryMade(Words):
    """A delivery that is on its way."""

    delivery_id: str
    status: str = "pending"


class DeliveryShown(Words):
    """One event on its way to an endpoint, and how its last try went."""

    id: str
    event_id: str
    type: str
    status: str
    attempts: int
    created_at: Moment
    tried_at: Moment | None = None
    status_code: int | None = None
    problem: str | None = None
    answer_bytes: int | None = None
    duration_ms: int | None = None


class DeliveryPagination(Words):
    """Where a page stands: no cursor means that there is nothing older."""

    limit: int
    next_cursor: str | None


class DeliveryPage(Words):
    """GET /webhooks/endpoints/:id/deliveries, newest first."""

    data: list[DeliveryShown]
    pagination: DeliveryPagination
