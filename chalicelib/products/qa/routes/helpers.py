"""What the clients of jobs call beside them: plans out of issues and pull requests, and testers' avatars."""

from __future__ import annotations

from chalicelib.doors.http.routes import Call, Page, Routes, Text, Who
from chalicelib.doors.http.shapes import with_message
from chalicelib.kit.errors import NotFound
from chalicelib.kit.words import Nothing
from chalicelib.products.qa import avatars
from chalicelib.products.qa.actions import analysis
from chalicelib.products.qa.words import analysis as words

SVG = "image/svg+xml"
# Drawn from its own name, so it never changes; and whatever shows it runs nothing that is in it.
AVATAR_HEADERS = {
    "Cache-Control": "public, max-age=31536000, immutable",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "X-Content-Type-Options": "nosniff",
}

_routes = Routes(errors=with_message)


class AvatarNotFound(NotFound):
    """No tester has such an avatar."""

    code = "avatar_not_found"

    def __init__(self) -> None:
        super().__init__("Avatar not found.")


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


@_routes.get("/api/avatars/{avatar}", Who.ANYONE, Nothing, Page, produces=SVG)
def avatar(call: Call[Nothing]) -> Text:
    """The picture of a tester. Raises AvatarNotFound."""
    name = call.ids["avatar"]
    if not avatars.DIGITS.fullmatch(name):
        raise AvatarNotFound
    return Text(avatars.draw(name), {**AVATAR_HEADERS, "ETag": f'"{name}"'}, content_type=SVG)


ROUTES = _routes.all
