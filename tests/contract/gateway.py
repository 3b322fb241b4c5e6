"""The deployment as a WSGI application, for tools that speak only that: every request goes through the real doors."""

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import quote

from chalicelib.doors.http import answers
from tests.harness import House

Start = Callable[[str, list[tuple[str, str]]], Any]


def wsgi(house: House) -> Callable[[dict[str, Any], Start], Iterable[bytes]]:
    """A WSGI application in front of a house."""

    def application(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        path = quote(environ["PATH_INFO"].encode("latin-1"), safe="/")
        query = f"?{environ['QUERY_STRING']}" if environ.get("QUERY_STRING") else ""
        raw = environ["wsgi.input"].read()
        try:
            reply = house.request(environ["REQUEST_METHOD"], path + query, headers=_headers(environ), raw=raw or None)
        except LookupError:
            # API Gateway itself answers for a path that no route has; infra/lambda.yaml gives it our shape.
            start("404 -", [("Content-Type", "application/json")])
            return [answers.of_framework(404, "req").body.encode()]
        start(f"{reply.status} -", list(reply.headers.items()))
        return [reply.text.encode()]

    return application


def _headers(environ: dict[str, Any]) -> dict[str, str]:
    """The headers of a request, under the names that API Gateway hands on."""
    named = {name.removeprefix("HTTP_"): value for name, value in environ.items() if name.startswith("HTTP_")}
    if environ.get("CONTENT_TYPE"):
        named["CONTENT_TYPE"] = environ["CONTENT_TYPE"]
    return {name.replace("_", "-").title(): str(value) for name, value in named.items()}
