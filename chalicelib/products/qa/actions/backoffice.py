"""What the backoffice does with jobs: dispute what one has earned, and end that dispute."""

from chalicelib.core.board import service as board
from chalicelib.core.disputes import ResolveOrder, check_share
from chalicelib.core.events import service as events
from chalicelib.core.heads import Ref
from chalicelib.core.identity.model import Admin
from chalicelib.core.world import World
from chalicelib.kit import money, once
from chalicelib.kit.lifecycle import Role
from chalicelib.kit.once import Claim, Outcome
from chalicelib.kit.words import Because
from chalicelib.products.qa import kinds
from chalicelib.products.qa.actions import disputes
from chalicelib.products.qa.model.jobs import Job
from chalicelib.products.qa.store import jobs as rows
from chalicelib.products.qa.words import disputes as words


def dispute(world: World, admin: Admin, job_id: str, order: Because, claim: Claim | None) -> Outcome:
    """Freeze a job's earning inside its hold. Raises JobNotFound, DisputeFinal, WrongState, HoldOver."""
    job = _job(world, job_id)
    writes = [
        *disputes.opening(world, job, order.reason),
        events.audit(world, admin, "admin.job_disputed", job_id, order.reason),
    ]
    answer = words.JobDisputed(job_id=job_id, status=job.status, opened_at=world.now())
    return once.commit(world.store, claim, writes, answer)


def resolve(world: World, admin: Admin, job_id: str, order: ResolveOrder, claim: Claim | None) -> Outcome:
    """End the dispute about a job for good (ruling 15).

    Raises Invalid, JobNotFound, DisputeNotFound, DisputeFinal.
    """
    check_share(order.outcome, order.operator_share)
    job = _job(world, job_id)
    disputes.check_open(job)
    shares = disputes.shares_of(job, order.outcome, order.operator_share)
    refunded = shares.reward_back + shares.fee_back
    writes = [
        *disputes.resolution(world, job, order.outcome, shares, Role.ADMIN),
        events.audit(
            world, admin, "admin.job_dispute_resolved", job_id, order.reason, outcome=order.outcome.value,
            operator_share_usd=money.to_decimal(shares.operator), refunded_usd=money.to_decimal(refunded),
        ),
    ]  # fmt: skip
    answer = words.JobResolved(
        job_id=job_id, status=job.status, outcome=order.outcome, operator_share_usd=shares.operator,
        house_share_usd=shares.house, refunded_usd=refunded, resolved_at=world.now(),
    )  # fmt: skip
    return once.commit(world.store, claim, writes, answer)


def _job(world: World, job_id: str) -> Job:
    """A job, from its id alone: the board knows whose it is. Raises JobNotFound."""
    opening = board.find(world.store, kinds.PRODUCT, job_id, rows.JobNotFound())
    return rows.HEADS.find(world.store, Ref(opening.owner_id, job_id))
