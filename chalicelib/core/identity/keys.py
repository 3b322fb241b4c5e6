"""The public keys of an identity provider, by their `kid`, as it publishes them at its JWKS URL.

first use ──► fetched ───────── one hour ─────────► fetched again; if that fails, the old keys go on working
                  └── a kid that is not there ──► fetched again, at most once a minute

Whatever the reason, and however the last try went, the provider is asked at most once a minute per container: neither a
flood of made-up tokens nor an outage of theirs becomes a flood of requests.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING, Any

from chalicelib.kit import log, outside

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

KEPT = timedelta(hours=1)
ASKED_EVERY = timedelta(minutes=1)
ANSWER_SECONDS = 3.0
KEYS_MAX = 50
KEY_BITS_MIN, KEY_BITS_MAX = 2_048, 8_192


@dataclass
class ProviderKeys:
    """The keys that were published last. `asked_at` is the last try, `fetched_at` the last one that went well."""

    url: str
    _keys: Mapping[str, "RSAPublicKey"] = field(default_factory=dict)
    _asked_at: datetime | None = None
    _fetched_at: datetime | None = None
    _lock: Lock = field(default_factory=Lock)

    def find(self, kid: str, wall: datetime) -> "RSAPublicKey | None":
        """The key with this id, if the provider has published one."""
        with self._lock:
            stale = self._fetched_at is None or wall - self._fetched_at >= KEPT
            if (stale or kid not in self._keys) and self._may_ask(wall):
                self._ask(wall)
            return self._keys.get(kid)

    def _may_ask(self, wall: datetime) -> bool:
        return self._asked_at is None or wall - self._asked_at >= ASKED_EVERY

    def _ask(self, wall: datetime) -> None:
        self._asked_at = wall
        try:
            answer = outside.call("GET", self.url, seconds=ANSWER_SECONDS)
        except (outside.Unreached, outside.Unanswered) as error:
            log.warning("keys.unreachable", problem=str(error))
            return
        keys = published(answer.json) if answer.ok else {}
        if not keys:
            log.warning("keys.unusable", status=answer.status)
            return
        self._keys, self._fetched_at = keys, wall


def published(answer: Any) -> dict[str, "RSAPublicKey"]:
    """The keys of a JWKS that may sign a token here; every other one in it is passed over."""
    listed = answer.get("keys") if isinstance(answer, dict) else None
    found = [_key(one) for one in listed[:KEYS_MAX] if isinstance(one, dict)] if isinstance(listed, list) else []
    return {kid: key for kid, key in found if kid and key}


def _key(words: Mapping[str, Any]) -> tuple[str, "RSAPublicKey | None"]:
    """One key with its id: RSA, for signatures, and long enough. Only its public numbers are read."""
    from jwt import InvalidKeyError
    from jwt.algorithms import RSAAlgorithm

    kid, modulus, exponent = (words.get(name) for name in ("kid", "n", "e"))
    fits = words.get("kty") == "RSA" and words.get("use", "sig") == "sig" and words.get("alg", "RS256") == "RS256"
    if not (fits and isinstance(kid, str) and isinstance(modulus, str) and isinstance(exponent, str)):
        return "", None
    try:
        key = RSAAlgorithm.from_jwk({"kty": "RSA", "n": modulus, "e": exponent})
    except (InvalidKeyError, ValueError):
        return "", None
    long_enough = KEY_BITS_MIN <= key.key_size <= KEY_BITS_MAX
    return kid, key if long_enough else None  # type: ignore[return-value]
