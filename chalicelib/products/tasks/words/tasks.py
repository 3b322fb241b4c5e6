"""Requests and answers of tasks, in the seed's casing."""

from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    StringConstraints,
)

from chalicelib.kit.pages import PageWords, Pagination
from chalicelib.kit.words import AmountIn, AmountOut, Moment, Words
from chalicelib.products.tasks.lifecycle import Status
from chalicelib.products.tasks.rules import TaskType
from chalicelib.products.tasks.words.credentials import PublicKey
from chalicelib.products.tasks.words.disputes import DisputeShown

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
Url = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000)]


def _web_url(url: str) -> str:
    """A URL that people will be shown: nothing that a click could run (ruling 10)."""
    if not url.lower().startswith(("https://", "http://")):
        raise ValueError("must be a URL that begins with https:// or http://")
    return url


WebUrl = Annotated[Url, AfterValidator(_web_url)]

# The successor of the original service calls this type by another name; both are read (ruling 18).
_OLD_NAMES = {"BROWSER_NAVIGATION": "BROWSER_INTERACTION"}

ByNewName = BeforeValidator(lambda name: _OLD_NAMES.get(name, name) if isinstance(name, str) else name)
TypeIn = Annotated[TaskType, ByNewName]

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Description = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000)]
Instructions = Annotated[str, StringConstraints(max_length=10_000)]
Requirements = Annotated[list[Line], Field(min_length=1, max_length=20)]
CallbackSecret = Annotated[str, StringConstraints(min_length=1, max_length=500)]


class Location(Words):
    """A place: coordinates in degrees, and an address for people."""

    lat: float = Field(ge=-90, le=90, allow_inf_nan=False)
    lng: float = Field(ge=-180, le=180, allow_inf_nan=False)
    address: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] | None = None


class Coordinates(Words):
    """A place without its address."""

    lat: float
    lng: float


class Remote(Words):
    """Where a digital task is done."""

    address: str = "Remote/Digital"


class TaskOrder(Words):
    """POST /tasks."""

    title: Title
    description: Description
    location: Location | None = None
    reward_usd: AmountIn
    deadline: Moment
    proof_requirements: Requirements
    task_type: TypeIn
    task_domain: Literal["PHYSICAL", "DIGITAL"] | None = None
    proof_type: Literal["PHOTO", "SCREENSHOT", "CONFIRMATION", "ARTIFACT"] | None = None
    digital_instructions: Instructions | None = None
    callback_url: Url | None = None
    callback_secret: CallbackSecret | None = None
    agent_public_key: PublicKey | None = None
    auto_complete_after_seconds: int = Field(default=0, ge=0, le=7 * 86_400)
    estimate_required: bool = False


class TaskCreated(Words):
    """The new task."""

    task_id: str
    status: Status
    reward_usd: AmountOut
    platform_fee: AmountOut
    platform_fee_usd: AmountOut
    total_escrow: AmountOut
    deadline: Moment
    created_at: Moment


class ListQuery(PageWords):
    """GET /tasks."""

    status: Status | None = None


class OperatorShown(Words):
    """An operator as agents see one: "Jane D."; the rating is their average, null until somebody has rated."""

    id: str
    name: str
    rating: float | None = None


class TaskRow(Words):
    """One task of a list."""

    task_id: str
    title: str
    status: Status
    task_type: TaskType
    reward_usd: AmountOut
    operator: OperatorShown | None
    created_at: Moment
    deadline: Moment


class TaskPage(Words):
    """GET /tasks."""

    data: list[TaskRow]
    pagination: Pagination


class Proof(Words):
    """What the operator handed in last; `photos` are signed URLs that expire."""

    photos: list[str]
    notes: str | None
    confirmation_text: str | None = None
    reference_url: str | None = None
    artifacts: list[str] = Field(default_factory=list)
    submittedAt: Moment  # noqa: N815 the seed's casing
    submitted_at: Moment


class RequirementResult(Words):
    """What the Guardian says of one proof requirement."""

    requirement: str
    met: bool
    confidence: int
    note: str


class GuardianResult(Words):
    """The Guardian's last verdict."""

    decision: Literal["APPROVE", "MANUAL_REVIEW", "REJECT"]
    confidence: int | None
    reasoning: str
    reason: str | None = None
    requirement_results: list[RequirementResult] = Field(default_factory=list)
    model: str = ""


class Estimate(Words):
    """How long the work will take, in the operator's opinion."""

    minutes: int
    note: str | None
    at: Moment


class TaskTold(Words):
    """What both sides of a task are told of it."""

    task_id: str
    title: str
    description: str
    status: Status
    task_type: TaskType
    task_domain: str
    proof_type: str
    digital_instructions: str | None
    agent_public_key: str | None
    location: Location | Remote
    reward_usd: AmountOut
    deadline: Moment
    proof_requirements: list[str]
    guardian_result: GuardianResult | None
    estimate_required: bool
    estimate: Estimate | None
    submissions: int
    cancel_reason: str | None
    accepted_at: Moment | None
    started_at: Moment | None
    submitted_at: Moment | None
    completed_at: Moment | None
    hold_until: Moment | None
    cancelled_at: Moment | None
    created_at: Moment


class TaskShown(TaskTold):
    """GET /tasks/:id."""

    platform_fee_usd: AmountOut
    platform_fee: AmountOut
    proof: Proof | None
    operator: OperatorShown | None
    callback_url: str | None
    messages: list[str] = Field(default_factory=list)
    rating: int | None
    rating_comment: str | None
    verified_by: str | None
    refunded_usd: AmountOut | None
    dispute: DisputeShown | None
    verified_at: Moment | None


class Cancelled(Words):
    """POST /tasks/:id/cancel."""

    task_id: str
    status: Status
    refunded_usd: AmountOut


class VerifyOrder(Words):
    """POST /tasks/:id/verify."""

    decision: Literal["APPROVE", "REJECT"]


class Decided(Words):
    """The task after the agent's decision."""

    task_id: str
    status: Status
    message: str
