"""How a call becomes requests and an answer. Nothing here touches a socket or a clock: a flow says what to do next.

    verbs        a flow: yields a request or a pause, is given the response, returns a typed answer
    this file    builds requests, decides about repeats, reads answers and refusals
    drivers      do what a flow yields: one waits for it (`Byhand`), one awaits it (`AsyncByhand`)

What is sent again, and when:

    no answer                       anything read, and any deed with an idempotency key; others only if nothing was sent
    429, 502, 503, 504              the same; without a key only what the deployment says it has not done
    429 too_many_waits              never: asking without waiting goes on at once
    409 in_progress                 the first request with this key is still being worked on
    everything else                 never

The pause is as long as `Retry-After` says, and a random part of a growing span on top, so that many do not come back
at once. A deed gets its key here if the caller brings none, and keeps it over all repeats: money moves once.
"""

import json
import random
import re
import uuid
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import Any, Generic, TypeVar
from urllib.parse import quote

import httpx
from pydantic import ValidationError

from byhand import errors
from byhand.answers import Answer
from byhand.keys import KeyStore
from byhand.plain import plain

A = TypeVar("A", bound=Answer)
T = TypeVar("T")
R = TypeVar("R")

RETRIED_STATUSES = frozenset({429, 502, 503, 504})
# Statuses and codes which say that nothing was done, so that even a deed without a key may be sent again.
_NOT_DONE = frozenset({(429, "rate_limited"), (503, "busy"), (503, "not_ready")})
TOO_MANY_WAITS = "too_many_waits"
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
RETRY_AFTER_MAX_SECONDS = 90.0
_OF_EVERY_REFUSAL = frozenset({"error", "message", "code", "request_id", "details"})
_KEY = re.compile("[!-~]{1,255}")
_BACKOFF_SECONDS, _BACKOFF_MAX_SECONDS = 0.5, 8.0


@dataclass(frozen=True)
class Pause:
    """Do nothing for a while."""

    seconds: float


@dataclass(frozen=True)
class Item(Generic[T]):
    """One more of what a stream gives."""

    value: T


Reply = httpx.Response | None
Step = httpx.Request | Pause
Flow = Generator[Step, Reply, T]
Stream = Generator[Step | Item[T], Reply, None]


@dataclass(frozen=True)
class Wire:
    """What calls of one client have in common."""

    base_url: str
    api_key: str | None = field(repr=False)
    keys: KeyStore
    retries: int
    timeout: httpx.Timeout
    clock: Callable[[], float]
    wait_url: str | None = None
    """Where requests may wait for minutes, if that is another address."""

    @property
    def of_jobs(self) -> "Wire":
        """The same below `/api`, where the routes of jobs are: only those of tasks have a version in their paths."""
        return replace(self, base_url=self.base_url.removesuffix("/v1"))

    def ask(self, path: str, answer: type[A], *, anonymous: bool = False, **query: Any) -> Flow[A]:
        """Read something."""
        asked = {name: plain(value) for name, value in query.items() if value is not None}
        request = self._request("GET", path, params=asked, anonymous=anonymous)
        return _answered(request, answer, None, self.retries, repeatable=True)

    def do(
        self, path: str, answer: type[A], body: Mapping[str, Any] | None = None, *,
        idempotency_key: str | None, method: str = "POST",
    ) -> Flow[A]:  # fmt: skip
        """Do something, once however often it is sent."""
        key = checked_key(idempotency_key)
        request = self._request(method, path, body=body, headers={"Idempotency-Key": key})
        return _answered(request, answer, key, self.retries, repeatable=True)

    def do_and_wait(
        self, path: str, answer: type[A], body: Mapping[str, Any], *, idempotency_key: str, seconds: int
    ) -> Flow[A]:  # fmt: skip
        """Do something once, and have the deployment wait so many seconds for what becomes of it (RFC 7240)."""
        door = replace(
            self, base_url=self.wait_url or self.base_url,
            timeout=httpx.Timeout(**{**self.timeout.as_dict(), "read": (self.timeout.read or 0) + seconds}),
        )  # fmt: skip
        headers = {"Idempotency-Key": idempotency_key, "Prefer": f"wait={seconds}"}
        request = door._request("POST", path, body=body, headers=headers)
        return _answered(request, answer, idempotency_key, self.retries, repeatable=True)

    def do_without_key(
        self, path: str, answer: type[A], body: Mapping[str, Any], headers: Mapping[str, str]
    ) -> Flow[A]:  # fmt: skip
        """Do something for which no key is read: it is sent again only when it was surely not done."""
        request = self._request("POST", path, body=body, headers=headers, anonymous=True)
        return _answered(request, answer, None, self.retries, repeatable=False)

    def remove(self, path: str, answer: type[A]) -> Flow[A]:
        """Take something away; doing it twice is the same."""
        return _answered(self._request("DELETE", path), answer, None, self.retries, repeatable=True)

    def _request(
        self, method: str, path: str, *, params: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None, headers: Mapping[str, str] | None = None, anonymous: bool = False,
    ) -> httpx.Request:  # fmt: skip
        if not anonymous and not self.api_key:
            raise errors.Misconfigured("This needs a key: api_key=..., or BYHAND_API_KEY in the environment.")
        who = {} if anonymous else {"X-API-Key": str(self.api_key)}
        sent = None if body is None else {name: plain(value) for name, value in body.items() if value is not None}
        return httpx.Request(
            method, self.base_url + path, params=params, json=sent,
            headers={"Accept": "application/json", "User-Agent": "byhand-python", **who, **(headers or {})},
            extensions={"timeout": self.timeout.as_dict()},
        )  # fmt: skip


def new_key() -> str:
    """An idempotency key that nobody used before."""
    return str(uuid.uuid4())


def checked_key(key: str | None) -> str:
    """An idempotency key as the caller chose it, or a new one. Raises Misused."""
    chosen = key or new_key()
    if not _KEY.fullmatch(chosen):
        raise errors.Misused("An idempotency key is 1 to 255 visible ASCII characters.")
    return chosen


def segment(part: str) -> str:
    """An id as one part of a path; whatever it contains, it cannot lead to another route."""
    if part in ("", ".", ".."):
        raise errors.Misused(f"{part!r} is no id")
    return quote(part, safe="")


def _answered(request: httpx.Request, answer: type[A], key: str | None, retries: int, *, repeatable: bool) -> Flow[A]:
    """Send until something final comes back, and read that."""
    for tried in range(retries + 1):
        last = tried == retries
        try:
            response = yield request
        except httpx.LocalProtocolError:
            # What it says quotes the header, and that may be the one with the key.
            raise errors.Misused(
                "A header of this request cannot be sent: it has characters that no header has."
            ) from None
        except httpx.RequestError as lost:
            if last or not (repeatable or isinstance(lost, _NOT_SENT)):
                raise errors.Unreachable(
                    f"No answer from {request.url.host}: {lost or type(lost).__name__}.", key
                ) from lost
            yield Pause(_backoff(tried))
            continue
        if response is None:
            raise TypeError("a driver answers a request with a response")
        if response.is_success:
            return _read(response, answer)
        refused = _refusal(response, key)
        if last or not _worth_repeating(refused, repeatable=repeatable):
            raise refused
        yield Pause((refused.retry_after or 0) + _backoff(tried))
    raise errors.Misused("retries must be 0 or more")


def _worth_repeating(refused: errors.Refused, *, repeatable: bool) -> bool:
    if (refused.retry_after or 0) > RETRY_AFTER_MAX_SECONDS or refused.code == TOO_MANY_WAITS:
        return False
    if not repeatable:
        return (refused.status, refused.code) in _NOT_DONE
    return refused.status in RETRIED_STATUSES or (refused.status, refused.code) == (409, "in_progress")


def _backoff(tried: int) -> float:
    """Full jitter: anything up to a span that doubles."""
    return random.uniform(0, min(_BACKOFF_MAX_SECONDS, _BACKOFF_SECONDS * 2**tried))


def _read(response: httpx.Response, answer: type[A]) -> A:
    try:
        return answer.model_validate(json.loads(response.content, parse_float=Decimal))
    except (ValidationError, ValueError) as wrong:
        where = f"{response.request.method} {response.request.url.path}"
        raise errors.BadAnswer(f"{where} was answered with something else than {answer.__name__}: {wrong}") from None


def _refusal(response: httpx.Response, key: str | None) -> errors.Refused:
    words = _words(response)
    status, code = response.status_code, str(words.get("code") or "unknown")
    # Where there are both, the error says what kind it is and the message is the sentence.
    message = words.get("message") or words.get("error") or response.reason_phrase or "No reason was given"
    return errors.kind(status, code)(
        status, code, str(message), details=_details(words),
        request_id=words.get("request_id") or response.headers.get("X-Request-Id"),
        retry_after=_retry_after(response), idempotency_key=key,
    )  # fmt: skip


def _details(words: dict[str, Any]) -> dict[str, Any]:
    """What a refusal says for programs: by itself, or beside its sentence."""
    details = words.get("details")
    beside = {name: value for name, value in words.items() if name not in _OF_EVERY_REFUSAL}
    return details if isinstance(details, dict) else beside


def _words(response: httpx.Response) -> dict[str, Any]:
    """What a refusal says; a proxy on the way may say it in no JSON at all."""
    try:
        words = response.json()
    except ValueError:
        return {}
    return words if isinstance(words, dict) else {}


def _retry_after(response: httpx.Response) -> float | None:
    """Seconds to wait, from seconds or from a date."""
    said = response.headers.get("Retry-After", "")
    if said.isascii() and said.isdigit():
        return float(said)
    try:
        until = parsedate_to_datetime(said)
    except ValueError:
        return None
    return max(0.0, (until.replace(tzinfo=until.tzinfo or UTC) - datetime.now(UTC)).total_seconds())
