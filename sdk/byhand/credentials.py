"""Credentials that only their receiver can read: P-256 ECDH, HKDF-SHA-256, AES-256-GCM.

    agent       PrivateKey.make() ──public key, with the task──►  operator
    operator    encrypt(credential, public key, task id) ──ciphertext, iv, ephemeral public key──►  agent
    agent       decrypt(sealed, private key, task id)

The deployment sees public keys and ciphertext, and nothing else. The task's id is authenticated with the credential, so
what was sealed for one task does not open as another's. People compare fingerprints to be sure whose key it is.
"""

import base64
import binascii
import hashlib
import json
import os
from collections.abc import Mapping
from typing import Any, Self

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from byhand.answers import EncryptedCredential
from byhand.errors import BadCredential

ALGORITHM = "ECDH-P256-AES-256-GCM"
PLAINTEXT_BYTES_MAX = 16_384
_INFO, _SALT, _IV_BYTES, _POINT_BYTES = b"byhand/credential/v1", bytes(32), 12, 65


class PrivateKey:
    """A private key for one task. Printing it shows the fingerprint of its public half, never the key."""

    def __init__(self, key: ec.EllipticCurvePrivateKey) -> None:
        self._key = key

    @classmethod
    def make(cls) -> Self:
        """A new key."""
        return cls(ec.generate_private_key(ec.SECP256R1()))

    @classmethod
    def read(cls, text: str) -> Self:
        """A key that `export` wrote: base64 of PKCS#8. Raises BadCredential."""
        try:
            key = serialization.load_der_private_key(_decoded(text, "private key"), password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            raise BadCredential("This is no private key: it must be base64 of PKCS#8.") from None
        if not (isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP256R1)):
            raise BadCredential("This private key is not of P-256.")
        return cls(key)

    def export(self) -> str:
        """The key itself, as base64 of PKCS#8: whoever has this text can read the credential."""
        return _encoded(
            self._key.private_bytes(
                serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )

    @property
    def public_key(self) -> str:
        """The half to give away, as `agent_public_key`: base64 of the 65-byte point."""
        return _encoded(_point(self._key.public_key()))

    @property
    def fingerprint(self) -> str:
        """What people on both sides compare."""
        return fingerprint(self.public_key)

    def shared_with(self, public: ec.EllipticCurvePublicKey) -> bytes:
        """The secret that both sides come to: the x coordinate, 32 bytes."""
        return self._key.exchange(ec.ECDH(), public)

    def __repr__(self) -> str:
        return f"<PrivateKey {self.fingerprint}>"


def fingerprint(public_key: str) -> str:
    """A public key in words short enough to compare: 16 bytes of its SHA-256, in groups of four."""
    digest = hashlib.sha256(_point(_public(public_key))).digest()[:16].hex()
    return " ".join(digest[start : start + 4] for start in range(0, len(digest), 4))


def encrypt(
    credential: Mapping[str, Any], public_key: str, task_id: str,
    *, ephemeral: PrivateKey | None = None, iv: bytes | None = None,
) -> EncryptedCredential:  # fmt: skip
    """Seal a credential for the owner of a public key, as an operator's page does.

    `ephemeral` and `iv` are made anew unless a test vector fixes them: an iv used twice under one key betrays both.
    """
    plaintext = json.dumps(credential, ensure_ascii=False, separators=(",", ":")).encode()
    if len(plaintext) > PLAINTEXT_BYTES_MAX:
        raise BadCredential(f"A credential is at most {PLAINTEXT_BYTES_MAX:,} bytes of JSON.")
    ephemeral, iv = ephemeral or PrivateKey.make(), iv or os.urandom(_IV_BYTES)
    cipher = AESGCM(_key_of(ephemeral.shared_with(_public(public_key))))
    sealed = cipher.encrypt(iv, plaintext, task_id.encode())
    return EncryptedCredential(
        ciphertext=_encoded(sealed), iv=_encoded(iv), ephemeral_public_key=ephemeral.public_key, algorithm=ALGORITHM
    )


def decrypt(sealed: EncryptedCredential, private_key: PrivateKey, task_id: str) -> dict[str, Any]:
    """The credential in the clear. Raises BadCredential, which never says what the plaintext looked like."""
    if sealed.algorithm not in (None, ALGORITHM):
        raise BadCredential(f"This version reads {ALGORITHM}, not {sealed.algorithm}.")
    cipher = AESGCM(_key_of(private_key.shared_with(_public(sealed.ephemeral_public_key))))
    iv = _decoded(sealed.iv, "iv")
    if len(iv) != _IV_BYTES:
        raise BadCredential(f"An iv has {_IV_BYTES} bytes, not {len(iv)}.")
    try:
        plaintext = cipher.decrypt(iv, _decoded(sealed.ciphertext, "ciphertext"), task_id.encode())
    except (InvalidTag, ValueError):
        raise BadCredential("This key and task do not open this credential, or it was changed on its way.") from None
    return _object(plaintext)


def _object(plaintext: bytes) -> dict[str, Any]:
    try:
        words = json.loads(plaintext)
    except (ValueError, RecursionError):
        words = None
    if not isinstance(words, dict):
        raise BadCredential("The credential opens, but is no JSON object: ask the operator for another.")
    return words


def _key_of(secret: bytes) -> bytes:
    return HKDF(hashes.SHA256(), length=32, salt=_SALT, info=_INFO).derive(secret)


def _public(text: str) -> ec.EllipticCurvePublicKey:
    """A public key in either of its two forms: the 65-byte point, or SPKI."""
    raw = _decoded(text, "public key")
    try:
        if len(raw) == _POINT_BYTES:
            return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw)
        key = serialization.load_der_public_key(raw)
    except (ValueError, UnsupportedAlgorithm):
        raise BadCredential("This is no P-256 public key.") from None
    if not (isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1)):
        raise BadCredential("This public key is not of P-256.")
    return key


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


def _encoded(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _decoded(text: str, what: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise BadCredential(f"The {what} is not base64.") from None
