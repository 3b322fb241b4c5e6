"""Hangs routes into Chalice. Beside app.py the only code that knows Chalice, and all that it is used for here.

Chalice keeps the current request on the app, where another thread may overwrite it; the request that a middleware is
given is its own. So the middleware carries it to the view in a context variable.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from chalice.app import Chalice, CORSConfig, Response
from chalice.app import Request as ChaliceRequest

from chalicelib.core.files.model import CONTENT_TYPES
from chalicelib.core.world import World
from chalicelib.doors.http import answers
from chalicelib.doors.http.answers import Answer
from chalicelib.doors.http.door import handle
from chalicelib.doors.http.routes import Request, Route
from chalicelib.doors.http.shapes import with_both
from chalicelib.kit import ids

CORS = CORSConfig(
    allow_origin="*",
    allow_headers=["Authorization", "Content-Type", "Idempotency-Key", "Prefer", "X-API-Key", "X-Operator-Id"],
    expose_headers=[
        "Idempotent-Replayed",
        "Preference-Applied",
        "Retry-After",
        "X-Request-Id",
        "X-RateLimit-Limit",
        "X-RateLimit-Remaining",
        "X-RateLimit-Reset",
    ],
    max_age=600,
)

_current: ContextVar[ChaliceRequest] = ContextVar("current request")


def mount(app: Chalice, routes: Iterable[Route], world: Callable[[], World]) -> None:
    """Serve some routes. The world is asked for at the first request, not at import."""
    for route in routes:
        app.route(
            route.path, methods=route.methods, content_types=route.content_types, cors=CORS, name=route.name
        )(_View(route, world))  # fmt: skip


def prepare(app: Chalice) -> None:
    """Set the app up for `mount`: binary uploads, and the middleware around every view."""
    app.api.binary_types = [*app.api.binary_types, *CONTENT_TYPES]
    app.register_middleware(_envelope(app), "http")


def request_at(path: str) -> Request:
    """The request that is being answered, at the route with this path."""
    return _request(_current.get(), path)


def response(body: str, status: int, headers: Mapping[str, Any], content_type: str = "application/json") -> Response:
    """Text as it is: Chalice leaves it alone."""
    return Response(body=body, status_code=status, headers={**headers, "Content-Type": content_type})


@dataclass(frozen=True)
class _View:
    """What Chalice calls for a route."""

    route: Route
    world: Callable[[], World]
    __name__ = "view"  # Chalice asks whatever it calls for one, as functions have.

    def __call__(self, **_: str) -> Response:
        request = request_at(self.route.path)
        answer = handle(self.world, self.route, request)
        body = "" if request.method == "HEAD" else answer.body
        return response(body, answer.status, answer.headers, answer.content_type)


def _envelope(app: Chalice) -> Callable[..., Response]:
    """A middleware that carries the request to the view, and puts Chalice's own errors into our shape."""

    def envelope(request: ChaliceRequest, get_response: Callable[[ChaliceRequest], Response]) -> Response:
        token = _current.set(request)
        try:
            given = get_response(request)
        finally:
            _current.reset(token)
        if isinstance(given.body, dict) and given.status_code >= 400:
            request_id = _request_id(request)
            answer = _refused(app, request, given.status_code, request_id)
            headers: dict[str, Any] = {**given.headers, **CORS.get_access_control_headers()}
            return response(answer.body, answer.status, {**headers, "X-Request-Id": request_id})
        return given

    return envelope


def _refused(app: Chalice, request: ChaliceRequest, status: int, request_id: str) -> Answer:
    """What Chalice refused, in the shape of the route that was asked for, or of its neighbours at the same path."""
    there = app.routes.get(request.path, {})
    entry = there.get(request.method)
    views = [one.view_function for one in [*filter(None, [entry]), *there.values()]]
    shape = next((view.route.errors for view in views if isinstance(view, _View)), with_both)
    if status == HTTPStatus.UNSUPPORTED_MEDIA_TYPE and entry:
        return answers.of_wrong_type(entry.content_types, request_id, shape)
    return answers.of_framework(status, request_id, shape)


def _request(request: ChaliceRequest, path: str) -> Request:
    """The same request without Chalice."""
    body, identity = request.raw_body, request.context.get("identity") or {}
    return Request(
        method=request.method, route=path, ids=dict(request.uri_params or {}),
        query=dict((request.query_params or {}).items()),
        headers={name.lower(): value for name, value in request.headers.items()},
        body=body.encode() if isinstance(body, str) else body, source=str(identity.get("sourceIp", "")),
        request_id=_request_id(request), base=_base(request, path), repeated=_repeated(request),
    )  # fmt: skip


def _base(request: ChaliceRequest, route: str) -> str:
    """The stage, or the base path of a custom domain: what API Gateway's own path has before ours.

    A slash at its end leads to the same route.
    """
    path = str(request.context.get("path") or "").rstrip("/")
    return path.removesuffix(route) if path.endswith(route) else ""


def _repeated(request: ChaliceRequest) -> frozenset[str]:
    """The headers that came more than once; in the rest of the event only the last of each is left."""
    several = request.to_original_event().get("multiValueHeaders") or {}
    spelled = Counter(name.lower() for name, values in several.items() for _ in values)
    return frozenset(name for name, times in spelled.items() if times > 1)


def _request_id(request: ChaliceRequest) -> str:
    return str(request.context.get("requestId") or ids.new("req"))
