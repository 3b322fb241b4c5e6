"""Events of a Function URL, payload 2.0, as AWS's documentation shows them; and whoever sends them."""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.harness import Reply

HOST = "abc123.lambda-url.us-east-1.on.aws"


def event(
    method: str, path: str, *, query: str = "", headers: Mapping[str, str] | None = None,
    body: str | bytes | None = None, cookies: Sequence[str] = (), source: str = "192.0.2.1", stage: str = "$default",
) -> dict[str, Any]:  # fmt: skip
    """One request; a body of bytes travels in base64, one of text as it is."""
    encoded = isinstance(body, bytes)
    shown = base64.b64encode(body).decode() if isinstance(body, bytes) else body
    return {
        "version": "2.0", "routeKey": "$default", "rawPath": path, "rawQueryString": query,
        **({"cookies": list(cookies)} if cookies else {}),
        "headers": {"host": HOST, "x-forwarded-for": "203.0.113.9", **(headers or {})},
        "requestContext": {
            "accountId": "anonymous", "apiId": "abc123", "domainName": HOST, "domainPrefix": "abc123",
            "http": {
                "method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": source, "userAgent": "test",
            },
            "requestId": "req-of-the-event", "routeKey": "$default", "stage": stage,
            "time": "22/Nov/2026:06:00:00 +0000", "timeEpoch": 1795327200000,
        },
        **({"body": shown} if shown is not None else {}), "isBase64Encoded": encoded,
    }  # fmt: skip


@dataclass
class Visitor:
    """Somebody who sends requests to a handler behind a Function URL."""

    handler: Any

    def request(self, method: str, path: str, *, headers: Mapping[str, str], raw: bytes) -> Reply:
        """The answer to a request whose body is bytes, called as a house is."""
        return self.ask(method, path, headers={name.lower(): value for name, value in headers.items()}, body=raw)

    def ask(self, method: str, path: str, words: Any = None, **more: Any) -> Reply:
        """The answer to one request, whose words are JSON."""
        body = {"body": json.dumps(words)} if words is not None else {}
        answer = self.handler(event(method, path, **{**body, **more}))
        headers = {name.lower(): value for name, value in answer["headers"].items()}
        shown = json.loads(answer["body"]) if answer["body"] else None
        return Reply(answer["statusCode"], shown, headers, answer["body"])
