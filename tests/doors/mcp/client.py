"""A client that says exactly what a test wants said, in either era."""

import json
from dataclasses import dataclass, field
from typing import Any

from tests.doors.urls import Visitor
from tests.harness import Caller, House, Reply

PATH, QA = "/api/v1/mcp", "/api/qa/mcp"
MODERN, HANDSHAKE = "2026-07-28", "2025-11-25"
_OF_MCP = "io.modelcontextprotocol/"
NAMED_BY = {"tools/call": "name", "tasks/get": "taskId", "tasks/update": "taskId", "tasks/cancel": "taskId"}


@dataclass
class Client:
    """One connection; in the modern era every request repeats who speaks, and in headers what is asked."""

    house: "House | Visitor"
    headers: dict[str, str]
    version: str = MODERN
    capabilities: dict[str, Any] = field(default_factory=dict)
    path: str = PATH

    @property
    def modern(self) -> bool:
        return self.version == MODERN

    def ask(self, method: str, params: dict[str, Any] | None = None, **headers: str | None) -> Reply:
        """One request; a header that is given replaces the right one, and None takes it out."""
        body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": self.params(params or {})}
        return self.send(json.dumps(body).encode(), **{**self.routing(method, params or {}), **headers})

    def send(self, raw: bytes, http_method: str = "POST", **headers: str | None) -> Reply:
        """Some bytes as they are."""
        named = {name.replace("_", "-"): value for name, value in headers.items() if value is not None}
        accepted = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
        return self.house.request(http_method, self.path, headers={**accepted, **self.headers, **named}, raw=raw)

    def call(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """The result of a tool."""
        reply = self.ask("tools/call", {"name": tool, "arguments": arguments})
        assert reply.status == 200, reply
        return dict(reply.json["result"])

    def done(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """What a tool answers when all is well."""
        result = self.call(tool, **arguments)
        assert result["isError"] is False, result
        assert json.loads(result["content"][0]["text"]) == result["structuredContent"]
        return dict(result["structuredContent"])

    def refused(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """What a tool says when it refuses."""
        result = self.call(tool, **arguments)
        assert result["isError"] is True, result
        assert "structuredContent" not in result
        told = json.loads(result["content"][0]["text"])
        assert result["_meta"]["byhand/error"] == told
        assert {"error", "code", "next_action", "request_id"} <= set(told)
        return dict(told)

    def params(self, params: dict[str, Any]) -> dict[str, Any]:
        if not self.modern:
            return params
        said = {f"{_OF_MCP}protocolVersion": self.version, f"{_OF_MCP}clientCapabilities": self.capabilities}
        return {**params, "_meta": {**said, **params.get("_meta", {})}}

    def routing(self, method: str, params: dict[str, Any]) -> dict[str, str]:
        headers = {"MCP_Protocol_Version": self.version}
        if self.modern:
            headers["Mcp_Method"] = method
            named = params.get(NAMED_BY.get(method, ""))
            headers |= {"Mcp_Name": named} if named else {}
        return headers


def of(caller: Caller, version: str = MODERN, path: str = PATH, **capabilities: Any) -> Client:
    """A client with somebody's credentials."""
    return Client(caller.house, dict(caller.headers), version, capabilities, path)


def behind_url(caller: Caller, handler: Any, version: str = MODERN, path: str = PATH) -> Client:
    """A client with somebody's credentials, at a handler behind a Function URL."""
    return Client(Visitor(lambda event: handler(event, None)), dict(caller.headers), version, path=path)
