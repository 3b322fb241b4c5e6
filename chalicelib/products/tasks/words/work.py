"""Requests and answers of the work between taking a task and rating it: estimates, the operator's day, ratings."""

from typing import Annotated

from pydantic import Field, StringConstraints

from chalicelib.core.board.model import AssignmentState
from chalicelib.kit.pages import Pagination
from chalicelib.kit.words import AmountOut, Moment, Words
from chalicelib.products.tasks.lifecycle import Status
from chalicelib.products.tasks.rules import TaskType
from chalicelib.products.tasks.words.tasks import OperatorShown, TaskTold

_Part = Annotated[int, Field(ge=0, le=1_000_000)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]


class AcceptOrder(Words):
    """POST /operator/tasks/:id/accept: an estimate, for a task that asks for one, and nothing for any other."""

    estimate_days: _Part | None = None
    estimate_hours: _Part | None = None
    estimate_minutes: _Part | None = None
    estimate_note: Annotated[str, StringConstraints(max_length=1_000)] | None = None


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
