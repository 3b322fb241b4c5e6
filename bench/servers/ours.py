"""Ours: the door of this repository, without the question of who calls and without the rate counter."""

from functools import cache
from types import SimpleNamespace
from typing import Any

from chalicelib.core.identity.model import Agent
from chalicelib.doors.http.limits import Allowance
from chalicelib.doors.http.routes import Request
from chalicelib.doors.mcp import door
from chalicelib.doors.mcp.door import handle as at_the_door
from chalicelib.doors.mcp.registry import ToolBox
from chalicelib.doors.mcp.server import Server
from chalicelib.doors.mcp.tools import Hints, Tool
from chalicelib.doors.mcp.waits import SealedTasks
from chalicelib.kit.clock import Patience
from chalicelib.kit.words import ToolWords, Words
from servers import same

SOMEBODY = Agent("agent_bench", "bench@example.com", "key_bench")
PLENTY = Allowance(limit=1_000_000, used=0, reset=0, now=0)
# As much of a world as a tool needs that does nothing.
WORLD: Any = SimpleNamespace(
    settings=SimpleNamespace(test_mode=True, byhand_mcp_origins=""), store=None,
    queues=SimpleNamespace(ring=lambda bells: None), at_one_moment=lambda: WORLD, patience=Patience(),
)  # fmt: skip


class Answer(Words):
    """What every tool answers."""

    task_id: str
    status: str
    reward_usd: float
    platform_fee: float
    platform_fee_usd: float
    total_escrow: float
    deadline: str
    created_at: str


def _tool(shown: dict[str, Any]) -> Tool:
    said = shown["annotations"]
    named = ("readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint")
    hints = Hints(shown["title"], *(said[name] for name in named))
    return Tool(shown["name"], hints, _verb, cache(lambda: same.model(shown, ToolWords)), Answer, untrusted=False)


def _verb(call: Any) -> Answer:
    return Answer(**same.answer(call.words))


# A module of ours runs when something of it is first asked for, as `at_the_door` was; before, this would be undone.
door.identify = lambda *_: SOMEBODY
door.limits.count = lambda *_, **__: PLENTY
_toolbox = ToolBox("tasks", lambda: [_tool(shown) for shown in same.TOOLS], {})
_server = Server("bench", "Bench", "1", "", _toolbox, SealedTasks(_toolbox))


def handle(event: dict[str, Any]) -> dict[str, Any]:
    request = Request(
        method=event["httpMethod"], route=event["path"], ids={}, query={}, headers=event["headers"],
        body=event["body"].encode(), source="192.0.2.1", request_id="bench",
    )  # fmt: skip
    answer = at_the_door(lambda: WORLD, _server, request)
    return {"statusCode": answer.status, "headers": answer.headers, "body": answer.body}
