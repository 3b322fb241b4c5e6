"""The words of the protocol: its revisions, its errors, and messages as JSON-RPC has them.

era          revisions                    what it is
modern       2026-07-28                   every request says who speaks and how; `server/discover`
handshake    2024-11-05 to 2025-11-25     `initialize` first; we remember nothing of it, since nothing follows from it
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from chalicelib.doors.http.answers import Answer
from chalicelib.doors.http.routes import JSON_BYTES_MAX, Request
from chalicelib.kit import strict_json
from chalicelib.kit.words import dumps

MODERN = ("2026-07-28",)
HANDSHAKE = ("2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05")

_OF_MCP = "io.modelcontextprotocol/"
VERSION, CAPABILITIES, LOG_LEVEL = f"{_OF_MCP}protocolVersion", f"{_OF_MCP}clientCapabilities", f"{_OF_MCP}logLevel"
SERVER_INFO, TASKS = f"{_OF_MCP}serverInfo", f"{_OF_MCP}tasks"
VERSION_HEADER, METHOD_HEADER, NAME_HEADER = "mcp-protocol-version", "mcp-method", "mcp-name"
ECHOED_CHARACTERS_MAX = 2_000
ROUTING_HEADERS = (VERSION_HEADER, METHOD_HEADER, NAME_HEADER)

Result = dict[str, Any]


class RpcError(Exception):
    """An error of the protocol: the client spoke wrongly. What a model can put right is a tool's result instead."""

    code: ClassVar[int] = -32603
    status: ClassVar[int] = 500
    sentence: ClassVar[str] = "Internal error"

    def __init__(self, sentence: str = "", **data: Any) -> None:
        super().__init__(sentence or self.sentence)
        self.said, self.data = sentence or self.sentence, data


class ParseError(RpcError):
    """The body is not JSON."""

    code, status, sentence = -32700, 400, "Parse error: the body is not JSON."


class InvalidRequest(RpcError):
    """The body is JSON, and no message."""

    code, status, sentence = -32600, 400, "The body must be one JSON-RPC 2.0 message."


class MethodNotFound(RpcError):
    """There is no such method in this revision."""

    code, status, sentence = -32601, 404, "Method not found"


class InvalidParams(RpcError):
    """The method's parameters are wrong."""

    code, status, sentence = -32602, 400, "Invalid params"


class HeaderMismatch(RpcError):
    """A header says something else than the body, or does not say it."""

    code, status, sentence = -32020, 400, "Header mismatch"


class MissingCapability(RpcError):
    """The client did not declare what this needs."""

    code, status, sentence = -32021, 400, "Missing required client capability"


class UnsupportedVersion(RpcError):
    """We do not speak that revision."""

    code, status, sentence = -32022, 400, "Unsupported protocol version"


@dataclass(frozen=True)
class Message:
    """One message. Without an id it wants no answer: a notification, or an answer to what we never asked."""

    method: str
    id: str | int | None
    values: Any = None

    @property
    def params(self) -> dict[str, Any]:
        """The parameters. Raises InvalidParams when they are no object."""
        if self.values is None:
            return {}
        if not isinstance(self.values, dict):
            raise InvalidParams("params must be an object")
        return self.values

    @property
    def meta(self) -> Mapping[str, Any] | None:
        """What a client says beside the parameters; None when it says nothing that can be read."""
        found = self.values.get("_meta") if isinstance(self.values, dict) else None
        return found if isinstance(found, dict) else None

    def part(self, name: str) -> str:
        """A parameter that is text; empty when it is none."""
        found = self.values.get(name) if isinstance(self.values, dict) else None
        return found if isinstance(found, str) else ""


class TooLong(InvalidRequest):
    """The body is larger than we read."""

    status, sentence = 413, f"The body must be at most {JSON_BYTES_MAX:,} bytes."


class NotAcceptable(InvalidRequest):
    """The client takes no JSON."""

    status, sentence = 406, "Accept must list application/json and text/event-stream."


def read(request: Request) -> Message | RpcError:
    """The message in a body; or what is wrong with it, for the door to answer after the request was counted."""
    try:
        return _read(request)
    except RpcError as wrong:
        return wrong


def _read(request: Request) -> Message:
    accepted = request.headers.get("accept", "*/*").lower()
    if not any(kind in accepted for kind in ("application/json", "application/*", "*/*")):
        raise NotAcceptable
    if len(request.body) > JSON_BYTES_MAX:
        raise TooLong
    try:
        value = strict_json.parse(request.body)
    except ValueError:
        raise ParseError from None
    if not isinstance(value, dict) or value.get("jsonrpc") != "2.0":
        raise InvalidRequest
    return _message(value)


def _message(value: dict[str, Any]) -> Message:
    method, message_id = value.get("method"), value.get("id")
    if not isinstance(method, str):
        if "result" not in value and "error" not in value:
            raise InvalidRequest("method is missing")
        return Message("", None)
    if "id" in value and (isinstance(message_id, bool) or not isinstance(message_id, str | int)):
        raise InvalidRequest("id must be a string or an integer")
    message = Message(method, message_id, value.get("params"))
    _check_echoed(message)
    return message


def _check_echoed(message: Message) -> None:
    """What is said again in an answer is text that can be sent, and not much of it. Raises InvalidRequest."""
    token = (message.meta or {}).get("progressToken")
    named = (message.part(name) for name in ("name", "uri", "taskId", "protocolVersion"))
    for text in (message.method, message.id, token, *named, (message.meta or {}).get(VERSION)):
        if isinstance(text, str) and not (len(text) <= ECHOED_CHARACTERS_MAX and text.isprintable()):
            raise InvalidRequest(f"A name or an id is at most {ECHOED_CHARACTERS_MAX} visible characters")
    if isinstance(token, bool) or not isinstance(token, str | int | None):
        raise InvalidRequest("progressToken must be a string or an integer")


def answered(message: Message, result: Result) -> Result:
    """The answer to a request."""
    return {"jsonrpc": "2.0", "id": message.id, "result": result}


def refused(error: RpcError, message_id: str | int | None = None, status: int | None = None) -> Answer:
    """The HTTP answer that carries an error of the protocol."""
    body: dict[str, Any] = {"code": error.code, "message": error.said}
    if error.data:
        body["data"] = error.data
    return Answer(status or error.status, dumps({"jsonrpc": "2.0", "id": message_id, "error": body}))
