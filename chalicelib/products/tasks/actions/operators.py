"""What operators do with tasks that they do not have yet, and at the end: browse, accept, hand in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.core.agenda import service as agenda
from chalicelib.core.board import feeds
from chalicelib.core.board import service as board
from chalicelib.core.files import service as files
from chalicelib.core.files.model import Frozen
from chalicelib.core.heads import Ref
from chalicelib.core.identity.model import Operator
from chalicelib.core.world import World
from chalicelib.kit import once, pages
from chalicelib.kit.clock import iso
from chalicelib.kit.conditions import Attr, ConditionBase
from chalicelib.kit.errors import Conflict, Gone, Invalid
from chalicelib.kit.lifecycle import Role
from chalicelib.kit.once import Claim, Outcome
from chalicelib.products.tasks import kinds, news, rules, show
from chalicelib.products.tasks.actions import credentials, endings, estimates
from chalicelib.products.tasks.actions.endings import TaskExpired
from chalicelib.products.tasks.lifecycle import TASK, CancelReason, Status
from chalicelib.products.tasks.model.tasks import ProofPhoto, ProofSheet, Task
from chalicelib.products.tasks.store import disputes as dispute_store
from chalicelib.products.tasks.store import tasks as rows
from chalicelib.products.tasks.words import work as work_words

LIST = "operator/tasks"


class ResubmitOver(Gone):
    """The window or the tries for better proof are used up; the dispute is for people now."""

    code = "resubmission_over"

    def __init__(self) -> None:
        most, hours = rules.SUBMISSIONS_MAX - 1, rules.RESUBMIT_WITHIN.total_seconds() / 3600
        super().__init__(f"Better proof could be handed in {most} times within {hours:.0f} h; that is over.")


class NotResubmittable(Conflict):
    """It was not the Guardian who rejected this proof: the dispute is for people, and better proof does not end it."""

    code = "resubmission_not_open"

    def __init__(self) -> None:
        super().__init__("This task is DISPUTED by a person, not for want of proof; it cannot be handed in again.")


@dataclass(frozen=True)
class _Links:
    """The links of a submission by the place where it names them, and which uploads of this deployment they are."""

    all: Mapping[str, str]
    own: Mapping[str, str | None]

    @property
    def uploads(self) -> dict[str, str]:
        """Where each upload is named."""
        return {upload_id: place for place, upload_id in self.own.items() if upload_id}


def browse(world: World, operator: Operator, query: work_words.FeedQuery) -> work_words.FeedPage:
    """Tasks that can be taken, newest first: of the type asked for, or of those the operator names as skills.

    Raises Invalid.
    """
    types = _asked_for(operator, query)
    turn = pages.turn(world.cursors, f"{LIST}/{'+'.join(types)}", query)
    offset = 0 if turn.after else query.offset
    page = feeds.feed(world.store, kinds.PRODUCT, types, query.limit, offset, turn.after)
    shown = [show.in_feed(opening) for opening in page.openings]
    return work_words.FeedPage(data=shown, pagination=turn.pagination(page.last, page.total, capped=page.capped))


def accept(
    world: World, operator: Operator, task_id: str, order: work_words.AcceptOrder, claim: Claim | None
) -> Outcome:
    """Take a task, or, where one is asked for, give an estimate for it: of all who try, one gets it.

    Raises TaskNotFound, KycRequired, SelfDealing, TaskExpired, Invalid, Taken, AlreadyYours, TooManyAssignments.
    """
    now = world.now()
    opening = board.find(world.store, kinds.PRODUCT, task_id, rows.TaskNotFound())
    board.check_may_claim(opening, operator)
    if opening.deadline <= now and not opening.taken:
        raise TaskExpired
    ref = Ref(opening.owner_id, task_id)
    estimate = estimates.read(opening, order, now)
    move = TASK.find("estimate" if estimate else "accept", Status.PENDING, Role.OPERATOR)
    minutes: dict[str, Any] = {"estimate_minutes": estimate.minutes} if estimate else {}
    writes = [
        *rows.HEADS.move(
            ref, move, where=Attr("deadline").gt(iso(now)), refuse=lambda task: _cannot_accept(task, operator),
            operator_id=operator.id, operator_name=operator.shown_name, operator_rating_tenths=operator.rating_tenths,
            **(minutes or {"accepted_at": now}),
        ),
        *board.claim(opening, operator, now, world.settings.open_assignments_max),
        # Until the agent approves an estimate the task ends at its deadline, like one that nobody has taken.
        rows.put_estimate(task_id, estimate) if estimate else endings.expiry_of_work(ref, opening.deadline, now),
        news.moved(world, ref, move, operator_id=operator.id, **minutes),
    ]  # fmt: skip
    status = Status(move.end)
    answer = (
        work_words.Estimated(task_id=task_id, status=status, estimate_minutes=estimate.minutes)
        if estimate
        else work_words.Accepted(task_id=task_id, status=status, accepted_at=now)
    )
    return once.commit(world.store, claim, writes, answer)


def submit(
    world: World, operator: Operator, task_id: str, submission: work_words.Submission, claim: Claim | None
) -> Outcome:
    """Hand in proof; the Guardian looks at it next. Its bytes are checked and frozen before anything is committed.

    Raises TaskNotFound, NotClaimed, WrongState, TaskExpired, ResubmitOver, NotResubmittable, Invalid, UploadUsed.
    """
    now = world.now()
    mine = board.assignment(world.store, kinds.PRODUCT, task_id, operator.id, now, rows.TaskNotFound())
    links = _links(world, submission)
    sheets, uploads = rows.find_sheets_and(world.store, Ref(mine.owner_id, task_id), files.rows_of(links.uploads))
    task, number = sheets.task, sheets.task.submissions + 1
    move = TASK.find("submit", task.status, Role.OPERATOR)
    again = task.status is Status.DISPUTED
    _check_in_time(task, now)
    credential = credentials.handed_in(world, sheets, submission.encrypted_credential, number)
    _check_proof(sheets.body.proof_type, submission)
    _check_links(links, elsewhere=world.settings.external_proof_urls)
    frozen, used = files.freeze(world, operator, links.uploads, uploads, task_id)
    sheet = _sheet(submission, links, frozen, now)
    writes = [
        *rows.HEADS.move(
            task.ref, move, where=_still_in_time(task, operator, now),
            submissions=number, submitted_at=now, drop=("resubmit_until", "confidence"),
        ),
        *([dispute_store.resubmitted(task_id, task.submissions)] if again else []),
        rows.add_proof(task_id, number, sheet),
        *credential,
        *used,
        *board.hand_in(mine, again=again),
        agenda.at(kinds.JUDGE_PROOF, task.ref.path, now, now, which=str(number)),
        agenda.at(kinds.JUDGE_OVERDUE, task.ref.path, now + rules.GUARDIAN_OVERDUE, now, which=str(number)),
        news.moved(world, task.ref, move, submission=number),
    ]  # fmt: skip
    return once.commit(
        world.store, claim, writes, work_words.Submitted(task_id=task_id, status=Status(move.end), submitted_at=now)
    )


def _asked_for(operator: Operator, query: work_words.FeedQuery) -> list[str]:
    """The types to show; none of them means all. Skills that are no task type say nothing about tasks."""
    if query.task_type:
        return [query.task_type]
    return [] if query.everything else sorted({*operator.skills} & {*rules.TaskType})


def _cannot_accept(task: Task, operator: Operator) -> Exception:
    """Why a task could not be accepted, from the task as it is: too late for good, or it is in somebody's hands."""
    expired = task.status is Status.PENDING or task.cancel_reason is CancelReason.EXPIRED
    return TaskExpired() if expired else board.taken_by(task.operator_id, operator)


def _check_in_time(task: Task, now: datetime) -> None:
    """Whether proof may still be handed in. Raises TaskExpired, ResubmitOver, NotResubmittable."""
    if task.status is not Status.DISPUTED:
        if rules.latest_work(task.deadline) <= now:
            raise TaskExpired
    elif task.resubmit_until is None:
        raise NotResubmittable
    elif task.resubmit_until <= now or task.submissions >= rules.SUBMISSIONS_MAX:
        raise ResubmitOver


def _still_in_time(task: Task, operator: Operator, now: datetime) -> ConditionBase:
    """The same, asked by the write: nobody else has it, nothing was handed in meanwhile, and the time is not over."""
    mine = Attr("operator_id").eq(operator.id) & Attr("submissions").eq(task.submissions)
    if task.status is Status.DISPUTED:
        return mine & Attr("resubmit_until").gt(iso(now))
    return mine & Attr("deadline").gt(iso(now - rules.LATE))


def _check_proof(proof_type: str, submission: work_words.Submission) -> None:
    """What a proof of this type must have (ruling 20), and how much it may (ruling 21). Raises Invalid."""
    if len(submission.photos) + len(submission.artifacts) > rules.FILES_MAX:
        raise Invalid("photos", f"and artifacts may be at most {rules.FILES_MAX} together")
    if proof_type in ("PHOTO", "SCREENSHOT") and not submission.photos:
        raise Invalid("photos", f"is required: this task's proof type is {proof_type}")
    if proof_type == "CONFIRMATION" and not (submission.confirmation_text or "").strip():
        raise Invalid("confirmation_text", "is required: this task's proof type is CONFIRMATION")
    if proof_type == "ARTIFACT" and not (submission.artifacts or submission.encrypted_credential):
        raise Invalid("artifacts", "is required: this task's proof type is ARTIFACT")


def _links(world: World, submission: work_words.Submission) -> _Links:
    fields = {"photos": submission.photos, "artifacts": submission.artifacts}
    links = {f"{field}.{n}": link for field, each in fields.items() for n, link in enumerate(each)}
    return _Links(links, {place: files.own_upload_id(world, link) for place, link in links.items()})


def _sheet(submission: work_words.Submission, links: _Links, frozen: Mapping[str, Frozen], now: datetime) -> ProofSheet:
    """The sheet of a proof. Own uploads are frozen copies; a link elsewhere stays a link, where such proof is taken."""

    def photos(field: str) -> list[ProofPhoto]:
        mine = [place for place in links.all if place.startswith(f"{field}.")]
        return [
            ProofPhoto(frozen=frozen[upload_id])
            if (upload_id := links.own[place])
            else ProofPhoto(link=links.all[place])
            for place in mine
        ]

    return ProofSheet(
        photos=photos("photos"), artifacts=photos("artifacts"), notes=submission.notes,
        confirmation_text=submission.confirmation_text, reference_url=submission.reference_url,
        submitted_at=now,
    )  # fmt: skip


def _check_links(links: _Links, *, elsewhere: bool) -> None:
    """Every proof is named once, and is an upload or, where that is allowed, a web address. Raises Invalid."""
    seen: set[str] = set()
    for place, link in links.all.items():
        name = links.own[place] or link
        if name in seen:
            raise Invalid(place, "is there twice")
        seen.add(name)
        if links.own[place] is None and not (elsewhere and link.startswith(("https://", "http://"))):
            raise Invalid(place, "must be the url of an upload of yours; POST /api/v1/operator/upload")
