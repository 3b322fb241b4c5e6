"""The second port: what a Function URL does before a request reaches us, with nothing but loopback in front.

A request becomes a real event of payload 2.0, and goes to the very function that is deployed behind the URL. Each has a
thread of its own, so that however many wait, somebody who does not is answered at once.
"""

import base64
import logging
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

log = logging.getLogger("local.waiting")
Invoke = Callable[[dict[str, Any]], dict[str, Any]]
# Lambda's own limit for a request and its answer.
BODY_BYTES_MAX = 6 * 1024 * 1024
# Longer than a port listens by itself: under load, connections are reset before anybody has seen them.
BACKLOG = 128
AS_TEXT = ("application/json", "text/", "application/x-www-form-urlencoded")


class WaitingServer(ThreadingHTTPServer):
    """Whoever waits is no reason to keep the process alive."""

    daemon_threads = True
    request_queue_size = BACKLOG

    def __init__(self, place: tuple[str, int], invoke: Invoke) -> None:
        self.invoke = invoke
        super().__init__(place, _Handler)

    def handle_error(self, *arguments: Any) -> None:
        """A client that has gone away meanwhile is nobody's fault."""
        log.debug("A connection ended badly.", exc_info=True)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: WaitingServer

    def _answer(self) -> None:
        length = self.headers.get("content-length", "0")
        if not length.isdigit() or "transfer-encoding" in self.headers:
            self._refuse(400)
        elif int(length) > BODY_BYTES_MAX:
            self._refuse(413)
        else:
            self._send(self.server.invoke(self._event(self.rfile.read(int(length)))))

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = do_PATCH = do_OPTIONS = _answer  # noqa: N815 their names

    def _event(self, body: bytes) -> dict[str, Any]:
        path, _, query = self.path.partition("?")
        method, now, host = self.command, datetime.now(UTC), self.headers.get("host", "")
        kind = self.headers.get("content-type", "application/json")
        encoded = bool(body) and not kind.lower().startswith(AS_TEXT)
        headers, cookies = self._headers()
        http = {
            "method": method, "path": path, "protocol": self.request_version, "sourceIp": self.client_address[0],
            "userAgent": headers.get("user-agent", ""),
        }  # fmt: skip
        return {
            "version": "2.0", "routeKey": "$default", "rawPath": path, "rawQueryString": query, "headers": headers,
            **({"cookies": cookies} if cookies else {}),
            "requestContext": {
                "accountId": "anonymous", "apiId": "local", "domainName": host, "domainPrefix": "local", "http": http,
                "requestId": str(uuid.uuid4()), "routeKey": "$default", "stage": "$default",
                "time": f"{now:%d/%b/%Y:%H:%M:%S +0000}", "timeEpoch": int(now.timestamp() * 1_000),
            },
            **({"body": base64.b64encode(body).decode() if encoded else body.decode(errors="replace")} if body else {}),
            "isBase64Encoded": encoded,
        }  # fmt: skip

    def _headers(self) -> tuple[dict[str, str], list[str]]:
        """Headers in small letters, several of one name with commas between them; cookies apart."""
        names = dict.fromkeys(name.lower() for name in self.headers if name.lower() != "cookie")
        cookies = "; ".join(self.headers.get_all("cookie", []))
        return (
            {name: ",".join(self.headers.get_all(name, [])) for name in names},
            [one.strip() for one in cookies.split(";") if one.strip()],
        )

    def _send(self, answer: dict[str, Any]) -> None:
        body = answer["body"].encode()
        self.send_response(answer["statusCode"])
        for name, value in answer["headers"].items():
            self.send_header(name, value)
        if answer["statusCode"] != HTTPStatus.NO_CONTENT:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _refuse(self, status: int) -> None:
        # Imported late: what chalicelib keeps belongs to the stack that is running, not to this module.
        from chalicelib.doors.http import answers

        request_id = str(uuid.uuid4())
        answer = answers.of_framework(status, request_id)
        # The body was not read: what follows on this connection is not a request.
        self.close_connection = True
        headers = {"X-Request-Id": request_id, "Access-Control-Allow-Origin": "*", "Connection": "close"}
        headers["Content-Type"] = answer.content_type
        self._send({"statusCode": status, "headers": headers, "body": answer.body})

    def log_message(self, *arguments: Any) -> None:
        log.debug(*arguments)
