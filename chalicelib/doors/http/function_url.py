"""A Function URL: the same routes, where a request may wait for ten minutes and not the 29 seconds of API Gateway.

event, payload 2.0 ──► path? ──► OPTIONS: CORS ──► method? ──► body, type? ──► the door ──► answer, payload 2.0
                       404                          405          400   415

Chalice does not know these events, and its router is not asked. A slash too many, doubled or at the end, leads to the
same place: clients join a base URL that ends with one to paths that begin with one.
"""

import re
from base64 import b64decode
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from chalice.app import CORSConfig

from chalicelib.core.world import World
from chalicelib.doors.http import answers
from chalicelib.doors.http.answers import Answer
from chalicelib.doors.http.door import handle
from chalicelib.doors.http.mount import CORS
from chalicelib.doors.http.routes import Request, Route
from chalicelib.doors.http.shapes import Shape, with_both

Event = Mapping[str, Any]
_SLASHES = re.compile("/{2,}")


@dataclass(frozen=True)
class Place:
    """What is served for one method at one path, and what pages elsewhere may know of it."""

    method: str
    path: str
    answer: Callable[[Request], Answer]
    cors: CORSConfig
    content_types: Sequence[str] = ("application/json",)
    errors: Shape = with_both
    """How what is refused before the door looks."""


def places(routes: Iterable[Route], world: Callable[[], World]) -> list[Place]:
    """The places of some routes. The world is asked for at the first request."""
    return [
        Place(route.method, route.path, _asked(route, world), CORS, route.content_types, route.errors)
        for route in routes
    ]


class FunctionUrl:
    """Everything that one Function URL serves, and nothing else."""

    def __init__(self, served: Iterable[Place]) -> None:
        self._by_path: dict[str, dict[str, Place]] = {}
        for place in served:
            self._by_path.setdefault(place.path, {})[place.method] = place
        # Between two paths that fit, the one with fewer ids in it is meant.
        self._patterns = [(path, _pattern(path)) for path in sorted(self._by_path, key=lambda one: one.count("{"))]

    def answer(self, event: Event) -> dict[str, Any]:
        """The answer to one event of a Function URL, as Lambda wants it."""
        base, path = _path(event)
        known, ids = self._found(path)
        method, request_id = event["requestContext"]["http"]["method"], event["requestContext"]["requestId"]
        if not known:
            return _shown(answers.of_framework(404, request_id), request_id, CORS)
        any_of_them, methods = next(iter(known.values())), sorted([*known, "OPTIONS"])
        cors = any_of_them.cors
        if method == "OPTIONS":
            return _shown(Answer(200, "", {"Access-Control-Allow-Methods": ",".join(methods)}), request_id, cors)
        if method not in known:
            refused = answers.of_framework(405, request_id, any_of_them.errors)
            return _shown(Answer(405, refused.body, {"Allow": ", ".join(methods)}), request_id, cors)
        return _shown(_answered(known[method], event, base, ids), request_id, cors)

    def _found(self, path: str) -> tuple[Mapping[str, Place], dict[str, str]]:
        """What is served at a path, by method, and the ids in it as they were sent."""
        for known, pattern in self._patterns:
            if fits := pattern.fullmatch(path):
                return self._by_path[known], fits.groupdict()
        return {}, {}


def _asked(route: Route, world: Callable[[], World]) -> Callable[[Request], Answer]:
    return lambda request: handle(world, route, request)


def _answered(place: Place, event: Event, base: str, ids: dict[str, str]) -> Answer:
    try:
        request = _request(place, event, base, ids)
    except ValueError:
        return answers.of_framework(400, event["requestContext"]["requestId"], place.errors)
    if request.content_type not in place.content_types:
        return answers.of_wrong_type(place.content_types, request.request_id, place.errors)
    return place.answer(request)


def _request(place: Place, event: Event, base: str, ids: dict[str, str]) -> Request:
    """The event as a request. A header that came twice is one here, with both values and a comma between them."""
    context, body = event["requestContext"], event.get("body") or ""
    headers = {name.lower(): value for name, value in event.get("headers", {}).items()}
    if event.get("cookies"):
        headers["cookie"] = "; ".join(event["cookies"])
    return Request(
        method=place.method, route=place.path, ids=ids,
        query=dict(parse_qsl(event.get("rawQueryString", ""), keep_blank_values=True)), headers=headers,
        body=b64decode(body, validate=True) if event.get("isBase64Encoded") else body.encode(),
        source=context["http"]["sourceIp"], request_id=context["requestId"], base=base,
    )  # fmt: skip


def _path(event: Event) -> tuple[str, str]:
    """What stands before our paths, a named stage, and the path behind it with single slashes."""
    path, stage = _SLASHES.sub("/", event["rawPath"]), event["requestContext"].get("stage", "$default")
    base = f"/{stage}" if stage != "$default" and path.startswith(f"/{stage}/") else ""
    return base, path.removeprefix(base).rstrip("/") or "/"


def _pattern(path: str) -> re.Pattern[str]:
    """A route's path as a pattern: `{id}` is whatever stands between two slashes."""
    return re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(path)))


def _shown(answer: Answer, request_id: str, cors: CORSConfig) -> dict[str, Any]:
    headers = {"X-Request-Id": request_id, **cors.get_access_control_headers(), **answer.headers}
    return {
        "statusCode": answer.status, "headers": {**headers, "Content-Type": answer.content_type}, "body": answer.body,
        "isBase64Encoded": False,
    }  # fmt: skip
