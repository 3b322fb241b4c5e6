"""An identity provider on loopback: real RSA keys, a JWKS that is served, and tokens that are signed with them."""

import base64
import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key

from tests.core.servers import Server, read_request, serving

ISSUER = "https://clerk.example.com"
PAGE = "https://app.example.com"


@lru_cache
def key(name: str = "first", bits: int = 2_048) -> RSAPrivateKey:
    """A key pair with a name; making one takes a while, so each is made once."""
    return generate_private_key(65_537, bits)


def jwk(kid: str, pair: RSAPrivateKey, **words: Any) -> dict[str, Any]:
    """A public key as a provider publishes it."""
    numbers = pair.public_key().public_numbers()
    named = {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": kid, "n": _number(numbers.n), "e": _number(numbers.e)}
    return {name: value for name, value in {**named, **words}.items() if value is not None}


def pem(pair: RSAPrivateKey) -> bytes:
    """A public key as text: what an attacker would sign with."""
    encoding, shape = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    return pair.public_key().public_bytes(encoding, shape)


def encoded(part: bytes) -> str:
    """Base64 as tokens have it."""
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


@dataclass
class Provider:
    """What a provider publishes, and how it answers; tests change both."""

    keys: list[dict[str, Any]] = field(default_factory=lambda: [jwk("first", key())])
    status: int = 200
    server: Server | None = None

    @property
    def url(self) -> str:
        assert self.server is not None
        return self.server.url("/.well-known/jwks.json")

    @property
    def asked(self) -> int:
        """How often the keys were asked for."""
        assert self.server is not None
        return len(self.server.requests)

    def token(
        self, subject: Any = "user_1", *, kid: str = "first", pair: RSAPrivateKey | None = None,
        now: datetime | None = None, header: dict[str, Any] | None = None, **claims: Any,
    ) -> str:  # fmt: skip
        """A token that is right; `claims` replace parts of it, and None takes a part out."""
        now = now or datetime.now(UTC)
        whole = {
            "iss": ISSUER, "sub": subject, "azp": PAGE, "iat": int(now.timestamp()), "nbf": int(now.timestamp()),
            "exp": int((now + timedelta(minutes=1)).timestamp()), **claims,
        }  # fmt: skip
        payload = json.dumps({name: value for name, value in whole.items() if value is not None}).encode()
        # Signed as bytes: PyJWT would refuse to write some of what a test wants to read.
        return jwt.api_jws.encode(payload, pair or key(), algorithm="RS256", headers={"kid": kid, **(header or {})})

    def behave(self, conn: socket.socket, server: Server) -> None:
        server.requests.append(read_request(conn))
        body = json.dumps({"keys": self.keys}).encode()
        head = f"HTTP/1.1 {self.status} X\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        conn.sendall(head.encode() + body)


@contextmanager
def providing() -> Iterator[Provider]:
    """A provider that is up until the block ends."""
    provider = Provider()
    with serving(provider.behave) as provider.server:
        yield provider


def _number(number: int) -> str:
    return encoded(number.to_bytes((number.bit_length() + 7) // 8, "big"))
