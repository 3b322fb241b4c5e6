"""Services that a deployment is configured to call: an identity provider, a model, a payment provider.

Their base URLs come from the settings, never from a caller (what callers name is the courier's). An exchange has bounds
in time and size, follows no redirects and knows no proxies.

    call ──► 2xx, JSON ──► Answer
      ├────► 4xx, 5xx ───► Answer: what a refusal of theirs means is known to whoever asked
      ├────► no connection ─► Unreached: nothing was done there, asking again is safe
      └────► no whole answer ► Unanswered: nobody knows whether it was done
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import simplejson

if TYPE_CHECKING:
    from urllib3 import PoolManager

ANSWER_BYTES_MAX = 1024 * 1024
CONNECT_SECONDS_MAX = 5


class Unreached(Exception):
    """The service could not be reached: it never saw the request."""


class Unanswered(Exception):
    """The service may have seen the request and gave no whole answer that could be read."""


@dataclass(frozen=True)
class Answer:
    """What a service said: its HTTP status, and its JSON (numbers with a point as Decimal); None when it is none."""

    status: int
    json: Any
    headers: Mapping[str, str]

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300


def call(
    method: str, url: str, *, words: Any = None, form: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None, seconds: float = 10,
) -> Answer:  # fmt: skip
    """One exchange with a configured service, within `seconds` for each of connecting and answering.

    `words` are sent as JSON, a `form` as a form; the answer is JSON.

    Raises Unreached, Unanswered.
    """
    from urllib3 import Timeout
    from urllib3.exceptions import ConnectTimeoutError as NotInTime
    from urllib3.exceptions import HTTPError, NewConnectionError

    body = encode(words) if words is not None else urlencode(form).encode() if form is not None else None
    kind = "application/json" if form is None else "application/x-www-form-urlencoded"
    sent = {"Accept": "application/json", **({"Content-Type": kind} if body else {}), **(headers or {})}
    try:
        answer = _pool().request(
            method, url, body=body, headers=sent, redirect=False, retries=False, preload_content=False,
            timeout=Timeout(connect=min(seconds, CONNECT_SECONDS_MAX), read=seconds),
        )  # fmt: skip
    except (NewConnectionError, NotInTime) as error:
        raise Unreached(type(error).__name__) from error
    except HTTPError as error:
        raise Unanswered(type(error).__name__) from error
    try:
        text = answer.read(ANSWER_BYTES_MAX + 1)
    except HTTPError as error:
        raise Unanswered(type(error).__name__) from error
    finally:
        answer.release_conn()
    if len(text) > ANSWER_BYTES_MAX:
        answer.close()
        raise Unanswered(f"more than {ANSWER_BYTES_MAX:,} bytes")
    return Answer(answer.status, decode(text), {name.lower(): value for name, value in answer.headers.items()})


def longest_seconds(seconds: float) -> float:
    """How long an exchange may take that is given so many seconds: as long for its answer, and less to connect."""
    return min(seconds, CONNECT_SECONDS_MAX) + seconds


def encode(words: Any) -> bytes:
    """The very bytes that `call` sends for some words, for who has to sign them. Decimals become JSON numbers."""
    return simplejson.dumps(words, use_decimal=True).encode()


def decode(text: bytes) -> Any:
    """The JSON that a service sent, numbers with a point as Decimal; None for what is none."""
    try:
        return simplejson.loads(text.decode(), use_decimal=True)
    except (ValueError, RecursionError):
        return None


@lru_cache(maxsize=1)
def _pool() -> "PoolManager":
    """One pool per container. A PoolManager reads no proxy from the environment."""
    from urllib3 import PoolManager

    return PoolManager(num_pools=8, maxsize=4)
