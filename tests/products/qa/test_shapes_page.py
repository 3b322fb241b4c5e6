"""docs/qa-shapes.md: its examples are what the served document describes, with every field that there is."""

import json
import re
from typing import Any

import pytest

from chalicelib.products.qa import rules
from tests.contract.described import document, problems
from tests.rules.source import ROOT

PAGE = (ROOT / "docs/qa-shapes.md").read_text()
EXAMPLES = [json.loads(found) for found in re.findall(r"```json\n(.*?)```", PAGE, re.S)]
SHOWN = ["JobPage", "TesterData", "Recorded", "IssueOrder", "IssueAnalysis", "PullRequestOrder", "PullRequestAnalysis"]
LEFT_OUT = {"JobRow": {"reason", "error", "dispute"}, "Pagination": {"total_capped"}}
"""What no example can have beside the rest of it."""


def _schema(name: str) -> dict[str, Any]:
    found = document()["components"]["schemas"]
    # The file has the lists of what was captured and nothing else.
    of_the_file = {"consoleMessages", "networkRequests", "clicks"}
    if name == "Recorded":
        whole = found["TesterData"]
        kept = {part: one for part, one in whole["properties"].items() if part in of_the_file}
        return {**whole, "properties": kept, "required": []}
    return dict(found[name])


def _missing(schema: dict[str, Any], value: Any) -> set[str]:
    """The fields of a schema, and of the first of its parts, that an example does not have."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        return _missing(_schema(name), value) - LEFT_OUT.get(name, set())
    parts = schema.get("properties", {})
    inner = [_missing(one, value[name]) for name, one in parts.items() if isinstance(value.get(name), dict)]
    rows = [
        _missing(one["items"], value[name][0]) for name, one in parts.items() if _lists_things(one, value.get(name))
    ]
    return (set(parts) - set(value)).union(*inner, *rows)


def _lists_things(schema: dict[str, Any], value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict) and "$ref" in schema.get("items", {})


@pytest.mark.parametrize(("name", "example"), list(zip(SHOWN, EXAMPLES, strict=True)), ids=SHOWN)
def test_an_example_is_as_described_and_leaves_nothing_out(name: str, example: Any) -> None:
    schema = _schema(name)
    closed = {**schema, "additionalProperties": False, "components": document()["components"]}
    assert problems(closed, example) == []
    assert _missing(schema, example) - ({"element"} if name == "Recorded" else set()) == set()


def test_the_sizes_of_screens_are_those_that_are_told() -> None:
    told = re.findall(r"`(\w+)` \((\d+)x(\d+)\)", (ROOT / "docs/qa.md").read_text())
    assert {name: (int(width), int(height)) for name, width, height in told} == rules.SCREENS
