"""Sealing secrets at rest: AES-256-GCM under the deployment's data key (ruling 11).

The key is unwrapped by KMS once per container, at the first secret. Where a secret belongs (row id and field) is its
associated data: a sealed text moved to another row does not open. The key's id travels in the text.
"""

import base64
import hashlib
import hmac
import os
from collections.abc import Callable
from functools import cached_property


class Sealed(Exception):
    """A sealed text does not open: it was moved, cut, or sealed under another key."""


class Seal:
    """Seals, opens, and derives further keys. `unwrap` answers (key id, 32 bytes of key) and is called at most once."""

    def __init__(self, unwrap: Callable[[], tuple[str, bytes]]) -> None:
        self._unwrap = unwrap

    @cached_property
    def _key(self) -> tuple[str, bytes]:
        return self._unwrap()

    def seal(self, secret: str, place: str) -> str:
        """The sealed form of a secret that belongs to `place`, such as `task_…/callback_secret`."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        key_id, key = self._key
        nonce = os.urandom(12)
        box = nonce + AESGCM(key).encrypt(nonce, secret.encode(), place.encode())
        return f"{key_id}.{base64.b64encode(box).decode()}"

    def open(self, sealed: str, place: str) -> str:
        """The secret again. Raises Sealed."""
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        key_id, _, text = sealed.partition(".")
        if key_id != self._key[0]:
            raise Sealed(f"sealed under key {key_id}, and this deployment has {self._key[0]}")
        try:
            box = base64.b64decode(text)
            return AESGCM(self._key[1]).decrypt(box[:12], box[12:], place.encode()).decode()
        except (InvalidTag, ValueError):
            raise Sealed(f"this is not what was sealed for {place}") from None

    def derive(self, purpose: str) -> bytes:
        """A key of 32 bytes for another purpose, such as signing cursors."""
        return hmac.new(self._key[1], purpose.encode(), hashlib.sha256).digest()
