"""A GitHub on this machine: the part of its REST API that Byhand uses, with its refusals, and with faults on demand.

with GitHub(files={"octocat/hello-world": {"README.md": "# Hello"}}) as github:
    github.url            what GITHUB_API_URL is set to, and github.token what GITHUB_TOKEN is
    github.issues         every issue, oldest first
    github.moods          what befalls the next requests, one each
"""

import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from local.listener import Listener

VERSION = "2022-11-28"
TITLE_MAX, BODY_MAX = 256, 65_536


class Mood(Enum):
    """What befalls a request."""

    WELL = auto()
    FAILS = auto()
    """500, and nothing was done."""
    FAILS_AFTERWARDS = auto()
    """It is done, and answered with 500."""
    HANGS_UP_AFTERWARDS = auto()
    """It is done, and not answered."""
    LIMITED = auto()
    """403 with Retry-After."""
    LIMITED_IN_WORDS = auto()
    """403 that says so only in words."""
    USED_UP = auto()
    """403 until the hour's requests are counted anew."""


@dataclass(frozen=True)
class Said:
    """One answer."""

    status: int
    words: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: bytes | None = None


@dataclass(frozen=True)
class Asked:
    """One request; header names in small letters."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    words: Any

    @property
    def bearer(self) -> str | None:
        """The token that it carries."""
        return self.headers.get("authorization", "").removeprefix("Bearer ") or None


class GitHub(Listener):
    """Listens on a loopback port. Repositories are named in any case, as GitHub's are."""

    def __init__(self, files: Mapping[str, Mapping[str, str]], login: str = "byhand-bot") -> None:
        self.files = {repo.lower(): dict(paths) for repo, paths in files.items()}
        self.token, self.login = "a-token-of-this-machine-only", login
        self.issues: list[dict[str, Any]] = []
        self.asked: list[Asked] = []
        self.moods: list[Mood] = []
        self.refusing: dict[str, int] = {}
        """The status with which a repository refuses issues: 410 where they are switched off, 403, 422."""
        self._lock = threading.Lock()
        super().__init__(_handler(self))
        self.url = self.base

    def write(self, repo: str, title: str, body: str | None, by: str) -> dict[str, Any]:
        """An issue by somebody."""
        number = 1 + sum(one["repo"] == repo.lower() for one in self.issues)
        url = f"https://github.com/{repo}/issues/{number}"
        issue = {"repo": repo.lower(), "number": number, "title": title, "body": body, "by": by, "html_url": url}
        self.issues.append(issue)
        return issue

    def answer(self, asked: Asked) -> Said | None:
        """What is said to a request; None: the line goes dead."""
        with self._lock:
            self.asked.append(asked)
            mood = self.moods.pop(0) if self.moods else Mood.WELL
            if mood in _AT_ONCE:
                return _AT_ONCE[mood]()
            said = self._done(asked)
        if mood is Mood.HANGS_UP_AFTERWARDS:
            return None
        return Said(500, {"message": "Server Error"}) if mood is Mood.FAILS_AFTERWARDS else said

    def _done(self, asked: Asked) -> Said:
        if not asked.headers.get("user-agent"):
            return Said(403, {"message": "Request forbidden by administrative rules."})
        if asked.headers.get("x-github-api-version") != VERSION:
            return Said(400, {"message": "This API version is not known."})
        if asked.bearer not in (None, self.token):
            return Said(401, {"message": "Bad credentials"})
        match asked.method, asked.path.strip("/").split("/"):
            case "GET", ["user"]:
                return Said(200, {"login": self.login}) if asked.bearer else _needs_token()
            case "GET", ["repos", owner, name, "contents", *path]:
                return self._file(f"{owner}/{name}".lower(), "/".join(path))
            case method, ["repos", owner, name, "issues"] if method in ("GET", "POST"):
                return self._listed(f"{owner}/{name}", asked) if method == "GET" else self._made(owner, name, asked)
        return Said(404, {"message": "Not Found"})

    def _file(self, repo: str, path: str) -> Said:
        paths = self.files.get(repo, {})
        if path in paths:
            kind = {"Content-Type": "application/vnd.github.raw+json; charset=utf-8"}
            return Said(200, headers=kind, raw=paths[path].encode())
        inside = [one for one in paths if one.startswith(f"{path}/")]
        return Said(200, [{"path": one} for one in inside]) if inside else Said(404, {"message": "Not Found"})

    def _listed(self, repo: str, asked: Asked) -> Said:
        by, size, page = asked.query.get("creator"), int(asked.query["per_page"]), int(asked.query["page"])
        found = [one for one in self.issues if one["repo"] == repo.lower() and by in (None, one["by"])]
        newest_first = found[::-1] if asked.query.get("direction") == "desc" else found
        return Said(200, [_shown(one) for one in newest_first[(page - 1) * size : page * size]])

    def _made(self, owner: str, name: str, asked: Asked) -> Said:
        repo = f"{owner}/{name}"
        if not asked.bearer:
            return _needs_token()
        if repo.lower() not in self.files:
            return Said(404, {"message": "Not Found"})
        if status := self.refusing.get(repo.lower()):
            return Said(status, {"message": "Issues are not taken here."})
        title, body = asked.words.get("title"), asked.words.get("body")
        if not title or len(title) > TITLE_MAX or len(body or "") > BODY_MAX:
            return Said(422, {"message": "Validation Failed"})
        return Said(201, _shown(self.write(repo, title, body, self.login)))


def _handler(github: GitHub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            place = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            query = {name: values[-1] for name, values in parse_qs(place.query).items()}
            headers = {name.lower(): value for name, value in self.headers.items()}
            words = json.loads(body) if body else {}
            said = github.answer(Asked(self.command, unquote(place.path), query, headers, words))
            if said is None:
                self.close_connection = True
                return
            text = said.raw if said.raw is not None else json.dumps(said.words).encode()
            self.send_response(said.status)
            for name, value in {"Content-Type": "application/json; charset=utf-8", **said.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = _answer  # noqa: N815 the names of the standard library

        def log_message(self, *_: object) -> None:
            """Whoever runs it prints what is of interest."""

    return Handler


def _shown(issue: Mapping[str, Any]) -> dict[str, Any]:
    shown = {name: issue[name] for name in ("number", "title", "body", "html_url")}
    return {**shown, "state": "open", "user": {"login": issue["by"]}}


def _needs_token() -> Said:
    return Said(401, {"message": "Requires authentication"})


def _used_up() -> Said:
    until = str(int(time.time()) + 600)
    headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": until}
    return Said(403, {"message": "API rate limit exceeded."}, headers)


_AT_ONCE = {
    Mood.FAILS: lambda: Said(500, {"message": "Server Error"}),
    Mood.LIMITED: lambda: Said(403, {"message": "Slow down."}, {"Retry-After": "30"}),
    Mood.LIMITED_IN_WORDS: lambda: Said(403, {"message": "You have exceeded a secondary rate limit."}),
    Mood.USED_UP: _used_up,
}
