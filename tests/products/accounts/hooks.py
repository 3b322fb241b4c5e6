"""Webhook endpoints in tests: made, pumped, and checked by a receiver as a library for Standard Webhooks does it."""

import base64
import hashlib
import hmac
import json
from typing import Any

from tests.core.stand_ins import Ahead
from tests.doors.strangers import Hook, Received
from tests.harness import Agent, House


def pump(house: House, **time: float) -> None:
    """Let the pumps run, and the couriers after them."""
    with house.living_in(clock=Ahead(house.world.clock)):
        house.advance(**(time or {"minutes": 3}))


def made(agent: Agent, url: str, **words: Any) -> dict[str, Any]:
    """A new endpoint with its secret."""
    reply = agent.send("/webhooks/endpoints", {"url": url, **words})
    assert reply.status == 201, reply
    return dict(reply.json)


def types(hook: Hook) -> list[str]:
    """What a receiver was told, sorted, because deliveries overtake each other."""
    return sorted(json.loads(one.body)["type"] for one in hook.received)


def verifies(secret: str, received: Received, now_seconds: float) -> bool:
    """Whether a delivery is good, as a library for Standard Webhooks finds out."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    message_id, timestamp = received.headers["webhook-id"], received.headers["webhook-timestamp"]
    if abs(now_seconds - int(timestamp)) > 300:
        return False
    signed = f"{message_id}.{timestamp}.".encode() + received.body
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    versions = [one.partition(",") for one in received.headers["webhook-signature"].split(" ")]
    return any(version == "v1" and hmac.compare_digest(one, expected) for version, _, one in versions)


def verifies_as_the_seed(secret: str, received: Received) -> bool:
    """Whether X-HumanOps-Signature is good: of the body alone, by the secret as text."""
    computed = hmac.new(secret.encode(), received.body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(received.headers["x-humanops-signature"], computed)
