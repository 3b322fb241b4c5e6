"""Asking a reader until its data is what was wanted: at most twice.

    ask ──► check ──► right ───────────────────────────► Extraction
              └─────► ask again, saying what was wrong
                        └──► check ──► all that is required ──► Extraction (what else does not fit is null)
                                └────► not that ─────────────► Uncovered

A null is asked about again too: whoever overlooked something may look once more, and null again is a fair answer.

A tester who says that it did not pass is believed: no reader makes a success of that, unless the customer said how
results are to be read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from chalicelib.core.asking.text import plain
from chalicelib.core.ports.reader import FINDINGS_MAX, Extraction, Finding, Reader, Report
from chalicelib.core.reader import fields

EXPLANATION_CHARACTERS_MAX = 2_000
TITLE_CHARACTERS_MAX, DESCRIPTION_CHARACTERS_MAX = 200, 2_000


@dataclass(frozen=True)
class Uncovered:
    """The report does not hold all that is required: which fields it leaves open, and why, field by field."""

    fields: Sequence[str]
    problems: Mapping[str, str] = field(default_factory=dict)
    model: str = ""

    @property
    def sentence(self) -> str:
        """Why there is no result, for whoever ordered the test."""
        return "; ".join(self.problems[name] for name in self.fields)


def extraction(reader: Reader, report: Report) -> Extraction | Uncovered:
    """What is in a report, checked, its texts made plain. Raises ReaderUnavailable."""
    said = reader.extract(report)
    checked = fields.check(report.fields, said.data)
    if checked.problems:
        said = reader.extract(report, checked.sentence)
        checked = fields.check(report.fields, said.data)
    if checked.missing:
        return Uncovered(checked.missing, checked.problems, said.model)
    return replace(
        said, success=said.success and not _is_failed(report), data=checked.data,
        explanation=plain(said.explanation, EXPLANATION_CHARACTERS_MAX),
        findings=_findings(said.findings) if report.wants_findings else (),
    )  # fmt: skip


def _is_failed(report: Report) -> bool:
    """Whether the tester says so, and nobody said that there may be another way to see it."""
    return report.passed is False and not report.validation.strip()


def _findings(found: Sequence[Finding]) -> tuple[Finding, ...]:
    """The first findings, each once and with a title, in plain words."""
    plainly = {
        title: Finding(title, plain(one.description, DESCRIPTION_CHARACTERS_MAX), one.severity)
        for one in reversed(found)
        if (title := plain(one.title, TITLE_CHARACTERS_MAX))
    }
    return tuple(reversed(plainly.values()))[:FINDINGS_MAX]
