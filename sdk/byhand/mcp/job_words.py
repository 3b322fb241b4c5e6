"""What each tool of jobs reads, under the names that the wire has, too."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from byhand.mcp.words import IdempotencyKey, Words

JobId = Annotated[str, Field(min_length=1, max_length=100, description="The job's id, such as job_01k…")]
Minutes = Annotated[float, Field(strict=True, allow_inf_nan=False)]


class _Camel(Words):
    """Words whose names have capitals for whoever calls; no other spelling is taken."""

    model_config = ConfigDict(alias_generator=to_camel)


class Size(BaseModel):
    """A viewport in CSS pixels."""

    width: int = Field(ge=200, le=7_680)
    height: int = Field(ge=200, le=7_680)


class CreateJob(_Camel):
    """A page to try."""

    url: str = Field(min_length=1, max_length=2_000, description="The page to try.")
    description: str = Field(
        min_length=1, max_length=10_000, description="What the tester is to do, all of it: they know nothing else."
    )
    output_schema: dict[str, Any] | None = Field(
        default=None, description="What to read out of the tester's words: by the name of each field its type "
        '(boolean, string, number, array, object) and a description, such as {"loginWorks": {"type": "boolean", '
        '"description": "Does login work?"}}.',
    )  # fmt: skip
    target_duration_minutes: Annotated[Minutes, Field(ge=1, le=60)] = Field(
        default=5, description="How long the test may take. Seconds are paid."
    )
    allow_duration_extension: bool = Field(default=True, description="Whether the tester may ask for more time.")
    max_extension_minutes: Annotated[Minutes, Field(ge=0, le=60)] | Literal[False] = Field(
        default=False, description="How much more time at most; false: up to an hour in all."
    )
    additional_validation_instructions: str | None = Field(
        default=None, max_length=5_000, description="What to heed when the tester's words are read."
    )
    screen_size: Literal["desktop", "laptop", "tablet", "mobile"] | Size | None = Field(
        default=None, description="The viewport to test in."
    )
    repo_name: str | None = Field(default=None, max_length=140, description="owner/repo on GitHub, read for context.")
    can_create_github_issues: bool = Field(
        default=False, description="Open an issue in repoName for each thing that is found wrong."
    )
    idempotency_key: IdempotencyKey | None = Field(default=None, alias="idempotency_key")


class AboutJob(_Camel):
    """One job."""

    job_id: JobId


class WaitForResult(AboutJob):
    """A wait."""

    wait_seconds: float = Field(
        default=30, ge=1, le=300, description="How long to wait at most. Begin with 30, then 45, then 60, and so on."
    )


class ListJobs(_Camel):
    """A page of jobs."""

    status: str | None = Field(default=None, max_length=40, description="Only this state, such as completed.")
    limit: int | None = Field(default=None, ge=1, le=100)
    offset: int | None = Field(default=None, ge=0, le=1_000)
    cursor: str | None = Field(default=None, max_length=1_000, description="The next_cursor of the page before.")
