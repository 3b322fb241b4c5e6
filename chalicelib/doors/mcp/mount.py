"""Hangs an MCP endpoint into Chalice, or behind a Function URL. The server is asked for at the first request."""

from __future__ import annotations

from collections.abc import Callable

from chalice.app import Chalice, CORSConfig, Response

from chalicelib.core.world import World
from chalicelib.doors.http import answers, function_url, routes
from chalicelib.doors.http import mount as http
from chalicelib.doors.mcp import door
from chalicelib.doors.mcp import server as servers

CORS = CORSConfig(
    allow_origin="*",
    allow_headers=[
        "Accept", "Authorization", "Content-Type", "X-API-Key", "MCP-Protocol-Version", "Mcp-Method", "Mcp-Name",
        "Mcp-Session-Id",
    ],
    expose_headers=["Mcp-Session-Id", "Retry-After", "WWW-Authenticate", "X-Request-Id"],
    max_age=600,
)  # fmt: skip
METHODS = ["POST", "GET", "DELETE"]


def mount_tools(app: Chalice, path: str, server: Callable[[], servers.Server], world: Callable[[], World]) -> None:
    """Serve a server's tools at a path."""

    def view() -> Response:
        answer = door.handle(world, server(), http.request_at(path))
        return http.response(answer.body, answer.status, answer.headers, answer.content_type)

    app.route(path, methods=METHODS, content_types=["application/json"], cors=CORS, name=f"MCP {path}")(view)


def places(path: str, server: Callable[[], servers.Server], world: Callable[[], World]) -> list[function_url.Place]:
    """The same tools at the same path, as places of a Function URL."""

    def answer(request: routes.Request) -> answers.Answer:
        return door.handle(world, server(), request)

    return [function_url.Place(method, path, answer, CORS) for method in METHODS]
