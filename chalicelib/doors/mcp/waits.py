"""Waiting in calls of tools, where no exchange may take longer than its door allows: 25 seconds behind API Gateway.

    the client …                        the call …
    declared the tasks extension        is answered at once with a task; `tasks/get` looks, and nothing blocks
    is modern                           looks, sleeps, looks; at the end the client is sent away to come straight back
    has come back often enough          is answered with how things stand, and what to call next
    is of the handshake era             the same, at the end of the exchange

The task's id says what was called, and by whom: nothing is stored, and whichever container is asked can look.

An account whose waits are all in use (core/waiting.py) is answered with how things stand, at once.
"""

from collections.abc import Callable
from itertools import repeat
from typing import Any, Protocol

from chalicelib.core import waiting
from chalicelib.core.waiting import Wait
from chalicelib.doors.mcp import sealed
from chalicelib.doors.mcp.server import Exchange, InputRequired
from chalicelib.doors.mcp.wire import TASKS, InvalidParams, Result, RpcError
from chalicelib.kit.clock import iso, parse
from chalicelib.kit.words import Words

ROUNDS_MAX = 9
"""Official clients repeat a call ten times by themselves, and then throw; so the tenth answer is a whole one."""
LEG_SECONDS_MAX = 50
"""Clients give up a call after a minute, unless they are told otherwise; one that comes back is let go before that."""
TASK_SECONDS = 24 * 3_600
PROTOCOL = (RpcError, InputRequired)
"""What is the protocol's to answer, and no result of a tool."""


class Looks(Protocol):
    """Whoever can look again at a call by its name and arguments."""

    def look(self, exchange: Exchange, name: str, arguments: dict[str, Any]) -> tuple[bool, Result]: ...


def until_done(
    exchange: Exchange, name: str, arguments: dict[str, Any], wait: Wait, result: Callable[[Words], Result]
) -> Result:
    """The result when there is nothing more to wait for, or when this exchange, or the caller's patience, is over."""
    state = sealed.state_of(exchange) or {"round": 0, "waited": 0.0}
    look = wait.look(exchange.world.at_one_moment())
    if not look.is_done and exchange.has_extension(TASKS):
        return _made(exchange, name, arguments)
    patience, began = exchange.world.patience, exchange.world.patience.elapsed()
    willing = wait.seconds - state["waited"]
    seconds = min(willing, exchange.seconds_left(), LEG_SECONDS_MAX if exchange.modern else willing)
    try:
        with waiting.slot(exchange.world, exchange.agent.id, 0 if look.is_done else seconds):
            pauses = repeat(patience.look_every_seconds)
            look = waiting.watch(exchange.world, wait, look, seconds, pauses, exchange.progress)
    except waiting.TooManyWaits:
        return result(wait.told(look, state["waited"]))
    if look.is_done:
        return result(look.answer)
    waited = patience.elapsed() - began
    in_all = state["waited"] + waited
    if not exchange.modern or state["round"] >= ROUNDS_MAX or waited >= willing:
        return result(wait.told(look, in_all))
    again = {"round": state["round"] + 1, "waited": in_all}
    raise InputRequired(state=sealed.state(exchange, again))


# Tasks ----------------------------------------------------------------------------------------------------------------


class SealedTasks:
    """Tasks whose ids say all there is to know of them."""

    def __init__(self, looks: Looks) -> None:
        self._looks = looks

    def get(self, exchange: Exchange) -> Result:
        """How a task stands, by one look. Raises InvalidParams for an id that we did not give to this caller."""
        task_id, made = _opened(exchange)
        is_done, result = self._looks.look(exchange, made["name"], made["arguments"])
        told = _task(exchange, task_id, made, "completed" if is_done else "working")
        return {**told, "result": result} if is_done else told

    def update(self, exchange: Exchange) -> Result:
        """Nothing is ever asked of the client, so there is nothing to hear. Raises InvalidParams."""
        _opened(exchange)
        return {}

    def cancel(self, exchange: Exchange) -> Result:
        """Nobody works on a task until somebody looks: not looking any more is all it takes. Raises InvalidParams."""
        _opened(exchange)
        return {}


def _made(exchange: Exchange, name: str, arguments: dict[str, Any]) -> Result:
    made = {"name": name, "arguments": arguments, "at": iso(exchange.world.wall())}
    task_id = sealed.seal(exchange, "task", None, made, TASK_SECONDS)
    return {"resultType": "task", **_task(exchange, task_id, made, "working")}


def _opened(exchange: Exchange) -> tuple[str, dict[str, Any]]:
    task_id = exchange.message.part("taskId")
    try:
        return task_id, sealed.unseal(exchange, "task", None, task_id)
    except sealed.Stale:
        raise InvalidParams("Unknown or expired task. Call the tool again to start over.") from None


def _task(exchange: Exchange, task_id: str, made: dict[str, Any], status: str) -> Result:
    return {
        "taskId": task_id, "status": status, "createdAt": iso(parse(made["at"])),
        "lastUpdatedAt": iso(exchange.world.wall()), "ttlMs": TASK_SECONDS * 1_000,
        "pollIntervalMs": int(exchange.world.patience.look_every_seconds * 1_000),
    }  # fmt: skip
