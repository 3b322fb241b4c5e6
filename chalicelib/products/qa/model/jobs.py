"""A job on record: a small head that moves, and sheets that are written once.

head       status, money, times: rewritten by every move
order      what was asked, in the words of whoever asked
session    what the tester handed in
result     what was read out of it
issues     the issue that each finding became
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from chalicelib.core.disputes import Outcome
from chalicelib.core.files.model import Frozen, KeptText
from chalicelib.core.heads import Head, Ref
from chalicelib.core.ports.reader import Severity
from chalicelib.kit.words import Moment, Words
from chalicelib.products.qa.lifecycle import Reason, Status


class Job(Head):
    """The head of a job."""

    job_id: str
    account_id: str
    status: Status
    url: str
    title: str
    created_at: Moment
    unclaimed_until: Moment
    target_seconds: int
    extension_seconds_max: int
    held_micros: int
    """What is set aside: the most that it can cost."""
    share_percent: int
    """The tester's part of the cost, as it was when the job was ordered."""
    extension_seconds: int = 0
    operator_id: str | None = None
    fiat: bool = False
    """Ordered by an agent with a recent fiat deposit: its pay waits longer (ruling 27)."""
    waiting_at: Moment | None = None
    working_at: Moment | None = None
    submitted_at: Moment | None = None
    ends_at: Moment | None = None
    """When the time that is billed is over."""
    ended_at: Moment | None = None
    reason: Reason | None = None
    why: str | None = None
    """The same as `reason`, in a sentence."""
    billed_seconds: int | None = None
    cost_micros: int | None = None
    wage_micros: int | None = None
    """The tester's part of the cost; after a dispute, what it left them."""
    hold_until: Moment | None = None
    held: bool = False
    disputed_at: Moment | None = None
    dispute_outcome: Outcome | None = None
    resolved_at: Moment | None = None
    refunded_micros: int | None = None
    """What a dispute gave back to the agent."""

    @property
    def ref(self) -> Ref:
        return Ref(self.account_id, self.job_id)

    @property
    def most_seconds(self) -> int:
        """The most that can be billed as things stand."""
        return self.target_seconds + self.extension_seconds


class Screen(Words):
    """A viewport in CSS pixels."""

    width: int
    height: int


class Order(Words):
    """What was asked."""

    url: str
    description: str
    target_minutes: Decimal
    allow_extension: bool
    extension_minutes_max: Decimal | None
    """None where it has no limit."""
    output_schema: str | None
    """As JSON, as it was given; None when nothing but success and an explanation is wanted."""
    validation: str | None
    screen: Screen | None
    repo: str | None
    opens_issues: bool
    owner_email: str


class Session(Words):
    """What the tester handed in."""

    words: str
    answers: str
    """What was filled into the form, as JSON."""
    passed: bool | None
    screenshots: list[Frozen]
    video: Frozen | None
    recorded: str | None
    """What is shown of console messages, network requests and clicks, as JSON; None when it lies in a file, as long
    texts do.
    """
    recorded_file: KeptText | None = None
    recorded_whole: Frozen | None = None
    """The file with all of them, where that is more than is shown."""


class FindingShown(Words):
    """One thing that is wrong with the page."""

    title: str
    description: str
    severity: Severity


class Result(Words):
    """What was read out of a session."""

    success: bool
    explanation: str
    data: str
    """As JSON."""
    findings: list[FindingShown]
    model: str


class OpenedIssue(Words):
    """The issue that a finding became."""

    url: str
    number: int


@dataclass(frozen=True)
class Sheets:
    """A job with everything that was written about it."""

    job: Job
    order: Order
    session: Session | None = None
    result: Result | None = None
    issues: Mapping[int, OpenedIssue] = field(default_factory=dict)
    """Those that have been opened, by the number of their finding, from 1 on."""

    @property
    def is_torn(self) -> bool:
        """Whether the head is of a later moment than the rest: a completed job has a session and a result."""
        return self.job.status is Status.COMPLETED and (self.session is None or self.result is None)

    def of(self, job: Job) -> "Sheets":
        """The same with a head that has moved on."""
        return replace(self, job=job)
