"""GitHub, or a GitHub Enterprise Server: files are read and issues are opened over its REST API.

GET  {base}/repos/{owner}/{name}/contents/{path}    without the token ──► the file itself
GET  {base}/user                                    ──► whose the token is
GET  {base}/repos/{owner}/{name}/issues             ──► the issues of that user, newest first
POST {base}/repos/{owner}/{name}/issues             {title, body} ──► number, html_url

An issue of ours is looked for in the list and not by the search: the list is read from where issues are written, while
the search goes through an index that trails behind them, which is useless to somebody who asks whether an issue that
was never confirmed is there after all. The list is that of the token's own user, so a stranger who writes our mark into
an issue of theirs is not believed, and their texts are not read. The token is a user's: an installation's would end
after an hour. That it is missing or no longer good is a fault of the deployment, which a person mends, and no refusal.

GitHub's base is called as every URL that somebody told us (ruling 10): no redirects, no proxies, an address on the
public internet. Where it asks to be left alone for a while, it is left alone.
"""

import time
from codecs import getincrementaldecoder
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from chalicelib.core.events.courier import Heard, HttpCourier, NotHeard
from chalicelib.core.ports.forge import ForgeRefused, ForgeUnavailable, Issue, is_repo
from chalicelib.kit import outside
from chalicelib.kit.clock import SystemClock

SECONDS = 5
VERSION = "2022-11-28"
JSON, RAW = "application/vnd.github+json", "application/vnd.github.raw+json"
LIST_BYTES_MAX = 4 * 1024 * 1024
# So many issues of ours are looked through at most: what is looked for was opened within the last days.
PER_PAGE, PAGES_MAX = 50, 3
# All that one try asks fits into a consumer's lease: whose the token is, the pages of the list, and the deed.
EXCHANGES_MAX = 1 + PAGES_MAX + 1
LATER, UNKNOWN_TOKEN = (408, 425, 429), 401
PAUSE_SECONDS, PAUSE_SECONDS_MAX = 60, 3_600


@dataclass
class GitHubForge:
    """Knows GitHub as one user, or as nobody where there is no token: then it only reads."""

    line: HttpCourier
    base_url: str
    token: str = field(default="", repr=False)
    ticks: Callable[[], float] = field(default=time.monotonic, repr=False, compare=False)
    _login: str = field(default="", repr=False)
    _quiet_until: dict[bool, float] = field(default_factory=dict, repr=False)

    def read(self, repo: str, path: str, bytes_max: int) -> str | None:
        """The beginning of a public text file; None when there is none. Raises ForgeUnavailable, ForgeRefused."""
        place = _place(repo, f"contents/{quote(path)}")
        heard = self._ask("GET", place, accept=RAW, bytes_max=bytes_max, as_us=False)
        if heard.status == 404 or 300 <= heard.status < 400:
            return None
        _check(heard)
        if heard.headers.get("content-type", "").startswith("application/json"):
            return None  # A folder: it has no raw form, so GitHub lists what is in it.
        # A character that the limit has cut in two is left out.
        return getincrementaldecoder("utf-8-sig")("replace").decode(heard.body)

    def find(self, repo: str, mark: str) -> Issue | None:
        """The issue of ours whose text holds a mark, open or closed. Raises ForgeUnavailable, ForgeRefused."""
        who = self._own_login()
        for page in range(1, PAGES_MAX + 1):
            query = {"creator": who, "state": "all", "sort": "created", "direction": "desc", "per_page": PER_PAGE}
            listed = self._answer("GET", _place(repo, f"issues?{urlencode({**query, 'page': page})}"))
            if not isinstance(listed, list):
                raise ForgeUnavailable("the answer is no list of issues")
            for one in listed:
                if isinstance(one, dict) and mark in str(one.get("body")):
                    return _issue(one)
            if len(listed) < PER_PAGE:
                break
        return None

    def open(self, repo: str, title: str, text: str) -> Issue:
        """Open an issue. Raises ForgeUnavailable, after which it may be open, and ForgeRefused."""
        return _issue(self._answer("POST", _place(repo, "issues"), {"title": title, "body": text}))

    def _own_login(self) -> str:
        """Whose the token is; asked once."""
        if not self._login:
            said = self._answer("GET", "user")
            login = said.get("login") if isinstance(said, dict) else None
            if not isinstance(login, str) or not login:
                raise ForgeUnavailable("the answer names no user")
            self._login = login
        return self._login

    def _answer(self, method: str, place: str, words: Any = None) -> Any:
        """The JSON of an answer to us. Raises ForgeUnavailable, ForgeRefused."""
        if not self.token:
            raise ForgeUnavailable("this deployment has no GITHUB_TOKEN")
        heard = self._ask(method, place, words=words, bytes_max=LIST_BYTES_MAX)
        if heard.status == UNKNOWN_TOKEN:
            raise ForgeUnavailable(f"{_said(heard)}: GITHUB_TOKEN is wrong or has expired")
        _check(heard)
        return outside.decode(heard.body)

    def _ask(
        self, method: str, place: str, *, bytes_max: int, words: Any = None, accept: str = JSON, as_us: bool = True
    ) -> Heard:
        """One exchange, as our user or as nobody: GitHub counts the two apart. Raises ForgeUnavailable."""
        if self.ticks() < self._quiet_until.get(as_us, 0):
            raise ForgeUnavailable("GitHub asked to be left alone for a while")
        body = outside.encode(words) if words is not None else None
        headers = {
            "Accept": accept, "User-Agent": "Byhand/1", "X-GitHub-Api-Version": VERSION,
            **({"Content-Type": "application/json"} if body else {}),
            **({"Authorization": f"Bearer {self.token}"} if as_us else {}),
        }  # fmt: skip
        try:
            heard = self.line.ask(method, f"{self.base_url.rstrip('/')}/{place}", headers, body, bytes_max)
        except NotHeard as silence:
            raise ForgeUnavailable(str(silence)) from None
        announced = _number(heard.headers, "content-length")
        if announced is not None and len(heard.body) < min(announced, bytes_max):
            raise ForgeUnavailable("the answer broke off")
        if seconds := _pause_seconds(heard):
            self._quiet_until[as_us] = self.ticks() + seconds
            raise ForgeUnavailable(f"HTTP {heard.status}: too many requests; again in {seconds} s")
        return heard


def _place(repo: str, rest: str) -> str:
    """Where something of a repository is. Raises ForgeRefused for what names none: it would lead elsewhere."""
    if not is_repo(repo):
        raise ForgeRefused(f"{repo!r} names no repository")
    return f"repos/{repo}/{rest}"


def _check(heard: Heard) -> None:
    """Raises ForgeUnavailable, ForgeRefused for what is no success."""
    if 200 <= heard.status < 300:
        return
    if heard.status >= 500 or heard.status in LATER:
        raise ForgeUnavailable(_said(heard))
    raise ForgeRefused(_said(heard), heard.status)


def _pause_seconds(heard: Heard) -> int:
    """How long GitHub wants to be left alone; 0 where it has nothing against being asked.

    It says so with 403 as well as with 429, by Retry-After, by when the hour's requests are counted anew, or, for what
    it calls secondary limits, by nothing but words; then a minute is what its documentation asks for.
    """
    if heard.status not in (403, 429):
        return 0
    after, reset = _number(heard.headers, "retry-after"), _number(heard.headers, "x-ratelimit-reset")
    if after is not None:
        seconds = after
    elif reset is not None and heard.headers.get("x-ratelimit-remaining") == "0":
        seconds = reset - int(SystemClock().wall().timestamp())
    elif heard.status == 429 or b"rate limit" in heard.body.lower():
        seconds = PAUSE_SECONDS
    else:
        return 0
    return min(max(seconds, 1), PAUSE_SECONDS_MAX)


def _number(headers: Mapping[str, str], name: str) -> int | None:
    text = headers.get(name, "").strip()
    return int(text) if text.isdecimal() and len(text) <= 12 else None


def _said(heard: Heard) -> str:
    """What GitHub says instead of doing it, in a line that can be kept."""
    said = outside.decode(heard.body)
    message = said.get("message") if isinstance(said, dict) else None
    return f"HTTP {heard.status}" + (f": {message[:200]}" if isinstance(message, str) else "")


def _issue(said: Any) -> Issue:
    """An issue from GitHub's words. Raises ForgeUnavailable for words that are none."""
    number, url = (said.get(name) if isinstance(said, dict) else None for name in ("number", "html_url"))
    if not isinstance(number, int) or not isinstance(url, str) or not url.startswith(("https://", "http://")):
        raise ForgeUnavailable("the answer is no issue")
    return Issue(number, url)
