"""What the agenda's entries do with tasks. Timers propose; the lifecycle decides."""

from collections.abc import Mapping

from boto3.dynamodb.conditions import Attr

from chalicelib.core.agenda import service as agenda
from chalicelib.core.agenda.model import Entry
from chalicelib.core.ledger import postings
from chalicelib.core.ledger import service as ledger
from chalicelib.core.world import JudgeUnavailable, World
from chalicelib.kit import log
from chalicelib.kit.commit import commit
from chalicelib.kit.errors import Conflict
from chalicelib.kit.lifecycle import Role
from chalicelib.kit.queue import Bell
from chalicelib.products.tasks import rules
from chalicelib.products.tasks import store as rows
from chalicelib.products.tasks.actions import endings, verdicts
from chalicelib.products.tasks.lifecycle import TASK, CancelReason, Status
from chalicelib.products.tasks.model import Sheets, Task, TaskRef


class NotCurrent(Conflict):
    """This timer was for a deadline that is no longer the task's."""

    code = "not_current"

    def __init__(self) -> None:
        super().__init__("This timer is not the current one.")


def expire(world: World, entry: Entry) -> tuple[Bell, ...]:
    """The deadline has passed: unaccepted work is cancelled at once, accepted work an hour later (ruling 19)."""
    task = _task(world, entry)
    move = TASK.find("expire", task.status, Role.CLOCK)
    waiting = task.status in (Status.PENDING, Status.ESTIMATE_PENDING)
    if (task.deadline if waiting else rules.latest_work(task.deadline)) > world.now():
        raise NotCurrent
    where = endings.same_hands(task)
    return commit(
        world.store, [*endings.cancellation(world, task, move, CancelReason.EXPIRED, where), agenda.done(entry)]
    )


def judge(world: World, entry: Entry) -> tuple[Bell, ...]:
    """Have the Guardian look at proof, outside of any transaction; then commit what follows from the verdict."""
    sheets = _sheets(world, entry)
    if sheets.task.status is not Status.SUBMITTED or str(sheets.task.submissions) != _which(entry):
        raise NotCurrent
    try:
        verdict = world.judge.judge(verdicts.case(world, sheets))
    except JudgeUnavailable as problem:
        log.warning("guardian.unavailable", task=sheets.task.task_id, problem=str(problem))
        return commit(world.store, [*verdicts.without_verdict(world, sheets, Role.GUARDIAN), agenda.done(entry)])
    return commit(world.store, [*verdicts.with_verdict(world, sheets, verdict), agenda.done(entry)])


def judge_overdue(world: World, entry: Entry) -> tuple[Bell, ...]:
    """The Guardian never answered: a person decides. Proof never stays SUBMITTED for ever (ruling 13)."""
    sheets = _sheets(world, entry)
    if str(sheets.task.submissions) != _which(entry):
        raise NotCurrent
    return commit(world.store, [*verdicts.without_verdict(world, sheets, Role.CLOCK), agenda.done(entry)])


def complete(world: World, entry: Entry) -> tuple[Bell, ...]:
    """The Guardian approved, and the agent's window to object, if there is one, has passed."""
    task = _task(world, entry)
    move = TASK.find("complete", task.status, Role.CLOCK)
    if str(task.submissions) != _which(entry):
        raise NotCurrent
    return commit(world.store, [*endings.completion(world, task, move, verified_by="guardian"), agenda.done(entry)])


def lapse(world: World, entry: Entry) -> tuple[Bell, ...]:
    """Nobody answered a manual review: it goes to the backoffice, never to approval (ruling 13)."""
    task = _task(world, entry)
    move = TASK.find("lapse", task.status, Role.CLOCK)
    if str(task.submissions) != _which(entry):
        raise NotCurrent
    writes = [*rows.move(task.ref, move), endings.announce(world, task.ref, move), agenda.done(entry)]
    return commit(world.store, writes)


def mature(world: World, entry: Entry) -> tuple[Bell, ...]:
    """The hold is over. The head is written too, so that this and a dispute cannot both win (ruling 15)."""
    task = _task(world, entry)
    move = TASK.find("mature", task.status, Role.CLOCK)
    now = world.now()
    if not task.held or task.operator_id is None or task.hold_until is None or task.hold_until > now:
        raise NotCurrent
    return commit(
        world.store,
        [
            *rows.move(task.ref, move, where=Attr("held").eq(True), held=False),
            *ledger.writes(postings.mature(task.task_id, task.operator_id, task.reward_micros), now),
            endings.announce(world, task.ref, move, operator_id=task.operator_id),
            agenda.done(entry),
        ],
    )


JOBS: Mapping[str, agenda.Job] = {
    endings.EXPIRE.name: expire,
    endings.JUDGE_PROOF.name: judge,
    endings.JUDGE_OVERDUE.name: judge_overdue,
    endings.COMPLETE.name: complete,
    endings.LAPSE.name: lapse,
    endings.MATURE.name: mature,
}


def _task(world: World, entry: Entry) -> Task:
    try:
        return rows.find_task(world.store, TaskRef.of(entry.subject))
    except rows.TaskNotFound:
        raise agenda.Orphan(f"there is no task {entry.subject}") from None


def _sheets(world: World, entry: Entry) -> Sheets:
    try:
        return rows.find_sheets(world.store, TaskRef.of(entry.subject))
    except rows.TaskNotFound:
        raise agenda.Orphan(f"there is no task {entry.subject}") from None


def _which(entry: Entry) -> str:
    """The number of the submission that an entry is about, from the end of its id."""
    return entry.id.rpartition(":")[2]
