"""What is told of a task: events for its account, and the webhook of the Guardian's decision."""

from typing import Any

from chalicelib.core.events import service as events
from chalicelib.core.heads import Ref
from chalicelib.core.world import World
from chalicelib.kit import money
from chalicelib.kit.clock import iso
from chalicelib.kit.lifecycle import Move
from chalicelib.kit.table import Write
from chalicelib.kit.words import dumps
from chalicelib.products.tasks.model.tasks import Sheets, Task, secret_place
from chalicelib.products.tasks.words.tasks import GuardianResult


def price(task: Task) -> dict[str, Any]:
    """What a task costs, for its events."""
    reward, fee = money.to_decimal(task.reward_micros), money.to_decimal(task.fee_micros)
    return {"reward_usd": reward, "platform_fee_usd": fee}


def moved(world: World, ref: Ref, move: Move, **facts: Any) -> Write:
    """The event of a move."""
    return events.moved(world, ref, move, "task_id", facts)


def callback(world: World, sheets: Sheets, event: str, verdict: GuardianResult) -> list[Write]:
    """The webhook of a Guardian's decision, byte for byte as the seed shows it (ruling 22); none without a URL."""
    if sheets.body.callback_url is None:
        return []
    payload = {
        "event": event,
        "task_id": sheets.task.task_id,
        "guardian_result": verdict.model_dump(include={"decision", "confidence", "reasoning"}),
        "timestamp": iso(world.now()),
    }
    secret, place = sheets.body.sealed_callback_secret, secret_place(sheets.task.task_id)
    return [events.deliver(world, sheets.body.callback_url, dumps(payload), sealed_secret=secret, place=place)]
