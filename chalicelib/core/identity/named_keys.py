"""Keys that a deployment hands out itself, by name, and knows by their SHA-256 only: `name:sha256,name:sha256`.

Several at once, so that one can be replaced without a gap. Without any the door they open is closed: an unset secret is
never an empty key (ruling 2).
"""

import hashlib
import hmac
from collections.abc import Iterator

KEY_CHARACTERS_MIN = 32


def owner_of(key: str, hashes: str) -> str | None:
    """The name under which a key is known; None for one that is not. Every hash is compared, in constant time."""
    digest = hashlib.sha256(key.encode()).hexdigest()
    names = [name for name, known in _pairs(hashes) if hmac.compare_digest(digest, known)]
    return names[0] if names and len(key) >= KEY_CHARACTERS_MIN else None


def _pairs(hashes: str) -> Iterator[tuple[str, str]]:
    for pair in hashes.split(","):
        name, _, digest = pair.partition(":")
        if digest.strip():
            yield name.strip(), digest.strip().lower()
