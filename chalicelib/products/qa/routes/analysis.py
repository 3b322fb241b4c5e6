"""Plans for tests out of issues and pull requests, as the clients of jobs ask for them."""

from __future__ import annotations

from chalicelib.doors.http.routes import Call, Routes, Who
from chalicelib.doors.http.shapes import with_message
from chalicelib.products.qa.actions import analysis
from chalicelib.products.qa.words import analysis as words

_routes = Routes(errors=with_message)


@_routes.post(
    "/api/analyze-issue", Who.AGENT, lambda: words.IssueOrder, lambda: words.IssueAnalysis, once=False
)  # fmt: skip
def analyze_issue(call: Call[words.IssueOrder]) -> words.IssueAnalysis:
    return analysis.of_issue(call.world, call.agent, call.words)


@_routes.post(
    "/api/pr-analyzer", Who.AGENT, lambda: words.PullRequestOrder, lambda: words.PullRequestAnalysis, once=False
)  # fmt: skip
def analyze_pull_request(call: Call[words.PullRequestOrder]) -> words.PullRequestAnalysis:
    return analysis.of_pull_request(call.world, call.agent, call.words)


ROUTES = _routes.all
