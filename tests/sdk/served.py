"""The real app for the SDK's tests: over WSGI in this process, through a transport that loses what a test wants lost.

Line    the way there and back. It may drop a request before the deed, or an answer after it, or answer by itself.
Time    a clock that only moves when somebody sleeps; each sleep also does what was due in the house.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx

from byhand import AsyncByhand, Byhand
from tests.contract.gateway import wsgi
from tests.harness import House

BASE_URL = "http://byhand.test"
Fate = Callable[[httpx.Request, "Line"], httpx.Response]


def dropped_before(request: httpx.Request, line: "Line") -> httpx.Response:
    """The connection breaks before anything is done."""
    raise httpx.ConnectError("refused", request=request)


def dropped_after(request: httpx.Request, line: "Line") -> httpx.Response:
    """The deed is done, and the answer never comes."""
    line.through(request)
    raise httpx.ReadTimeout("no answer", request=request)


def answered(status: int, code: str = "", **headers: str) -> Fate:
    """Somebody on the way answers, and the deed is not done."""

    def fate(request: httpx.Request, line: "Line") -> httpx.Response:
        body = {"error": "not now", "details": {}, "code": code} if code else {"message": "not now"}
        return httpx.Response(status, json=body, headers={name.replace("_", "-"): one for name, one in headers.items()})

    return fate


def done_but(status: int, code: str) -> Fate:
    """The deed is done, and another answer takes the place of its own."""

    def fate(request: httpx.Request, line: "Line") -> httpx.Response:
        line.through(request)
        return answered(status, code)(request, line)

    return fate


@dataclass
class Line(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """A transport to the house; the next requests have the fates given, and those after them arrive."""

    house: House
    fates: list[Fate] = field(default_factory=list)
    sent: list[httpx.Request] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._way = httpx.WSGITransport(app=wsgi(self.house))

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.sent.append(request)
        return self.fates.pop(0)(request, self) if self.fates else self.through(request)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return self.handle_request(request)

    def through(self, request: httpx.Request) -> httpx.Response:
        """All the way to the house and back, the body read so that either kind of client can take it."""
        answer = self._way.handle_request(request)
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.read())

    def keys(self) -> list[str | None]:
        """The idempotency keys of what was sent."""
        return [request.headers.get("Idempotency-Key") for request in self.sent]


@dataclass
class Time:
    """Seconds that pass only in sleep."""

    house: House
    now: float = 0.0
    slept: list[float] = field(default_factory=list)
    meanwhile: Iterator[Any] = field(default_factory=lambda: iter(()))

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.slept.append(seconds)
        next(self.meanwhile, None)

    async def async_sleep(self, seconds: float) -> None:
        self.sleep(seconds)

    def clock(self) -> float:
        return self.now


@dataclass
class Setting:
    """A house, a line to it, time, and clients that use them."""

    house: House
    line: Line
    time: Time

    def client(self, deposit: float | None = 1_000, **words: Any) -> Byhand:
        """A client of a new account with money."""
        return self.client_of(self.house.agent(deposit).headers["X-API-Key"], **words)

    def client_of(self, api_key: str | None, **words: Any) -> Byhand:
        http = httpx.Client(transport=self.line)
        return Byhand(api_key, BASE_URL, http=http, sleep=self.time.sleep, clock=self.time.clock, **words)

    def async_client(self, deposit: float | None = 1_000, **words: Any) -> AsyncByhand:
        http, key = httpx.AsyncClient(transport=self.line), self.house.agent(deposit).headers["X-API-Key"]
        return AsyncByhand(key, BASE_URL, http=http, sleep=self.time.async_sleep, clock=self.time.clock, **words)


def order(house: House, **words: Any) -> dict[str, Any]:
    """A task order that is right."""
    return {
        "title": "Verify storefront signage", "description": "Take a clear photo of the sign at 123 Main St",
        "location": {"lat": 40.7128, "lng": -74.006, "address": "123 Main St, New York, NY"}, "reward_usd": 25,
        "deadline": house.in_time(days=5), "proof_requirements": ["Photo of storefront sign"],
        "task_type": "VERIFICATION", **words,
    }  # fmt: skip
