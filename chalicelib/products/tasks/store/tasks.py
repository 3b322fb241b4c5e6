"""Rows of the tasks table.

    pk         sk           what
    agent_…    task_…       the head of a task; in the index `by_status` under <account>#<status>
    agent_…    counts       how many tasks of each status the account has
    task_…     body         what was asked
    task_…     proof#<n>    what was handed in the n-th time
    task_…     verdict#<n>  what the Guardian said of it
    task_…     estimate     how long the operator who has it says it takes
    task_…     rating       what the agent said of the work
    task_…     dispute#<n>  see disputes.py

Heads lie under their account (core/heads.py).
"""

from collections.abc import Sequence

from chalicelib.core.heads import Heads, Ref
from chalicelib.kit.errors import NotFound
from chalicelib.kit.store import Place, Store
from chalicelib.kit.table import Item, Key, Write, add, put
from chalicelib.kit.words import Words
from chalicelib.products.tasks.lifecycle import TASK
from chalicelib.products.tasks.model.tasks import Body, ProofSheet, Rating, Sheets, Task
from chalicelib.products.tasks.rules import SUBMISSIONS_MAX
from chalicelib.products.tasks.store import disputes as dispute_store
from chalicelib.products.tasks.words.tasks import Estimate, GuardianResult

TABLE = "tasks"


class TaskNotFound(NotFound):
    """There is no such task, or it is another account's."""

    code = "task_not_found"

    def __init__(self) -> None:
        super().__init__("Task not found.")


HEADS = Heads(TABLE, Task, "task_id", "task", TASK, TaskNotFound)


def add_task(task: Task, body: Body) -> list[Write]:
    """The rows of a new task."""
    return [*HEADS.add(task), _sheet(task.task_id, "body", body)]


def add_proof(task_id: str, number: int, proof: ProofSheet) -> Write:
    """What was handed in the n-th time."""
    return _sheet(task_id, f"proof#{number}", proof)


def add_verdict(task_id: str, number: int, verdict: GuardianResult) -> Write:
    """What the Guardian said of the n-th proof."""
    return _sheet(task_id, f"verdict#{number}", verdict)


def put_estimate(task_id: str, estimate: Estimate) -> Write:
    """The estimate of the operator who has the task now, in the place of one that was rejected."""
    return put(TABLE, Key(task_id, "estimate"), {"words": estimate.dump()})


def add_rating(task_id: str, rating: Rating) -> Write:
    """What the agent said of the work."""
    return _sheet(task_id, "rating", rating)


def find_sheets(store: Store, ref: Ref) -> Sheets:
    """A task with everything that was last written about it, in one read. Raises TaskNotFound."""
    return find_sheets_and(store, ref, [])[0]


def find_sheets_and(store: Store, ref: Ref, others: Sequence[Place]) -> tuple[Sheets, list[Item | None]]:
    """The same, and some other rows beside it, of whatever tables, in the same read. Raises TaskNotFound."""
    if not HEADS.knows(ref):
        raise TaskNotFound
    numbers = range(SUBMISSIONS_MAX, 0, -1)
    names = ["body", "estimate", "rating", *(f"proof#{n}" for n in numbers), *(f"verdict#{n}" for n in numbers)]
    names += [dispute_store.name_of(n) for n in numbers]
    places = [(TABLE, HEADS.row(ref)), *((TABLE, Key(ref.id, name)) for name in names)]
    found = store.get_across([*places, *others])
    return _read_sheets(found[: len(places)]), found[len(places) :]


def _read_sheets(found: Sequence[Item | None]) -> Sheets:
    head, body, estimate, rating, *rest = found
    if head is None or body is None:
        raise TaskNotFound
    proofs, verdicts, disputes = (rest[SUBMISSIONS_MAX * n : SUBMISSIONS_MAX * (n + 1)] for n in range(3))
    proof, verdict = next(filter(None, proofs), None), next(filter(None, verdicts), None)
    task = HEADS.read(head)
    dispute = next((one for one in disputes if one and one["number"] == task.submissions), None)
    return Sheets(
        task=task,
        body=Body.model_validate_json(body["words"]),
        proof=ProofSheet.model_validate_json(proof["words"]) if proof else None,
        verdict=GuardianResult.model_validate_json(verdict["words"]) if verdict else None,
        # The estimate of somebody who has given the task back is still there, and nobody's.
        estimate=Estimate.model_validate_json(estimate["words"]) if estimate and task.estimate_minutes else None,
        rating=Rating.model_validate_json(rating["words"]) if rating else None,
        dispute=dispute_store.read_dispute(dispute) if dispute else None,
    )


def _sheet(task_id: str, name: str, words: Words) -> Write:
    return add(TABLE, Key(task_id, name), {"words": words.dump()})
