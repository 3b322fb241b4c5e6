"""What the agenda's entries do with tasks: each job answers with the writes of its effect.

Timers propose; the lifecycle decides. A timer that is not the current one is refused, and thereby done.
"""

from collections.abc import Mapping

from chalicelib.core.agenda import service as agenda
from chalicelib.core.agenda.model import Entry
from chalicelib.core.disputes import divide
from chalicelib.core.heads import Ref, in_hands_of
from chalicelib.core.ledger import postings
from chalicelib.core.ledger import service as ledger
from chalicelib.core.ports.judge import JudgeUnavailable
from chalicelib.core.world import World
from chalicelib.kit import log
from chalicelib.kit.conditions import Attr
from chalicelib.kit.errors import Conflict
from chalicelib.kit.lifecycle import Role
from chalicelib.kit.table import Write
from chalicelib.products.tasks import kinds, news, rules
from chalicelib.products.tasks.actions import credentials, disputes, endings, suspension, verdicts
from chalicelib.products.tasks.lifecycle import TASK, CancelReason, Status
from chalicelib.products.tasks.model.disputes import Source
from chalicelib.products.tasks.model.tasks import Sheets, Task
from chalicelib.products.tasks.store import tasks as rows


def expire(world: World, entry: Entry) -> list[Write]:
    """The deadline has passed: unaccepted work is cancelled at once, accepted work an hour later (ruling 19)."""
    task = _task(world, entry)
    move = TASK.find("expire", task.status, Role.CLOCK)
    waiting = task.status in (Status.PENDING, Status.ESTIMATE_PENDING)
    if (task.deadline if waiting else rules.latest_work(task.deadline)) > world.now():
        raise agenda.NotCurrent
    return endings.cancellation(world, task, move, CancelReason.EXPIRED, in_hands_of(task.operator_id))


def judge(world: World, entry: Entry) -> list[Write]:
    """Have the Guardian look at proof, outside of any transaction; then answer with what follows from the verdict."""
    sheets = _sheets(world, entry)
    TASK.find("review", sheets.task.status, Role.GUARDIAN)
    if rules.CATEGORIES[sheets.task.task_type].credential:
        return verdicts.with_verdict(world, sheets, credentials.verdict(sheets))
    shown = verdicts.case(world, sheets)
    try:
        verdict = world.judge.judge(shown)
    except JudgeUnavailable as problem:
        log.warning("guardian.unavailable", task=sheets.task.task_id, problem=str(problem))
        return verdicts.without_verdict(world, sheets, Role.GUARDIAN)
    return verdicts.with_verdict(world, sheets, verdict, used_before=verdicts.used_before(shown))


def judge_overdue(world: World, entry: Entry) -> list[Write]:
    """The Guardian never answered: a person decides. Proof never stays SUBMITTED for ever (ruling 13)."""
    return verdicts.without_verdict(world, _sheets(world, entry), Role.CLOCK)


def complete(world: World, entry: Entry) -> list[Write]:
    """The Guardian approved, and the agent's window to object, if there is one, has passed."""
    task = _task(world, entry)
    _check_submission(task, entry)
    move = TASK.find("complete", task.status, Role.CLOCK)
    if suspension.concerns(world, task):
        return [agenda.put_off(kinds.COMPLETE, entry, world.now())]
    return endings.completion(world, task, move, verified_by="guardian")


def lapse(world: World, entry: Entry) -> list[Write]:
    """Nobody answered a manual review: it goes to the backoffice, never to approval (ruling 13)."""
    task = _task(world, entry)
    _check_submission(task, entry)
    move = TASK.find("lapse", task.status, Role.CLOCK)
    dispute = disputes.new(world, task, Source.CLOCK, "Nobody answered the manual review.", task.confidence)
    return [
        *rows.HEADS.move(task.ref, move, where=disputes.same_proof(task)),
        *disputes.enter(world, dispute),
        news.moved(world, task.ref, move, dispute_id=dispute.dispute_id),
    ]


def resolve(world: World, entry: Entry) -> list[Write]:
    """Nobody resolved a dispute: the last verdict does; without one it stays, and somebody is told (ruling 15)."""
    sheets = _found(world, entry)
    try:
        dispute = disputes.open_dispute(sheets, entry.which.partition("@")[0])
    except Conflict:
        raise agenda.NotCurrent from None
    if dispute.confidence is None:
        log.warning("dispute.unresolved", dispute=dispute.dispute_id, task=dispute.task_id)
        return [disputes.ask_again(world, dispute)]
    if suspension.concerns(world, sheets.task):
        return [agenda.put_off(kinds.RESOLVE, entry, world.now())]
    outcome = rules.default_outcome(dispute.confidence)
    shares = divide(outcome, sheets.task.reward_micros, sheets.task.fee_micros)
    why = f"Nobody resolved it in time; the last verdict had a confidence of {dispute.confidence}."
    return disputes.resolution(world, sheets.task, dispute, outcome, shares, role=Role.CLOCK, by="clock", why=why)


def mature(world: World, entry: Entry) -> list[Write]:
    """The hold is over. The head is written too, so that this and a dispute cannot both win (ruling 15)."""
    task, now = _task(world, entry), world.now()
    move = TASK.find("mature", task.status, Role.CLOCK)
    if not task.held or task.operator_id is None or task.hold_until is None or task.hold_until > now:
        raise agenda.NotCurrent
    if suspension.concerns(world, task):
        return [agenda.put_off(kinds.MATURE, entry, world.now())]
    return [
        *rows.HEADS.move(task.ref, move, where=Attr("held").eq(True), held=False),
        *ledger.writes(postings.mature(task.task_id, task.operator_id, task.reward_micros), now),
        news.moved(world, task.ref, move, operator_id=task.operator_id),
    ]


def forget_credential(world: World, entry: Entry) -> list[Write]:
    """A credential is kept for a while after its task's end, and no longer (ruling 24)."""
    return credentials.forget(world, _task(world, entry), entry)


JOBS: Mapping[str, agenda.Job] = {
    kinds.EXPIRE.name: expire,
    kinds.JUDGE_PROOF.name: judge,
    kinds.JUDGE_OVERDUE.name: judge_overdue,
    kinds.COMPLETE.name: complete,
    kinds.LAPSE.name: lapse,
    kinds.MATURE.name: mature,
    kinds.RESOLVE.name: resolve,
    kinds.FORGET.name: forget_credential,
    kinds.WITHDRAW_ALL.name: suspension.withdraw_all,
}


def _task(world: World, entry: Entry) -> Task:
    """The head of an entry's task. Raises Orphan."""
    return agenda.subject(entry, lambda: rows.HEADS.find(world.store, Ref.of(entry.subject)))


def _sheets(world: World, entry: Entry) -> Sheets:
    """All of an entry's task, as it was for the submission that the entry is about. Raises Orphan, NotCurrent."""
    sheets = _found(world, entry)
    _check_submission(sheets.task, entry)
    return sheets


def _found(world: World, entry: Entry) -> Sheets:
    """All of an entry's task. Raises Orphan."""
    return agenda.subject(entry, lambda: rows.find_sheets(world.store, Ref.of(entry.subject)))


def _check_submission(task: Task, entry: Entry) -> None:
    """An entry about an earlier submission has nothing to say about a later one. Raises NotCurrent."""
    if agenda.about(entry) != str(task.submissions):
        raise agenda.NotCurrent
