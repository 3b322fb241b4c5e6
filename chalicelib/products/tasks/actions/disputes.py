"""How disputes begin and end: writes that verbs and jobs share, and what says when they may.

reject, lapse ──► new, enter ──► DISPUTED ──(submit again)──► SUBMITTED, this dispute is resubmitted
dispute ────────►                   └──────(backoffice, or the clock)──► resolution ──► COMPLETED | CANCELLED
"""

from datetime import datetime, timedelta
from typing import Any

from chalicelib.core.agenda import service as agenda
from chalicelib.core.board import service as board
from chalicelib.core.disputes import DisputeFinal, HoldOver, Outcome
from chalicelib.core.events import service as events
from chalicelib.core.ledger import postings
from chalicelib.core.ledger import service as ledger
from chalicelib.core.ledger.model import Transfer
from chalicelib.core.ledger.postings import Shares
from chalicelib.core.world import World
from chalicelib.kit import clock, ids, money
from chalicelib.kit.clock import iso
from chalicelib.kit.conditions import Attr
from chalicelib.kit.errors import Conflict
from chalicelib.kit.lifecycle import Move, MovedOn, Role
from chalicelib.kit.table import Write
from chalicelib.products.tasks import kinds, news, rules
from chalicelib.products.tasks.lifecycle import TASK, CancelReason, Status
from chalicelib.products.tasks.model.disputes import Dispute, DisputeState, Source
from chalicelib.products.tasks.model.tasks import Sheets, Task
from chalicelib.products.tasks.store import disputes as dispute_store
from chalicelib.products.tasks.store import tasks as rows

ASK_AGAIN = timedelta(days=7)


class DisputeResubmitted(Conflict):
    """Better proof has ended this dispute."""

    code = "dispute_resubmitted"

    def __init__(self) -> None:
        super().__init__("The operator has handed in better proof, which ended this dispute.")


class ResubmissionOpen(Conflict):
    """The operator may still hand in better proof; until then nobody resolves the dispute (ruling 16)."""

    code = "resubmission_open"

    def __init__(self, until: datetime) -> None:
        super().__init__(
            f"The operator may hand in better proof until {iso(until)}; resolve it then.", until=iso(until)
        )


def new(world: World, task: Task, source: Source, reason: str, confidence: int | None) -> Dispute:
    """A dispute about the last proof of a task."""
    assert task.operator_id is not None, "only somebody's proof can be disputed"  # noqa: S101
    return Dispute(
        dispute_id=ids.new("dispute"), task_id=task.task_id, account_id=task.account_id,
        operator_id=task.operator_id, number=task.submissions, source=source, reason=reason, opened_at=world.now(),
        completed_before=task.completed_at is not None, reward_micros=task.reward_micros, fee_micros=task.fee_micros,
        confidence=confidence,
    )  # fmt: skip


def enter(world: World, dispute: Dispute) -> list[Write]:
    """What is written at every entry into DISPUTED: the record, and the day on which it ends by itself."""
    due = dispute.opened_at + timedelta(days=world.settings.dispute_days)
    return [
        *dispute_store.add_dispute(dispute),
        agenda.at(kinds.RESOLVE, _path(dispute), due, world.now(), which=dispute.dispute_id),
    ]


def ask_again(world: World, dispute: Dispute) -> Write:
    """Nothing decides this dispute yet: it is looked at again a week later."""
    due = world.now() + ASK_AGAIN
    return agenda.at(kinds.RESOLVE, _path(dispute), due, world.now(), which=f"{dispute.dispute_id}@{iso(due)}")


def same_proof(task: Task) -> Any:
    """The condition that a task is still about the proof that was read: a dispute is about that and no other."""
    return Attr("submissions").eq(task.submissions)


def dispute_earning(
    world: World, sheets: Sheets, role: Role, source: Source, reason: str
) -> tuple[Dispute, list[Write]]:
    """Freeze an earning inside its hold. The head decides between this and the end of the hold (ruling 15).

    Raises DisputeFinal, WrongState, HoldOver.
    """
    task, now = sheets.task, world.now()
    if sheets.dispute and sheets.dispute.outcome:
        raise DisputeFinal(sheets.dispute.outcome)
    move = TASK.find("dispute", task.status, role)
    if not task.held or task.hold_until is None or task.hold_until <= now:
        raise HoldOver(TASK.thing)
    dispute = new(world, task, source, reason, task.confidence)
    in_hold = same_proof(task) & Attr("held").eq(True) & Attr("hold_until").gt(iso(now))
    writes = [
        *rows.HEADS.move(task.ref, move, where=in_hold),
        *enter(world, dispute),
        news.moved(world, task.ref, move, dispute_id=dispute.dispute_id, reason=reason),
    ]
    return dispute, writes


def open_dispute(sheets: Sheets, dispute_id: str) -> Dispute:
    """The dispute of a task, if it is this one and it is open. Raises DisputeFinal, DisputeResubmitted.

    The rows of one read are not of one moment: when head and dispute disagree, another look is right.
    """
    dispute = sheets.dispute
    if dispute is None or dispute.dispute_id != dispute_id or dispute.state is DisputeState.RESUBMITTED:
        raise DisputeResubmitted
    if dispute.outcome:
        raise DisputeFinal(dispute.outcome)
    if sheets.task.status is not Status.DISPUTED:
        raise MovedOn
    return dispute


def check_not_resubmittable(task: Task, now: datetime) -> None:
    """Resolving waits for the window for better proof, or the tries, to end (ruling 16). Raises ResubmissionOpen."""
    if task.resubmit_until and task.resubmit_until > now and task.submissions < rules.SUBMISSIONS_MAX:
        raise ResubmissionOpen(task.resubmit_until)


def resolution(
    world: World, task: Task, dispute: Dispute, outcome: Outcome, shares: Shares, *, role: Role, by: str, why: str
) -> list[Write]:
    """The end of a dispute: everything that was set aside finds its owner, the operator's part at once."""
    now = world.now()
    move = TASK.find(f"resolve_{outcome}", task.status, role)
    told = {
        "dispute_id": dispute.dispute_id, "task_id": task.task_id, "outcome": outcome.value,
        "operator_share_usd": money.to_decimal(shares.operator),
    }  # fmt: skip
    refunded = money.to_decimal(shares.reward_back + shares.fee_back)
    return [
        *_moved(task, move, outcome, shares, role, now),
        dispute_store.resolved(dispute, outcome, shares, by=by, resolution=why, now=now),
        *_on_board(dispute, outcome, now),
        *ledger.writes(_paid(task, dispute, shares, now), now),
        news.moved(world, task.ref, move, **told, refunded_usd=refunded),
        events.record(world, "dispute.resolved", dispute.operator_id, dispute.dispute_id, told),
    ]


def _moved(task: Task, move: Move, outcome: Outcome, shares: Shares, role: Role, now: datetime) -> list[Write]:
    """The head after a resolution: nothing is held any more, and nothing can be handed in again."""
    back = shares.reward_back + shares.fee_back
    changes: dict[str, Any] = {"held": False, **({"refunded_micros": back} if back else {})}
    if outcome is Outcome.REFUND:
        changes |= {"cancelled_at": now, "cancel_reason": CancelReason.REFUNDED}
    elif task.completed_at is None:
        changes |= {"completed_at": now} | ({"verified_by": "admin"} if role is Role.ADMIN else {})
    return rows.HEADS.move(
        task.ref, move, where=same_proof(task), refuse=lambda _: MovedOn(), drop=("hold_until", "resubmit_until"),
        **changes,
    )  # fmt: skip


def _paid(task: Task, dispute: Dispute, shares: Shares, now: datetime) -> list[Transfer]:
    people = (task.task_id, task.account_id, dispute.operator_id)
    if task.completed_at is None:
        return postings.settle(*people, shares, clock.day(now))
    return postings.take_back(*people, shares, clock.day(task.completed_at))


def _on_board(dispute: Dispute, outcome: Outcome, now: datetime) -> list[Write]:
    """The operator handed in long ago and is free; what is left is how the assignment ended."""
    if outcome is Outcome.REFUND:
        return board.withdraw(dispute.task_id, dispute.operator_id, now, at_work_on=None)
    return [] if dispute.completed_before else board.complete(dispute.task_id, dispute.operator_id, now)


def _path(dispute: Dispute) -> str:
    return f"{dispute.account_id}/{dispute.task_id}"
