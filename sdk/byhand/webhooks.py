"""Is this webhook from where it says? Both signatures of it, checked over the raw bytes of the body.

    webhook-signature       Standard Webhooks: covers id, time and body, so that it cannot be sent again later
    X-HumanOps-Signature    the original service's: covers the body alone

A secret that begins with `whsec_` stands for the bytes behind it; any other, such as a task's `callback_secret`, for
its own text. Where the first signature is there it decides, and what is too old is refused. A delivery to an endpoint
always has it, so under a `whsec_` secret the second alone is refused: somebody may have taken the first away.
"""

import base64
import binascii
import hashlib
import hmac
import json
import re
import time
from collections.abc import Mapping
from typing import Any

from pydantic import AliasChoices, AwareDatetime, Field, ValidationError

from byhand.answers import Answer
from byhand.errors import BadSignature

TOLERANCE_SECONDS = 300
_PREFIX = "whsec_"
_SECONDS = re.compile("[0-9]{1,12}")


class Delivered(Answer):
    """What a webhook says. For an endpoint `data` is about the event; for a task's callback, the rest of the body."""

    id: str | None = None
    type: str = Field(validation_alias=AliasChoices("type", "event"))
    created_at: AwareDatetime | None = Field(default=None, validation_alias=AliasChoices("created_at", "timestamp"))
    data: dict[str, Any] = Field(default_factory=dict)

    @property
    def task_id(self) -> str | None:
        """The task it is about, if it is about one."""
        found = self.data.get("task_id") or (self.model_extra or {}).get("task_id")
        return str(found) if found else None


def verify(
    body: bytes, headers: Mapping[str, str], secret: str, *, tolerance_seconds: float = TOLERANCE_SECONDS,
    standard_only: bool = False,
) -> Delivered:  # fmt: skip
    """What a webhook says, once it is certain who says it. Raises BadSignature: answer 401 then.

    `body` must be the bytes as they came. `standard_only` refuses what has no Standard Webhooks signature, and with it
    everything that could be a recording of an earlier delivery.
    """
    if not secret:
        raise BadSignature("There is no secret to check with; an empty one would be everybody's.")
    given = {name.lower(): value for name, value in headers.items()}
    if "webhook-signature" in given:
        _check_standard(body, given, secret, tolerance_seconds)
        said = {"id": given.get("webhook-id")}
    else:
        _check_plain(body, given, secret, standard_only=standard_only)
        # Nobody has signed the header: an id is what the body says, or there is none.
        said = {}
    try:
        return Delivered.model_validate(json.loads(body) | said)
    except (ValidationError, ValueError, TypeError):
        raise BadSignature("The signature is right, but the body is no event.") from None


def sign(body: bytes, secret: str, message_id: str, timestamp: int) -> dict[str, str]:
    """The headers of a delivery, with both signatures: what `byhand listen` sends, and tests of your receiver."""
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": _standard_mark(secret, message_id, str(timestamp), body),
        "X-HumanOps-Signature": plain_mark(secret, body),
    }


def plain_mark(secret: str, body: bytes) -> str:
    """The signature over the body alone; the key is the secret's text."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def _check_plain(body: bytes, given: Mapping[str, str], secret: str, *, standard_only: bool) -> None:
    mark = given.get("x-humanops-signature", "").strip().lower()
    if standard_only or secret.startswith(_PREFIX) or not _same(mark, plain_mark(secret, body)):
        raise BadSignature("Missing or invalid signature over the bytes of the body.")


def _check_standard(body: bytes, given: Mapping[str, str], secret: str, tolerance_seconds: float) -> None:
    message_id, timestamp = given.get("webhook-id", ""), given.get("webhook-timestamp", "")
    if not _SECONDS.fullmatch(timestamp) or abs(time.time() - int(timestamp)) > tolerance_seconds:
        raise BadSignature(f"The delivery is not of the last {tolerance_seconds:g} s; is this machine's clock right?")
    due = _standard_mark(secret, message_id, timestamp, body)
    marks = [_same(mark, due) for mark in given["webhook-signature"].split(" ")]
    if not any(marks):
        raise BadSignature("Missing or invalid signature over the bytes of the body.")


def _standard_mark(secret: str, message_id: str, timestamp: str, body: bytes) -> str:
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(_key(secret), signed, "sha256")).decode()


def _key(secret: str) -> bytes:
    if not secret.startswith(_PREFIX):
        return secret.encode()
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not key:
        raise BadSignature(f"A secret that begins with {_PREFIX} goes on in base64; this one does not.")
    return key


def _same(given: str, due: str) -> bool:
    return hmac.compare_digest(given.encode(errors="replace"), due.encode())
