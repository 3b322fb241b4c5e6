"""POST /webhooks/dlocal: what the payment provider tells us of an order, verified over its raw bytes (ruling 27)."""

import hashlib
import hmac
from typing import Any

import simplejson

from chalicelib.core.world import Notice, World
from chalicelib.kit import ids, log
from chalicelib.kit.errors import Invalid, Unauthenticated
from chalicelib.products.accounts import settling, words
from chalicelib.products.accounts import store as rows


class BadSignature(Unauthenticated):
    """The notice does not carry the signature of the provider."""

    code = "bad_signature"

    def __init__(self) -> None:
        super().__init__("X-Signature must be the hex HMAC-SHA256 of the body under the secret that was agreed on.")


def receive(world: World, body: bytes, signature: str) -> words.NoticeTaken:
    """Take a notice. Raises BadSignature, Invalid."""
    _check_signature(world.settings.dlocal_webhook_secret, body, signature)
    order_id, notice = _read(body)
    owner = rows.owner_of(world.store, order_id) if ids.looks_like(order_id, "pay") else None
    order = rows.find_order(world.store, owner, order_id) if owner else None
    if order is None:
        log.warning("deposit.unknown_order", status=notice.status[:40])
    else:
        settling.settle(world, order, notice)
    return words.NoticeTaken()


def _check_signature(secret: str, body: bytes, signature: str) -> None:
    """Compared in constant time. Without a secret nothing is right: an empty key would be everybody's."""
    due = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    if not secret or not hmac.compare_digest(due.encode(), signature.strip().lower().encode()):
        raise BadSignature


def _read(body: bytes) -> tuple[str, Notice]:
    """The order that a notice is about, and what it says. Raises Invalid."""
    try:
        said: Any = simplejson.loads(body.decode(), use_decimal=True)
    except (ValueError, RecursionError):
        raise Invalid("body", "must be a JSON object") from None
    if not isinstance(said, dict):
        raise Invalid("body", "must be a JSON object")
    for name in ("order_id", "status"):
        if not isinstance(said.get(name), str):
            raise Invalid(name, "is required")
    return said["order_id"], Notice(said["status"], said.get("amount"), said.get("currency"))
