"""What an agent does with tasks: post, look, wait, decide, rate, object."""

import random
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Literal

from byhand.answers import (
    OPEN,
    Categories,
    FoundOperators,
    Location,
    Page,
    Quote,
    Rated,
    Task,
    TaskRow,
)
from byhand.errors import StillWaiting
from byhand.plain import Dollars, When, dollars, moment
from byhand.verbs.pages import PAGE_ROWS
from byhand.verbs.pages import every as every_row
from byhand.wire import Flow, Pause, Stream, Wire, segment

FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS, PAUSES_GROW_BY = 1.0, 30.0, 1.5


def post(
    wire: Wire, *, title: str, description: str, reward_usd: Dollars, deadline: When,
    proof_requirements: Sequence[str], task_type: str, location: Location | Mapping[str, Any] | None = None,
    task_domain: str | None = None, proof_type: str | None = None, digital_instructions: str | None = None,
    callback_url: str | None = None, callback_secret: str | None = None, agent_public_key: str | None = None,
    estimate_required: bool | None = None, auto_complete_after_seconds: int | None = None,
    idempotency_key: str | None = None,
) -> Flow[TaskRow]:  # fmt: skip
    """Open a task and set its price aside: reward and fee.

    A `deadline` may be a datetime with an offset, ISO 8601 text, or a timedelta from now.
    """
    body = {
        "title": title, "description": description, "reward_usd": dollars(reward_usd), "deadline": moment(deadline),
        "proof_requirements": list(proof_requirements), "task_type": task_type, "location": location,
        "task_domain": task_domain, "proof_type": proof_type, "digital_instructions": digital_instructions,
        "callback_url": callback_url, "callback_secret": callback_secret, "agent_public_key": agent_public_key,
        "estimate_required": estimate_required, "auto_complete_after_seconds": auto_complete_after_seconds,
    }  # fmt: skip
    return wire.do("/tasks", TaskRow, body, idempotency_key=idempotency_key)


def get(wire: Wire, task_id: str) -> Flow[Task]:
    """A task with everything about it."""
    return wire.ask(_path(task_id), Task)


def every(wire: Wire, *, status: str | None = None, page_size: int = PAGE_ROWS) -> Stream[TaskRow]:
    """All tasks of the account, newest first; `status` leaves out the others."""
    return every_row(wire, "/tasks", Page[TaskRow], limit=page_size, status=status)


def page(
    wire: Wire, *, status: str | None = None, limit: int = 20, offset: int | None = None, cursor: str | None = None
) -> Flow[Page[TaskRow]]:  # fmt: skip
    """One page of the account's tasks, newest first."""
    return wire.ask("/tasks", Page[TaskRow], status=status, limit=limit, offset=offset, cursor=cursor)


def cancel(wire: Wire, task_id: str, *, idempotency_key: str | None = None) -> Flow[TaskRow]:
    """Withdraw a task that nobody works at yet; everything set aside comes back."""
    return wire.do(f"{_path(task_id)}/cancel", TaskRow, idempotency_key=idempotency_key)


def verify(
    wire: Wire, task_id: str, decision: Literal["APPROVE", "REJECT"], *, idempotency_key: str | None = None
) -> Flow[TaskRow]:  # fmt: skip
    """Decide by hand about proof: APPROVE pays the operator, REJECT opens a dispute."""
    body = {"decision": decision}
    return wire.do(f"{_path(task_id)}/verify", TaskRow, body, idempotency_key=idempotency_key)


def wait(
    wire: Wire, task_id: str, *, timeout: float = 3_600, until: Collection[str] = (),
    on_change: Callable[[Task], None] | None = None,
) -> Flow[Task]:  # fmt: skip
    """Wait until a task needs you or has ended: any state in which it does not go on by itself, or one of `until`.

    Looks after a second, then less and less often, and every second again once something has changed; `on_change` is
    told of each new status, the first one too. Raises StillWaiting after `timeout` seconds.
    """
    began, before, pause = wire.clock(), "", FIRST_PAUSE_SECONDS
    while True:
        task = yield from get(wire, task_id)
        if task.status != before:
            before, pause = task.status, FIRST_PAUSE_SECONDS
            if on_change is not None:
                on_change(task)
        if task.status not in OPEN or task.status in until:
            return task
        left = timeout - (wire.clock() - began)
        if left <= 0:
            raise StillWaiting(task, timeout)
        yield Pause(min(left, pause * random.uniform(0.8, 1.0)))
        pause = min(LONGEST_PAUSE_SECONDS, pause * PAUSES_GROW_BY)


def rate(
    wire: Wire, task_id: str, rating: int, comment: str | None = None, *, idempotency_key: str | None = None
) -> Flow[Rated]:  # fmt: skip
    """Rate the operator of a completed task from 1 to 5, once."""
    body = {"rating": rating, "comment": comment}
    return wire.do(f"{_path(task_id)}/rate", Rated, body, idempotency_key=idempotency_key)


def dispute(wire: Wire, task_id: str, reason: str, *, idempotency_key: str | None = None) -> Flow[TaskRow]:
    """Object to completed work while its reward waits out the hold, which freezes it."""
    return wire.do(f"{_path(task_id)}/dispute", TaskRow, {"reason": reason}, idempotency_key=idempotency_key)


def approve_estimate(wire: Wire, task_id: str, *, idempotency_key: str | None = None) -> Flow[TaskRow]:
    """Have the operator go ahead, who said how long it will take."""
    return wire.do(f"{_path(task_id)}/estimate/approve", TaskRow, idempotency_key=idempotency_key)


def reject_estimate(
    wire: Wire, task_id: str, reason: str | None = None, *, idempotency_key: str | None = None
) -> Flow[TaskRow]:  # fmt: skip
    """Say no to an estimate: the task is open to everybody again."""
    body = {"reason": reason}
    return wire.do(f"{_path(task_id)}/estimate/reject", TaskRow, body, idempotency_key=idempotency_key)


def quote(wire: Wire, reward_usd: Dollars, task_type: str | None = None) -> Flow[Quote]:
    """What a task with this reward would cost now."""
    return wire.ask("/tasks/quote", Quote, reward_usd=dollars(reward_usd), task_type=task_type)


def categories(wire: Wire) -> Flow[Categories]:
    """Everything that can be asked for here."""
    return wire.ask("/tasks/categories", Categories, anonymous=True)


def search_operators(
    wire: Wire, *, lat: float, lng: float, radius_km: float | None = None, task_type: str | None = None,
    min_rating: float | None = None, limit: int | None = None,
) -> Flow[FoundOperators]:  # fmt: skip
    """Operators who work near a place, nearest first."""
    return wire.ask(
        "/operators/search", FoundOperators, lat=lat, lng=lng, radius_km=radius_km, task_type=task_type,
        min_rating=min_rating, limit=limit,
    )  # fmt: skip


def _path(task_id: str) -> str:
    return f"/tasks/{segment(task_id)}"
