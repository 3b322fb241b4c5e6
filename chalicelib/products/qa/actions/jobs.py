"""What agents do with jobs: order one, look."""

from datetime import datetime, timedelta
from functools import partial

from chalicelib.core import waiting
from chalicelib.core.agenda import service as agenda
from chalicelib.core.events import service as events
from chalicelib.core.heads import Ref
from chalicelib.core.identity.model import Agent
from chalicelib.core.ledger import postings
from chalicelib.core.ledger import service as ledger
from chalicelib.core.ledger.model import Book
from chalicelib.core.reader import schemas
from chalicelib.core.waiting import Look, Wait
from chalicelib.core.world import World
from chalicelib.kit import ids, money, once
from chalicelib.kit.clock import iso
from chalicelib.kit.errors import Invalid, Refusal, Unfinished
from chalicelib.kit.once import Claim, Outcome
from chalicelib.kit.words import dumps
from chalicelib.products.qa import kinds, rules, show
from chalicelib.products.qa.lifecycle import TERMINAL, Status
from chalicelib.products.qa.model.jobs import Job, Order, Screen
from chalicelib.products.qa.store import jobs as rows
from chalicelib.products.qa.store import repositories
from chalicelib.products.qa.words import jobs as words

RUN_SECONDS = 600
"""Seed, "POST /api/run"."""
TITLE_CHARACTERS = 120


class StillRunning(Unfinished):
    """The job has not ended while somebody waited for it. It goes on."""

    code = "still_running"

    def __init__(self, job_id: str, status: Status) -> None:
        super().__init__(
            f"The job is still {status}. It goes on; look with GET /api/job/{job_id}.", jobId=job_id, status=status
        )


class TooLittleForJob(ledger.InsufficientFunds):
    """There is less money than a job can cost at most; what would help is said, since that is for the longest time."""

    def __init__(self, less: ledger.InsufficientFunds, job: Job) -> None:
        Refusal.__init__(self, f"{less.sentence} {_shorter(job)}", **less.details)


def create(
    world: World, agent: Agent, order: words.JobFields, claim: Claim | None, message: str = words.MESSAGE
) -> Outcome:
    """Order a test, and set aside the most that it can cost. The same words again within 10 seconds are the same job,
    since clients send them again after a dropped connection (ruling 34).

    Raises Invalid, RepoNotAllowed, InsufficientFunds, BalanceOwed, KeyReused, InProgress.
    """
    if claim is not None:
        return _create(world, agent, order, claim, message)
    words_claimed = _same_words(world, agent, order)
    return once.answered(world.store, words_claimed, lambda: _create(world, agent, order, words_claimed, message))


def run(world: World, agent: Agent, order: words.JobFields, claim: Claim | None) -> Wait:
    """Order a test and wait until it has ended. One that takes longer goes on (ruling 33).

    Raises Invalid, RepoNotAllowed, InsufficientFunds, BalanceOwed, KeyReused, InProgress, StillRunning.
    """

    def wait(outcome: Outcome) -> Wait:
        made = words.JobCreated.model_validate_json(outcome.answer)
        return Wait(partial(look, agent=agent, job_id=made.jobId), RUN_SECONDS, begun=_look(made))

    return waiting.after(world, claim, lambda: create(world, agent, order, claim), wait)


def look(world: World, agent: Agent, job_id: str) -> Look:
    """How a job stands, by one small read; all about it, once it has ended. Raises JobNotFound."""
    job = rows.HEADS.find(world.store, Ref(agent.account_id, job_id))
    return _look(find(world, agent, job_id) if job.status in TERMINAL else show.row(job))


def _look(told: words.JobTold | words.JobCreated) -> Look:
    sentence = f"The job is {told.status}."
    return Look(told, told.status in TERMINAL, sentence, StillRunning(told.id, told.status))


def find(world: World, agent: Agent, job_id: str) -> words.JobShown:
    """A job with everything about it. Raises JobNotFound."""
    return show.job(world, rows.find_sheets(world.store, Ref(agent.account_id, job_id)))


def list_jobs(world: World, agent: Agent, query: words.JobsQuery) -> words.JobPage:
    """The account's jobs, newest first. Raises Invalid for an offset or cursor that leads nowhere."""
    jobs, pagination = rows.HEADS.page(world.store, world.cursors, agent.account_id, query, query.status)
    return words.JobPage(data=[show.row(one) for one in jobs], pagination=pagination)


def _create(world: World, agent: Agent, order: words.JobFields, claim: Claim | None, message: str) -> Outcome:
    now = world.now()
    if order.outputSchema:
        schemas.check_schema(order.outputSchema, "outputSchema")
    if order.canCreateGithubIssues:
        if order.repoName is None:
            raise Invalid("canCreateGithubIssues", "needs repoName, the repository where the issues are opened")
        repositories.check_allowed(world.store, agent.account_id, order.repoName)
    book = ledger.book_of(world.store, agent.account_id)
    job = _job(world, agent, order, book, now)
    held = postings.hold(job.job_id, agent.account_id, job.held_micros)
    facts = {"job_id": job.job_id, "status": job.status, "cost_usd_max": money.to_decimal(job.held_micros)}
    writes = [
        *rows.add_job(job, _order(agent, order)),
        *ledger.writes(held, now, book=book),
        agenda.at(kinds.ANNOUNCE, job.ref.path, now, now),
        agenda.at(kinds.EXPIRE, job.ref.path, job.unclaimed_until, now),
        events.record(world, "job.created", agent.account_id, job.job_id, facts),
    ]
    answer = words.JobCreated(jobId=job.job_id, id=job.job_id, status=job.status, message=message)
    try:
        ledger.check_deposit(book, job.held_micros)
        return once.commit(world.store, claim, writes, answer)
    except ledger.InsufficientFunds as less:
        raise TooLittleForJob(less, job) from None


def _shorter(job: Job) -> str:
    """How a job would cost less at most."""
    longest = show.plain_minutes(job.target_seconds + job.extension_seconds_max)
    lower = "targetDurationMinutes" + (" or maxExtensionMinutes" if job.extension_seconds_max else "")
    return f"This test can take up to {longest} minutes: deposit, or lower {lower}."


def _same_words(world: World, agent: Agent, order: words.JobFields) -> Claim:
    """A claim that is made of the words, for a while. Its key holds a space, which no Idempotency-Key does."""
    said = once.fingerprint("job", dumps(order))
    # A claim counts whole seconds: one more, so that it does not end within the last of them.
    kept = rules.REPEATED_WITHIN + timedelta(seconds=1)
    return Claim(agent.id, f"same words {said}", said, world.wall(), kept=kept)


def _job(world: World, agent: Agent, order: words.JobFields, book: Book, now: datetime) -> Job:
    target = rules.seconds(order.targetDurationMinutes)
    longer = rules.extension_seconds_max(target, allowed=order.allowDurationExtension, most=order.maxExtensionMinutes)
    return Job(
        job_id=ids.new("job"), account_id=agent.account_id, status=Status.PENDING, url=order.url,
        title=order.description.partition("\n")[0][:TITLE_CHARACTERS], created_at=now,
        unclaimed_until=now + rules.UNCLAIMED, target_seconds=target, extension_seconds_max=longer,
        held_micros=rules.cost_micros(target + longer), share_percent=world.settings.tester_share_percent,
        fiat=book.fiat_until > iso(now),
    )  # fmt: skip


def _order(agent: Agent, order: words.JobFields) -> Order:
    most = order.maxExtensionMinutes
    return Order(
        url=order.url, description=order.description, target_minutes=order.targetDurationMinutes,
        allow_extension=order.allowDurationExtension, extension_minutes_max=None if most is False else most,
        output_schema=dumps(order.outputSchema) if order.outputSchema else None,
        validation=order.additionalValidationInstructions,
        screen=Screen(**order.screenSize.model_dump()) if order.screenSize else None, repo=order.repoName,
        opens_issues=order.canCreateGithubIssues, owner_email=agent.email,
    )  # fmt: skip
