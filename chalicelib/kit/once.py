"""Once: the caller's Idempotency-Key, claimed in the same transaction as the deed (ruling 5).

    first request      claim free ──► claim + deed in one commit ──► answer, kept in the claim
    the same again     claim taken, same fingerprint ──► the first answer again, byte for byte, nothing done
    other words        claim taken, other fingerprint ──► 409 key_reused
    both at once       one commits; the other meets its claim, or the conflict on it and at last 409 in_progress

    ephemeral table    pk                                      sk      what
                       claim#<caller>#<sha-256 of the key>     claim   fingerprint and answer; gone after 48 hours

The claim is the first write of the commit, so a repeat is answered as a repeat even when the caller has since become
too poor for the deed. Refusals are not kept. A claim is free when it is absent or expired; TTL only collects garbage.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from pydantic import BaseModel

from chalicelib.kit.commit import commit as commit_writes
from chalicelib.kit.conditions import Attr
from chalicelib.kit.errors import Busy, Conflict, Refusal
from chalicelib.kit.lifecycle import looking_again
from chalicelib.kit.queue import Bell
from chalicelib.kit.store import Store
from chalicelib.kit.table import Item, Key, Write, put
from chalicelib.kit.words import dumps, loads

KEPT = timedelta(hours=48)
TABLE = "ephemeral"


class AboutTheKey(Conflict):
    """A refusal of the Idempotency-Key itself: looking for a first answer is of no use."""


class KeyReused(AboutTheKey):
    """The Idempotency-Key was used before, for another request."""

    code = "key_reused"

    def __init__(self) -> None:
        super().__init__("This Idempotency-Key was used for another request. Use a new key for new words.")


class SecretAlreadyShown(AboutTheKey):
    """The first answer held a secret, and secrets are never kept."""

    code = "secret_already_shown"

    def __init__(self) -> None:
        super().__init__("This request was answered before with a secret that is shown once. Use a new key.")


class InProgress(AboutTheKey):
    """The first request with this Idempotency-Key is still being worked on."""

    code = "in_progress"

    def __init__(self) -> None:
        super().__init__("A request with this Idempotency-Key is in progress. Ask again in a moment.")
        self.retry_after_seconds = 1


@dataclass(frozen=True)
class Outcome:
    """What a verb did: its answer as JSON text, whether it is a first answer again, and the bells to ring."""

    answer: str
    replayed: bool = False
    bells: tuple[Bell, ...] = ()

    def revised(self, revise: Callable[[Item], BaseModel]) -> "Outcome":
        """The same outcome with its answer finished on the way out: what must not be kept, a signed URL, is added."""
        return replace(self, answer=dumps(revise(loads(self.answer))))


@dataclass(frozen=True)
class Claim:
    """A caller's Idempotency-Key on one request. `wall` is wall time: a claim does not move with business time."""

    caller: str
    key: str
    fingerprint: str
    wall: datetime
    kept: timedelta = KEPT

    @property
    def row(self) -> Key:
        return Key(f"claim#{self.caller}#{hashlib.sha256(self.key.encode()).hexdigest()}", "claim")

    @property
    def wall_seconds(self) -> int:
        return int(self.wall.timestamp())


class _Answered(Exception):
    """The claim's row is taken by a first answer to the very same words."""

    def __init__(self, answer: str) -> None:
        super().__init__()
        self.answer = answer


def fingerprint(*parts: str) -> str:
    """A hash of what makes two requests the same: method, route, path ids and parsed words."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def commit(store: Store, claim: Claim | None, writes: Sequence[Write], answer: BaseModel) -> Outcome:
    """Commit a verb's writes, if any, under its claim and give its answer; a repeat gets the first answer.

    Raises KeyReused, InProgress, Busy, OutcomeUnknown, and what the writes refuse.
    """
    text = dumps(answer)
    if claim is None:
        return Outcome(text, bells=commit_writes(store, writes) if writes else ())
    claiming = _claim(claim, text)
    try:
        return Outcome(text, bells=commit_writes(store, [claiming, *writes]))
    except _Answered as first:
        return Outcome(first.answer, replayed=True)
    except Busy as busy:
        raise (InProgress() if busy.contended is claiming else busy) from None


def answered(store: Store, claim: Claim | None, verb: Callable[[], Outcome]) -> Outcome:
    """Run a verb; before any refusal leaves it, look whether the request was answered before.

    A replayed accept gets its 200, and not the 409 that the state of the task by now suggests.
    """
    try:
        return looking_again(verb)
    except Refusal as refusal:
        if claim is None or isinstance(refusal, AboutTheKey):
            raise
        row = store.get(TABLE, claim.row)
        if row is None or row["expires_at"] <= claim.wall_seconds:
            raise
        if row["fingerprint"] != claim.fingerprint:
            raise KeyReused from refusal
        return Outcome(row["answer"], replayed=True)


def _claim(claim: Claim, answer: str) -> Write:
    """The write that takes the claim, or says what it means that it is taken."""
    kept_until = int((claim.wall + claim.kept).timestamp())
    item: Item = {"fingerprint": claim.fingerprint, "answer": answer, "expires_at": kept_until}
    free = Attr("pk").not_exists() | Attr("expires_at").lte(claim.wall_seconds)
    return put(TABLE, claim.row, item, where=free, refusal=lambda row: _taken(claim, row))


def _taken(claim: Claim, row: Item) -> Exception:
    return _Answered(row["answer"]) if row["fingerprint"] == claim.fingerprint else KeyReused()
