"""GitHub, over real HTTP against a stand-in: what is read, found and opened, and what its refusals mean."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from chalicelib.core.events.courier import HttpCourier, UrlRule
from chalicelib.core.ports.forge import ForgeRefused, ForgeUnavailable, Issue, is_repo
from chalicelib.core.providers import github as adapter
from chalicelib.core.providers.github import GitHubForge
from local.github import GitHub, Mood
from tests.core.servers import answering, dripping, serving

REPO = "Octocat/Hello-World"
MARK = "<!-- byhand:job_1/1 -->"
TOKEN = "t"
LAPTOP = UrlRule(https_only=False, loopback_allowed=True)


@pytest.fixture
def github() -> Iterator[GitHub]:
    files = {"README.md": "# Hello, wörld\n", "docs/guide.md": "Read me.", "EMPTY.md": ""}
    with GitHub({REPO: files}) as running:
        yield running


@pytest.fixture
def forge(github: GitHub) -> GitHubForge:
    return _forge(github.url, github.token)


def _forge(url: str, token: str = TOKEN, seconds: float = 5) -> GitHubForge:
    return GitHubForge(HttpCourier(LAPTOP, exchange_seconds=seconds), url, token)


def _raw(*parts: bytes, kind: bytes = b"application/vnd.github.raw+json; charset=utf-8") -> bytes:
    body = b"".join(parts)
    return b"HTTP/1.1 200 OK\r\nContent-Type: %b\r\nContent-Length: %d\r\n\r\n%b" % (kind, len(body), body)


# Reading -------------------------------------------------------------------------------------------------------------


@pytest.mark.promise("qa.github.context")
def test_a_file_is_read_as_it_is_and_without_the_deployments_token(github: GitHub, forge: GitHubForge) -> None:
    assert forge.read(REPO, "README.md", 100) == "# Hello, wörld\n"
    assert forge.read(REPO, "docs/guide.md", 100) == "Read me."
    assert forge.read(REPO, "EMPTY.md", 100) == ""
    assert [asked.bearer for asked in github.asked] == [None, None, None]
    asked = github.asked[0].headers
    assert (asked["x-github-api-version"], asked["user-agent"]) == ("2022-11-28", "Byhand/1")
    assert asked["accept"] == "application/vnd.github.raw+json"


def test_a_file_that_is_not_there_is_none_and_so_is_a_folder(forge: GitHubForge) -> None:
    assert forge.read(REPO, "CLAUDE.md", 100) is None
    assert forge.read("octocat/elsewhere", "README.md", 100) is None
    assert forge.read(REPO, "docs", 100) is None


def test_a_long_file_is_cut_and_a_character_in_two_halves_is_left_out(github: GitHub, forge: GitHubForge) -> None:
    assert forge.read(REPO, "README.md", len(b"# Hello, w\xc3")) == "# Hello, w"
    github.files[REPO.lower()]["README.md"] = "a" * 1_000_000
    assert forge.read(REPO, "README.md", 32_768) == "a" * 32_768


def test_what_is_no_utf_8_is_read_as_well_as_it_can_be() -> None:
    with serving(answering(_raw(b"\xef\xbb\xbf# caf\xe9\xff"))) as server:
        assert _forge(server.url("")).read(REPO, "README.md", 100) == "# caf\ufffd\ufffd"


def test_a_repository_that_has_moved_is_not_followed(github: GitHub) -> None:
    moved = f"HTTP/1.1 301 Moved\r\nLocation: {github.url}/repos/{REPO}/contents/README.md\r\nContent-Length: 0\r\n\r\n"
    with serving(answering(moved.encode())) as server:
        assert _forge(server.url("")).read(REPO, "README.md", 100) is None
        with pytest.raises(ForgeRefused, match="HTTP 301"):
            _forge(server.url("")).open(REPO, "t", "b")
    assert github.asked == []


@pytest.mark.parametrize(
    "repo",
    ["", "octocat", "octocat/", "/hello", "octocat/..", "octocat/.", "../user", "a/b/c", "a b/c", "octocat/h?x=1",
     "octocat/h#1", "-octocat/h", "octo_cat/h", f"{'o' * 40}/h", f"o/{'h' * 101}", "octocat/hé", "octocat/h\n"],
)  # fmt: skip
def test_what_names_no_repository_is_never_asked_for(github: GitHub, forge: GitHubForge, repo: str) -> None:
    assert not is_repo(repo)
    for deed in (lambda: forge.read(repo, "README.md", 9), lambda: forge.open(repo, "t", "b")):
        with pytest.raises(ForgeRefused, match="names no repository"):
            deed()
    assert github.asked == []


@pytest.mark.parametrize("repo", ["o/h", "octocat/.github", f"{'o' * 39}/{'h' * 100}", "0-0/._-A"])
def test_every_name_that_github_gives_out_is_one(repo: str) -> None:
    assert is_repo(repo)


# Issues --------------------------------------------------------------------------------------------------------------


@pytest.mark.promise("qa.github.issues")
def test_an_issue_is_opened_with_the_token_and_found_by_its_mark(github: GitHub, forge: GitHubForge) -> None:
    assert forge.find(REPO, MARK) is None
    opened = forge.open(REPO, "It is broken", f"Really.\n\n{MARK}\n")
    assert opened == Issue(1, f"https://github.com/{REPO}/issues/1")
    assert forge.find(REPO, MARK) == opened
    assert forge.find(REPO, "<!-- byhand:job_1/11 -->") is None
    assert {asked.bearer for asked in github.asked} == {github.token}
    assert [asked.path for asked in github.asked].count("/user") == 1
    assert github.issues[0]["title"] == "It is broken"


@pytest.mark.promise("qa.github.issues_once")
@pytest.mark.parametrize("mood", [Mood.FAILS_AFTERWARDS, Mood.HANGS_UP_AFTERWARDS])
def test_an_issue_that_was_opened_and_never_confirmed_is_found(github: GitHub, forge: GitHubForge, mood: Mood) -> None:
    github.moods = [mood]
    with pytest.raises(ForgeUnavailable):
        forge.open(REPO, "It is broken", MARK)
    assert forge.find(REPO, MARK) == Issue(1, f"https://github.com/{REPO}/issues/1")


def test_an_issue_of_a_stranger_that_holds_our_mark_is_not_ours(github: GitHub, forge: GitHubForge) -> None:
    github.write(REPO, "Mine", MARK, "mallory")
    assert forge.find(REPO, MARK) is None
    ours = forge.open(REPO, "Ours", MARK)
    github.write(REPO, "Mine again", MARK, "mallory")
    assert forge.find(REPO, MARK) == ours


def test_an_issue_is_found_behind_newer_ones_and_those_without_a_text(github: GitHub, forge: GitHubForge) -> None:
    ours = forge.open(REPO, "Ours", MARK)
    for number in range(adapter.PER_PAGE):
        github.write(REPO, f"newer {number}", None, github.login)
    assert forge.find(REPO, MARK) == ours
    for number in range(adapter.PER_PAGE * adapter.PAGES_MAX):
        github.write(REPO, f"still newer {number}", "", github.login)
    before = len(github.asked)
    assert forge.find(REPO, MARK) is None
    assert len(github.asked) - before == adapter.PAGES_MAX, "the search has an end"


@pytest.mark.promise("qa.github.token_needed")
def test_without_a_token_nothing_is_opened_and_reading_goes_on(github: GitHub) -> None:
    forge = _forge(github.url, token="")
    for deed in (lambda: forge.open(REPO, "t", "b"), lambda: forge.find(REPO, MARK)):
        with pytest.raises(ForgeUnavailable, match="no GITHUB_TOKEN"):
            deed()
    assert forge.read(REPO, "README.md", 7) == "# Hello"
    assert len(github.asked) == 1


# Refusals and faults -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [403, 410, 422])
def test_a_refusal_for_good_is_one_and_says_what_github_says(github: GitHub, forge: GitHubForge, status: int) -> None:
    github.refusing[REPO.lower()] = status
    with pytest.raises(ForgeRefused, match=f"HTTP {status}: Issues are not taken here.") as refused:
        forge.open(REPO, "t", "b")
    assert refused.value.status == status
    assert github.issues == []


def test_an_unknown_repository_is_a_refusal_for_good(forge: GitHubForge) -> None:
    with pytest.raises(ForgeRefused, match="HTTP 404"):
        forge.open("octocat/elsewhere", "t", "b")


def test_a_token_that_is_no_longer_good_is_ours_to_mend_and_means_later(github: GitHub) -> None:
    for deed in (lambda: _forge(github.url, "old").open(REPO, "t", "b"), lambda: _forge(github.url).find(REPO, MARK)):
        with pytest.raises(ForgeUnavailable, match="HTTP 401: Bad credentials: GITHUB_TOKEN"):
            deed()


def test_a_failure_and_a_silence_mean_later(github: GitHub, forge: GitHubForge) -> None:
    github.moods = [Mood.FAILS, Mood.FAILS, Mood.FAILS]
    for deed in (lambda: forge.read(REPO, "README.md", 9), lambda: forge.open(REPO, "t", "b")):
        with pytest.raises(ForgeUnavailable, match="HTTP 500"):
            deed()
    with pytest.raises(ForgeUnavailable, match="HTTP 500"):
        forge.find(REPO, MARK)
    with pytest.raises(ForgeUnavailable, match="refused"):
        _forge("http://127.0.0.1:1").open(REPO, "t", "b")
    assert github.issues == []


def test_an_answer_that_never_ends_is_waited_for_no_longer_than_the_exchange_may_take() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n"
    with serving(dripping(head, b"x")) as server, pytest.raises(ForgeUnavailable, match="no whole answer within"):
        _forge(server.url(""), seconds=0.3).read(REPO, "README.md", 32_768)


@pytest.mark.parametrize(
    "answer", [b"[]", b"{}", b"[[", b'{"number": "1"}', b'{"number": 1, "html_url": "javascript:1"}']
)
def test_an_answer_that_nobody_understands_is_none(answer: bytes) -> None:
    with serving(answering(_raw(answer, kind=b"application/json"))) as server:
        with pytest.raises(ForgeUnavailable):
            _forge(server.url("")).open(REPO, "t", "b")
        with pytest.raises(ForgeUnavailable):
            _forge(server.url("")).find(REPO, MARK)


@pytest.mark.parametrize(
    ("mood", "least", "most"), [(Mood.LIMITED, 30, 30), (Mood.LIMITED_IN_WORDS, 60, 60), (Mood.USED_UP, 590, 600)]
)
def test_github_is_left_alone_for_as_long_as_it_asks(
    github: GitHub, forge: GitHubForge, mood: Mood, least: int, most: int
) -> None:
    now = [1_000.0]
    forge = replace(forge, ticks=lambda: now[0])
    github.moods = [mood]
    with pytest.raises(ForgeUnavailable, match="too many requests"):
        forge.open(REPO, "t", "b")
    now[0] += least - 1
    with pytest.raises(ForgeUnavailable, match="left alone"):
        forge.open(REPO, "t", "b")
    assert len(github.asked) == 1, "it is not asked meanwhile"
    assert forge.read(REPO, "README.md", 7) == "# Hello", "requests without a token are counted apart"
    now[0] += most - least + 1
    assert forge.open(REPO, "t", "b").number == 1


@pytest.mark.parametrize("words", ["soon", "²", "-5", "9" * 400])
def test_a_pause_that_makes_no_sense_is_no_pause_or_a_minute(words: str) -> None:
    head = f"HTTP/1.1 429 X\r\nRetry-After: {words}\r\nContent-Length: 0\r\n\r\n".encode("latin-1")
    with serving(answering(head)) as server, pytest.raises(ForgeUnavailable, match="again in 60 s"):
        _forge(server.url("")).open(REPO, "t", "b")


def test_the_token_is_in_nothing_that_a_log_may_show(github: GitHub, forge: GitHubForge) -> None:
    assert github.token not in repr(forge)
    github.moods = [Mood.FAILS]
    with pytest.raises(ForgeUnavailable) as caught:
        forge.open(REPO, "t", "b")
    assert github.token not in str(caught.value)


def test_a_live_forge_is_asked_over_https_at_public_addresses_only(github: GitHub) -> None:
    strict = GitHubForge(HttpCourier(UrlRule(https_only=True, loopback_allowed=False)), github.url, "t")
    with pytest.raises(ForgeUnavailable, match="must be https"):
        strict.open(REPO, "t", "b")
    resolving = HttpCourier(UrlRule(https_only=True, loopback_allowed=False), resolve=lambda *_: ["10.0.0.1"])
    with pytest.raises(ForgeUnavailable, match="not an address on the public internet"):
        GitHubForge(resolving, "https://github.example.com", "t").open(REPO, "t", "b")
    assert github.asked == []
