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

Heads lie under their account, so that its list is one consistent query; who has only the id of a task finds the account
on the board.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from chalicelib.kit import ids
from chalicelib.kit.conditions import Attr, ConditionBase
from chalicelib.kit.conditions import Key as Condition
from chalicelib.kit.errors import NotFound
from chalicelib.kit.lifecycle import Move
from chalicelib.kit.store import Place, Rows, Store, under
from chalicelib.kit.table import Item, Key, Write, add, put, update
from chalicelib.kit.words import Words
from chalicelib.products.tasks.lifecycle import TASK, Status
from chalicelib.products.tasks.model.tasks import Body, ProofSheet, Rating, Sheets, Task, TaskRef
from chalicelib.products.tasks.rules import SUBMISSIONS_MAX
from chalicelib.products.tasks.store import disputes as dispute_store
from chalicelib.products.tasks.words.tasks import Estimate, GuardianResult

TABLE = "tasks"
PREFIX = "task_"


class TaskNotFound(NotFound):
    """There is no such task, or it is another account's."""

    code = "task_not_found"

    def __init__(self) -> None:
        super().__init__("Task not found.")


def head_row(ref: TaskRef) -> Key:
    """Where the head of a task stands."""
    return Key(ref.account_id, ref.task_id)


def add_task(task: Task, body: Body) -> list[Write]:
    """The rows of a new task, and one more in its account's counts."""
    return [
        add(TABLE, head_row(task.ref), _item(task, task.status)),
        _sheet(task.task_id, "body", body),
        update(TABLE, _counts_row(task.account_id), plus={task.status: 1}),
    ]


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


def move(
    ref: TaskRef, row: Move, *, where: ConditionBase | None = None,
    refuse: Callable[[Task], Exception | None] | None = None, drop: tuple[str, ...] = (), **changes: Any,
) -> list[Write]:  # fmt: skip
    """The writes of one move: the head, if it is still where the move starts, and its account's counts.

    `where` is what else must hold; `refuse` may say what it means for the task as it then is, before the lifecycle
    does.
    """

    def refusal(old: Item) -> Exception:
        if not old:
            return TaskNotFound()
        task = read_task(old)
        special = refuse(task) if refuse else None
        return special or TASK.refusal(row.verb, task.status, row.role)

    here = Attr("status").eq(row.start)
    changed = _plain({**changes, "status": row.end})
    head = update(
        TABLE, head_row(ref), put={**changed, "account_status": _account_status(ref.account_id, row.end)}, drop=drop,
        where=here & where if where else here, refusal=refusal,
    )  # fmt: skip
    if row.start == row.end:
        return [head]
    counts = update(TABLE, _counts_row(ref.account_id), plus={row.start: -1, row.end: 1})
    return [head, counts]


def find_task(store: Store, ref: TaskRef) -> Task:
    """The head of a task. Raises TaskNotFound."""
    item = store.get(TABLE, head_row(ref)) if ids.looks_like(ref.task_id, "task") else None
    if item is None:
        raise TaskNotFound
    return read_task(item)


def find_sheets(store: Store, ref: TaskRef) -> Sheets:
    """A task with everything that was last written about it, in one read. Raises TaskNotFound."""
    return find_sheets_and(store, ref, [])[0]


def find_sheets_and(store: Store, ref: TaskRef, others: Sequence[Place]) -> tuple[Sheets, list[Item | None]]:
    """The same, and some other rows beside it, of whatever tables, in the same read. Raises TaskNotFound."""
    if not ids.looks_like(ref.task_id, "task"):
        raise TaskNotFound
    numbers = range(SUBMISSIONS_MAX, 0, -1)
    names = ["body", "estimate", "rating", *(f"proof#{n}" for n in numbers), *(f"verdict#{n}" for n in numbers)]
    names += [dispute_store.name_of(n) for n in numbers]
    places = [(TABLE, head_row(ref)), *((TABLE, Key(ref.task_id, name)) for name in names)]
    found = store.get_across([*places, *others])
    return _read_sheets(found[: len(places)]), found[len(places) :]


def _read_sheets(found: Sequence[Item | None]) -> Sheets:
    head, body, estimate, rating, *rest = found
    if head is None or body is None:
        raise TaskNotFound
    proofs, verdicts, disputes = (rest[SUBMISSIONS_MAX * n : SUBMISSIONS_MAX * (n + 1)] for n in range(3))
    proof, verdict = next(filter(None, proofs), None), next(filter(None, verdicts), None)
    task = read_task(head)
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


def find_tasks_and(
    store: Store, refs: Sequence[TaskRef], others: Sequence[Place]
) -> tuple[dict[str, Task], list[Item | None]]:
    """The heads of up to 100 tasks, by their ids, and some other rows beside them, of whatever tables."""
    found = store.get_across([*((TABLE, head_row(ref)) for ref in refs), *others])
    return {item["sk"]: read_task(item) for item in found[: len(refs)] if item}, found[len(refs) :]


def list_tasks(
    store: Store, account_id: str, status: Status | None, limit: int, after: Mapping[str, Any] | None
) -> Rows:
    """An account's tasks, newest first; of one status from the index, of all from the table itself."""
    if status is None:
        return store.query(TABLE, under(account_id, PREFIX), limit=limit, newest_first=True, after=after)
    condition = Condition("account_status").eq(_account_status(account_id, status))
    return store.query(TABLE, condition, index="by_status", limit=limit, newest_first=True, after=after)


def count_tasks(store: Store, account_id: str, status: Status | None) -> int:
    """How many tasks an account has, of one status or of all: exact, because every move counts."""
    counts = store.get(TABLE, _counts_row(account_id)) or {}
    return sum(int(counts.get(one, 0)) for one in ([status] if status else Status))


def read_task(item: Item) -> Task:
    """The head of a task from its row."""
    return Task.model_validate({**item, "task_id": item["sk"], "account_id": item["pk"]})


def _item(task: Task, status: Status) -> Item:
    return {
        **task.model_dump(exclude={"task_id", "account_id"}, exclude_none=True),
        "account_status": _account_status(task.account_id, status),
    }


def _plain(changes: Mapping[str, Any]) -> Item:
    """Values of a head as its row keeps them. A name that no head has is a mistake of ours, and not left out."""
    assert changes.keys() <= Task.model_fields.keys(), f"no such field: {changes.keys() - Task.model_fields.keys()}"  # noqa: S101
    return Task.model_construct(**changes).model_dump(include=set(changes), exclude_none=True)


def _sheet(task_id: str, name: str, words: Words) -> Write:
    return add(TABLE, Key(task_id, name), {"words": words.dump()})


def _counts_row(account_id: str) -> Key:
    return Key(account_id, "counts")


def _account_status(account_id: str, status: str) -> str:
    return f"{account_id}#{status}"
