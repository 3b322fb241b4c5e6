"""What the tools of qa read and answer, with the seed's names, beside the words of jobs."""

from typing import Annotated

from pydantic import Field, StringConstraints

from chalicelib.kit.words import IdempotencyKey, SparseWords, ToolWords
from chalicelib.products.qa.words import jobs as words

WAIT_SECONDS_DEFAULT, WAIT_SECONDS_MAX = 30, 300

JobId = Annotated[
    str, StringConstraints(min_length=1, max_length=100), Field(description="As create_job or list_jobs answered it.")
]


class CreateJob(words.JobFields, ToolWords):
    """create_job. A field that is unknown is refused, other than over HTTP: programs of many ages send their fields
    there, but whoever calls a tool has just read its schema, and would take a made-up wish for granted.
    """

    idempotency_key: IdempotencyKey | None = None


class OneJob(ToolWords):
    """A tool about one job."""

    jobId: JobId


class WaitForResult(OneJob):
    """wait_for_result."""

    waitSeconds: float = Field(
        default=WAIT_SECONDS_DEFAULT, ge=1, le=WAIT_SECONDS_MAX, allow_inf_nan=False,
        description="How long to wait at most. Begin with 30, then 45, then 60, and longer each time.",
    )  # fmt: skip


class ListJobs(words.JobsQuery, ToolWords):
    """list_jobs."""


class LeftOut(SparseWords):
    """How much of what was recorded is not shown here."""

    consoleMessages: int | None = None
    networkRequests: int | None = None
    clicks: int | None = None


class JobSeen(words.JobShown):
    """A job with everything about it; of what was recorded, as much as a model can use."""

    testerDataLeftOut: LeftOut | None = Field(
        default=None, description="How many more of each list jobUrl has; testerData.recordedUrl, if there, has all."
    )


class Waited(words.JobTold):
    """How a job stands after waiting for it; `isDone` when it has ended. What came of the test is there with it."""

    isDone: bool
    message: str
    waitedSeconds: float | None = Field(default=None, description="How long was waited, when the job has not ended.")
    nextWaitSeconds: int | None = Field(default=None, description="The waitSeconds to call with next.")
    testerAlias: str | None = None
    testerColor: str | None = None
    testerAvatarUrl: str | None = None
    result: words.ResultShown | None = None
    testerResponse: str | None = None
    testerData: words.TesterData | None = None
    testerDataLeftOut: LeftOut | None = None
    extractedIssues: list[words.ExtractedIssue] | None = None
    jobUrl: str | None = None
