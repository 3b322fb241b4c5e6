"""Disputes about jobs: what a completed job has earned is frozen inside its hold, and divided (ruling 15).

completed ──► (hold) ──────────────────────► paid out
                │ dispute                       ▲
                ▼                               │ resolve_release; by itself after 14 days
              frozen ──► resolved ──────────────┤
                                                ▼
                           resolve_refund, resolve_split: the agent's part goes back

The status stays `completed`, as a terminal one never changes: the head says when it was disputed and how that ended.
A job is disputed at most once.
"""

from datetime import datetime, timedelta

from chalicelib.core.agenda import service as agenda
from chalicelib.core.board import service as board
from chalicelib.core.disputes import DisputeFinal, DisputeNotFound, HoldOver, Outcome, divide
from chalicelib.core.events import service as events
from chalicelib.core.ledger import postings
from chalicelib.core.ledger import service as ledger
from chalicelib.core.ledger.postings import Shares
from chalicelib.core.world import World
from chalicelib.kit import money
from chalicelib.kit.clock import iso
from chalicelib.kit.conditions import Attr, ConditionBase
from chalicelib.kit.lifecycle import Role, WrongState
from chalicelib.kit.table import Write
from chalicelib.products.qa import kinds, news
from chalicelib.products.qa.lifecycle import JOB
from chalicelib.products.qa.model.jobs import Job
from chalicelib.products.qa.store import jobs as rows


def opening(world: World, job: Job, reason: str) -> list[Write]:
    """Freeze what a job has earned. The head decides between this and the end of the hold.

    Raises DisputeFinal, WrongState, HoldOver.
    """
    now = world.now()
    move = JOB.find("dispute", job.status, Role.ADMIN)
    _check_in_hold(job, now)
    due = now + timedelta(days=world.settings.dispute_days)
    in_hold = undisputed() & Attr("hold_until").gt(iso(now))
    return [
        *rows.HEADS.move(job.ref, move, where=in_hold, disputed_at=now),
        agenda.at(kinds.RESOLVE, job.ref.path, due, now),
        news.moved(world, job.ref, move, reason=reason),
    ]


def undisputed() -> ConditionBase:
    """The condition that what a job has earned waits out its hold, and nobody disputes it."""
    return Attr("held").eq(True) & Attr("disputed_at").not_exists()


def check_open(job: Job) -> None:
    """Only what is disputed can be resolved, and once. Raises DisputeNotFound, DisputeFinal."""
    if job.disputed_at is None:
        raise DisputeNotFound
    if job.dispute_outcome is not None:
        raise DisputeFinal(job.dispute_outcome)


def shares_of(job: Job, outcome: Outcome, operator_share: int | None = None) -> Shares:
    """How an outcome divides what a job cost, in micros: wage and fee, each by itself."""
    assert job.wage_micros is not None, "what is disputed was paid"  # noqa: S101
    assert job.cost_micros is not None, "what was paid has its cost"  # noqa: S101
    return divide(outcome, job.wage_micros, job.cost_micros - job.wage_micros, operator_share)


def resolution(world: World, job: Job, outcome: Outcome, shares: Shares, role: Role) -> list[Write]:
    """The end of a dispute: everything that was frozen finds its owner, the tester's part at once."""
    assert job.operator_id is not None, "somebody has earned it"  # noqa: S101
    now, move = world.now(), JOB.find(f"resolve_{outcome}", job.status, role)
    refunded = shares.reward_back + shares.fee_back
    still_open = Attr("disputed_at").exists() & Attr("dispute_outcome").not_exists()
    told = {"outcome": outcome.value, "operator_share_usd": money.to_decimal(shares.operator)}
    return [
        *rows.HEADS.move(
            job.ref, move, where=still_open, drop=("hold_until",), held=False, dispute_outcome=outcome,
            resolved_at=now, wage_micros=shares.operator, refunded_micros=refunded,
        ),
        *_on_board(job, job.operator_id, outcome, shares, now),
        *ledger.writes(postings.take_back_wage(job.job_id, job.account_id, job.operator_id, shares), now),
        news.moved(world, job.ref, move, **told, refunded_usd=money.to_decimal(refunded)),
        events.record(world, "dispute.resolved", job.operator_id, job.job_id, {"job_id": job.job_id, **told}),
    ]  # fmt: skip


def _check_in_hold(job: Job, now: datetime) -> None:
    """Asked in memory, for a good sentence. Raises DisputeFinal, WrongState, HoldOver."""
    if job.dispute_outcome is not None:
        raise DisputeFinal(job.dispute_outcome)
    if job.disputed_at is not None:
        raise WrongState(JOB.thing, "dispute", "disputed", JOB.starts("dispute", Role.ADMIN))
    if not job.held or job.hold_until is None or job.hold_until <= now:
        raise HoldOver(JOB.thing)


def _on_board(job: Job, operator_id: str, outcome: Outcome, shares: Shares, now: datetime) -> list[Write]:
    """What the tester's list of earnings says: work that was taken back whole is none, other work pays what is left."""
    if outcome is Outcome.REFUND:
        return board.withdraw(job.job_id, operator_id, now, at_work_on=None)
    return board.complete(job.job_id, operator_id, job.ended_at or now, pay_micros=shares.operator)
