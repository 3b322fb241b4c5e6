"""Credentials: handed in encrypted for one agent, retrieved by that agent, forgotten in the end (rulings 23, 24).

    operator ── submit ──► ciphertext kept ──► COMPLETED ── retrieve, as often as asked ──► retention over: forgotten

No private key and no plaintext ever comes here, so nothing here could open what it keeps.
"""

from datetime import datetime, timedelta

from chalicelib.core.agenda import service as agenda
from chalicelib.core.agenda.model import Entry
from chalicelib.core.events import service as events
from chalicelib.core.heads import Ref
from chalicelib.core.identity.model import Agent
from chalicelib.core.ports.judge import RequirementResult, Verdict
from chalicelib.core.world import World
from chalicelib.kit import ids, once, p256
from chalicelib.kit.clock import iso
from chalicelib.kit.errors import Conflict, Gone, Invalid, NotFound
from chalicelib.kit.once import Outcome
from chalicelib.kit.table import Write
from chalicelib.products.tasks import kinds, rules
from chalicelib.products.tasks.lifecycle import Status
from chalicelib.products.tasks.model.tasks import Sheets, Task
from chalicelib.products.tasks.store import credentials as rows
from chalicelib.products.tasks.store.tasks import TaskNotFound
from chalicelib.products.tasks.words import credentials as words

MODEL = "credential-form/1"
RETRIEVABLE = (Status.COMPLETED, Status.DISPUTED)
"""Completed, or completed and then disputed: who disputes a credential must be able to try it once more."""
ENDED = (Status.COMPLETED, Status.CANCELLED)


class NoCredential(NotFound):
    """This kind of task brings no credential."""

    code = "no_credential"

    def __init__(self) -> None:
        super().__init__("This task has no credential: its type is none of Tier 2.")


class CredentialNotReady(Conflict):
    """The task is not completed, or is over without having been completed."""

    code = "credential_not_ready"

    def __init__(self, status: Status) -> None:
        super().__init__(f"The credential can be retrieved once the task is COMPLETED; it is {status}.", status=status)


class CredentialForgotten(Gone):
    """What was retrieved for as long as the deployment keeps it is kept no longer."""

    code = "credential_forgotten"

    def __init__(self) -> None:
        super().__init__("This credential is no longer kept: its retention is over.")


def retrieve(world: World, agent: Agent, task_id: str) -> Outcome:
    """The ciphertext of a completed task, for its agent, as often as asked; every time is an event.

    Raises TaskNotFound, NoCredential, CredentialNotReady, CredentialForgotten.
    """
    if not ids.looks_like(task_id, "task"):
        raise TaskNotFound
    task, credential = rows.find_task_and_credential(world.store, Ref(agent.account_id, task_id))
    if not rules.CATEGORIES[task.task_type].credential:
        raise NoCredential
    if task.status not in RETRIEVABLE or task.completed_at is None:
        raise CredentialNotReady(task.status)
    # What is disputed is kept until the dispute has ended.
    over = task.status is Status.COMPLETED and until(world, task.completed_at) <= world.now()
    if credential is None or over:
        raise CredentialForgotten
    facts = {"task_id": task_id, "submission": task.submissions, "key_id": agent.key_id}
    told = events.record(world, "credential.retrieved", agent.account_id, task_id, facts)
    return once.commit(world.store, None, [told], words.Retrieved(task_id=task_id, encrypted_credential=credential))


def handed_in(
    world: World, sheets: Sheets, credential: words.EncryptedCredential | None, number: int
) -> list[Write]:  # fmt: skip
    """The writes of a submission's credential: there is one where the task asks for one, and nowhere else.

    Raises Invalid, which the writes refuse too.
    """
    key = sheets.body.agent_public_key
    if key is None:
        if credential is not None:
            raise Invalid(rows.FIELD, "this task asks for no credential; leave it out")
        return []
    if credential is None:
        raise Invalid(rows.FIELD, "is required: the credential, encrypted for the task's agent_public_key")
    point, now, task = p256.point(credential.ephemeralPublicKey), world.now(), sheets.task
    if point == p256.point(key):
        raise Invalid(f"{rows.FIELD}.ephemeralPublicKey", "must be a new key of yours, not the agent's")
    shown = words.CredentialShown(**credential.model_dump() | {"createdAt": credential.createdAt or now})
    look = until(world, now)
    return [
        *rows.add_credential(task.task_id, number, point, shown),
        agenda.at(kinds.FORGET, task.ref.path, look, now, which=iso(look)),
    ]


def verdict(sheets: Sheets) -> Verdict:
    """The Guardian cannot read a credential: that it is there, and well-formed, is what can be said of it (ruling 24).

    Form was checked when it was handed in, so there is nobody to ask.
    """
    note = "The credential was handed in; it is encrypted, so only the agent can tell whether it works."
    results = [RequirementResult(one, met=True, confidence=100, note=note) for one in sheets.body.proof_requirements]
    reasoning = (
        "A well-formed credential was handed in, encrypted for the agent's key. Nobody here can read it: "
        "try it, and dispute the task inside the hold if it does not work."
    )
    return Verdict(100, reasoning, tuple(results), MODEL)


def forget(world: World, task: Task, entry: Entry) -> list[Write]:
    """Remove what was handed in encrypted, once the task has been over for as long as it is kept; else look again."""
    now = world.now()
    ended = (task.completed_at or task.cancelled_at) if task.status in ENDED else None
    due = until(world, ended or now)
    if due > now:
        return [agenda.at(kinds.FORGET, entry.subject, due, now, which=iso(due))]
    return rows.forget(task)


def until(world: World, ended: datetime) -> datetime:
    """How long a credential is kept that belongs to a task which ended then."""
    return ended + timedelta(days=world.settings.credential_retention_days)
