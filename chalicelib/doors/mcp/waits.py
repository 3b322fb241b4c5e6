"""Waiting, where no exchange may take longer than 25 seconds.

    the client …                        the call …
    declared the tasks extension        is answered at once with a task; `tasks/get` looks, and nothing blocks
    is modern                           looks, sleeps, looks; after 25 s the client is sent away to come straight back
    has come back often enough          is answered with how things stand, and what to call next
    is of the handshake era             the same, after 25 s

The task's id says what was called, and by whom: nothing is stored, and whichever container is asked can look.

While an exchange sleeps it holds a container. So what an account waits is added up beforehand, by half minutes: over
the allowance a call is answered with how things stand, at once.

ephemeral table    pk                              sk        what
                   wait#<account>#<half minute>    window    how many seconds were waited; gone an hour later
"""

import math
from collections.abc import Callable
from typing import Any, Protocol

from chalicelib.doors.mcp import sealed
from chalicelib.doors.mcp.server import Exchange, InputRequired
from chalicelib.doors.mcp.tools import Look, Wait
from chalicelib.doors.mcp.wire import TASKS, InvalidParams, Result, RpcError
from chalicelib.kit.clock import iso, parse
from chalicelib.kit.table import Key
from chalicelib.kit.words import Words

ROUNDS_MAX = 9
"""Official clients repeat a call ten times by themselves, and then throw; so the tenth answer is a whole one."""
TASK_SECONDS = 24 * 3_600
TABLE = "ephemeral"
WINDOW_SECONDS, KEPT_SECONDS = 30, 3_600
SLEEPERS = 5
"""How many of one account may always wait, one exchange after another."""
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
    began = exchange.server.patience.elapsed()
    patience = wait.seconds - state["waited"]
    seconds = min(patience, exchange.seconds_left())
    if look.is_done or not _may_sleep(exchange, seconds):
        return result(look.answer)
    look = _watched(exchange, wait, look, seconds)
    waited = exchange.server.patience.elapsed() - began
    is_last = not exchange.modern or state["round"] >= ROUNDS_MAX or waited >= patience
    if look.is_done or is_last:
        return result(look.answer)
    again = {"round": state["round"] + 1, "waited": state["waited"] + waited}
    raise InputRequired(state=sealed.state(exchange, again))


def _may_sleep(exchange: Exchange, seconds: float) -> bool:
    """Whether the account has so much of its waiting left in this half minute. What is asked for counts, had or not.

    Whoever waits without end asks for no more than the half minute and the one exchange that goes on beyond it.
    """
    if seconds <= 0:
        return True
    world = exchange.world
    window = world.wall_seconds() // WINDOW_SECONDS
    key = Key(f"wait#{exchange.agent.id}#{window}", "window")
    kept_until = (window + 1) * WINDOW_SECONDS + KEPT_SECONDS
    row = world.store.update(TABLE, key, put={"expires_at": kept_until}, plus={"waited": math.ceil(seconds)})
    allowance = SLEEPERS * (WINDOW_SECONDS + exchange.server.patience.exchange_seconds)
    return row is not None and int(row["waited"]) <= allowance


def _watched(exchange: Exchange, wait: Wait, look: Look, seconds: float) -> Look:
    """Look every few seconds, and once more at the end."""
    patience = exchange.server.patience
    began = patience.elapsed()
    while not look.is_done and (left := began + seconds - patience.elapsed()) > 0:
        exchange.progress(round(seconds - left, 1), round(seconds, 1), look.sentence)
        patience.sleep(min(patience.look_every_seconds, left))
        look = wait.look(exchange.world.at_one_moment())
    return look


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
        "pollIntervalMs": int(exchange.server.patience.look_every_seconds * 1_000),
    }  # fmt: skip
