"""HTTP as API Gateway turns it into events: whoever speaks HTTP meets an app exactly as Lambda is called.

with bridge(app, path, headers) as url: ...     `headers` are added to every request, as a client's own would be
"""

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from chalice.local import LambdaContext

from tests.loopback import running


@contextmanager
def bridge(app: Any, path: str, headers: Mapping[str, str]) -> Iterator[str]:
    """An app at a URL on loopback, until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            answer = app(_event(self, path, headers, body), LambdaContext("api_handler", 1024, 30_000))
            content = answer["body"].encode()
            self.send_response(answer["statusCode"])
            for name, value in answer["headers"].items():
                self.send_header(name, value)
            if answer["statusCode"] != 204:
                self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_DELETE = _pass_on  # noqa: N815 their names

        def log_message(self, *_: object) -> None:
            """The suites tell what happened."""

    with running(_Patient(("127.0.0.1", 0), Handler)) as url:
        yield f"{url}{path}"


class _Patient(ThreadingHTTPServer):
    """A server that finds nothing strange in a client that leaves without waiting: some suites do."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


def _event(handler: BaseHTTPRequestHandler, path: str, more: Mapping[str, str], body: bytes) -> dict[str, Any]:
    several: dict[str, list[str]] = {}
    for name, value in handler.headers.items():
        several.setdefault(name, []).append(value.strip())
    several |= {name: [value] for name, value in more.items()}
    event = {
        "resource": path, "path": path, "httpMethod": handler.command, "pathParameters": None, "stageVariables": None,
        "headers": {name: values[-1] for name, values in several.items()}, "multiValueHeaders": several,
        "queryStringParameters": None, "multiValueQueryStringParameters": None,
        "body": body.decode(errors="replace") if body else None, "isBase64Encoded": False,
        "requestContext": {
            "resourcePath": path, "httpMethod": handler.command, "path": path, "stage": "live",
            "identity": {"sourceIp": "127.0.0.1"}, "requestId": None,
        },
    }  # fmt: skip
    # An event travels as JSON: what cannot is found here.
    return dict(json.loads(json.dumps(event)))
