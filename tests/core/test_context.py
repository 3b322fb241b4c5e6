"""What a repository says of itself: read once an hour, and nothing depends on it."""

import logging
from collections.abc import Iterator
from dataclasses import replace

import pytest

from chalicelib.core.events.courier import HttpCourier, UrlRule
from chalicelib.core.providers import context
from chalicelib.core.providers.github import GitHubForge
from chalicelib.core.world import World
from local.github import GitHub, Mood
from tests.core.servers import answering, serving
from tests.core.stand_ins import Hands

REPO = "octocat/hello-world"
PATHS = ("README.md", "CLAUDE.md")
LINE = HttpCourier(UrlRule(https_only=False, loopback_allowed=True))


@pytest.fixture
def github() -> Iterator[GitHub]:
    with GitHub({REPO: {"README.md": "# Hello"}}) as running:
        yield running


@pytest.fixture
def informed(world: World, github: GitHub) -> World:
    """A world that knows a GitHub, as nobody."""
    return replace(world, forge=GitHubForge(LINE, github.url))


@pytest.mark.promise("qa.github.context")
def test_what_there_is_is_asked_for_once_an_hour_and_so_is_what_is_not_there(
    informed: World, github: GitHub, hands: Hands
) -> None:
    assert context.of(informed, REPO, PATHS) == {"README.md": "# Hello"}
    assert context.of(informed, REPO.title(), PATHS) == {"README.md": "# Hello"}
    assert len(github.asked) == 2
    github.files[REPO]["CLAUDE.md"] = "Be brief."
    hands.pass_by(minutes=59)
    assert context.of(informed, REPO, PATHS) == {"README.md": "# Hello"}
    hands.pass_by(minutes=1)
    assert context.of(informed, REPO, PATHS) == {"README.md": "# Hello", "CLAUDE.md": "Be brief."}
    assert len(github.asked) == 4


def test_the_files_come_in_the_order_in_which_they_were_wanted(informed: World, github: GitHub) -> None:
    github.files[REPO]["CLAUDE.md"] = ""
    context.of(informed, REPO, ["CLAUDE.md"])
    assert list(context.of(informed, REPO, PATHS).items()) == [("README.md", "# Hello"), ("CLAUDE.md", "")]


def test_of_a_long_file_the_beginning_is_kept_and_the_row_stays_small(informed: World, github: GitHub) -> None:
    github.files[REPO]["README.md"] = "é" * 1_000_000
    assert context.of(informed, REPO, PATHS)["README.md"] == "é" * (context.FILE_BYTES_MAX // 2)
    assert context.of(informed, REPO, PATHS)["README.md"] == "é" * (context.FILE_BYTES_MAX // 2)


@pytest.mark.promise("qa.github.context_optional")
@pytest.mark.parametrize("mood", [Mood.FAILS, Mood.USED_UP, Mood.LIMITED])
def test_trouble_leaves_what_there_is_and_is_not_kept(
    informed: World, github: GitHub, mood: Mood, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger("byhand"), "propagate", True)
    context.of(informed, REPO, ["CLAUDE.md"])
    github.files[REPO]["CLAUDE.md"] = "too late for this hour"
    github.moods = [mood]
    assert context.of(informed, REPO, ["CLAUDE.md", "README.md", "docs/more.md"]) == {}
    assert len(github.asked) == 2, "who gives no answer is not asked for the next file"
    assert "context.unavailable" in caplog.text
    if mood is Mood.FAILS:
        assert context.of(informed, REPO, PATHS) == {"README.md": "# Hello"}


@pytest.mark.promise("qa.github.context_optional")
def test_a_refusal_for_good_is_kept_like_a_file_that_is_not_there(informed: World) -> None:
    refusal = b"HTTP/1.1 403 X\r\nContent-Length: 0\r\n\r\n"
    with serving(answering(refusal)) as server:
        assert context.of(replace(informed, forge=GitHubForge(LINE, server.url(""))), REPO, PATHS) == {}
        assert len(server.requests) == 2
    assert context.of(informed, REPO, PATHS) == {}


def test_what_names_no_repository_has_no_context(informed: World, github: GitHub) -> None:
    for repo in ("", "octocat", "octocat/..", "x" * 5_000):
        assert context.of(informed, repo, PATHS) == {}
    assert github.asked == []
