"""How a job ends: paid, or with everything back."""

from collections.abc import Callable
from datetime import datetime

from chalicelib.core.agenda import service as agenda
from chalicelib.core.board import service as board
from chalicelib.core.heads import in_hands_of
from chalicelib.core.ledger import postings
from chalicelib.core.ledger import service as ledger
from chalicelib.core.world import World
from chalicelib.kit import money
from chalicelib.kit.clock import iso
from chalicelib.kit.conditions import Attr, ConditionBase
from chalicelib.kit.lifecycle import Move
from chalicelib.kit.table import Write
from chalicelib.products.qa import kinds, news, rules
from chalicelib.products.qa.lifecycle import Reason, Status
from chalicelib.products.qa.model.jobs import Job, Result
from chalicelib.products.qa.store import jobs as rows


def completion(world: World, job: Job, move: Move, result: Result, *, opens_issues: bool) -> list[Write]:
    """What was wanted was found: the time is paid, and what it did not need goes back (ruling 30).

    With `opens_issues` every finding becomes an issue, one entry each (ruling 36).
    """
    now = world.now()
    assert job.operator_id is not None, "only somebody's words can be read"  # noqa: S101
    assert job.billed_seconds is not None, "what was handed in has its time"  # noqa: S101
    cost = rules.cost_micros(job.billed_seconds)
    wage = rules.wage_micros(cost, job.share_percent)
    paid = postings.pay_by_time(job.job_id, job.account_id, job.operator_id, wage, cost - wage, job.held_micros - cost)
    issues = range(1, len(result.findings) + 1) if opens_issues else ()
    hold_until = now + world.settings.hold(fiat=job.fiat)
    return [
        *rows.HEADS.move(
            job.ref, move, where=handed_in(job), ended_at=now, cost_micros=cost, wage_micros=wage,
            hold_until=hold_until, held=True,
        ),
        rows.add_result(job.job_id, result),
        *board.complete(job.job_id, job.operator_id, now, pay_micros=wage),
        *ledger.writes(paid, now),
        agenda.at(kinds.MATURE, job.ref.path, hold_until, now, which=iso(hold_until)),
        *(agenda.at(kinds.OPEN_ISSUE, job.ref.path, now, now, which=str(number)) for number in issues),
        news.moved(
            world, job.ref, move, success=result.success, cost_usd=money.to_decimal(cost),
            test_duration_seconds=job.billed_seconds,
        ),
    ]  # fmt: skip


def ending(
    world: World, job: Job, move: Move, reason: Reason, why: str, where: ConditionBase | None = None,
    refuse: Callable[[Job], Exception | None] | None = None,
) -> list[Write]:  # fmt: skip
    """There is no result: everything set aside goes back, and whoever was at it is free again.

    `where` and `refuse` are what else must hold, and what it means when it does not.
    """
    now, hands = world.now(), in_hands_of(job.operator_id)
    return [
        *rows.HEADS.move(
            job.ref, move, where=hands & where if where else hands, refuse=refuse, ended_at=now, reason=reason, why=why
        ),
        *_off_the_board(job, now),
        *ledger.writes(postings.refund(job.job_id, job.account_id, job.held_micros), now),
        news.moved(world, job.ref, move, reason=reason),
    ]  # fmt: skip


def _off_the_board(job: Job, now: datetime) -> list[Write]:
    """Nobody else takes it up. Whoever had not handed in has left it, or outstayed it, and that is counted."""
    if job.status is Status.PENDING:
        return []
    if job.operator_id and job.submitted_at is None:
        return board.leave(job.job_id, job.operator_id, kinds.PRODUCT, now)
    return board.withdraw(job.job_id, job.operator_id, now, at_work_on=None)


def handed_in(job: Job) -> ConditionBase:
    """The condition that a job still is with whom it was read, who has handed in."""
    return in_hands_of(job.operator_id) & Attr("submitted_at").exists()


def not_handed_in(job: Job) -> ConditionBase:
    """The condition that whoever has a job has not handed in, and may take as long as was read."""
    return Attr("submitted_at").not_exists() & Attr("extension_seconds").eq(job.extension_seconds)
