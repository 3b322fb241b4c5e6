"""Readers for tests of qa: one whose mind is made up, one that is away, and one that asks a model of ours."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from chalicelib.core.asking.model import Question
from chalicelib.core.ports.reader import Change, Extraction, Plan, ReaderUnavailable, Report


@dataclass
class FixedReader:
    """Finds the same in every report, and remembers what it was shown."""

    found: Extraction
    reports: list[Report] = field(default_factory=list)

    def extract(self, report: Report, problem: str = "") -> Extraction:
        self.reports.append(report)
        return self.found

    def plan(self, change: Change) -> Plan:
        raise ReaderUnavailable("it reads reports only")


@dataclass
class AbsentReader:
    """Gives no answer, as often as it is asked, whatever happens while it is."""

    while_asked: Callable[[], None] = lambda: None
    asked: int = 0

    def extract(self, report: Report, problem: str = "") -> Extraction:
        self.asked += 1
        self.while_asked()
        raise ReaderUnavailable("no answer in 50 s")

    def plan(self, change: Change) -> Plan:
        raise ReaderUnavailable("no answer in 18 s")


@dataclass
class Listener:
    """A model that answers what it was told to, whatever it is asked, and keeps the question."""

    says: Any
    asked: list[Question] = field(default_factory=list)
    name: str = "listener"

    def ask(self, question: Question) -> object:
        self.asked.append(question)
        return self.says
