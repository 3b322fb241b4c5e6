"""The reader: somebody who reads what people wrote and says what is in it.

Two things are read: a tester's report, out of which data is taken, and a change (an issue, a pull request), out of
which a test is planned. All of it is words of strangers (ruling 9): it is read, never obeyed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

FINDINGS_MAX = 20
"""So many findings of a report are kept."""
READING_CHARACTERS_MAX, FORM_CHARACTERS_MAX = 4_000, 20_000
"""How much a reader takes of what says how results are to be read, and of a form as JSON."""

FieldType = Literal["boolean", "string", "number", "array", "object"]
Severity = Literal["critical", "high", "medium", "low"]


class ReaderUnavailable(Exception):
    """The reader gave no usable answer: none at all, or words that are not what was asked for."""


@dataclass(frozen=True)
class WantedField:
    """One field of the data that somebody wants (seed, "Output Schema"). `example` is any JSON value."""

    name: str
    type: FieldType
    description: str = ""
    example: Any = None
    required: bool = True
    schema: Mapping[str, Any] = field(default_factory=dict)
    """The field's own JSON Schema, where the order had one; it narrows `type`."""


@dataclass(frozen=True)
class Report:
    """What a tester says of a page, and what is to be found in it."""

    url: str
    instructions: str
    fields: Sequence[WantedField]
    words: str
    """The tester's own words."""
    answers: Mapping[str, Any] = field(default_factory=dict)
    """What the tester filled into a form, by the names of the fields."""
    passed: bool | None = None
    """Whether, as the tester says, what the instructions ask for worked; None when they did not say."""
    validation: str = ""
    """How the results are to be read, in the words of whoever ordered the test."""
    context: Mapping[str, str] = field(default_factory=dict)
    """Files that tell of the page, such as README.md, by name. What they say was not seen by anybody."""
    wants_findings: bool = False


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong with a page."""

    title: str
    description: str
    severity: Severity = "medium"


@dataclass(frozen=True)
class Extraction:
    """What a reader found in a report. `data` is as the reader gave it: core/reader/extract.py checks it."""

    success: bool
    explanation: str
    data: Mapping[str, Any] = field(default_factory=dict)
    findings: Sequence[Finding] = ()
    model: str = ""


@dataclass(frozen=True)
class Change:
    """An issue or a pull request that somebody may test by hand. `words` is what else its sender gave, as JSON."""

    kind: Literal["issue", "pull_request"]
    title: str = ""
    body: str = ""
    words: Mapping[str, Any] = field(default_factory=dict)
    test_url: str | None = None
    """Where it can be tried, if its sender says so; it goes before any address in the text."""


@dataclass(frozen=True)
class Plan:
    """How a change can be tested by hand, or why it cannot. `confidence` is 0 to 100."""

    is_testable: bool
    reason: str
    confidence: int
    instructions: str = ""
    test_url: str | None = None
    summary: str = ""
    fields: Sequence[WantedField] = ()
    affected_areas: Sequence[str] = ()
    model: str = ""


class Reader(Protocol):
    """Somebody who reads. Both raise ReaderUnavailable."""

    def extract(self, report: Report, problem: str = "") -> Extraction:
        """What is in a report. `problem` says what was wrong with the last answer to the same question."""
        ...

    def plan(self, change: Change) -> Plan:
        """How a change can be tested."""
        ...
