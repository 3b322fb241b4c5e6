"""What agents ask for, and what they are told."""

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)

from chalicelib.core.ports.reader import READING_CHARACTERS_MAX
from chalicelib.kit import addresses
from chalicelib.kit.pages import PageWords, Pagination
from chalicelib.kit.words import AmountOut, Moment, SparseWords, Words
from chalicelib.products.qa import rules
from chalicelib.products.qa.lifecycle import Reason, Status
from chalicelib.products.qa.words.disputes import JobDispute
from chalicelib.products.qa.words.numbers import ExtensionMinutes, MinutesOut, TargetMinutes
from chalicelib.products.qa.words.repositories import Repo

MESSAGE = "Job created successfully. Use GET /api/job/:id to check status."


def _web_url(url: str) -> str:
    """A URL that a person will open: nothing that a click could run (ruling 10)."""
    if not addresses.is_page(url):
        raise ValueError("must be a URL such as https://example.com/page, with https:// or http://")
    return url


def _screen(value: object) -> object:
    """A preset by its name, as the dimensions that it stands for (seed, "screenSize")."""
    if isinstance(value, str) and value in rules.SCREENS:
        width, height = rules.SCREENS[value]
        return {"width": width, "height": height}
    if not isinstance(value, dict | ScreenSize):
        raise ValueError(f"must be one of {', '.join(rules.SCREENS)}, or {{width, height}}")
    return value


PageUrl = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000), AfterValidator(_web_url)
]
Description = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000)]
Validation = Annotated[str, StringConstraints(strip_whitespace=True, max_length=READING_CHARACTERS_MAX)]
Repository = Annotated[Repo, BeforeValidator(lambda value: value.strip() if isinstance(value, str) else value)]
_Side = Annotated[int, Field(strict=True, ge=rules.SIDE_MIN, le=rules.SIDE_MAX)]


class ScreenSize(Words):
    """A viewport in CSS pixels."""

    width: _Side
    height: _Side


ScreenIn = Annotated[
    ScreenSize, BeforeValidator(_screen),
    WithJsonSchema({"anyOf": [
        {"enum": list(rules.SCREENS)},
        {"type": "object", "required": ["width", "height"], "properties": {
            side: {"type": "integer", "minimum": rules.SIDE_MIN, "maximum": rules.SIDE_MAX}
            for side in ("width", "height")
        }},
    ]}),
]  # fmt: skip


class JobFields(Words):
    """What a job is ordered with, over HTTP and as a tool alike (seed, "Request Parameters")."""

    url: PageUrl = Field(description="The page to try.")
    description: Description = Field(description="What the tester is to do, all of it: they know nothing else.")
    outputSchema: dict[str, Any] | None = Field(
        default=None, description="What to read out of the tester's words: by the name of each field its type "
        '(boolean, string, number, array, object) and a description, such as {"loginWorks": {"type": "boolean", '
        '"description": "Does login work?"}}. Without it there are success and explanation only.',
    )  # fmt: skip
    targetDurationMinutes: TargetMinutes = Field(
        default=Decimal(rules.MINUTES_DEFAULT),
        description="How long the test may take. Seconds are paid.",
        json_schema_extra={"default": rules.MINUTES_DEFAULT},
    )
    allowDurationExtension: bool = Field(
        default=True, strict=True, description="Whether the tester may ask for more time."
    )
    maxExtensionMinutes: ExtensionMinutes = Field(
        default=False, description="How much more time at most; false: up to an hour in all."
    )
    additionalValidationInstructions: Validation | None = Field(
        default=None, description="What to heed when the tester's words are read, such as what to ignore."
    )
    screenSize: ScreenIn | None = Field(default=None, description="The viewport to test in.")
    repoName: Repository | None = Field(default=None, description="owner/repo on GitHub, read for context.")
    canCreateGithubIssues: bool = Field(
        default=False, strict=True, description="Open an issue in repoName for each thing that is found wrong."
    )


class JobOrder(JobFields):
    """POST /api/jobs and POST /api/run. What older and newer clients send beside it is ignored (ruling 29)."""

    @model_validator(mode="before")
    @classmethod
    def _as_clients_spell_it(cls, values: Any) -> Any:
        """Older clients call the repository `githubRepo`, and what some leave open they send as null."""
        if not isinstance(values, dict):
            return values
        said = {name: value for name, value in values.items() if value is not None}
        return {"repoName": said["githubRepo"], **said} if "githubRepo" in said else said


class JobCreated(Words):
    """POST /api/jobs."""

    jobId: str
    id: str
    status: Status
    message: str = MESSAGE


class JobsQuery(PageWords):
    """GET /api/jobs."""

    status: Status | None = None


class ResultShown(Words):
    """What was read out of the tester's words."""

    success: bool
    explanation: str
    data: dict[str, Any]


class ConsoleMessage(Words):
    """One line of the browser's console."""

    type: Annotated[str, StringConstraints(max_length=50)]
    message: Annotated[str, StringConstraints(max_length=10_000)]
    timestamp: Annotated[str, StringConstraints(max_length=50)]


class NetworkRequest(SparseWords):
    """One request of the browser."""

    url: Annotated[str, StringConstraints(max_length=10_000)]
    method: Annotated[str, StringConstraints(max_length=20)]
    status: int | None = None
    timestamp: Annotated[str, StringConstraints(max_length=50)]


class Click(SparseWords):
    """One click, in CSS pixels."""

    x: float = Field(allow_inf_nan=False)
    y: float = Field(allow_inf_nan=False)
    timestamp: Annotated[str, StringConstraints(max_length=50)]
    element: Annotated[str, StringConstraints(max_length=1_000)] | None = None


class Recorded(SparseWords):
    """What was captured while somebody tested."""

    consoleMessages: list[ConsoleMessage] = Field(default_factory=list, max_length=5_000)
    networkRequests: list[NetworkRequest] = Field(default_factory=list, max_length=5_000)
    clicks: list[Click] = Field(default_factory=list, max_length=5_000)


class TesterData(Recorded):
    """What was captured, with links to files that carry their own right to be read (seed, "Tester Data")."""

    testDurationSeconds: int
    screenshots: list[str]
    videoUrl: str | None = None
    recordedUrl: str | None = None
    """A JSON file of the three lists, where they hold more than is shown here: the first entries of each."""


class ExtractedIssue(Words):
    """One thing that is wrong with the page, and the issue that was opened about it."""

    title: str
    description: str
    severity: Literal["critical", "high", "medium", "low"]
    githubIssueUrl: str | None = None


class JobTold(SparseWords):
    """What there is to say of any job. What is not there yet, or never will be, is left out and not null: clients of
    every age take a field that is there for an answer.
    """

    id: str
    jobId: str
    status: Status
    url: str
    targetDurationMinutes: MinutesOut
    totalExtensionMinutes: MinutesOut
    createdAt: Moment
    waitingAt: Moment | None = None
    workingAt: Moment | None = None
    endedAt: Moment | None = None
    reason: Reason | None = None
    error: str | None = None
    costUsd: AmountOut | None = None
    testDurationSeconds: int | None = None
    dispute: JobDispute | None = None


class JobRow(JobTold):
    """One job of a list."""

    title: str


class JobPage(Words):
    """GET /api/jobs."""

    data: list[JobRow]
    pagination: Pagination


class JobShown(JobTold):
    """GET /api/job/:id. What comes of a test is there once it is completed."""

    description: str
    outputSchema: dict[str, Any] | None = None
    allowDurationExtension: bool
    maxExtensionMinutes: MinutesOut | Literal[False]
    additionalValidationInstructions: str | None = None
    screenSize: ScreenSize | None = None
    repoName: str | None = None
    canCreateGithubIssues: bool
    responseDeadline: Moment
    jobUrl: str | None = None
    testerAlias: str | None = None
    testerColor: str | None = None
    testerAvatarUrl: str | None = None
    result: ResultShown | None = None
    testerResponse: str | None = None
    testerData: TesterData | None = None
    extractedIssues: list[ExtractedIssue] | None = None
