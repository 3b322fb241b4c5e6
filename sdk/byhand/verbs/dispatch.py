"""Digital tasks with what their category implies, and credentials that only this side can read.

    dispatch_credential_task   make a key pair ─► keep it ─► post with the public half ─► keep it under the task's id
    retrieve_credential        find the key ─► fetch the ciphertext ─► open it here

The pair is kept before anything is posted: whatever dies in between, there is no task without its key.

    kept under                 from, until           so that
    the idempotency key        before the post       the same posting, sent again, has the same public key
    its own fingerprint        before, after it      a task whose id never arrived here can be opened all the same
    the task's id              after the post        it is found
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple

from byhand import credentials
from byhand.answers import EncryptedCredential, RetrievedCredential, TaskRow
from byhand.credentials import PrivateKey
from byhand.errors import KeyMissing, Misused, Refused
from byhand.plain import Dollars, When
from byhand.verbs import tasks
from byhand.wire import Flow, Wire, new_key, segment

TO_BE_FOUND = timedelta(hours=1)
"""How long somebody has to find the task, beside the time that such work usually takes."""

REQUIREMENTS: Mapping[str, str] = {
    "SCREENSHOT": "Screenshot that shows the result",
    "CONFIRMATION": "Written confirmation of what was done, and of the result",
    "PHOTO": "Photo that shows the result",
    "ARTIFACT": "Credential delivered through the encrypted channel",
}


@dataclass(frozen=True)
class Category:
    """What a digital category implies."""

    usual: timedelta
    proof_type: str


CATEGORIES: Mapping[str, Category] = {
    "CAPTCHA_SOLVING": Category(timedelta(minutes=15), "SCREENSHOT"),
    "FORM_FILLING": Category(timedelta(minutes=60), "SCREENSHOT"),
    "BROWSER_INTERACTION": Category(timedelta(minutes=60), "SCREENSHOT"),
    "CONTENT_REVIEW": Category(timedelta(minutes=120), "CONFIRMATION"),
    "DATA_VALIDATION": Category(timedelta(minutes=120), "CONFIRMATION"),
    "ACCOUNT_CREATION": Category(timedelta(minutes=60), "ARTIFACT"),
    "API_KEY_PROCUREMENT": Category(timedelta(minutes=120), "ARTIFACT"),
    "PHONE_VERIFICATION": Category(timedelta(minutes=30), "ARTIFACT"),
    "SUBSCRIPTION_SETUP": Category(timedelta(minutes=120), "ARTIFACT"),
}
_UNKNOWN = Category(timedelta(hours=2), "SCREENSHOT")


class Dispatched(NamedTuple):
    """A credential task and the key that will open its credential; the key is kept, too."""

    task: TaskRow
    private_key: PrivateKey


def dispatch_digital_task(
    wire: Wire, *, title: str, description: str, category: str, reward_usd: Dollars, deadline: When | None = None,
    proof_requirements: Sequence[str] | None = None, proof_type: str | None = None,
    digital_instructions: str | None = None, callback_url: str | None = None, callback_secret: str | None = None,
    idempotency_key: str | None = None,
) -> Flow[TaskRow]:  # fmt: skip
    """Post a task that needs no place. Deadline and proof requirements are those of its category unless given."""
    return tasks.post(
        wire, title=title, description=description, task_type=category, reward_usd=reward_usd,
        deadline=_deadline(category, deadline, idempotency_key), proof_type=proof_type,
        proof_requirements=_requirements(category, proof_requirements, proof_type),
        digital_instructions=digital_instructions, callback_url=callback_url, callback_secret=callback_secret,
        idempotency_key=idempotency_key,
    )  # fmt: skip


def dispatch_credential_task(
    wire: Wire, *, title: str, description: str, category: str, reward_usd: Dollars, deadline: When | None = None,
    proof_requirements: Sequence[str] | None = None, digital_instructions: str | None = None,
    callback_url: str | None = None, callback_secret: str | None = None, idempotency_key: str | None = None,
) -> Flow[Dispatched]:  # fmt: skip
    """Post a task whose result is a credential. The key pair is made here and kept here; only this side can read it."""
    when = _deadline(category, deadline, idempotency_key)
    posting = idempotency_key or new_key()
    label = f"posting-{posting}"
    private_key = _kept_or_made(wire, label)
    try:
        task = yield from tasks.post(
            wire, title=title, description=description, task_type=category, reward_usd=reward_usd, deadline=when,
            proof_requirements=_requirements(category, proof_requirements, None),
            digital_instructions=digital_instructions, callback_url=callback_url, callback_secret=callback_secret,
            agent_public_key=private_key.public_key, idempotency_key=posting,
        )  # fmt: skip
    except Refused as refused:
        # Others come from the door, which does not look whether an earlier try, whose answer was lost, was done.
        if refused.status in (400, 402):
            _forget(wire, private_key, None if idempotency_key else label)
        raise
    wire.keys.save(task.task_id, private_key)
    _forget(wire, private_key, None if idempotency_key else label)
    return Dispatched(task, private_key)


def encrypted_credential(wire: Wire, task_id: str) -> Flow[EncryptedCredential]:
    """The credential of a completed task as the deployment has it: closed."""
    path = f"/tasks/{segment(task_id)}/retrieve-credential"
    # Reading it changes nothing, and the GET is the route's own alias: no idempotency key is used up.
    return (yield from wire.ask(path, RetrievedCredential)).encrypted_credential


def retrieve_credential(
    wire: Wire, task_id: str, private_key: PrivateKey | str | None = None
) -> Flow[dict[str, Any]]:  # fmt: skip
    """The credential of a completed task in the clear, opened here with the key given or kept.

    Raises KeyMissing before the credential is fetched, Conflict until the task is completed, BadCredential if it does
    not open: then dispute the task inside its hold.
    """
    key = yield from _key(wire, task_id, private_key)
    sealed = yield from encrypted_credential(wire, task_id)
    return credentials.decrypt(sealed, key, task_id)


def _key(wire: Wire, task_id: str, given: PrivateKey | str | None) -> Flow[PrivateKey]:
    """The key of a task: as given, as kept, or, if its posting was cut short here, the one whose public half it has."""
    if given is not None:
        return PrivateKey.read(given) if isinstance(given, str) else given
    try:
        return wire.keys.load(task_id)
    except KeyMissing:
        public_key = (yield from tasks.get(wire, task_id)).agent_public_key
        if public_key is None:
            # It brings none, and the deployment says so in its own words.
            yield from encrypted_credential(wire, task_id)
            raise
    key = wire.keys.load(_mark(public_key))
    wire.keys.save(task_id, key)
    return key


def _kept_or_made(wire: Wire, label: str) -> PrivateKey:
    """The pair of a posting that was begun before under this key, or else a new one; kept under both of its names."""
    try:
        key = wire.keys.load(label)
    except KeyMissing:
        key = PrivateKey.make()
        wire.keys.save(label, key)
    wire.keys.save(_mark(key.public_key), key)
    return key


def _forget(wire: Wire, key: PrivateKey, label: str | None) -> None:
    """Take away the names that are of no more use; a label that the caller chose may be said again."""
    wire.keys.remove(_mark(key.public_key))
    if label is not None:
        wire.keys.remove(label)


def _mark(public_key: str) -> str:
    return credentials.fingerprint(public_key).replace(" ", "")


def _deadline(category: str, deadline: When | None, idempotency_key: str | None) -> When:
    if deadline is not None:
        return deadline
    if idempotency_key is not None:
        # Counted from now it would be another one at the repeat, and another request is refused under the same key.
        raise Misused("with an idempotency_key of your own, say the deadline too, as a datetime or as text")
    return TO_BE_FOUND + CATEGORIES.get(category, _UNKNOWN).usual


def _requirements(category: str, given: Sequence[str] | None, proof_type: str | None) -> Sequence[str]:
    if given is not None:
        return given
    return [REQUIREMENTS.get(proof_type or CATEGORIES.get(category, _UNKNOWN).proof_type, REQUIREMENTS["SCREENSHOT"])]
