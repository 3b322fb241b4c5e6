"""The courier and the servers of strangers: whatever they do, it ends in a receipt, in time."""

import socket
import threading
import time
from pathlib import Path

import pytest

from chalicelib.core.events.courier import ANSWER_BYTES, Heard, HttpCourier, NotHeard, UrlRule
from chalicelib.core.ports.courier import Receipt
from tests.core.servers import (
    OK,
    Behaviour,
    Server,
    answering,
    blurting,
    certified,
    dripping,
    hanging_up,
    serving,
    silent,
)

LAPTOP = UrlRule(https_only=False, loopback_allowed=True)
COURIER = HttpCourier(LAPTOP)
# Short enough for a test, long enough for a busy machine.
HASTY = HttpCourier(LAPTOP, exchange_seconds=0.6)
HEADERS = {"Content-Type": "application/json", "X-Test": "yes"}


def _post(server: Server, courier: HttpCourier = COURIER, path: str = "/hook") -> Receipt:
    return courier.post(server.url(path), HEADERS, b'{"event":"task.verified"}')


def _status(line: str, *headers: str, body: str = "") -> bytes:
    return "\r\n".join([f"HTTP/1.1 {line}", *headers, f"Content-Length: {len(body)}", "", body]).encode()


def test_a_message_arrives_byte_for_byte_with_its_headers_and_its_path() -> None:
    with serving(answering(OK)) as server:
        receipt = _post(server, path="/hook/%20x?a=1&b=2")
    assert receipt == Receipt(200)
    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    assert body == b'{"event":"task.verified"}'
    lines = head.decode().split("\r\n")
    assert lines[0] == "POST /hook/%20x?a=1&b=2 HTTP/1.1"
    assert f"Host: 127.0.0.1:{server.port}" in lines
    assert "Content-Type: application/json" in lines
    assert "X-Test: yes" in lines
    assert "Content-Length: 25" in lines
    assert not any(line.lower().startswith(("cookie", "authorization")) for line in lines)


@pytest.mark.parametrize(
    ("line", "accepted"),
    [("200 OK", True), ("201 Created", True), ("204 No Content", True), ("299 Fine", True), ("400 Bad", False),
     ("401 No", False), ("404 Not Found", False), ("410 Gone", False), ("429 Slowly", False), ("500 Oops", False),
     ("503 Later", False)],
)  # fmt: skip
def test_every_status_is_reported_and_only_2xx_counts_as_accepted(line: str, accepted: bool) -> None:
    with serving(answering(_status(line))) as server:
        receipt = _post(server)
    assert (receipt.status, receipt.accepted) == (int(line[:3]), accepted)


@pytest.mark.parametrize("line", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"])
def test_a_redirect_is_an_answer_and_is_not_followed(line: str) -> None:
    with serving(answering(OK)) as elsewhere:
        with serving(answering(_status(line, f"Location: {elsewhere.url()}"))) as server:
            receipt = _post(server)
        assert (receipt.status, receipt.accepted) == (int(line[:3]), False)
        assert elsewhere.requests == []


@pytest.mark.parametrize(
    "behave",
    [
        dripping(b"", b"H"),
        dripping(b"HTTP/1.1 200 OK\r\n", b"X-Drip: drop\r\n"),
        dripping(b"HTTP/1.1 200 OK\r\nX-Long: ", b"x"),
        dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n", b"x"),
        dripping(b"HTTP/1.1 200 OK\r\n\r\n", b"x"),
        dripping(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        dripping(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        silent,
    ],
    ids=["status", "headers", "one header", "body", "endless body", "chunks", "continue", "silence"],
)
def test_a_server_that_drips_is_cut_off_at_the_deadline(behave: Behaviour) -> None:
    with serving(behave) as server:
        began = time.monotonic()
        receipt = _post(server, HASTY)
        took = time.monotonic() - began
    assert receipt == Receipt(None, "no whole answer within 0.6 s")
    assert took < 5


def test_a_handshake_that_never_comes_is_cut_off_too() -> None:
    with serving(silent) as server:
        assert HASTY.post(server.url(scheme="https"), {}, b"") == Receipt(None, "no whole answer within 0.6 s")


def test_a_name_server_that_dawdles_is_waited_for_no_longer_than_anybody_else() -> None:
    over = threading.Event()
    dawdling = HttpCourier(LAPTOP, 0.2, lambda host, port: ["127.0.0.1"] if over.wait(20) else [])
    began = time.monotonic()
    assert dawdling.post("http://slow.example/hook", {}, b"") == Receipt(None, "no whole answer within 0.2 s")
    assert time.monotonic() - began < 5
    over.set()


def test_of_a_large_answer_64_kilobytes_are_read_and_the_status_counts() -> None:
    head, megabyte = b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 1024 * 1024
    with serving(answering(head, *[megabyte] * 64)) as server:
        receipt = _post(server)
    assert receipt == Receipt(200)
    # The server got rid of no more than what was read and what the sockets' buffers hold.
    assert ANSWER_BYTES == 64 * 1024
    assert server.sent < 32 * 1024 * 1024


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n",
        b"HTTP/1.1 " + b"2" * 70_000 + b"\r\n\r\n",
        b"HTTP/1.1 2\r\n\r\n",
        b"HTTP/1.1 two hundred\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"\x00\xff\xfe" * 50,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nx\r\n",
        b"",
    ],
    ids=["long header", "many headers", "long status", "short status", "words", "ssh", "noise", "chunks", "nothing"],
)  # fmt: skip
def test_an_answer_that_is_none_is_a_problem_of_the_other_side_and_no_error(answer: bytes) -> None:
    with serving(answering(answer)) as server:
        receipt = _post(server)
    assert receipt.status is None
    assert receipt.problem
    assert len(receipt.problem) <= 200


def test_a_server_that_hangs_up_or_is_not_there_is_a_problem_and_no_error() -> None:
    with serving(hanging_up) as server:
        assert _post(server).problem.startswith("RemoteDisconnected")
    assert _post(server).problem.startswith("ConnectionRefusedError")


def test_the_next_address_of_a_host_is_tried_when_the_first_does_not_answer() -> None:
    several = HttpCourier(LAPTOP, resolve=lambda host, port: ["::1", "127.0.0.1"])
    with serving(answering(OK)) as server:
        assert several.post(server.url(host="several.example"), {}, b"") == Receipt(200)


@pytest.mark.parametrize(
    "problem",
    [socket.gaierror(-2, "Name or service not known"), UnicodeError("label too long"), ValueError("embedded null")],
    ids=lambda error: type(error).__name__,
)
def test_a_name_that_leads_nowhere_is_a_problem_and_no_error(problem: Exception) -> None:
    def lost(host: str, port: int) -> list[str]:
        raise problem

    receipt = HttpCourier(LAPTOP, resolve=lost).post("http://nowhere.example/", {}, b"")
    assert receipt.problem.startswith(type(problem).__name__)
    assert HttpCourier(LAPTOP, resolve=lambda host, port: []).post("http://x.example/", {}, b"").problem == (
        "OSError: x.example has no address"
    )


@pytest.mark.parametrize("path", ["/a b", "/a\x00b", "/é", "/a\x7fb"])
def test_a_path_that_http_cannot_carry_is_a_problem_and_no_error(path: str) -> None:
    with serving(answering(OK)) as server:
        receipt = _post(server, path=path)
    assert receipt.status is None
    assert server.requests == []


# TLS ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for certificates; whatever is in its certificate.pem is trusted, as a machine's own store would be."""
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate.pem"))
    return tmp_path


def test_a_message_arrives_over_tls_under_the_name_of_the_host(trusted: Path) -> None:
    tls, _ = certified(trusted, "hook.example")
    courier = HttpCourier(LAPTOP, resolve=lambda host, port: ["127.0.0.1"])
    with serving(answering(OK), tls) as server:
        assert courier.post(server.url(host="hook.example", scheme="https"), HEADERS, b"{}") == Receipt(200)
    assert f"Host: hook.example:{server.port}".encode() in server.requests[0]


def test_a_certificate_for_another_host_gets_no_message(trusted: Path) -> None:
    tls, _ = certified(trusted, "other.example")
    courier = HttpCourier(LAPTOP, resolve=lambda host, port: ["127.0.0.1"])
    with serving(answering(OK), tls) as server:
        receipt = courier.post(server.url(host="hook.example", scheme="https"), HEADERS, b"{}")
    assert receipt.problem.startswith("SSLCertVerificationError")
    assert server.requests == []


def test_a_certificate_that_nobody_vouches_for_gets_no_message(tmp_path: Path) -> None:
    tls, _ = certified(tmp_path, "hook.example")
    courier = HttpCourier(LAPTOP, resolve=lambda host, port: ["127.0.0.1"])
    with serving(answering(OK), tls) as server:
        receipt = courier.post(server.url(host="hook.example", scheme="https"), HEADERS, b"{}")
    assert receipt.problem.startswith("SSLCertVerificationError")
    assert server.requests == []


def test_a_server_that_speaks_no_tls_gets_no_message() -> None:
    with serving(blurting) as server:
        receipt = COURIER.post(server.url(scheme="https"), HEADERS, b'{"secret":1}')
    assert receipt.status is None
    assert not any(b"secret" in request for request in server.requests)


def test_a_question_is_answered_with_headers_and_no_more_of_a_body_than_was_wanted() -> None:
    with serving(answering(_status("200 OK", "X-Kind: raw", body="0123456789"))) as server:
        heard = COURIER.ask("GET", server.url("/file"), {"Accept": "text/plain"}, bytes_max=4)
    assert heard == Heard(200, {"x-kind": "raw", "content-length": "10"}, b"0123")
    head = server.requests[0].decode()
    assert head.startswith("GET /file HTTP/1.1\r\n")
    assert "Content-Length" not in head


@pytest.mark.parametrize("behaviour", [hanging_up, silent, dripping(b"HTTP/1.1 200 OK\r\n", b"X-More: 1\r\n")])
def test_a_question_without_a_whole_answer_was_not_heard(behaviour: Behaviour) -> None:
    with serving(behaviour) as server, pytest.raises(NotHeard):
        HASTY.ask("GET", server.url(), {})
    with pytest.raises(NotHeard, match="must not carry a user name"):
        COURIER.ask("GET", "http://user:secret@127.0.0.1/", {})
