"""Honest stand-ins for whoever stands at a border of ours: the Guardian, the clock, a caller's own web server.

with house.living_in(judge=FixedJudge(95)): house.drain()         the Guardian says 95 to whatever it is shown
with house.living_in(clock=still): …                              time stands until the test moves it
with Hook(500, 204) as hook: agent.posted(callback_url=hook.url)  a server that answers 500 first and 204 then
"""

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.core.events.courier import UrlRule
from chalicelib.core.ports.courier import Receipt
from chalicelib.core.ports.judge import Case, JudgeUnavailable, RequirementResult, Verdict


@dataclass
class FixedJudge:
    """A Guardian whose mind is made up; it remembers what it was shown."""

    confidence: Any
    met: bool = True
    reasoning: str = "All proof requirements met."
    answers: int | None = None
    """How many requirements it has an answer to; all of them unless told."""
    cases: list[Case] = field(default_factory=list)

    def judge(self, case: Case) -> Verdict:
        self.cases.append(case)
        asked = case.requirements if self.answers is None else case.requirements[: self.answers]
        note = "seen" if self.met else "not seen"
        results = [RequirementResult(words, self.met, 100 if self.met else 0, note) for words in asked]
        return Verdict(self.confidence, self.reasoning, tuple(results), "fixed/1")


class AbsentJudge:
    """A Guardian that gives no verdict."""

    def judge(self, case: Case) -> Verdict:
        raise JudgeUnavailable("no answer in 60 s")


class BrokenJudge:
    """A Guardian with a bug: what it raises is no answer that anybody expects."""

    def judge(self, case: Case) -> Verdict:
        raise ZeroDivisionError("a bug in the Guardian")


@dataclass
class StillClock:
    """Time that stands until it is moved. Business time and the wall are moved apart, as in a test deployment."""

    business: datetime = field(default_factory=lambda: _now())
    walled: datetime = field(default_factory=lambda: _now())

    def now(self) -> datetime:
        return self.business

    def wall(self) -> datetime:
        return self.walled

    def pass_by(self, **time: float) -> None:
        """Business time passes."""
        self.business += timedelta(**time)

    def stand_at(self, moment: datetime) -> None:
        """Business time is this very moment."""
        self.business = moment

    def wait(self, **time: float) -> None:
        """Wall time passes."""
        self.walled += timedelta(**time)


@dataclass(frozen=True)
class Received:
    """One request that a web server was sent; header names in lower case."""

    path: str
    headers: dict[str, str]
    body: bytes


class Hook:
    """A caller's web server on loopback. It answers with the statuses it was given, the last of them for ever."""

    def __init__(self, *statuses: int) -> None:
        self.statuses = list(statuses) or [204]
        self.received: list[Received] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/webhook?from=byhand"

    def __enter__(self) -> "Hook":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join(10)
        self._server.server_close()

    def answer(self, received: Received) -> int:
        """Keep what was sent, and say with which status to answer it."""
        self.received.append(received)
        return self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]


@dataclass
class Postman:
    """A courier that knows every address and delivers at once; it remembers what it carried."""

    rule: UrlRule = field(default_factory=lambda: UrlRule(https_only=False, loopback_allowed=False))
    carried: list[Received] = field(default_factory=list)

    def check(self, url: str) -> None:
        self.rule.check(url)

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Receipt:
        self.carried.append(Received(url, {name.lower(): value for name, value in headers.items()}, body))
        return Receipt(204)


@dataclass
class MeasuringClient:
    """A DynamoDB client that refuses to read keys which DynamoDB refuses to read, and moto does not."""

    client: Any

    def __getattr__(self, name: str) -> Any:
        return getattr(self.client, name)

    def get_item(self, **words: Any) -> Any:
        self._measure([words["Key"]])
        return self.client.get_item(**words)

    def batch_get_item(self, **words: Any) -> Any:
        self._measure([key for asked in words["RequestItems"].values() for key in asked["Keys"]])
        return self.client.batch_get_item(**words)

    def _measure(self, keys: Iterable[dict[str, dict[str, str]]]) -> None:
        for key in keys:
            partition, place = (len(key[name]["S"].encode()) for name in ("pk", "sk"))
            if not (0 < partition <= 2_048 and 0 < place <= 1_024):
                message = f"One or more parameter values were invalid: a key of {partition} and {place} bytes"
                raise ClientError({"Error": {"Code": "ValidationException", "Message": message}}, "GetItem")


def _now() -> datetime:
    """A whole millisecond, so that it is the same before and after the wire."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


def _handler(hook: Hook) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            self.send_response(hook.answer(Received(self.path, headers, body)))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """A test reads what was received, not a log of it."""

    return Handler
