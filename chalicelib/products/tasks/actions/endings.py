"""How tasks end, or begin again: writes that several verbs and jobs share."""

from datetime import datetime

from chalicelib.core.agenda import service as agenda
from chalicelib.core.board import service as board
from chalicelib.core.heads import Ref, in_hands_of
from chalicelib.core.ledger import postings
from chalicelib.core.ledger import service as ledger
from chalicelib.core.world import World
from chalicelib.kit import clock, money
from chalicelib.kit.clock import iso
from chalicelib.kit.conditions import ConditionBase
from chalicelib.kit.errors import Gone
from chalicelib.kit.lifecycle import Move
from chalicelib.kit.table import Write
from chalicelib.products.tasks import kinds, news, rules
from chalicelib.products.tasks.lifecycle import CancelReason, Status
from chalicelib.products.tasks.model.tasks import Task
from chalicelib.products.tasks.store import tasks as rows


class TaskExpired(Gone):
    """The deadline has passed."""

    code = "task_expired"

    def __init__(self) -> None:
        super().__init__("This task has expired.")


AT_WORK = (Status.ESTIMATE_PENDING, Status.ACCEPTED, Status.IN_PROGRESS)
# What a head knows of whoever has the task.
OF_THE_OPERATOR = (
    "operator_id", "operator_name", "operator_rating_tenths", "estimate_minutes", "accepted_at", "started_at",
)  # fmt: skip


def completion(world: World, task: Task, move: Move, *, verified_by: str) -> list[Write]:
    """The proof holds: the reward goes to the operator, who waits out the hold, and the fee to the house."""
    now = world.now()
    assert task.operator_id is not None, "only somebody's proof can hold"  # noqa: S101
    hold_until = now + world.settings.hold(fiat=task.fiat)
    price = (task.reward_micros, task.fee_micros)
    paid = postings.complete(task.task_id, task.account_id, task.operator_id, *price, clock.day(now))
    return [
        *rows.HEADS.move(
            task.ref, move, completed_at=now, hold_until=hold_until, held=True, verified_by=verified_by,
            verified_at=task.verified_at or now,
        ),
        *board.complete(task.task_id, task.operator_id, now),
        *ledger.writes(paid, now),
        agenda.at(kinds.MATURE, task.ref.path, hold_until, now, which=iso(hold_until)),
        news.moved(world, task.ref, move, **news.price(task)),
    ]  # fmt: skip


def cancellation(
    world: World, task: Task, move: Move, reason: CancelReason, where: ConditionBase | None = None
) -> list[Write]:
    """It is not done after all: everything set aside goes back, and whoever was at it is free again."""
    now = world.now()
    at_work_on = kinds.PRODUCT if task.status in AT_WORK else None
    return [
        *rows.HEADS.move(
            task.ref, move, where=where, cancelled_at=now, cancel_reason=reason, refunded_micros=task.total_micros
        ),
        *board.withdraw(task.task_id, task.operator_id, now, at_work_on=at_work_on),
        *ledger.writes(postings.refund(task.task_id, task.account_id, task.total_micros), now),
        news.moved(world, task.ref, move, cancel_reason=reason, refunded_usd=money.to_decimal(task.total_micros)),
    ]  # fmt: skip


def expiry_of_work(ref: Ref, deadline: datetime, now: datetime) -> Write:
    """The entry that ends work which was accepted and never handed in."""
    late = rules.latest_work(deadline)
    return agenda.at(kinds.EXPIRE, ref.path, late, now, which=iso(late))


def reopening(world: World, task: Task, move: Move, freed: list[Write], reason: str | None) -> list[Write]:
    """Nobody has the task any more, and everybody may take it; `freed` is what the board makes of that.

    The entry at the deadline may have fired while somebody had the task, even during this very request. So there is a
    new one under a name of its own; past the deadline it is due at once (ruling 19).
    """
    now = world.now()
    return [
        *rows.HEADS.move(task.ref, move, where=in_hands_of(task.operator_id), drop=OF_THE_OPERATOR),
        *freed,
        agenda.at(kinds.EXPIRE, task.ref.path, max(task.deadline, now), now, which=f"again-{iso(now)}"),
        news.moved(world, task.ref, move, operator_id=task.operator_id, reason=reason),
    ]
