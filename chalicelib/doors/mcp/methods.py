"""What a client can ask: what the server is, which tools it has, to call one, and what became of a call."""

from collections.abc import Callable

import simplejson

from chalicelib.doors.mcp.server import Exchange, InputRequired, Method, Server
from chalicelib.doors.mcp.wire import (
    HANDSHAKE,
    MODERN,
    SERVER_INFO,
    TASKS,
    InvalidParams,
    MethodNotFound,
    MissingCapability,
    Result,
    RpcError,
)

KEPT_BY_CLIENTS = {
    "server/discover", "tools/list", "prompts/list", "resources/list", "resources/templates/list", "resources/read",
}  # fmt: skip


def answer(exchange: Exchange) -> Result:
    """The result of a request. Raises RpcError."""
    try:
        result = _method(exchange)(exchange)
    except InputRequired as missing:
        result = _input_required(exchange, missing)
    return _stamped(exchange, result) if exchange.modern else result


def _method(exchange: Exchange) -> Method:
    name, server = exchange.message.method, exchange.server
    own = _MODERN if exchange.modern else _HANDSHAKE
    others = server.methods if exchange.modern else {**server.methods, **server.handshake_methods}
    found = own.get(name) or others.get(name)
    if found is None:
        raise MethodNotFound(f"Method not found: {name}")
    return found


def _stamped(exchange: Exchange, result: Result) -> Result:
    """What the modern era wants on every result: its kind, who answered, and how long a list may be kept."""
    server = exchange.server
    result = {"resultType": "complete", **result}
    result["_meta"] = {**result.get("_meta", {}), SERVER_INFO: server.info}
    if exchange.message.method in KEPT_BY_CLIENTS and result["resultType"] == "complete":
        result = {"ttlMs": server.kept_seconds * 1_000, "cacheScope": "public", **result}
    return result


def _input_required(exchange: Exchange, missing: InputRequired) -> Result:
    if not exchange.modern:
        raise RpcError("This call needs an answer of the client, which revisions before 2026-07-28 cannot carry here")
    result: Result = {"resultType": "input_required"}
    if missing.requests:
        result["inputRequests"] = dict(missing.requests)
    if missing.state is not None:
        result["requestState"] = missing.state
    return result


def _initialize(exchange: Exchange) -> Result:
    wanted = exchange.message.part("protocolVersion")
    if not wanted:
        raise InvalidParams("protocolVersion is required")
    server = exchange.server
    capabilities = {name: what for name, what in server.capabilities.items() if name != "extensions"}
    return {
        "protocolVersion": wanted if wanted in HANDSHAKE else HANDSHAKE[0], "capabilities": capabilities,
        "serverInfo": server.info, "instructions": server.instructions,
    }  # fmt: skip


def _discover(exchange: Exchange) -> Result:
    server = exchange.server
    return {
        "supportedVersions": list(MODERN), "capabilities": dict(server.capabilities),
        "instructions": server.instructions,
    }  # fmt: skip


def _list_tools(exchange: Exchange) -> Result:
    if exchange.params.get("cursor") is not None:
        raise InvalidParams("Unknown cursor: the list of tools has one page")
    return {"tools": simplejson.RawJSON(exchange.server.tools.listed())}


def _call_tool(exchange: Exchange) -> Result:
    name, arguments = exchange.params.get("name"), exchange.params.get("arguments")
    if not isinstance(name, str):
        raise InvalidParams("params.name is required")
    if arguments is not None and not isinstance(arguments, dict):
        raise InvalidParams("params.arguments must be an object")
    return exchange.server.tools.call(exchange, name, arguments or {})


def _of_tasks(verb: Callable[[Server], Method]) -> Method:
    """A method of the extension, for a client that declared it with this very request."""

    def method(exchange: Exchange) -> Result:
        if not exchange.has_extension(TASKS):
            raise MissingCapability(requiredCapabilities={"extensions": {TASKS: {}}})
        return verb(exchange.server)(exchange)

    return method


_BOTH: dict[str, Method] = {"tools/list": _list_tools, "tools/call": _call_tool}
_HANDSHAKE = {**_BOTH, "initialize": _initialize, "ping": lambda exchange: {}}
_MODERN = {
    **_BOTH, "server/discover": _discover, "tasks/get": _of_tasks(lambda server: server.tasks.get),
    "tasks/update": _of_tasks(lambda server: server.tasks.update),
    "tasks/cancel": _of_tasks(lambda server: server.tasks.cancel),
}  # fmt: skip
