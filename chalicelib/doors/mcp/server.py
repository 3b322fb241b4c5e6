"""A server as data, and one exchange with it: what a method may see of the message that it answers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from chalicelib.core.identity.model import Agent
from chalicelib.core.world import World
from chalicelib.doors.http.limits import Allowance
from chalicelib.doors.http.routes import Request
from chalicelib.doors.mcp.wire import CAPABILITIES, LOG_LEVEL, TASKS, Message, Result

Method = Callable[["Exchange"], Result]
NAMED_BY: Mapping[str, str] = {
    "tools/call": "name", "prompts/get": "name", "resources/read": "uri",
    "tasks/get": "taskId", "tasks/update": "taskId", "tasks/cancel": "taskId",
}  # fmt: skip
"""Which parameter names the thing that a request is about; the modern era repeats it in a header."""


class InputRequired(Exception):
    """A call cannot go on without the client: it answers `requests`, or only comes back with `state`."""

    def __init__(self, requests: Mapping[str, Any] | None = None, state: str | None = None) -> None:
        super().__init__()
        self.requests, self.state = requests, state


class ToolSet(Protocol):
    """The tools of a server."""

    def listed(self) -> str:
        """All of them as the JSON text of a list."""
        ...

    def knows(self, name: str) -> bool:
        """Whether there is such a tool."""
        ...

    def calls_a_visit(self, name: str) -> int:
        """How many calls of a tool make one visit."""
        ...

    def mirrored(self, name: str) -> Sequence["Mirrored"]:
        """The arguments of a tool that clients repeat in headers."""
        ...

    def call(self, exchange: "Exchange", name: str, arguments: dict[str, Any]) -> Result:
        """Call one. Raises InvalidParams for a name that none has, and InputRequired."""
        ...


class Tasks(Protocol):
    """What a client may ask about a call that is answered later (the extension io.modelcontextprotocol/tasks)."""

    def get(self, exchange: "Exchange") -> Result: ...
    def update(self, exchange: "Exchange") -> Result: ...
    def cancel(self, exchange: "Exchange") -> Result: ...


@dataclass(frozen=True)
class Mirrored:
    """An argument that clients repeat in a header: its path, the header, its type."""

    path: tuple[str, ...]
    header: str
    type: str


@dataclass(frozen=True)
class Server:
    """One MCP endpoint: its name, its tools, and what it knows beside them."""

    name: str
    title: str
    version: str
    instructions: str
    tools: ToolSet
    tasks: Tasks
    capabilities: Mapping[str, Any] = field(default_factory=lambda: {"tools": {}, "extensions": {TASKS: {}}})
    methods: Mapping[str, Method] = field(default_factory=dict)
    handshake_methods: Mapping[str, Method] = field(default_factory=dict)
    kept_seconds: int = 3_600
    """How long a client may keep a list: it changes with a deployment, and is the same for every caller."""

    @property
    def info(self) -> dict[str, str]:
        return {"name": self.name, "title": self.title, "version": self.version}


@dataclass(frozen=True)
class Exchange:
    """One request and everything that is known of it. Nothing outlives it."""

    server: Server
    world: World
    agent: Agent
    request: Request
    allowance: Allowance
    message: Message
    modern: bool
    began: float
    notes: list[dict[str, Any]] = field(default_factory=list)
    """Notifications that go ahead of the answer."""

    @property
    def params(self) -> dict[str, Any]:
        return self.message.params

    @property
    def meta(self) -> Mapping[str, Any]:
        return self.message.meta or {}

    @property
    def capabilities(self) -> Mapping[str, Any]:
        """What the client says it can do; before the modern era it said so once, and we do not remember."""
        return self.meta.get(CAPABILITIES, {}) if self.modern else {}

    def seconds_left(self) -> float:
        """How long this exchange may still take."""
        return self.world.patience.left(self.began)

    def has_extension(self, name: str) -> bool:
        """Whether the client declared an extension with this very request."""
        declared = self.capabilities.get("extensions")
        return isinstance(declared, dict) and name in declared

    def progress(self, done: float, total: float, sentence: str) -> None:
        """Tell how far a call has come, to a client that asked to be told."""
        token = self.meta.get("progressToken")
        if token is not None:
            params = {"progressToken": token, "progress": done, "total": total, "message": sentence}
            self.notes.append({"jsonrpc": "2.0", "method": "notifications/progress", "params": params})

    def log(self, level: str, data: str) -> None:
        """Tell the client something by the way; the modern era hears it only if it asked to."""
        if not self.modern or self.meta.get(LOG_LEVEL) is not None:
            params = {"level": level, "data": data}
            self.notes.append({"jsonrpc": "2.0", "method": "notifications/message", "params": params})
