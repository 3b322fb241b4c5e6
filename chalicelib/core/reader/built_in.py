"""The built-in reader: needs no model, understands nothing, and reads only what stands there in so many signs.

    a field      what the form says; else what its line says (lines.py); else nothing
    success      false if the form or a line `passed: no` says so; else, where nobody says that it passed, false if a
                 line calls a bug critical, or a boolean is false whose name ends in works, passed or success; else true
    findings     the lines that begin with bug or issue
    a plan       an address, given or found in the text, and the steps of the text, or the text itself where there are
                 none; without an address or without a text there is no plan

Words of instructions, files and descriptions are not read at all, so nothing in them can talk this reader into
anything. What the tester writes is taken at its word.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.core.asking.text import cut, plain
from chalicelib.core.ports.reader import Change, Extraction, Plan, Report, WantedField
from chalicelib.core.reader import forms, lines

MODEL = "built-in/1"
GOALS = ("works", "passed", "success")
FROM_STEPS, FROM_TEXT = 40, 20
STEPS_MAX, STEP_CHARACTERS_MAX, TEXT_CHARACTERS_MAX = 20, 300, 2_000
FIELDS = (
    WantedField("works", "boolean", "Does it work as the text says it should?"),
    WantedField("seen", "string", "What did you see?"),
)


@dataclass(frozen=True)
class BuiltInReader:
    """Raises nothing: there is nobody to wait for."""

    def extract(self, report: Report, problem: str = "") -> Extraction:
        """What stands in a report. Asked again it says the same, whatever the problem was."""
        form = {field.name: forms.value(report.answers.get(field.name), field) for field in report.fields}
        told = {field.name: _from_lines(report.words, field) for field in report.fields}
        data = {name: told[name] if form[name] is None else form[name] for name in form}
        success, says = _success(report, data)
        explanation = f"{_counted(form, told)} {says}"
        return Extraction(success, explanation, data, tuple(lines.findings(report.words)), MODEL)

    def plan(self, change: Change) -> Plan:
        """How a change can be tried, by what stands in it."""
        title = plain(change.title, STEP_CHARACTERS_MAX)
        url = change.test_url or lines.page(f"{change.title}\n{change.body}")
        steps, text = lines.steps(change.body)[:STEPS_MAX], change.body.strip()
        if not url or not text:
            lacks = "no address of a page to try" if not url else "no text that says what to try"
            return Plan(False, f"There is {lacks}.", 0, test_url=url, summary=title, model=MODEL)
        said = _numbered(steps) if steps else cut(text, TEXT_CHARACTERS_MAX)
        reason = "The text has steps and an address." if steps else "The text has an address, but no list of steps."
        return Plan(
            True, f"{reason} Nobody has understood it.", FROM_STEPS if steps else FROM_TEXT,
            f"Open {url} and try this: {title}\n\n{said}\n\nSay what you saw, and whether it works as it should.",
            url, title, FIELDS, model=MODEL,
        )  # fmt: skip


def _from_lines(words: str, field: WantedField) -> Any:
    """What the lines for a field say."""
    return forms.as_spelt(lines.value(lines.values(words, field.name), field.type), field.schema)


def _success(report: Report, data: Mapping[str, Any]) -> tuple[bool, str]:
    """Whether it worked, and what that rests on."""
    said = lines.passed(report.words)
    if report.passed is False or said is False:
        return False, "The tester says that it did not pass."
    if report.passed or said:
        return True, "The tester says that it passed."
    if any(finding.severity == "critical" for finding in lines.findings(report.words)):
        return False, "The tester does not say whether it passed, and calls a bug critical."
    if any(value is False and lines.bare(name).endswith(GOALS) for name, value in data.items()):
        return False, "The tester does not say whether it passed, and says no to a field that asks whether it works."
    return True, "The tester does not say whether it passed; nothing that can be read without a model says otherwise."


def _counted(form: Mapping[str, Any], told: Mapping[str, Any]) -> str:
    filled = sum(value is not None for value in form.values())
    lined = sum(told[name] is not None for name, value in form.items() if value is None)
    return (
        f"Read without a model: of {len(form)} wanted fields, {filled} from the tester's form and {lined} from lines "
        "of their words."
    )


def _numbered(steps: list[str]) -> str:
    return "\n".join(f"{number}. {cut(step, STEP_CHARACTERS_MAX)}" for number, step in enumerate(steps, 1))
