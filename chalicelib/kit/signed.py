"""Signatures over raw bytes, under a secret that two sides agreed on: a hex HMAC, or as Standard Webhooks say.

And tokens: words that we sign for ourselves, hand out, and recognise when they come back.
"""

import base64
import hmac
import json
from collections.abc import Sequence
from typing import Any

from chalicelib.kit.errors import Unauthenticated

MARK_BYTES = 16
"""How much of an HMAC a token carries: 128 bits, which nobody guesses."""


class BadSignature(Unauthenticated):
    """A notice does not carry its sender's signature; what exactly is wrong with it is told to nobody."""

    code = "invalid_signature"

    def __init__(self) -> None:
        super().__init__("Missing or invalid signature over the bytes of the body.")


def signature(secret: str, body: bytes, digest: str = "sha256") -> str:
    """The hex HMAC of some bytes; the key is the secret's UTF-8 bytes."""
    return hmac.new(secret.encode(), body, digest).hexdigest()


def is_signed(secret: str, body: bytes, given: str, digest: str = "sha256") -> bool:
    """Whether what somebody gave is the signature of these very bytes, compared in constant time.

    Nothing is signed where there is no secret: an empty key would be everybody's.
    """
    due = signature(secret, body, digest)
    return bool(secret) and hmac.compare_digest(due.encode(), given.strip().lower().encode())


def standard_webhook(keys: Sequence[bytes], message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The headers of Standard Webhooks, signed with every key that is good: a receiver takes any of them.

    They cover id and time as well, so that a recorded delivery cannot be sent again later.
    """
    signed = f"{message_id}.{timestamp}.".encode() + body
    marks = (base64.b64encode(hmac.digest(key, signed, "sha256")).decode() for key in keys)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(f"v1,{mark}" for mark in marks),
    }


def token(key: bytes, words: Any) -> str:
    """Some words, JSON-ready, under our signature. It can be read by everybody, made by us alone, and put into a path
    or a query as it is.
    """
    body = json.dumps(words, separators=(",", ":")).encode()
    return _in_base64(_mark(key, body) + body)


def read_token(key: bytes, text: str) -> Any:
    """The words of a token; None for a text that is not, letter by letter, one that we made under this key."""
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        return None
    mark, body = raw[:MARK_BYTES], raw[MARK_BYTES:]
    # Base64 has several spellings of the same bytes, and ours is the only one that we gave out.
    if not hmac.compare_digest(mark, _mark(key, body)) or _in_base64(raw) != text:
        return None
    return json.loads(body)


def _mark(key: bytes, body: bytes) -> bytes:
    return hmac.digest(key, body, "sha256")[:MARK_BYTES]


def _in_base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
