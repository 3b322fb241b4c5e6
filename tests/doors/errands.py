"""Routes that wait, for tests: an errand is a task whose agent waits for it in the very request that posts it."""

from typing import Any

import simplejson

from chalicelib.core import waiting
from chalicelib.core.waiting import Look, Wait
from chalicelib.core.world import World
from chalicelib.doors.http.routes import Call, Routes, Who
from chalicelib.kit.errors import Unfinished
from chalicelib.kit.once import Outcome
from chalicelib.kit.words import Nothing
from chalicelib.products.tasks.actions import agents
from chalicelib.products.tasks.tools import looks
from chalicelib.products.tasks.words import tasks as words
from chalicelib.products.tasks.words import tools as tool_words

SECONDS = 400
_routes = Routes()


@_routes.post("/api/v1/errands", Who.AGENT, lambda: words.TaskOrder, lambda: tool_words.Waited, waits=True)
def _run(call: Call[words.TaskOrder]) -> Wait:
    """Post a task and wait for what becomes of it. Raises Unfinished."""

    def deed() -> Outcome:
        return agents.post(call.world, call.agent, call.words, call.claim)

    def wait(outcome: Outcome) -> Wait:
        return _until_done(call, simplejson.loads(outcome.answer)["task_id"])

    return waiting.after(call.world, call.claim, deed, wait)


@_routes.get("/api/v1/errands/{task_id}", Who.AGENT, Nothing, lambda: tool_words.Waited, waits=True)
def _wait(call: Call[Nothing]) -> Wait:
    """Wait for a task. Raises Unfinished."""
    return _until_done(call, call.ids["task_id"])


def _until_done(call: Call[Any], task_id: str) -> Wait:
    def look(world: World) -> Look:
        found = looks.standing(world, call.agent, task_id)
        late = Unfinished("The errand takes longer.", task_id=task_id, status=found.status)
        return Look(found, found.is_done, f"It is {found.status}.", late)

    return Wait(look, SECONDS)


ERRANDS = _routes.all
