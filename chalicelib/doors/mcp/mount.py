"""Hangs an MCP endpoint into Chalice. The server is asked for at the first request, not at import."""

from __future__ import annotations

from collections.abc import Callable

from chalice.app import Chalice, CORSConfig, Response

from chalicelib.core.world import World
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


def mount_tools(app: Chalice, path: str, server: Callable[[], servers.Server], world: Callable[[], World]) -> None:
    """Serve a server's tools at a path."""

    def view() -> Response:
        answer = door.handle(world, server(), http.request_at(path))
        return http.response(answer.body, answer.status, answer.headers, answer.content_type)

    methods = ["POST", "GET", "DELETE"]
    app.route(path, methods=methods, content_types=["application/json"], cors=CORS, name=f"MCP {path}")(view)
