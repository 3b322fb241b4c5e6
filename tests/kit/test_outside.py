"""Configured services are called within bounds, and what went wrong is told apart."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from http.server import BaseHTTPRequestHandler

import pytest

from chalicelib.kit import outside
from tests.loopback import Quiet, handling

Reply = Callable[[BaseHTTPRequestHandler], None]


@contextmanager
def service(reply: Reply) -> Iterator[str]:
    """A service on this machine that answers by `reply`."""

    class Handler(Quiet):
        def do_POST(self) -> None:  # noqa: N802 the name of the standard library
            reply(self)

    with handling(Handler) as url:
        yield url


def _says(status: int, body: bytes, **headers: str) -> Reply:
    def reply(handler: BaseHTTPRequestHandler) -> None:
        handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    return reply


def test_an_answer_is_read_digit_by_digit() -> None:
    with service(_says(200, b'{"amount": 0.1}')) as url:
        answer = outside.call("POST", url, words={"a": 1})
    assert answer.ok
    assert answer.json == {"amount": Decimal("0.1")}


@pytest.mark.parametrize("status", [302, 400, 500])
def test_a_refusal_of_theirs_is_an_answer_and_no_redirect_is_followed(status: int) -> None:
    with service(_says(status, b"no", Location="http://127.0.0.1:1/")) as url:
        answer = outside.call("POST", url)
    assert (answer.status, answer.ok, answer.json) == (status, False, None)


def test_a_service_that_is_not_there_never_saw_the_request() -> None:
    with pytest.raises(outside.Unreached):
        outside.call("POST", "http://127.0.0.1:1/")


def test_a_service_that_does_not_answer_in_time_may_have_seen_it() -> None:
    end = threading.Event()
    with service(lambda _: (end.wait(5), None)[1]) as url:
        with pytest.raises(outside.Unanswered):
            outside.call("POST", url, seconds=0.05)
        end.set()


def test_an_answer_beyond_all_bounds_is_none() -> None:
    with service(_says(200, b" " * (outside.ANSWER_BYTES_MAX + 1))) as url, pytest.raises(outside.Unanswered):
        outside.call("POST", url)


def test_the_proxies_of_the_environment_are_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    with service(_says(200, b"{}")) as url:
        assert outside.call("POST", url).ok
