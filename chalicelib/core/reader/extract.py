"""Asking a reader until its data is what was wanted: at most twice.

    ask ──► check ──► right ───────────────────────────► Extraction
              └─────► ask again, saying what was wrong
                        └──► check ──► all that is required ──► Extraction (what else does not fit is null)
                                └────► not that ─────────────► Uncovered

A null is asked about again too: whoever overlooked something may look once more, and null again is a fair answer.
What was right the first time stays where the second answer has nothing right: the tester has said it. Explanation,
success and findings are the second answer's.

A tester who says that it did not pass is believed: no reader makes a success of that, unless the customer said how
results are to be read.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from chalicelib.core.asking.text import plain
from chalicelib.core.ports.reader import FINDINGS_MAX, Extraction, Finding, Reader, Report
from chalicelib.core.reader import fields

EXPLANATION_CHARACTERS_MAX = 2_000
TITLE_CHARACTERS_MAX, DESCRIPTION_CHARACTERS_MAX = 200, 2_000


@dataclass(frozen=True)
class Uncovered:
    """The report does not hold all that is required: which of those fields it leaves open."""

    fields: Sequence[str]


def extraction(reader: Reader, report: Report) -> Extraction | Uncovered:
    """What is in a report, checked, its texts made plain. Raises ReaderUnavailable."""
    said = reader.extract(report)
    checked = fields.check(report.fields, said.data)
    if checked.problems:
        said, first = reader.extract(report, checked.sentence), _right(checked)
        second = _right(fields.check(report.fields, said.data))
        checked = fields.check(report.fields, {**first, **second})
    if checked.missing:
        return Uncovered(checked.missing)
    return replace(
        said, success=said.success and not _is_failed(report), data=checked.data,
        explanation=plain(said.explanation, EXPLANATION_CHARACTERS_MAX),
        findings=_findings(said.findings) if report.wants_findings else (),
    )  # fmt: skip


def _right(checked: fields.Checked) -> dict[str, Any]:
    """The values that are there and fit."""
    return {name: value for name, value in checked.data.items() if value is not None}


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
