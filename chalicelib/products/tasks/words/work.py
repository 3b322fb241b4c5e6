"""Requests and answers of the work: the feed, taking a task, the operator's day, handing in, ratings."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from chalicelib.core.board.model import AssignmentState
from chalicelib.kit.pages import PageWords, Pagination
from chalicelib.kit.words import AmountOut, Moment, Words
from chalicelib.products.tasks.lifecycle import Status
from chalicelib.products.tasks.rules import TaskType
from chalicelib.products.tasks.words.credentials import EncryptedCredential
from chalicelib.products.tasks.words.tasks import Coordinates, OperatorShown, Remote, TaskTold, TypeIn, Url, WebUrl

_Part = Annotated[int, Field(ge=0, le=1_000_000)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]


class FeedQuery(PageWords):
    """GET /operator/tasks. An operator with skills sees what fits them; `all=true` shows everything."""

    task_type: TypeIn | None = None
    scope: Literal["mine"] | None = None
    everything: bool = Field(default=False, alias="all")


class FeedRow(Words):
    """One task that an operator can take; its address is for whoever has accepted it."""

    task_id: str
    title: str
    description: str
    task_type: TaskType
    task_domain: str
    proof_type: str
    location: Coordinates | Remote
    reward_usd: AmountOut
    deadline: Moment
    proof_requirements: list[str]
    estimate_required: bool = False
    created_at: Moment


class FeedPage(Words):
    """GET /operator/tasks."""

    data: list[FeedRow]
    pagination: Pagination


class AcceptOrder(Words):
    """POST /operator/tasks/:id/accept: an estimate, for a task that asks for one, and nothing for any other."""

    estimate_days: _Part | None = None
    estimate_hours: _Part | None = None
    estimate_minutes: _Part | None = None
    estimate_note: Annotated[str, StringConstraints(max_length=1_000)] | None = None


class Accepted(Words):
    """POST /operator/tasks/:id/accept."""

    task_id: str
    status: Status
    accepted_at: Moment


class Estimated(Words):
    """POST /operator/tasks/:id/accept with an estimate: it is accepted when the agent approves."""

    task_id: str
    status: Status
    accepted_at: Moment | None = None
    estimate_minutes: int


class EstimateApproved(Words):
    """POST /tasks/:id/estimate/approve."""

    task_id: str
    status: Status
    accepted_at: Moment
    operator: OperatorShown
    estimate_minutes: int


class WithReason(Words):
    """A deed for which one may say why."""

    reason: Reason | None = None


class Reopened(Words):
    """The task is open to everybody again."""

    task_id: str
    status: Status
    message: str


class Started(Words):
    """POST /operator/tasks/:id/start."""

    task_id: str
    status: Status
    started_at: Moment


class MyTaskRow(Words):
    """One task that an operator has or had; what was given back is none."""

    task_id: str
    title: str
    task_type: TaskType
    reward_usd: AmountOut
    state: AssignmentState
    status: Status
    deadline: Moment
    resubmit_until: Moment | None
    claimed_at: Moment
    ended_at: Moment | None


class MyTaskPage(Words):
    """GET /operator/tasks?scope=mine."""

    data: list[MyTaskRow]
    pagination: Pagination


class MyTask(TaskTold):
    """GET /operator/tasks/:id for whoever has the task: all that the work needs."""

    state: AssignmentState
    resubmit_until: Moment | None


class Submission(Words):
    """POST /operator/tasks/:id/submit: the words of proof; which are needed follows from the task's proof type."""

    photos: list[Url] = Field(default_factory=list, max_length=20)
    notes: Annotated[str, StringConstraints(max_length=5_000)] | None = None
    confirmation_text: Annotated[str, StringConstraints(max_length=5_000)] | None = None
    reference_url: WebUrl | None = None
    artifacts: list[Url] = Field(default_factory=list, max_length=20)
    encrypted_credential: EncryptedCredential | None = None


class Submitted(Words):
    """The proof is in."""

    task_id: str
    status: Status
    submitted_at: Moment
    message: str = "Proof submitted. AI Guardian verification in progress."


class RateOrder(Words):
    """POST /tasks/:id/rate."""

    rating: int = Field(ge=1, le=5)
    comment: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] | None = None


class Rated(Words):
    """The operator with the new average."""

    task_id: str
    rating: int
    comment: str | None
    operator: OperatorShown
