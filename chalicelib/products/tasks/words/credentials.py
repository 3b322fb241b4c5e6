"""Requests and answers about credentials: what is encrypted for an agent, and what nobody here can read (ruling 23)."""

import json
from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, StringConstraints

from chalicelib.kit import p256
from chalicelib.kit.words import Moment, Words

IV_BYTES, TAG_BYTES = 12, 16
PLAINTEXT_BYTES_MAX = 16 * 1024
CIPHERTEXT_CHARACTERS_MAX = (PLAINTEXT_BYTES_MAX + TAG_BYTES + 2) // 3 * 4


def _key(text: str) -> str:
    p256.point(text)
    return text


def _iv(text: str) -> str:
    if len(p256.decoded(text)) != IV_BYTES:
        raise ValueError(f"must be base64 of {IV_BYTES} bytes")
    return text


def _ciphertext(text: str) -> str:
    raw = p256.decoded(text)
    if not TAG_BYTES < len(raw) <= PLAINTEXT_BYTES_MAX + TAG_BYTES:
        most = PLAINTEXT_BYTES_MAX
        raise ValueError(f"must be base64 of 1 to {most} encrypted bytes with the {TAG_BYTES}-byte tag at the end")
    if _is_readable(raw):
        raise ValueError("is readable text, not a ciphertext; encrypt it for the task's agent_public_key first")
    return text


def _is_readable(raw: bytes) -> bool:
    """Whether anybody could read this as it is: text of any alphabet, or JSON in any of its encodings."""
    text = raw.decode("utf-8-sig", errors="replace")
    if all(letter != "\ufffd" and (letter.isprintable() or letter.isspace()) for letter in text):
        return True
    try:
        json.loads(raw)
    except (ValueError, RecursionError):
        return False
    return True


PublicKey = Annotated[str, StringConstraints(max_length=p256.KEY_CHARACTERS_MAX), AfterValidator(_key)]
"""A P-256 public key, as it was sent."""


class EncryptedCredential(Words):
    """What an operator hands in: a ciphertext, and what the agent needs to open it. Any other field is refused, since
    nobody could know what is in it.
    """

    model_config = ConfigDict(extra="forbid")

    ciphertext: Annotated[
        str, StringConstraints(max_length=CIPHERTEXT_CHARACTERS_MAX), AfterValidator(_ciphertext)
    ]  # fmt: skip
    iv: Annotated[str, StringConstraints(max_length=16), AfterValidator(_iv)]
    ephemeralPublicKey: PublicKey  # noqa: N815 the seed's casing
    algorithm: Literal["ECDH-P256-AES-256-GCM"] = "ECDH-P256-AES-256-GCM"
    createdAt: Moment | None = None  # noqa: N815 the seed's casing


class CredentialShown(Words):
    """What the agent decrypts, with its private key and the task's id."""

    ciphertext: str
    iv: str
    ephemeralPublicKey: str  # noqa: N815 the seed's casing
    algorithm: str
    createdAt: Moment  # noqa: N815 the seed's casing


class Retrieved(Words):
    """POST or GET /tasks/:id/retrieve-credential."""

    task_id: str
    encrypted_credential: CredentialShown
