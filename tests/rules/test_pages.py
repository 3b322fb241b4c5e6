"""The reference pages say what the code says: nothing less, nothing else."""

import re
from pathlib import Path

import pytest
import yaml

import app
from chalicelib.core.events import catalogue
from chalicelib.core.settings import Settings
from chalicelib.doors.http import sentences
from chalicelib.doors.http.answers import FRAMEWORK_REFUSALS
from chalicelib.doors.http.routes import Route
from chalicelib.kit import errors
from chalicelib.kit.errors import Refusal
from docs import build, tables_page
from tests.rules.source import ROOT

REFUSALS = build.refusals()
PAGES = build.pages()


def _column(page: str, number: int) -> list[str]:
    """What is marked as code in one column of the tables of a page."""
    lines = (ROOT / "docs" / page).read_text().splitlines()
    cells = [line.split(" | ")[number] for line in lines if line.startswith("| ") and line.count(" | ") > number]
    return [found.group(1) for cell in cells if (found := re.fullmatch(r"(?:\| )?`([^`]+)`(?: \|)?", cell))]


@pytest.mark.parametrize("place", PAGES, ids=lambda place: place.name)
def test_a_page_is_as_it_would_be_drawn_now(place: Path) -> None:
    assert place.read_text() == PAGES[place], "Run: python -m docs.build"
    assert "python -m docs.build" in place.read_text().splitlines()[0]


# Errors --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda one: one.__name__)
def test_a_refusal_has_a_code_a_status_a_sentence_and_a_way_on(refusal: type[Refusal]) -> None:
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", refusal.code)
    assert 400 <= refusal.status <= 503
    assert build.sentence(refusal).endswith((".", "!"))
    assert build.next_step(refusal)


def test_no_two_refusals_share_a_code() -> None:
    codes = [refusal.code for refusal in REFUSALS]
    assert sorted(codes) == sorted(set(codes))


def test_a_refusal_stands_on_its_branch_with_the_branchs_status() -> None:
    """Gone is a kind of conflict with a status of its own; what waits has two."""
    for branch in (errors.PaymentRequired, errors.Unauthenticated, errors.Forbidden, errors.NotFound, errors.Gone):
        assert {one.status for one in REFUSALS if issubclass(one, branch)} == {branch.status}
    kinds = {one.status for one in REFUSALS if issubclass(one, errors.Conflict) and not issubclass(one, errors.Gone)}
    assert kinds == {409}


def test_the_page_of_errors_lists_every_code_and_no_other() -> None:
    known = {refusal.code for refusal in REFUSALS} | {code for code, _ in FRAMEWORK_REFUSALS.values()}
    listed = _column("errors.md", 1)
    assert set(listed) == known
    assert len(listed) == len(known)


def test_the_gateways_own_answers_use_codes_of_the_page() -> None:
    text = (ROOT / "infra/lambda.yaml").read_text()
    codes = set(re.findall(r'"code": "([a-z_]+)"', text))
    assert len(codes) > 3
    assert codes <= set(_column("errors.md", 1))


# Events --------------------------------------------------------------------------------------------------------------


def _recorded() -> set[str]:
    """Every name that the code records: those that lifecycles announce, and those that are written out."""
    announced = {str(move.announced) for one in build.lifecycles() for move in one.moves if move.announced}
    source = " ".join(path.read_text() for path in (ROOT / "chalicelib").rglob("*.py"))
    written = r"""(?:record\(\s*world,|rows\.write\(|told\(world, \w+,)\s*"([a-z_]+\.[a-z_]+)\""""
    return announced | set(re.findall(written, source))


def test_the_catalogue_has_every_event_that_the_code_records_and_no_other() -> None:
    assert sorted(_recorded()) == sorted(catalogue.NAMES)
    assert all(says[0].isupper() and says.endswith(".") for says in catalogue.NAMES.values())


def test_the_page_of_events_lists_every_name_and_no_other() -> None:
    assert _column("events.md", 0) == list(catalogue.NAMES)


# Configuration and tables --------------------------------------------------------------------------------------------


def test_the_page_of_settings_lists_every_variable_and_no_other() -> None:
    fields = [name.upper() for name in Settings.model_fields]
    assert sorted(_column("configuration.md", 0)) == sorted(fields)


def test_every_choice_says_what_it_is_for() -> None:
    from chalicelib.core import settings

    told = build.described(settings, "Settings")
    choices = [name for name, field in Settings.model_fields.items() if not field.is_required()]
    assert [name for name in choices if not told.get(name, "").endswith(".")] == []


def test_every_variable_that_the_template_sets_is_a_setting() -> None:
    template = yaml.safe_load((ROOT / "infra/lambda.yaml").read_text())
    functions = [template["Globals"]["Function"], *(one["Properties"] for one in template["Resources"].values())]
    environments = [one.get("Environment", {}).get("Variables", {}) for one in functions]
    variables = {name for environment in environments for name in environment}
    assert len(variables) > 10
    assert {name for name in variables if name.lower() not in Settings.model_fields} == set()
    required = {name.upper() for name, field in Settings.model_fields.items() if field.is_required()}
    assert required <= variables


def test_the_page_of_tables_lists_every_table_and_every_index_of_the_template() -> None:
    page = (ROOT / "docs/tables.md").read_text()
    resources = yaml.safe_load((ROOT / "infra/resources.yaml").read_text())["Resources"]
    tables = {
        name.removesuffix("Table").lower(): one["Properties"].get("GlobalSecondaryIndexes", [])
        for name, one in resources.items()
        if one["Type"] == "AWS::DynamoDB::Table"
    }
    assert re.findall(r"^## (\w+)$", page, re.M) == list(tables)
    assert re.findall(r"^\| index `(\w+)`", page, re.M) == [
        index["IndexName"] for indexes in tables.values() for index in indexes
    ]


def test_every_table_says_what_its_rows_are() -> None:
    sections = (ROOT / "docs/tables.md").read_text().split("\n## ")[1:]
    assert [section.splitlines()[0] for section in sections if "```" not in section] == []


def test_every_index_answers_a_query_that_the_page_names() -> None:
    resources = yaml.safe_load((ROOT / "infra" / "resources.yaml").read_text())["Resources"]
    tables = {name: one["Properties"] for name, one in resources.items() if one["Type"] == "AWS::DynamoDB::Table"}
    for logical, described in tables.items():
        asked = dict.fromkeys(index for sentence, index in tables_page.queries(logical.removesuffix("Table").lower()))
        indexes = {one["IndexName"] for one in described.get("GlobalSecondaryIndexes", [])}
        assert indexes <= asked.keys(), logical
        assert all(sentence for sentence, _ in tables_page.queries(logical.removesuffix("Table").lower())), logical


# Routes --------------------------------------------------------------------------------------------------------------


def test_the_page_of_routes_lists_every_route_and_no_other() -> None:
    served = [route.name for route in app.ROUTES]
    assert sorted(_column("routes.md", 0)) == sorted(served)


@pytest.mark.parametrize("route", app.ROUTES, ids=lambda route: route.name)
def test_every_route_says_what_it_does(route: Route) -> None:
    assert re.fullmatch(r"[A-Z][^\n]{10,}\.", sentences.summary(route)), "say it where the action is"
