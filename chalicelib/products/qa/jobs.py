"""What the agenda's entries do with the jobs of this product: each answers with the writes of its effect.

Timers propose; the lifecycle decides. A timer that is not the current one is refused, and thereby done.
"""

from collections.abc import Mapping

from chalicelib.core.agenda import service as agenda
from chalicelib.core.agenda import walks
from chalicelib.core.agenda.model import Entry
from chalicelib.core.board import service as board
from chalicelib.core.board.model import Opening
from chalicelib.core.disputes import Outcome
from chalicelib.core.identity import service as identity
from chalicelib.core.ledger import postings
from chalicelib.core.ledger import service as ledger
from chalicelib.core.ports.reader import ReaderUnavailable
from chalicelib.core.world import World
from chalicelib.kit import log
from chalicelib.kit.lifecycle import Role
from chalicelib.kit.table import Write
from chalicelib.products.qa import kinds, news, rules, show, subjects, telling
from chalicelib.products.qa.actions import disputes, endings, reports
from chalicelib.products.qa.lifecycle import JOB, Reason, Status
from chalicelib.products.qa.model.jobs import Job, Sheets
from chalicelib.products.qa.store import jobs as rows

OPEN = (Status.PENDING, Status.WAITING)


def announce(world: World, entry: Entry) -> list[Write]:
    """Put a job on the board."""
    sheets = subjects.sheets(world, entry)
    job, now = sheets.job, world.now()
    move = JOB.find("announce", job.status, Role.CLOCK)
    return [
        *rows.HEADS.move(job.ref, move, waiting_at=now),
        board.post(_opening(world, sheets)),
        news.moved(world, job.ref, move),
        *([agenda.at(kinds.TELL_SLACK, job.ref.path, now, now)] if world.settings.tells_slack else []),
    ]


def expire(world: World, entry: Entry) -> list[Write]:
    """Nobody has claimed a job in time (ruling 32)."""
    job = subjects.job(world, entry)
    move = JOB.find("expire", job.status, Role.CLOCK)
    if job.unclaimed_until > world.now():
        raise agenda.NotCurrent
    why = f"No tester claimed this job within {rules.UNCLAIMED.total_seconds() / 3600:.0f} hours."
    return endings.ending(world, job, move, Reason.NO_CAPACITY, why)


def overrun(world: World, entry: Entry) -> list[Write]:
    """Whoever claimed a job has not handed it in (ruling 32)."""
    job = subjects.job(world, entry)
    move = JOB.find("overrun", job.status, Role.CLOCK)
    if job.submitted_at is not None or job.ends_at is None or job.ends_at + rules.LATE > world.now():
        raise agenda.NotCurrent
    why = "The tester did not hand in anything in the time that there was."
    return endings.ending(world, job, move, Reason.TESTER_OVERTIME, why, endings.not_handed_in(job))


def extract(world: World, entry: Entry) -> list[Write]:
    """Have what was handed in read. A reader that gives no answer is asked again, until that is overdue."""
    sheets = subjects.sheets(world, entry)
    JOB.find("complete", sheets.job.status, Role.GUARDIAN)
    try:
        return reports.read(world, sheets)
    except ReaderUnavailable as problem:
        log.warning("reader.unavailable", job=sheets.job.job_id, problem=str(problem))
        raise agenda.TryLater(str(problem)) from problem


def extract_overdue(world: World, entry: Entry) -> list[Write]:
    """Nobody could read what was handed in."""
    job = subjects.job(world, entry)
    move = JOB.find("fail", job.status, Role.CLOCK)
    why = "What the tester said could not be read by the AI in time. Nothing is charged."
    return endings.ending(world, job, move, Reason.AI_PROCESSING_ERROR, why, endings.handed_in(job))


def mature(world: World, entry: Entry) -> list[Write]:
    """The hold is over: the pay can be paid out. The head decides between this and a dispute (ruling 15)."""
    job, now = subjects.job(world, entry), world.now()
    move = JOB.find("mature", job.status, Role.CLOCK)
    if not job.held or job.disputed_at or job.operator_id is None or job.hold_until is None or job.hold_until > now:
        raise agenda.NotCurrent
    if identity.any_suspended(world.store, [job.account_id, job.operator_id]):
        return [agenda.put_off(kinds.MATURE, entry, now)]
    wage = job.wage_micros
    assert wage, "what is held is more than nothing"  # noqa: S101
    return [
        *rows.HEADS.move(job.ref, move, where=disputes.undisputed(), held=False),
        *ledger.writes(postings.mature(job.job_id, job.operator_id, wage), now),
        news.moved(world, job.ref, move),
    ]


def resolve(world: World, entry: Entry) -> list[Write]:
    """Nobody resolved a dispute: its pay is released (ruling 15)."""
    job = subjects.job(world, entry)
    if job.disputed_at is None or job.dispute_outcome is not None or job.operator_id is None:
        raise agenda.NotCurrent
    if identity.any_suspended(world.store, [job.account_id, job.operator_id]):
        return [agenda.put_off(kinds.RESOLVE, entry, world.now())]
    shares = disputes.shares_of(job, Outcome.RELEASE)
    return disputes.resolution(world, job, Outcome.RELEASE, shares, Role.CLOCK)


def withdraw_all(world: World, entry: Entry) -> list[Write]:
    """End what a suspended agent has on the board; who is at work goes on (ruling 3)."""
    return walks.withdraw(world, entry, kinds.WITHDRAW_ALL, rows.HEADS, OPEN, _withdrawal)


def _withdrawal(world: World, job: Job) -> list[Write]:
    move = JOB.find("withdraw", job.status, Role.ADMIN)
    return endings.ending(world, job, move, Reason.ACCOUNT_SUSPENDED, "The account is suspended.")


def _opening(world: World, sheets: Sheets) -> Opening:
    job = sheets.job
    return Opening(
        opening_id=job.job_id, product=kinds.PRODUCT, kind=kinds.TEST, owner_id=job.account_id,
        owner_email=sheets.order.owner_email, title=job.title,
        pay_micros=rules.wage_micros(job.held_micros, job.share_percent), posted_at=world.now(),
        deadline=job.unclaimed_until, shown=show.on_board(sheets),
    )  # fmt: skip


JOBS: Mapping[str, agenda.Job] = {
    kinds.ANNOUNCE.name: announce,
    kinds.EXPIRE.name: expire,
    kinds.OVERRUN.name: overrun,
    kinds.EXTRACT.name: extract,
    kinds.EXTRACT_OVERDUE.name: extract_overdue,
    kinds.MATURE.name: mature,
    kinds.RESOLVE.name: resolve,
    kinds.WITHDRAW_ALL.name: withdraw_all,
    kinds.TELL_SLACK.name: telling.tell_slack,
    kinds.OPEN_ISSUE.name: telling.open_issue,
}
