"""Plans out of issues and pull requests, and how often one may ask."""

import pytest

from chalicelib.core.ports.reader import Change, Extraction, Plan, ReaderUnavailable, Report, WantedField
from tests.harness import House
from tests.products.qa.people import customer

ISSUE = {
    "issueTitle": "Checkout fails",
    "issueBody": "1. Open https://shop.example.com/cart\n2. Press Buy",
    "issueLabels": ["bug", {"name": "shop"}],
    "issueComments": [{"body": "Me too"}],
    "githubRepo": "acme/shop",
}
PULL_REQUEST = {
    "prTitle": "Mend the checkout", "prBody": "Press Buy.", "commits": [{"message": "Mend"}],
    "fileChanges": [{"filename": "cart.js"}], "diffContent": "+ buy()", "githubRepo": "acme/shop",
    "testUrl": "https://preview.example.com",
}  # fmt: skip


class Planner:
    """A reader that has one plan, or none."""

    def __init__(self, plan: Plan | None) -> None:
        self.planned, self.asked = plan, list[Change]()

    def extract(self, report: Report, problem: str = "") -> Extraction:
        raise AssertionError("nobody reports here")

    def plan(self, change: Change) -> Plan:
        self.asked.append(change)
        if self.planned is None:
            raise ReaderUnavailable("nobody there")
        return self.planned


@pytest.mark.promise("qa.analysis.issue")
def test_an_issue_is_planned_by_the_reader_and_answered_in_the_shape_that_clients_read(house: House) -> None:
    plan = Plan(
        True, "It names a page.", 85, "Press Buy.", "https://shop.example.com/cart",
        fields=[WantedField("works", "boolean", "Does it?")],
    )  # fmt: skip
    planner = Planner(plan)
    with house.living_in(reader=planner):
        told = customer(house).send("/analyze-issue", {**ISSUE, "presetTestUrl": "https://stage.example.com"})
    assert (told.status, told.json) == (200, {
        "isTestable": True, "reason": "It names a page.", "testUrl": "https://shop.example.com/cart",
        "testInstructions": "Press Buy.", "outputSchema": {"works": {"type": "boolean", "description": "Does it?"}},
        "confidence": 0.85,
    })  # fmt: skip
    asked = planner.asked[0]
    assert (asked.kind, asked.title, asked.test_url) == ("issue", "Checkout fails", "https://stage.example.com")
    assert asked.words["issueComments"] == [{"body": "Me too"}]


@pytest.mark.promise("qa.analysis.issue")
def test_the_built_in_reader_says_what_cannot_be_tested_and_why(house: House) -> None:
    someone = customer(house)
    found = someone.send("/analyze-issue", ISSUE).json
    assert (found["isTestable"], found["testUrl"]) == (True, "https://shop.example.com/cart")
    told = someone.send("/analyze-issue", {"issueTitle": "Think about names"}).json
    assert (told["isTestable"], told["testUrl"]) == (False, None)
    assert told["reason"]


NOWHERE = ("nonsense", "https://", "http://[x", "http://:80", "javascript:alert(1)//", "", None)


@pytest.mark.promise("qa.analysis.address")
@pytest.mark.parametrize("url", NOWHERE)
def test_what_is_no_address_is_ignored_and_never_a_page_to_try(house: House, url: str | None) -> None:
    someone, planner = customer(house), Planner(Plan(True, "", 70, "Press Buy."))
    with house.living_in(reader=planner):
        assert someone.send("/analyze-issue", {**ISSUE, "presetTestUrl": url}).status == 200
        assert someone.send("/pr-analyzer", {**PULL_REQUEST, "testUrl": url}).status == 200
    assert [asked.test_url for asked in planner.asked] == [None, None]
    body = f"1. Open {url} and press Buy"
    told = someone.send("/analyze-issue", {"issueTitle": "Buy", "issueBody": body, "presetTestUrl": url}).json
    assert (told["isTestable"], told["testUrl"]) == (False, None)
    found = someone.send("/analyze-issue", {**ISSUE, "presetTestUrl": url}).json
    assert found["testUrl"] == "https://shop.example.com/cart", "the one in the text is taken instead"


@pytest.mark.promise("qa.analysis.address")
def test_a_plan_out_of_nothing_says_that_there_is_nothing(house: House) -> None:
    told = customer(house).send("/pr-analyzer", {})
    assert (told.status, told.json["isTestable"], told.json["confidence"]) == (200, False, 0)


@pytest.mark.promise("qa.analysis.pull_request")
def test_a_pull_request_is_planned_with_a_summary_and_what_it_touches(house: House) -> None:
    planner = Planner(Plan(True, "", 70, "Press Buy.", summary="The button", affected_areas=("cart",)))
    with house.living_in(reader=planner):
        told = customer(house).send("/pr-analyzer", PULL_REQUEST)
    assert told.status == 200
    assert (told.json["summary"], told.json["affectedAreas"], told.json["confidence"]) == ("The button", ["cart"], 0.7)
    asked = planner.asked[0]
    assert (asked.kind, asked.body, asked.test_url) == ("pull_request", "Press Buy.", "https://preview.example.com")


@pytest.mark.promise("qa.analysis.limits")
def test_what_is_longer_than_64_kb_is_413_and_names_what_to_leave_out(house: House) -> None:
    refused = customer(house).send("/pr-analyzer", {**PULL_REQUEST, "diffContent": "x" * 65_536})
    assert (refused.status, refused.json["code"]) == (413, "too_large")
    assert "diff" in refused.json["message"]


@pytest.mark.promise("qa.analysis.limits")
@pytest.mark.parametrize("settings", [{"ANALYSES_PER_DAY": "2"}])
def test_an_account_has_so_many_analyses_a_day(house: House) -> None:
    someone = customer(house)
    told = [someone.send("/analyze-issue", ISSUE) for _ in range(3)]
    assert [one.status for one in told] == [200, 200, 429]
    assert (told[2].json["code"], told[2].json["limit_per_day"]) == ("analyses_used_up", 2)
    assert 0 < int(told[2].headers["retry-after"]) <= 86_400
    assert customer(house).send("/analyze-issue", ISSUE).status == 200


def test_a_reader_without_an_answer_is_503_and_says_when_to_come_back(house: House) -> None:
    with house.living_in(reader=Planner(None)):
        told = customer(house).send("/analyze-issue", ISSUE)
    assert (told.status, told.json["code"]) == (503, "analysis_unavailable")
    assert int(told.headers["retry-after"]) > 0
