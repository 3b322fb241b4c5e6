"""What may be tested by hand: an issue, or a pull request (facts, section 1.6). Its sender sends more than we read."""

from typing import Annotated, Any

from pydantic import Field, StringConstraints

from chalicelib.kit.words import Words

_Title = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1_000)]
_Text = Annotated[str, StringConstraints(max_length=65_536)]
_Address = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2_000)]


class IssueOrder(Words):
    """POST /api/analyze-issue. All of it together is at most 64 KB."""

    issueTitle: _Title
    issueBody: _Text | None = None
    issueLabels: list[Any] = Field(default_factory=list, max_length=1_000)
    presetTestUrl: _Address | None = None
    githubRepo: _Address | None = None
    issueComments: Any = None


class PullRequestOrder(Words):
    """POST /api/pr-analyzer. All of it together is at most 64 KB."""

    prTitle: _Title = ""
    prBody: _Text | None = None
    commits: list[Any] = Field(default_factory=list, max_length=1_000)
    fileChanges: list[Any] = Field(default_factory=list, max_length=1_000)
    diffContent: _Text | None = None
    githubRepo: _Address | None = None
    testUrl: _Address | None = None


class FieldWanted(Words):
    """One field of an output schema."""

    type: str
    description: str


class Analysis(Words):
    """Whether a change can be tested by hand, and how."""

    isTestable: bool
    reason: str
    testInstructions: str
    outputSchema: dict[str, FieldWanted]
    confidence: float


class IssueAnalysis(Analysis):
    """The answer about an issue; `testUrl` is null where there is none."""

    testUrl: str | None = None


class PullRequestAnalysis(Analysis):
    """The answer about a pull request."""

    summary: str
    affectedAreas: list[str]
