"""Signatures over raw bytes, under a secret that two sides agreed on: a hex HMAC, or as Standard Webhooks say."""

import base64
import hmac
from collections.abc import Sequence

from chalicelib.kit.errors import Unauthenticated


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
