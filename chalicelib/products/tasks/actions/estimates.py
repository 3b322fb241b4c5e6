"""Estimates: an operator says how long it takes, and the agent says whether that will do (ruling 12).

PENDING ──(accept with an estimate)──► ESTIMATE_PENDING ──(approve)──► ACCEPTED
   ▲                                        │
   └──────────────(reject)──────────────────┘
"""

from datetime import datetime

from chalicelib.core.board import service as board
from chalicelib.core.board.model import Opening
from chalicelib.core.heads import Ref, in_hands_of
from chalicelib.core.identity.model import Agent
from chalicelib.core.world import World
from chalicelib.kit import once
from chalicelib.kit.clock import iso
from chalicelib.kit.conditions import Attr
from chalicelib.kit.errors import Invalid
from chalicelib.kit.lifecycle import Role
from chalicelib.kit.once import Claim, Outcome
from chalicelib.products.tasks import kinds, news, rules, show
from chalicelib.products.tasks.actions import endings
from chalicelib.products.tasks.lifecycle import TASK, Status
from chalicelib.products.tasks.model.tasks import Task
from chalicelib.products.tasks.store import tasks as rows
from chalicelib.products.tasks.words import work as work_words
from chalicelib.products.tasks.words.tasks import Estimate


def read(opening: Opening, order: work_words.AcceptOrder, now: datetime) -> Estimate | None:
    """The estimate in an operator's words; None for a task that asks for none. Raises Invalid."""
    required = bool(opening.shown.get("estimate_required"))
    parts = (order.estimate_days, order.estimate_hours, order.estimate_minutes)
    minutes = rules.estimate_minutes(*parts, required=required)
    if minutes is None:
        if order.estimate_note is not None:
            raise Invalid("estimate_note", "this task asks for no estimate; leave it out")
        return None
    return Estimate(minutes=minutes, note=order.estimate_note, at=now)


def approve(world: World, agent: Agent, task_id: str, claim: Claim | None) -> Outcome:
    """Have the operator go ahead; from now on the task is accepted. Raises TaskNotFound, WrongState, TaskExpired."""
    now = world.now()
    task = rows.HEADS.find(world.store, Ref(agent.account_id, task_id))
    move = TASK.find("approve_estimate", task.status, Role.AGENT)
    shown, minutes = show.operator(task), task.estimate_minutes
    assert shown, "an estimate is somebody's"  # noqa: S101
    assert minutes, "an estimate is a minute at least"  # noqa: S101
    if task.deadline <= now:
        raise endings.TaskExpired
    in_time = Attr("deadline").gt(iso(now))
    writes = [
        *rows.HEADS.move(task.ref, move, where=in_hands_of(task.operator_id) & in_time, accepted_at=now),
        endings.expiry_of_work(task.ref, task.deadline, now),
        news.moved(world, task.ref, move, operator_id=task.operator_id, estimate_minutes=minutes),
    ]
    answer = work_words.EstimateApproved(
        task_id=task_id, status=Status(move.end), accepted_at=now, operator=shown, estimate_minutes=minutes,
    )  # fmt: skip
    return once.commit(world.store, claim, writes, answer)


def reject(world: World, agent: Agent, task_id: str, order: work_words.WithReason, claim: Claim | None) -> Outcome:
    """Say no to an estimate: the operator is free, and the task is everybody's again.

    Raises TaskNotFound, WrongState.
    """
    task = rows.HEADS.find(world.store, Ref(agent.account_id, task_id))
    move = TASK.find("reject_estimate", task.status, Role.AGENT)
    opening = board.find(world.store, kinds.PRODUCT, task_id, rows.TaskNotFound())
    freed = board.release(opening, _whose(task), world.now())
    writes = endings.reopening(world, task, move, freed, order.reason)
    message = "Estimate rejected. The task is open to all operators again."
    answer = work_words.Reopened(task_id=task_id, status=Status(move.end), message=message)
    return once.commit(world.store, claim, writes, answer)


def _whose(task: Task) -> str:
    assert task.operator_id is not None, "an estimate is somebody's"  # noqa: S101
    return task.operator_id
