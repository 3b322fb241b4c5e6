"""Plans for tests, out of issues and pull requests: the reader is asked while the caller waits (ruling 36)."""

from typing import Any

from chalicelib.core.identity.model import Agent
from chalicelib.core.ports.reader import Change, Plan, ReaderUnavailable
from chalicelib.core.world import World
from chalicelib.kit import addresses, log
from chalicelib.kit.errors import TooLarge, Wait
from chalicelib.kit.words import Words, dumps
from chalicelib.products.qa.store import analyses
from chalicelib.products.qa.words import analysis as words

BYTES_MAX = 64 * 1024
PERCENT = 100


class AnalysisUnavailable(Wait):
    """The AI that reads changes gave no answer."""

    status, code = 503, "analysis_unavailable"

    def __init__(self) -> None:
        super().__init__("The AI gave no answer; please try again.", seconds=10)


def of_issue(world: World, agent: Agent, order: words.IssueOrder) -> words.IssueAnalysis:
    """Whether an issue can be tested by hand, and how. Raises TooLarge, AnalysesUsedUp, AnalysisUnavailable."""
    told = order.model_dump(include={"issueLabels", "githubRepo", "issueComments"}, exclude_none=True)
    change = Change("issue", order.issueTitle, order.issueBody or "", told, _address(order.presetTestUrl))
    plan = _plan(world, agent, order, change)
    return words.IssueAnalysis(**_shown(plan), testUrl=plan.test_url)


def of_pull_request(world: World, agent: Agent, order: words.PullRequestOrder) -> words.PullRequestAnalysis:
    """Whether a pull request can be tested by hand, and how. Raises TooLarge, AnalysesUsedUp, AnalysisUnavailable."""
    told = order.model_dump(include={"commits", "fileChanges", "diffContent", "githubRepo"}, exclude_none=True)
    change = Change("pull_request", order.prTitle, order.prBody or "", told, _address(order.testUrl))
    plan = _plan(world, agent, order, change)
    return words.PullRequestAnalysis(**_shown(plan), summary=plan.summary, affectedAreas=list(plan.affected_areas))


def _plan(world: World, agent: Agent, order: Words, change: Change) -> Plan:
    if len(dumps(order).encode()) > BYTES_MAX:
        raise TooLarge("body", f"must be at most {BYTES_MAX:,} bytes here; send less of the diff, or fewer comments")
    analyses.count(world.store, agent.account_id, world.settings.analyses_per_day, world.wall())
    try:
        return world.reader.plan(change)
    except ReaderUnavailable as problem:
        log.warning("reader.unavailable", account=agent.account_id, problem=str(problem))
        raise AnalysisUnavailable from problem


def _address(url: str | None) -> str | None:
    """An address that a person may open; anything else that is sent as one is none."""
    return url if url and addresses.is_page(url) else None


def _shown(plan: Plan) -> dict[str, Any]:
    return {
        "isTestable": plan.is_testable, "reason": plan.reason, "testInstructions": plan.instructions,
        "outputSchema": {
            one.name: words.FieldWanted(type=one.type, description=one.description) for one in plan.fields
        },
        "confidence": plan.confidence / PERCENT,
    }  # fmt: skip
