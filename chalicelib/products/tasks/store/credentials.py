"""Rows of the tasks table about credentials: ciphertexts, which nobody here can read.

pk                      sk              what
task_…                  credential#<n>  what was handed in encrypted the n-th time, until its retention ends
ephemeral#<sha-256>     used            an ephemeral public key: it serves once
iv#<12 bytes, base64>   used            an initialisation vector: it serves once
"""

import hashlib

from chalicelib.core.heads import Ref
from chalicelib.kit.errors import Invalid
from chalicelib.kit.store import Store
from chalicelib.kit.table import Key, Write, add, delete
from chalicelib.products.tasks.model.tasks import Task
from chalicelib.products.tasks.rules import SUBMISSIONS_MAX
from chalicelib.products.tasks.store import tasks as rows
from chalicelib.products.tasks.words.credentials import CredentialShown

FIELD = "encrypted_credential"


def add_credential(task_id: str, number: int, point: bytes, credential: CredentialShown) -> list[Write]:
    """A ciphertext, under a key and a vector that nobody has used before. The writes refuse Invalid."""
    ephemeral = Key(f"ephemeral#{hashlib.sha256(point).hexdigest()}", "used")
    return [
        add(rows.TABLE, _row(task_id, number), {"words": credential.dump()}),
        add(rows.TABLE, ephemeral, {"task_id": task_id}, refusal=_used("ephemeralPublicKey")),
        add(rows.TABLE, Key(f"iv#{credential.iv}", "used"), {"task_id": task_id}, refusal=_used("iv")),
    ]


def forget(task: Task) -> list[Write]:
    """Nothing that was handed in encrypted is kept any longer. That it was used once stays known."""
    return [delete(rows.TABLE, _row(task.task_id, number)) for number in range(1, task.submissions + 1)]


def find_task_and_credential(store: Store, ref: Ref) -> tuple[Task, CredentialShown | None]:
    """The head of a task and what was handed in encrypted the last time, in one read. Raises TaskNotFound."""
    numbers = range(1, SUBMISSIONS_MAX + 1)
    heads, kept = rows.HEADS.find_many_and(store, [ref], [(rows.TABLE, _row(ref.id, number)) for number in numbers])
    if ref.id not in heads:
        raise rows.TaskNotFound
    task = heads[ref.id]
    last = kept[task.submissions - 1] if task.submissions else None
    return task, CredentialShown.model_validate_json(last["words"]) if last else None


def _row(task_id: str, number: int) -> Key:
    return Key(task_id, f"credential#{number}")


def _used(name: str) -> Invalid:
    return Invalid(f"{FIELD}.{name}", "was used before; encrypt anew, with a new key pair and a new iv every time")
