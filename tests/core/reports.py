"""Reports to read, and readers that say what they are told to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from chalicelib.core.ports.reader import Change, Extraction, Plan, ReaderUnavailable, Report, WantedField

WORKS = WantedField("loginWorks", "boolean", "Does login work with valid credentials?")
MESSAGE = WantedField("errorMessage", "string", "What error appears?", required=False)
ISSUES = WantedField("issuesFound", "array", "List of any issues discovered")
FIELDS = (WORKS, MESSAGE, ISSUES)


def report(words: str = "I logged in.", fields: Any = FIELDS, **more: Any) -> Report:
    """A report on a page that somebody tried."""
    return Report("https://example.com/login", "Try to log in.", fields, words, **more)


@dataclass
class Told:
    """A reader that says what it was told, one thing after the other, and keeps what it was asked."""

    says: list[Mapping[str, Any] | Extraction]
    problems: list[str] = field(default_factory=list)

    def extract(self, report: Report, problem: str = "") -> Extraction:
        self.problems.append(problem)
        if not self.says:
            raise ReaderUnavailable("nothing left to say")
        said = self.says.pop(0)
        return said if isinstance(said, Extraction) else Extraction(True, "I read it.", said, model="told/1")

    def plan(self, change: Change) -> Plan:
        raise ReaderUnavailable("makes no plans")
