"""A reader that asks a model, once for each question."""

from dataclasses import dataclass

from chalicelib.core.asking.model import Model, NoAnswer, Question
from chalicelib.core.ports.reader import Change, Extraction, Plan, ReaderUnavailable, Report
from chalicelib.core.reader import changes, reports

# A report is read twice at most, by a function that has time for both. A plan is waited for by a caller, behind a
# gateway that gives up after 29 seconds.
EXTRACT_SECONDS_MAX, PLAN_SECONDS_MAX = 50, 18


@dataclass(frozen=True)
class ModelReader:
    """Asks one model, which has so many seconds for an answer, and fewer where somebody waits for it."""

    model: Model
    seconds: int = 60

    def extract(self, report: Report, problem: str = "") -> Extraction:
        """What the model finds in a report. Raises ReaderUnavailable."""
        asked = reports.question(report, problem, min(self.seconds, EXTRACT_SECONDS_MAX))
        return reports.read(self._answer(asked), report, self.model.name)

    def plan(self, change: Change) -> Plan:
        """How the model would test a change. Raises ReaderUnavailable."""
        asked = changes.question(change, min(self.seconds, PLAN_SECONDS_MAX))
        return changes.read(self._answer(asked), change, asked.words, self.model.name)

    def _answer(self, question: Question) -> object:
        try:
            return self.model.ask(question)
        except NoAnswer as problem:
            raise ReaderUnavailable(str(problem)) from problem
