"""Requests that wait for people (core/waiting.py): for how long, and what is said when that was not long enough.

slot ──► the verb: a deed, or none ──► its bells rung ──► look, sleep, look ──► done: the answer
 429      its own refusals                                                      late: the look's refusal, such as 408

The slot comes first: who may not wait is refused before anything is done. A client that has less patience than the door
says so by `Prefer: wait=N` (RFC 7240), and hears in `Preference-Applied` how many seconds that made.
"""

import re
from typing import Any

from chalicelib.core import waiting
from chalicelib.core.waiting import Wait
from chalicelib.doors.http import answers
from chalicelib.doors.http.answers import Answer
from chalicelib.doors.http.routes import Call, Request, Route

_SECONDS = re.compile(r'([0-9]{1,9})|"([0-9]{1,9})"')


def answered(route: Route, call: Call[Any], began: float, headers: dict[str, str]) -> Answer:
    """What a route that waits answers, now or in the end. Raises TooManyWaits, and what the last look says is late."""
    world, asked = call.world, preferred(call.request)
    assert call.caller is not None, "who waits is known"  # noqa: S101
    with waiting.slot(world, call.caller.id, _seconds(call, asked, began)):
        wait = route.verb(call)
        if not isinstance(wait, Wait):
            raise TypeError("A route that waits answers with a Wait.")
        outcome = wait.outcome
        if outcome:
            world.queues.ring(outcome.bells)
        if asked is not None:
            headers["Preference-Applied"] = f"wait={int(min(asked, wait.seconds, world.patience.exchange_seconds))}"
        look, seconds = waiting.first_look(world, wait), min(wait.seconds, _seconds(call, asked, began))
        look = waiting.watch(world, wait, look, seconds, waiting.growing(world.patience))
    if look.late is not None and not look.is_done:
        raise look.late
    answer = answers.of(look.answer, route.status)
    if outcome and outcome.replayed:
        answer.headers["Idempotent-Replayed"] = "true"
    return answer


def preferred(request: Request) -> int | None:
    """For how many seconds at most the client wants to wait; None when it does not say, or says it malformed."""
    for preference in request.headers.get("prefer", "").split(","):
        name, _, value = preference.partition(";")[0].partition("=")
        if name.strip().lower() == "wait":
            found = _SECONDS.fullmatch(value.strip())
            return int(found[1] or found[2]) if found else None
    return None


def _seconds(call: Call[Any], asked: int | None, began: float) -> float:
    """How long this request may still wait."""
    left = call.world.patience.left(began)
    return left if asked is None else min(asked, left)
