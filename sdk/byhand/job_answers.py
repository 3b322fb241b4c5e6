"""Answers about jobs, typed like the others; the wire's camelCase is snake_case here."""

from decimal import Decimal
from typing import Any

from pydantic import AliasChoices, AwareDatetime, ConfigDict, Field
from pydantic.alias_generators import to_camel

from byhand.answers import Answer

RUNNING = frozenset({"pending", "waiting", "working"})
"""The states in which a job goes on; in any other it has ended for good."""


class _Camel(Answer):
    """An answer whose names have capitals on the wire."""

    model_config = ConfigDict(alias_generator=to_camel)


class JobCreated(_Camel):
    """A job that testers will see in a moment."""

    id: str = Field(validation_alias=AliasChoices("id", "jobId"))
    job_id: str = Field(validation_alias=AliasChoices("jobId", "id"))
    status: str | None = None
    message: str | None = None


class JobResult(_Camel):
    """What was read out of the tester's words: `success` is whether the test passed, `data` is as asked for."""

    success: bool
    explanation: str
    data: dict[str, Any] = Field(default_factory=dict)


class ConsoleMessage(_Camel):
    """One line of the browser's console."""

    type: str
    message: str
    timestamp: str


class NetworkRequest(_Camel):
    """One request of the browser."""

    url: str
    method: str
    status: int | None = None
    timestamp: str


class Click(_Camel):
    """One click, in CSS pixels."""

    x: float
    y: float
    timestamp: str
    element: str | None = None


class TesterData(_Camel):
    """What was recorded while somebody tested; the links carry their own right to be read, for a while."""

    test_duration_seconds: int | float | None = None
    console_messages: list[ConsoleMessage] = Field(default_factory=list)
    network_requests: list[NetworkRequest] = Field(default_factory=list)
    clicks: list[Click] = Field(default_factory=list)
    screenshots: list[str] = Field(default_factory=list)
    video_url: str | None = None
    recorded_url: str | None = None
    """A JSON file of all that was recorded, where the lists hold the beginning of it only."""


class ExtractedIssue(_Camel):
    """One thing that is wrong with the page, and the issue that was opened about it."""

    title: str
    description: str
    severity: str
    github_issue_url: str | None = None


class JobDispute(_Camel):
    """What a job had earned is disputed; how that ended, once it has."""

    opened_at: AwareDatetime
    outcome: str | None = None
    refunded_usd: Decimal | None = None
    resolved_at: AwareDatetime | None = None


class JobRow(_Camel):
    """A job as lists show it. `id` and `job_id` are the same, as they are on the wire."""

    id: str = Field(validation_alias=AliasChoices("id", "jobId"))
    job_id: str = Field(validation_alias=AliasChoices("jobId", "id"))
    status: str
    title: str | None = None
    url: str | None = None
    reason: str | None = None
    error: str | None = None
    cost_usd: Decimal | None = None
    test_duration_seconds: int | float | None = None
    target_duration_minutes: Decimal | None = None
    total_extension_minutes: Decimal | None = None
    created_at: AwareDatetime | None = None
    waiting_at: AwareDatetime | None = None
    working_at: AwareDatetime | None = None
    ended_at: AwareDatetime | None = None
    dispute: JobDispute | None = None

    @property
    def is_running(self) -> bool:
        """Whether it has not ended yet."""
        return self.status in RUNNING


class Job(JobRow):
    """A job with everything about it. What came of the test is there once it is completed."""

    description: str | None = None
    output_schema: dict[str, Any] | None = None
    allow_duration_extension: bool | None = None
    max_extension_minutes: Decimal | bool | None = None
    additional_validation_instructions: str | None = None
    screen_size: dict[str, int] | None = None
    repo_name: str | None = None
    can_create_github_issues: bool | None = None
    response_deadline: AwareDatetime | None = None
    job_url: str | None = None
    tester_alias: str | None = None
    tester_color: str | None = None
    tester_avatar_url: str | None = None
    result: JobResult | None = None
    tester_response: str | None = None
    tester_data: TesterData | None = None
    extracted_issues: list[ExtractedIssue] = Field(default_factory=list)

    @property
    def passed(self) -> bool:
        """Whether the test was completed and nothing that was said goes against it."""
        return self.result is not None and self.result.success
