"""Webhook endpoints of an account: who is told, of what, and signed with which secret.

    made ──► enabled ──(deliveries run out of tries, 410 Gone, by call)──► disabled ──(by call)──► enabled, from now on

Every time an endpoint is enabled its `epoch` is another one: what was on its way in an earlier epoch is dropped.
"""

import base64
import binascii
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from chalicelib.core.world import World
from chalicelib.kit.errors import Conflict, Gone, NotFound
from chalicelib.kit.signed import signature, standard_webhook

ENDPOINTS_MAX = 10
SECRET_PREFIX = "whsec_"  # noqa: S105 no secret: how one begins
SECRET_BYTES_MIN, SECRET_BYTES_MAX = 24, 64


class Status(StrEnum):
    """Whether an endpoint is told anything."""

    ENABLED = "enabled"
    DISABLED = "disabled"


class Reason(StrEnum):
    """Why an endpoint is disabled."""

    BY_CALL = "by_call"
    FAILING = "failing"
    GONE = "gone"


class TooManyEndpoints(Conflict):
    """The account has as many endpoints as one may have."""

    code = "too_many_endpoints"

    def __init__(self) -> None:
        super().__init__(
            f"An account has at most {ENDPOINTS_MAX} webhook endpoints; delete one first.", most=ENDPOINTS_MAX
        )


class EndpointNotFound(NotFound):
    """The account has no such endpoint."""

    code = "endpoint_not_found"

    def __init__(self) -> None:
        super().__init__("Webhook endpoint not found.")


class EndpointDisabled(Conflict):
    """Nothing is sent to a disabled endpoint."""

    code = "endpoint_disabled"

    def __init__(self) -> None:
        super().__init__('This endpoint is disabled. PATCH it with {"status": "enabled"} first.')


class DeliveryNotFound(NotFound):
    """The endpoint has no such delivery, or it is older than 30 days."""

    code = "delivery_not_found"

    def __init__(self) -> None:
        super().__init__("Delivery not found.")


class EventGone(Gone):
    """The event is older than 30 days and no longer kept."""

    code = "event_gone"

    def __init__(self) -> None:
        super().__init__("This event is no longer kept, so it cannot be delivered again.")


@dataclass(frozen=True)
class OldSecret:
    """A secret that was replaced and still signs, beside the new one, until then by the wall clock."""

    sealed: str
    until: datetime


@dataclass(frozen=True)
class Endpoint:
    """One address of an account. `since` is the id behind which it is told of events."""

    endpoint_id: str
    account_id: str
    url: str
    events: tuple[str, ...]
    status: Status
    created_at: datetime
    sealed: str
    epoch: int
    since: str
    description: str | None = None
    disabled_reason: Reason | None = None
    failed_in_row: int = 0
    old: tuple[OldSecret, ...] = ()

    @property
    def enabled(self) -> bool:
        return self.status is Status.ENABLED


def secret_place(endpoint_id: str) -> str:
    """Where the secrets of an endpoint belong."""
    return f"{endpoint_id}/secret"


def new_secret() -> str:
    """A secret as Standard Webhooks write it: 32 random bytes."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def key_of(secret: str) -> bytes | None:
    """The bytes that a secret of this form stands for; None when it is no such secret."""
    try:
        key = base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        return None
    good = secret.startswith(SECRET_PREFIX) and SECRET_BYTES_MIN <= len(key) <= SECRET_BYTES_MAX
    return key if good else None


def signatures(world: World, endpoint: Endpoint, event_id: str, body: bytes) -> Mapping[str, str]:
    """The headers that prove a delivery is ours.

    Standard Webhooks sign with the bytes that the secret stands for, once per secret that is still good; their
    libraries take any of them. X-HumanOps-Signature is the seed's: of the body alone, by the newest secret as text.
    """
    now = world.wall()
    sealed = [endpoint.sealed, *(old.sealed for old in endpoint.old if old.until > now)]
    good = [world.seal.open(one, secret_place(endpoint.endpoint_id)) for one in sealed]
    keys = [key_of(secret) or b"" for secret in good]
    standard = standard_webhook(keys, event_id, world.wall_seconds(), body)
    return {"X-HumanOps-Signature": signature(good[0], body), **standard}
