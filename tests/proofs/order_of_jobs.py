"""What must hold of jobs alone, and what order.py must know of them.

price        what a job costs is its measured time, never more than was set aside, and two parts of it make the whole
ends         who ended a job said why, unless it was completed; an open one has no end
sheets       what was asked is there always, what was said since it was handed in, what was read when it was completed
disputes     what was completed may be disputed once; its pay is held then, and an outcome divides it for good
issues       every finding that is to be told is an issue, or will be
more time    as much as was granted, move by move, and not more than was ordered
"""

from chalicelib.core.disputes import Outcome
from chalicelib.kit.clock import iso
from chalicelib.products.qa import kinds, rules
from chalicelib.products.qa.lifecycle import TERMINAL, Reason, Status
from chalicelib.products.qa.model.jobs import Job, Sheets
from chalicelib.products.qa.store.jobs import HEADS
from tests.proofs.rows import Rows
from tests.proofs.things import Share, Things

REASONS = {
    Status.ABANDONED: {Reason.NO_CAPACITY, Reason.TESTER_ABANDONED, Reason.TESTER_OVERTIME},
    Status.REJECTED: {Reason.TESTER_INVALIDATED},
    Status.INCOMPLETE: {Reason.INCOMPLETE_DATA},
    Status.ERROR: {Reason.AI_PROCESSING_ERROR, Reason.ACCOUNT_SUSPENDED},
}


def check(rows: Rows) -> None:
    """Fail unless it holds."""
    for job in rows.jobs:
        _check_price(job)
        _check_end(job)
        _check_dispute(job)
        _check_sheets(rows.sheets[job.job_id])
        _check_told(rows, job)


def awaited(job: Job, sheets: Sheets | None = None) -> list[str]:
    """How the ids of the entries begin without which a job would stay as it is for ever."""
    path = job.ref.path
    match job.status:
        case Status.PENDING:
            return [f"job.announce:{path}", f"job.expire:{path}"]
        case Status.WAITING:
            return [f"job.expire:{path}"]
        case Status.WORKING if job.submitted_at:
            return [f"job.extract:{path}", f"job.extract_overdue:{path}"]
        case Status.WORKING if job.ends_at:
            return [f"job.overrun:{path}:{iso(job.ends_at + rules.LATE)}"]
        case Status.COMPLETED:
            findings = _to_open(sheets) if sheets else ()
            return _awaited_of_pay(job) + [f"job.open_issue:{path}:{number}" for number in findings]
        case _:
            return []


def _awaited_of_pay(job: Job) -> list[str]:
    """What ends the hold of a job's pay: the clock, or, once it is disputed, somebody or the clock."""
    if not job.held or job.hold_until is None:
        return []
    return [f"job.resolve:{job.ref.path}" if job.disputed_at else f"job.mature:{job.ref.path}:{iso(job.hold_until)}"]


def _to_open(sheets: Sheets) -> set[int]:
    """The findings that are to become issues and are none yet."""
    if sheets.result is None or not sheets.order.opens_issues:
        return set()
    return set(range(1, len(sheets.result.findings) + 1)) - set(sheets.issues)


def _share(job: Job, rows: Rows) -> Share:
    open_still = job.held_micros if job.status not in TERMINAL else 0
    cost, wage = (job.cost_micros or 0, job.wage_micros or 0) if job.status is Status.COMPLETED else (0, 0)
    kept = cost - (job.refunded_micros or 0)
    return Share(
        spent=open_still + kept, in_escrow=open_still, earned=wage, pending=wage if job.held else 0, fee=kept - wage
    )


JOBS = Things(
    product=kinds.PRODUCT, heads=HEADS, offered=(Status.WAITING,), ended=TERMINAL,
    of_accounts=(kinds.WITHDRAW_ALL.name,), no_moves=("job.issue_opened", "job.issue_refused"),
    is_at_work=lambda job: job.status is Status.WORKING and job.submitted_at is None,
    submissions=lambda job: 1 if job.submitted_at else 0, share=_share,
    awaited=lambda job, rows: awaited(job, rows.sheets[job.job_id]),
)  # fmt: skip


def _check_price(job: Job) -> None:
    priced = job.status is Status.COMPLETED
    assert (job.billed_seconds is not None) == (job.submitted_at is not None), job
    assert {job.cost_micros is not None, job.wage_micros is not None} == {priced}, job
    assert (job.hold_until is not None) == (priced and job.dispute_outcome is None), job
    assert job.held_micros == rules.MICROS_PER_SECOND * (job.target_seconds + job.extension_seconds_max), job
    if job.billed_seconds is not None:
        assert 1 <= job.billed_seconds <= job.target_seconds + job.extension_seconds, job
    if job.cost_micros is not None:
        assert job.cost_micros == rules.MICROS_PER_SECOND * (job.billed_seconds or 0) <= job.held_micros, job
        _check_wage(job, job.cost_micros, job.cost_micros * job.share_percent // 100)


def _check_wage(job: Job, cost: int, earned: int) -> None:
    """What was earned, or what a dispute left of it: the tester and the house keep no more than they had, and the agent
    has the rest back.
    """
    assert job.wage_micros is not None, job
    house = cost - (job.refunded_micros or 0) - job.wage_micros
    match job.dispute_outcome:
        case Outcome.REFUND:
            assert (job.wage_micros, house) == (0, 0), job
        case Outcome.SPLIT:
            assert 0 <= job.wage_micros <= earned, job
            assert 0 <= house <= cost - earned, job
        case _:
            assert (job.wage_micros, house) == (earned, cost - earned), job


def _check_dispute(job: Job) -> None:
    """Only what was completed is disputed; while it is, its pay is held, and an outcome ends that for good."""
    ended = job.dispute_outcome is not None
    assert {job.resolved_at is not None, job.refunded_micros is not None} == {ended}, job
    assert job.disputed_at is None or job.status is Status.COMPLETED, job
    assert not ended or job.disputed_at is not None, job
    assert job.disputed_at is None or job.held != ended, job


def _check_end(job: Job) -> None:
    ended, claimed = job.status in TERMINAL, job.operator_id is not None
    assert (job.ended_at is not None) == ended, job
    assert (job.reason is not None, job.why is not None) == ((ended and job.status is not Status.COMPLETED,) * 2), job
    assert job.reason is None or job.reason in REASONS[job.status], job
    assert (job.working_at is not None, job.ends_at is not None) == (claimed, claimed), job
    assert not job.held or job.status is Status.COMPLETED, job


def _check_sheets(sheets: Sheets) -> None:
    job, result = sheets.job, sheets.result
    assert (sheets.session is not None) == (job.submitted_at is not None), job
    assert (result is not None) == (job.status is Status.COMPLETED), job
    found = len(result.findings) if result else 0
    assert set(sheets.issues) <= set(range(1, found + 1)), job
    assert sheets.order.opens_issues or not sheets.issues, job


def _check_told(rows: Rows, job: Job) -> None:
    history = rows.history[job.job_id]
    opened = sorted(event["data"]["finding"] for event in history if event["type"] == "job.issue_opened")
    assert opened == sorted(rows.sheets[job.job_id].issues), job
    granted = [event["data"]["extension_seconds"] for event in history if event["type"] == "job.extended"]
    assert len(set(granted)) == len(granted), job
    assert max(granted, default=0) == job.extension_seconds <= job.extension_seconds_max, job
    assert job.ends_at is None or job.working_at is None or job.ends_at == rules.ends(job.working_at, job.most_seconds)
