"""What testers do with jobs: claim, extend, hand in, leave."""

from datetime import datetime, timedelta

from chalicelib.core.agenda import service as agenda
from chalicelib.core.board import service as board
from chalicelib.core.board.model import Assignment
from chalicelib.core.files import service as files
from chalicelib.core.heads import Ref, in_hands_of
from chalicelib.core.identity.model import Operator
from chalicelib.core.reader import forms
from chalicelib.core.world import World
from chalicelib.kit import once
from chalicelib.kit.clock import iso
from chalicelib.kit.conditions import Attr, ConditionBase
from chalicelib.kit.errors import Conflict, Gone
from chalicelib.kit.lifecycle import Role
from chalicelib.kit.once import Claim, Outcome
from chalicelib.kit.table import Item, Write
from chalicelib.products.qa import kinds, news, rules, sessions, show
from chalicelib.products.qa.actions import endings
from chalicelib.products.qa.lifecycle import JOB, Reason, Status
from chalicelib.products.qa.model.jobs import Job
from chalicelib.products.qa.store import jobs as rows
from chalicelib.products.qa.words import testers as words


class HasActiveJob(Conflict):
    """Time is measured while a tester is at work, so they are at one job at a time."""

    code = "tester_has_active_job"

    def __init__(self, active: Job | None = None) -> None:
        about = {"jobId": active.job_id, "handInBefore": iso(_overdue(active))} if active else {}
        super().__init__("You are testing something else already; hand it in or leave it first.", **about)


class AlreadyHandedIn(Conflict):
    """What a tester has handed in is being read; nothing about it can be changed."""

    code = "already_handed_in"

    def __init__(self) -> None:
        super().__init__("You have handed this test in; what you said is being read.")


class JobExpired(Gone):
    """The time to claim a job, or to hand it in, is over."""

    code = "job_expired"

    def __init__(self) -> None:
        super().__init__("The time for this test is over.")


def claim(world: World, operator: Operator, job_id: str, key: Claim | None) -> Outcome:
    """Take a job and begin: from now on its time is measured. Of all who try, one gets it.

    Raises JobNotFound, KycRequired, SelfDealing, JobExpired, Taken, AlreadyYours, TooManyAssignments, HasActiveJob,
    TooManyGiveBacks.
    """
    now = world.now()
    opening = board.find(world.store, kinds.PRODUCT, job_id, rows.JobNotFound())
    board.check_may_claim(opening, operator)
    if opening.deadline <= now and not opening.taken:
        raise JobExpired
    places = [board.load_of(operator.id)]
    sheets, (load,) = rows.find_sheets_and(world.store, Ref(opening.owner_id, job_id), places)
    job, move = sheets.job, JOB.find("claim", Status.WAITING, Role.OPERATOR)
    mine = sheets.job.model_copy(
        update={"status": Status.WORKING, "operator_id": operator.id, "working_at": now, "ends_at": _ends(job, now)}
    )
    writes = [
        *rows.HEADS.move(
            job.ref, move, where=Attr("unclaimed_until").gt(iso(now)), refuse=lambda job: _cannot_claim(job, operator),
            operator_id=operator.id, working_at=now, ends_at=mine.ends_at,
        ),
        *board.claim(opening, operator, now, world.settings.open_assignments_max, alone=_alone(world, load)),
        _overrun(mine, now),
        news.moved(world, job.ref, move, tester_alias=show.identity(world, job.account_id, operator.id).alias),
    ]  # fmt: skip
    taken = board.claimed(opening, operator, now)
    try:
        return once.commit(world.store, key, writes, show.my_job(world, sheets.of(mine), taken))
    except HasActiveJob:
        raise HasActiveJob(_active(world, operator)) from None


def extend(world: World, operator: Operator, job_id: str, order: words.ExtendOrder, key: Claim | None) -> Outcome:
    """Ask for more time before it is over, which is granted within what the job allows (ruling 30): what nobody worked
    in is not billed afterwards.

    Raises JobNotFound, NotClaimed, WrongState, AlreadyHandedIn, JobExpired, Invalid.
    """
    now = world.now()
    mine, job = _mine(world, operator, job_id)
    move = JOB.find("extend", job.status, Role.OPERATOR)
    _check_at_work(job, now, late=timedelta())
    granted = rules.extended(
        job.target_seconds, job.extension_seconds, job.extension_seconds_max, rules.seconds(order.minutes)
    )
    longer = job.model_copy(update={"extension_seconds": granted})
    longer = longer.model_copy(update={"ends_at": _ends(longer, _began(job))})
    writes = [
        *rows.HEADS.move(
            job.ref, move, where=_still_at_work(job, operator, now, timedelta()), refuse=_cannot_go_on,
            extension_seconds=granted, ends_at=longer.ends_at,
        ),
        _overrun(longer, now),
        news.moved(world, job.ref, move, extension_seconds=granted),
    ]  # fmt: skip
    sheets = rows.find_sheets(world.store, job.ref)
    return once.commit(world.store, key, writes, show.my_job(world, sheets.of(longer), mine))


def submit(world: World, operator: Operator, job_id: str, said: words.Submission, key: Claim | None) -> Outcome:
    """Hand in what was found; it is read next. Answers that could be none are refused while the time runs; files are
    checked and frozen before anything is committed.

    Raises JobNotFound, NotClaimed, WrongState, AlreadyHandedIn, JobExpired, Invalid, UploadUsed.
    """
    now = world.now()
    mine = _assignment(world, operator, job_id)
    places = sessions.places(world, said.testerData)
    sheets, uploads = rows.find_sheets_and(world.store, Ref(mine.owner_id, job_id), files.rows_of(places))
    job = sheets.job
    move = JOB.find("submit", job.status, Role.OPERATOR)
    _check_at_work(job, now)
    forms.check(show.wanted(sheets.order), said.answers, "answers")
    session, used = sessions.handed_in(world, operator, job_id, said, places, uploads)
    seconds = rules.billed_seconds(_began(job), now, said.testDurationSeconds, job.most_seconds)
    wage = rules.wage_for(seconds, job.share_percent)
    writes = [
        *rows.HEADS.move(
            job.ref, move, where=_still_at_work(job, operator, now), refuse=_cannot_go_on,
            submitted_at=now, billed_seconds=seconds,
        ),
        rows.add_session(job_id, session),
        *used,
        *board.hand_in(mine),
        agenda.at(kinds.EXTRACT, job.ref.path, now, now),
        agenda.at(kinds.EXTRACT_OVERDUE, job.ref.path, now + rules.EXTRACTION_OVERDUE, now),
        news.moved(world, job.ref, move, test_duration_seconds=seconds),
    ]  # fmt: skip
    answer = words.Submitted(
        id=job_id, status=Status(move.end), submittedAt=now, testDurationSeconds=seconds, payUsd=wage
    )
    return once.commit(world.store, key, writes, answer)


def abandon(world: World, operator: Operator, job_id: str, order: words.AbandonOrder, key: Claim | None) -> Outcome:
    """Leave a test before its end. The job is over, and costs nothing.

    Raises JobNotFound, NotClaimed, WrongState, AlreadyHandedIn.
    """
    why = order.reason or "The tester left before the test was finished."
    return _leave(world, operator, job_id, "abandon", Reason.TESTER_ABANDONED, why, key)


def reject(world: World, operator: Operator, job_id: str, order: words.RejectOrder, key: Claim | None) -> Outcome:
    """Say that the instructions are invalid or cannot be followed. The job is over, and costs nothing.

    Raises JobNotFound, NotClaimed, WrongState, AlreadyHandedIn.
    """
    return _leave(world, operator, job_id, "reject", Reason.TESTER_INVALIDATED, order.reason, key)


def _leave(
    world: World, operator: Operator, job_id: str, verb: str, reason: Reason, why: str, key: Claim | None
) -> Outcome:
    _, job = _mine(world, operator, job_id)
    move = JOB.find(verb, job.status, Role.OPERATOR)
    if job.submitted_at is not None:
        raise AlreadyHandedIn
    writes = endings.ending(world, job, move, reason, why, Attr("submitted_at").not_exists(), refuse=_cannot_go_on)
    message = "This test is over. Nothing is charged for it, and nothing paid."
    answer = words.Ended(id=job_id, status=Status(move.end), reason=reason, message=message)
    return once.commit(world.store, key, writes, answer)


def _alone(world: World, load: Item | None) -> board.OneAtATime:
    """A job is over when its tester leaves it: who left many today waits for tomorrow."""
    return board.OneAtATime(HasActiveJob(), world.settings.give_backs_per_day, board.left_on(load))


def _mine(world: World, operator: Operator, job_id: str) -> tuple[Assignment, Job]:
    """A tester's assignment, and the job. Raises JobNotFound, NotClaimed."""
    mine = _assignment(world, operator, job_id)
    return mine, rows.HEADS.find(world.store, Ref(mine.owner_id, job_id))


def _assignment(world: World, operator: Operator, job_id: str) -> Assignment:
    return board.assignment(world.store, kinds.PRODUCT, job_id, operator.id, world.now(), rows.JobNotFound())


def _active(world: World, operator: Operator) -> Job | None:
    """The job that a tester is at; none, if that has ended meanwhile."""
    latest, _ = board.work_of(world.store, operator.id, kinds.PRODUCT, 1, None)
    jobs = [rows.HEADS.find(world.store, Ref(one.owner_id, one.opening_id)) for one in latest]
    return next((job for job in jobs if job.status is Status.WORKING and job.submitted_at is None), None)


def _began(job: Job) -> datetime:
    assert job.working_at is not None, "somebody is at work"  # noqa: S101
    return job.working_at


def _ends(job: Job, began: datetime) -> datetime:
    return rules.ends(began, job.most_seconds)


def _overrun(job: Job, now: datetime) -> Write:
    """The entry that ends a test which is never handed in (ruling 32)."""
    late = _overdue(job)
    return agenda.at(kinds.OVERRUN, job.ref.path, late, now, which=iso(late))


def _overdue(job: Job) -> datetime:
    """When a test is over that was not handed in."""
    assert job.ends_at is not None, "somebody is at work"  # noqa: S101
    return job.ends_at + rules.LATE


def _check_at_work(job: Job, now: datetime, late: timedelta = rules.LATE) -> None:
    """Asked in memory, for a good sentence. Raises AlreadyHandedIn, JobExpired."""
    if job.submitted_at is not None:
        raise AlreadyHandedIn
    if job.ends_at is not None and job.ends_at + late <= now:
        raise JobExpired


def _still_at_work(job: Job, operator: Operator, now: datetime, late: timedelta = rules.LATE) -> ConditionBase:
    """Asked by the write: it is theirs, not handed in, not longer than was read, and not over."""
    in_time = Attr("ends_at").gt(iso(now - late))
    return in_hands_of(operator.id) & endings.not_handed_in(job) & in_time


def _cannot_claim(job: Job, operator: Operator) -> Exception:
    """Why a job could not be claimed, from the job as it is: too late for good, or it is in somebody's hands."""
    expired = job.status is Status.WAITING or job.reason is Reason.NO_CAPACITY
    return JobExpired() if expired else board.taken_by(job.operator_id, operator)


def _cannot_go_on(job: Job) -> Exception | None:
    """What it means for a test that somebody was at."""
    return AlreadyHandedIn() if job.submitted_at is not None and job.status is Status.WORKING else None
