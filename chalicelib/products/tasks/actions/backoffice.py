"""What the backoffice does with tasks: dispute, look through disputes, resolve them, cancel."""

from chalicelib.core.board import service as board
from chalicelib.core.disputes import ResolveOrder, check_share, divide
from chalicelib.core.events import service as events
from chalicelib.core.heads import Ref, in_hands_of
from chalicelib.core.identity.model import Admin
from chalicelib.core.world import World
from chalicelib.kit import money, once, pages
from chalicelib.kit.lifecycle import Role
from chalicelib.kit.once import Claim, Outcome
from chalicelib.kit.words import Because
from chalicelib.products.tasks import kinds, show
from chalicelib.products.tasks.actions import disputes, endings
from chalicelib.products.tasks.lifecycle import TASK, CancelReason, Status
from chalicelib.products.tasks.model.disputes import Source
from chalicelib.products.tasks.store import disputes as dispute_store
from chalicelib.products.tasks.store import tasks as rows
from chalicelib.products.tasks.words import disputes as told
from chalicelib.products.tasks.words import tasks as words

LIST = "admin/disputes"


def dispute(world: World, admin: Admin, task_id: str, order: Because, claim: Claim | None) -> Outcome:
    """Freeze a task's earning inside its hold. Raises TaskNotFound, DisputeFinal, WrongState, HoldOver."""
    sheets = rows.find_sheets(world.store, _ref(world, task_id))
    opened, writes = disputes.dispute_earning(world, sheets, Role.ADMIN, Source.ADMIN, order.reason)
    audit = events.audit(
        world, admin, "admin.task_disputed", task_id, order.reason, dispute_id=opened.dispute_id
    )  # fmt: skip
    answer = told.Disputed(task_id=task_id, status=Status.DISPUTED, dispute=show.dispute(opened))
    return once.commit(world.store, claim, [*writes, audit], answer)


def list_disputes(world: World, query: told.DisputesQuery) -> told.DisputePage:
    """Disputes in one state, newest first. Raises Invalid for an offset or cursor that leads nowhere."""
    turn = pages.turn(world.cursors, f"{LIST}/{query.state}", query)
    page = dispute_store.list_disputes(world.store, query.state, turn.rows, turn.after)
    shown = [show.dispute_row(dispute_store.read_dispute(item)) for item in turn.of(page.items)]
    return told.DisputePage(data=shown, pagination=turn.pagination(page.last, None))


def resolve(world: World, admin: Admin, dispute_id: str, order: ResolveOrder, claim: Claim | None) -> Outcome:
    """End a dispute for good (ruling 15).

    Raises Invalid, DisputeNotFound, DisputeFinal, DisputeResubmitted, ResubmissionOpen.
    """
    check_share(order.outcome, order.operator_share)
    now = world.now()
    sheets = rows.find_sheets(world.store, Ref(*dispute_store.find_place(world.store, dispute_id)))
    task, found = sheets.task, disputes.open_dispute(sheets, dispute_id)
    disputes.check_not_resubmittable(task, now)
    shares = divide(order.outcome, task.reward_micros, task.fee_micros, order.operator_share)
    refunded = shares.reward_back + shares.fee_back
    writes = disputes.resolution(
        world, task, found, order.outcome, shares, role=Role.ADMIN, by=admin.id, why=order.reason
    )  # fmt: skip
    audit = events.audit(
        world, admin, "admin.dispute_resolved", dispute_id, order.reason, task_id=task.task_id,
        outcome=order.outcome.value, operator_share_usd=money.to_decimal(shares.operator),
        refunded_usd=money.to_decimal(refunded),
    )  # fmt: skip
    end = TASK.find(f"resolve_{order.outcome}", task.status, Role.ADMIN).end
    answer = told.Resolved(
        dispute_id=dispute_id, task_id=task.task_id, status=Status(end), outcome=order.outcome,
        operator_share_usd=shares.operator, house_share_usd=shares.house, refunded_usd=refunded, resolved_at=now,
    )  # fmt: skip
    return once.commit(world.store, claim, [*writes, audit], answer)


def cancel(world: World, admin: Admin, task_id: str, order: Because, claim: Claim | None) -> Outcome:
    """Cancel a task that has not ended; everything set aside comes back. Raises TaskNotFound, WrongState."""
    task = rows.HEADS.find(world.store, _ref(world, task_id))
    move = TASK.find("withdraw", task.status, Role.ADMIN)
    refunded = money.to_decimal(task.total_micros)
    writes = [
        *endings.cancellation(world, task, move, CancelReason.ADMIN, where=in_hands_of(task.operator_id)),
        events.audit(world, admin, "admin.task_cancelled", task_id, order.reason, refunded_usd=refunded),
    ]
    answer = words.Cancelled(task_id=task_id, status=Status(move.end), refunded_usd=task.total_micros)
    return once.commit(world.store, claim, writes, answer)


def _ref(world: World, task_id: str) -> Ref:
    """Where a task is found, from its id alone: the board knows whose it is. Raises TaskNotFound."""
    return Ref(board.find(world.store, kinds.PRODUCT, task_id, rows.TaskNotFound()).owner_id, task_id)
