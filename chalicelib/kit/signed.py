"""Signatures over raw bytes: a hex HMAC under a secret that two sides agreed on."""

import hmac

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
