"""What we give a client to bring back: signed, bound to who got it, where and for what, and good for a while.

Nothing is stored, so nothing has to be found again: whichever container the next request meets reads it.
"""

import base64
import hashlib
import hmac
from typing import Any

import simplejson

from chalicelib.doors.mcp.server import Exchange
from chalicelib.doors.mcp.wire import InvalidParams

STATE_SECONDS = 15 * 60
_SIGNATURE_BYTES = 32


class Stale(InvalidParams):
    """What was brought back is not what we gave out: changed, of somebody else, for something else, or too old."""


def state(exchange: Exchange, data: Any) -> str:
    """What a call has to remember until the client repeats it."""
    return seal(exchange, "state", _call(exchange), data, STATE_SECONDS)


def state_of(exchange: Exchange) -> Any:
    """What this very call remembered; None when it is new. Raises Stale."""
    brought = exchange.params.get("requestState")
    if brought is None:
        return None
    try:
        return unseal(exchange, "state", _call(exchange), brought)
    except Stale:
        raise Stale("Invalid or expired requestState. Call again without it to start over.") from None


def seal(exchange: Exchange, purpose: str, bound_to: Any, data: Any, seconds: int) -> str:
    """Some data for this caller to bring back, for one purpose and about one thing."""
    body = _text([exchange.world.wall_seconds() + seconds, data]).encode()
    return base64.urlsafe_b64encode(_signature(exchange, purpose, bound_to, body) + body).decode().rstrip("=")


def unseal(exchange: Exchange, purpose: str, bound_to: Any, brought: Any) -> Any:
    """The data again. Raises Stale."""
    try:
        raw = base64.urlsafe_b64decode(brought + "=" * (-len(brought) % 4))
    except (TypeError, ValueError):
        raise Stale from None
    signature, body = raw[:_SIGNATURE_BYTES], raw[_SIGNATURE_BYTES:]
    if not hmac.compare_digest(signature, _signature(exchange, purpose, bound_to, body)):
        raise Stale
    expires_at, data = simplejson.loads(body)
    if expires_at < exchange.world.wall_seconds():
        raise Stale
    return data


def _signature(exchange: Exchange, purpose: str, bound_to: Any, body: bytes) -> bytes:
    key = exchange.world.seal.derive(f"byhand/mcp/{purpose}/v1")
    about = _text([exchange.agent.id, exchange.server.name, bound_to]).encode()
    return hmac.new(key, hashlib.sha256(about).digest() + body, hashlib.sha256).digest()


def _call(exchange: Exchange) -> list[Any]:
    """What makes two requests the same call."""
    params = exchange.params
    return [exchange.message.method, params.get("name"), params.get("uri"), params.get("arguments")]


def _text(value: Any) -> str:
    return simplejson.dumps(value, use_decimal=True, sort_keys=True, separators=(",", ":"))
