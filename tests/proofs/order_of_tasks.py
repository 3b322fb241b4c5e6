"""What must hold of tasks alone, and what order.py must know of them.

ratings      an operator's stars are those that completed tasks gave
disputes     a task is disputed as long as the dispute about its last proof is open, and what ended one adds up
keeping      what was handed in encrypted will be removed
"""

from collections import Counter

from chalicelib.core.disputes import Outcome
from chalicelib.kit.clock import iso
from chalicelib.products.tasks import rules
from chalicelib.products.tasks.kinds import FORGET, WITHDRAW_ALL
from chalicelib.products.tasks.lifecycle import Status
from chalicelib.products.tasks.model.disputes import Dispute, DisputeState
from chalicelib.products.tasks.model.tasks import Task
from chalicelib.products.tasks.store.tasks import HEADS
from tests.proofs.rows import Rows
from tests.proofs.things import Share, Things

ENDED = (Status.COMPLETED, Status.CANCELLED)
WORKING = (Status.ESTIMATE_PENDING, Status.ACCEPTED, Status.IN_PROGRESS)


def check(rows: Rows) -> None:
    """Fail unless it holds."""
    _check_ratings(rows)
    _check_disputes(rows)
    forgotten = {row["subject"].rpartition("/")[2] for row in rows.entries.values() if row["kind"] == FORGET.name}
    assert {row["pk"] for row in rows.credentials} <= forgotten, "a credential is kept for ever"


def awaited(task: Task, dispute: Dispute | None = None) -> list[str]:
    """How the ids of the entries begin without which a task would stay as it is for ever."""
    path, number = task.ref.path, task.submissions
    match task.status:
        case Status.PENDING | Status.ESTIMATE_PENDING:
            return [f"task.expire:{path}:{iso(task.deadline)}"]
        case Status.ACCEPTED | Status.IN_PROGRESS:
            return [f"task.expire:{path}:{iso(rules.latest_work(task.deadline))}"]
        case Status.SUBMITTED:
            return [f"task.judge:{path}:{number}", f"task.judge_overdue:{path}:{number}"]
        case Status.VERIFIED:
            return [f"task.complete:{path}:{number}"]
        case Status.MANUAL_REVIEW:
            return [f"task.lapse:{path}:{number}"]
        case Status.DISPUTED:
            return [f"task.resolve:{path}:{dispute.dispute_id if dispute else ''}"]
        case Status.COMPLETED if task.held and task.hold_until:
            return [f"task.mature:{path}:{iso(task.hold_until)}"]
        case _:
            return []


def _share(task: Task, rows: Rows) -> Share:
    """What the three have of a task by now, whether or not it is free yet."""
    dispute = rows.dispute_about(task)
    if dispute is not None and dispute.outcome is not None:
        reward, fee = dispute.operator_micros or 0, dispute.house_micros or 0
    else:
        paid = task.held or task.status is Status.COMPLETED
        reward, fee = (task.reward_micros, task.fee_micros) if paid else (0, 0)
    return Share(
        spent=task.total_micros - (task.refunded_micros or 0),
        in_escrow=task.total_micros if task.status not in ENDED and not task.held else 0,
        earned=reward, pending=reward if task.held else 0, fee=fee,
    )  # fmt: skip


TASKS = Things(
    product="tasks", heads=HEADS, offered=(Status.PENDING,), ended=ENDED, of_accounts=(WITHDRAW_ALL.name,), no_moves=(),
    is_at_work=lambda task: task.status in WORKING, submissions=lambda task: int(task.submissions), share=_share,
    awaited=lambda task, rows: awaited(task, rows.dispute_about(task)),
)  # fmt: skip


def _check_disputes(rows: Rows) -> None:
    tasks = {task.task_id: task for task in rows.tasks}
    assert {task.task_id for task in rows.tasks if task.status is Status.DISPUTED} == {
        dispute.task_id for dispute in rows.disputes if dispute.state is DisputeState.OPEN
    }
    for dispute in rows.disputes:
        task = tasks[dispute.task_id]
        last = dispute.number == task.submissions
        assert last == (dispute.state is not DisputeState.RESUBMITTED), (task, dispute)
        assert (dispute.outcome is not None) == (dispute.state is DisputeState.RESOLVED), dispute
        if dispute.outcome:
            parts = (dispute.operator_micros, dispute.house_micros, dispute.refunded_micros)
            assert sum(part or 0 for part in parts) == task.total_micros, dispute
            ended = Status.CANCELLED if dispute.outcome is Outcome.REFUND else Status.COMPLETED
            assert (task.status, task.held, task.hold_until) == (ended, False, None), (task, dispute)
            assert (task.refunded_micros or 0) == dispute.refunded_micros, (task, dispute)
        elif dispute.state is DisputeState.OPEN:
            assert task.held == dispute.completed_before, (task, dispute)


def _check_ratings(rows: Rows) -> None:
    stars, times = Counter[str](), Counter[str]()
    for task in rows.tasks:
        if task.rating is not None:
            stars[str(task.operator_id)] += task.rating
            times[str(task.operator_id)] += 1
    for row in rows.operators:
        given = (row.get("rating_sum", 0), row.get("rating_count", 0))
        assert given == (stars[row["pk"]], times[row["pk"]]), row["pk"]
