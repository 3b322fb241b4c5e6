"""The pages that people write name things that exist: links, files, functions, alarms, parameters."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from infra import templates
from tests.rules.source import ROOT, files

PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
DRAWN_LATER: set[str] = set()
"""Pages that are measured and not yet written in every checkout."""


def _links(page: Path) -> Iterator[str]:
    text = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.S | re.M)
    yield from re.findall(r"\]\(([^)#\s]+)[^)\s]*\)", text)


def _cells(page: str, heading: str) -> list[str]:
    """The first cell of every row of the table below a heading, without the heads."""
    section = (ROOT / page).read_text().split(f"## {heading}\n")[1].split("\n## ")[0]
    rows = [line.split(" | ")[0].removeprefix("| ") for line in section.splitlines() if line.startswith("| `")]
    return [name for cell in rows for name in re.findall(r"`([^`]+)`", cell)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_to_a_file_leads_somewhere(page: Path) -> None:
    places = {(page.parent / link).resolve() for link in _links(page) if "://" not in link}
    missing = {str(place.relative_to(ROOT)) for place in places if not place.exists()}
    assert missing <= DRAWN_LATER


def test_every_page_is_linked_from_the_first_one() -> None:
    linked = {(ROOT / link).resolve() for link in _links(ROOT / "README.md")}
    pages = {page for page in PAGES[1:] if page.parent.name != "decisions"}
    assert {page.name for page in pages - linked} == set()


def test_the_first_page_says_once_what_a_page_is_for() -> None:
    table = (ROOT / "README.md").read_text().split("| to know | read |\n")[1].split("\n\n")[0]
    named = re.findall(r"\(((?:docs|CHANGELOG)[^)]+)\)", table)
    assert len(named) > 20
    assert [name for name, times in Counter(named).items() if times > 1] == []


def test_decisions_are_numbered_without_a_gap_and_written_alike() -> None:
    decisions = sorted((ROOT / "docs/decisions").glob("*.md"))
    assert [int(page.name[:4]) for page in decisions] == list(range(1, len(decisions) + 1))
    for page in decisions:
        text = page.read_text()
        assert text.startswith(f"# {int(page.name[:4])}. "), page.name
        assert re.findall(r"^\*\*(\w+)\.\*\*", text, re.M) == ["Seen", "Decided", "Costs"], page.name


# The walk ------------------------------------------------------------------------------------------------------------

WALK = (ROOT / "docs/walk.md").read_text()


@pytest.mark.parametrize("named", sorted(set(re.findall(r"`([\w/]+\.py)(?::|`)", WALK))))
def test_every_file_of_the_walk_exists(named: str) -> None:
    assert _named(named), f"there is no {named}"


@pytest.mark.parametrize("named", sorted(set(re.findall(r"`([\w/]+\.py: \w+)`", WALK))))
def test_every_function_of_the_walk_is_in_its_file(named: str) -> None:
    file, _, function = named.partition(": ")
    assert any(re.search(rf"^def {function}\(", path.read_text(), re.M) for path in _named(file))


def test_every_kind_of_entry_that_the_walk_names_is_one() -> None:
    kinds = set(re.findall(r'Kind\("([a-z_.]+)"', " ".join(path.read_text() for path in files("chalicelib"))))
    prefixes = {kind.partition(".")[0] for kind in kinds}
    entries = re.findall(r"entr(?:y|ies) `([a-z_]+\.[a-z_]+)`", WALK)
    assert len(entries) > 1
    assert {entry for entry in entries if entry.partition(".")[0] in prefixes} <= kinds


def _named(end: str) -> list[Path]:
    """The files whose path ends like this; short names are said where their folder is clear."""
    return [path for path in files("app.py", "chalicelib") if f"/{path.relative_to(ROOT)}".endswith(f"/{end}")]


# The deployment ------------------------------------------------------------------------------------------------------


def test_every_alarm_has_its_row_and_every_row_its_alarm() -> None:
    resources = yaml.safe_load((ROOT / "infra/alarms.yaml").read_text())["Resources"].values()
    alarms = [one["Properties"]["AlarmName"]["Fn::Sub"] for one in resources if one["Type"] == "AWS::CloudWatch::Alarm"]
    assert len(alarms) > 20
    assert sorted(_cells("docs/operations.md", "When an alarm rings")) == sorted(
        name.removeprefix("byhand-${Stage}-") for name in alarms
    )


def test_every_parameter_has_its_row_and_every_row_its_parameter() -> None:
    assert sorted(_cells("docs/deploy.md", "Parameters")) == sorted(templates.overlay("live")["Parameters"])
