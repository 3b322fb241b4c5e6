"""How tasks end, and what is told of them: writes that several verbs and jobs share."""

from datetime import timedelta
from typing import Any

from boto3.dynamodb.conditions import Attr, ConditionBase

from chalicelib.core.agenda import service as agenda
from chalicelib.core.agenda.model import JUDGE, TIMERS, Kind
from chalicelib.core.board import service as board
from chalicelib.core.events import service as events
from chalicelib.core.ledger import postings
from chalicelib.core.ledger import service as ledger
from chalicelib.core.world import World
from chalicelib.kit import money
from chalicelib.kit.clock import iso
from chalicelib.kit.lifecycle import Move
from chalicelib.kit.table import Write
from chalicelib.kit.words import dumps
from chalicelib.products.tasks import store as rows
from chalicelib.products.tasks.lifecycle import CancelReason, Status
from chalicelib.products.tasks.model import Sheets, Task, TaskRef, secret_place
from chalicelib.products.tasks.words import GuardianResult

AT_WORK = (Status.ACCEPTED, Status.IN_PROGRESS)

EXPIRE = Kind("task.expire", TIMERS)
COMPLETE = Kind("task.complete", TIMERS)
MATURE = Kind("task.mature", TIMERS)
LAPSE = Kind("task.lapse", TIMERS)
JUDGE_PROOF = Kind("task.judge", JUDGE)
JUDGE_OVERDUE = Kind("task.judge_overdue", TIMERS)


def completion(world: World, task: Task, move: Move, *, verified_by: str) -> list[Write]:
    """The proof holds: the reward goes to the operator, who waits out the hold, and the fee to the house."""
    now = world.now()
    assert task.operator_id is not None, "only somebody's proof can hold"  # noqa: S101
    hold_until = now + timedelta(days=world.settings.hold_days)
    paid = postings.complete(task.task_id, task.account_id, task.operator_id, task.reward_micros, task.fee_micros)
    return [
        *rows.move(
            task.ref, move, completed_at=now, hold_until=hold_until, held=True, verified_by=verified_by,
            verified_at=task.verified_at or now,
        ),
        *board.complete(task.task_id, task.operator_id, now),
        *ledger.writes(paid, now),
        agenda.at(MATURE, task.ref.path, hold_until, now, which=iso(hold_until)),
        announce(world, task.ref, move, **price(task)),
    ]  # fmt: skip


def cancellation(
    world: World, task: Task, move: Move, reason: CancelReason, where: ConditionBase | None = None
) -> list[Write]:
    """It is not done after all: everything set aside goes back, and whoever was at it is free again."""
    now = world.now()
    return [
        *rows.move(
            task.ref, move, where=where, cancelled_at=now, cancel_reason=reason, refunded_micros=task.total_micros
        ),
        *board.withdraw(task.task_id, task.operator_id, now, at_work=task.status in AT_WORK),
        *ledger.writes(postings.refund(task.task_id, task.account_id, task.total_micros), now),
        announce(world, task.ref, move, cancel_reason=reason, refunded_usd=money.to_decimal(task.total_micros)),
    ]  # fmt: skip


def same_hands(task: Task) -> ConditionBase:
    """The condition that a task is still with whom it was read: money and board are about to follow that."""
    return Attr("operator_id").eq(task.operator_id) if task.operator_id else Attr("operator_id").not_exists()


def price(task: Task) -> dict[str, Any]:
    """What a task costs, for its events."""
    reward, fee = money.to_decimal(task.reward_micros), money.to_decimal(task.fee_micros)
    return {"reward_usd": reward, "platform_fee_usd": fee}


def announce(world: World, ref: TaskRef, move: Move, **facts: Any) -> Write:
    """The event of a move."""
    data = {"task_id": ref.task_id, "status": move.end, "previous_status": move.start, **facts}
    return events.record(world, str(move.announced), ref.account_id, ref.task_id, data)


def callback(world: World, sheets: Sheets, event: str, verdict: GuardianResult) -> list[Write]:
    """The webhook of a Guardian's decision, byte for byte as the seed shows it (ruling 22); none without a URL."""
    if sheets.body.callback_url is None:
        return []
    payload = {
        "event": event,
        "task_id": sheets.task.task_id,
        "guardian_result": verdict.model_dump(include={"decision", "confidence", "reasoning"}),
        "timestamp": iso(world.now()),
    }
    secret, place = sheets.body.sealed_callback_secret, secret_place(sheets.task.task_id)
    return [events.deliver(world, sheets.body.callback_url, dumps(payload), sealed_secret=secret, place=place)]
