"""What testers see and hand in."""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, StringConstraints

from chalicelib.core.board.model import AssignmentState
from chalicelib.kit.pages import PageWords, Pagination
from chalicelib.kit.words import AmountOut, Moment, Words
from chalicelib.products.qa.lifecycle import Reason, Status
from chalicelib.products.qa.words.disputes import MyDispute
from chalicelib.products.qa.words.jobs import Recorded, ScreenSize
from chalicelib.products.qa.words.numbers import MinutesOut, MoreMinutes, Seconds

_Link = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000)]
_Why = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class FeedQuery(PageWords):
    """GET /api/tester/jobs."""

    scope: Literal["mine"] | None = None


class JobOffer(Words):
    """A job that a tester can take. `description` is the beginning of it; whoever claims the job is shown the rest.
    `payUsdPerMinute` is for a whole minute; seconds are paid.
    """

    id: str
    status: Status = Status.WAITING
    title: str
    url: str
    description: str
    targetDurationMinutes: MinutesOut
    payUsdPerMinute: AmountOut
    payUsdMax: AmountOut
    screenSize: ScreenSize | None
    createdAt: Moment
    claimBefore: Moment


class OfferPage(Words):
    """GET /api/tester/jobs."""

    data: list[JobOffer]
    pagination: Pagination


class MyJobRow(Words):
    """One job that a tester has or had."""

    id: str
    title: str
    state: AssignmentState
    status: Status
    reason: Reason | None
    claimedAt: Moment
    endsAt: Moment | None
    endedAt: Moment | None
    payUsd: AmountOut | None
    dispute: MyDispute | None


class MyJobPage(Words):
    """GET /api/tester/jobs?scope=mine."""

    data: list[MyJobRow]
    pagination: Pagination


class FormField(Words):
    """A question that may be answered in the form beside the tester's own words. `answerSchema` is JSON Schema: all
    that an answer is held to, and nothing else.
    """

    name: str
    type: str
    description: str
    required: bool
    answerSchema: dict[str, Any]


class MyJob(Words):
    """A job with all that the test needs, for the tester who has it. `now` is when this was so, by the clock that its
    other moments are by: a tester's own may be wrong.
    """

    id: str
    now: Moment
    title: str
    status: Status
    state: AssignmentState
    url: str
    description: str
    screenSize: ScreenSize | None
    form: list[FormField]
    targetDurationMinutes: MinutesOut
    totalExtensionMinutes: MinutesOut
    extensionMinutesLeft: MinutesOut
    payUsdPerMinute: AmountOut
    claimedAt: Moment
    endsAt: Moment
    handInBefore: Moment
    submittedAt: Moment | None
    endedAt: Moment | None
    reason: Reason | None
    payUsd: AmountOut | None
    heldUntil: Moment | None
    dispute: MyDispute | None


class ExtendOrder(Words):
    """POST /api/tester/jobs/:id/extend."""

    minutes: MoreMinutes


class TesterDataIn(Recorded):
    """What was captured: lists, and the `url` of uploads. What is not known here would be lost, and is refused."""

    model_config = ConfigDict(extra="forbid")

    screenshots: list[_Link] = Field(default_factory=list, max_length=20)
    videoUrl: _Link | None = None
    recordedUrl: _Link | None = None
    """An uploaded JSON file with the same three lists, for more than fits into one request; it goes before them."""
    testDurationSeconds: Any = None
    """There in what agents are shown (seed, "Tester Data"), and not read here: it is said beside `testerData`."""


class Submission(Words):
    """POST /api/tester/jobs/:id/submit. What is not known here would be lost with the job, and is refused."""

    model_config = ConfigDict(extra="forbid")

    from_programs = tuple(f"testerData.{name}" for name in Recorded.model_fields)
    testerResponse: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000)]
    testDurationSeconds: Seconds | None = None
    testerData: TesterDataIn = Field(default_factory=TesterDataIn)
    answers: dict[str, Any] = Field(default_factory=dict, max_length=50)
    passed: Annotated[bool, Field(strict=True)] | None = None


class Submitted(Words):
    """The tester's words are in; what they say is read next."""

    id: str
    status: Status
    submittedAt: Moment
    testDurationSeconds: int
    payUsd: AmountOut


class AbandonOrder(Words):
    """POST /api/tester/jobs/:id/abandon."""

    reason: _Why | None = None


class RejectOrder(Words):
    """POST /api/tester/jobs/:id/reject."""

    reason: _Why


class Ended(Words):
    """The job is over, without a result and without pay."""

    id: str
    status: Status
    reason: Reason
    message: str
