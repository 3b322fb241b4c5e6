"""What a suspension does to tasks (ruling 3): open ones leave the board, and nothing is completed or freed meanwhile.

suspended ──► task.withdraw_all ──► PENDING and ESTIMATE_PENDING tasks, each cancelled and refunded in its own commit
              task.complete │ task.mature │ task.resolve ──► put off by a day, until nobody concerned is suspended
"""

from collections.abc import Mapping
from typing import Any

from chalicelib.core.agenda import service as agenda
from chalicelib.core.agenda import walks
from chalicelib.core.agenda.model import Entry
from chalicelib.core.heads import in_hands_of
from chalicelib.core.identity import service as identity
from chalicelib.core.world import World
from chalicelib.kit.lifecycle import Role
from chalicelib.kit.store import Rows
from chalicelib.kit.table import Item, Write
from chalicelib.products.tasks import kinds
from chalicelib.products.tasks.actions import endings
from chalicelib.products.tasks.lifecycle import TASK, CancelReason, Status
from chalicelib.products.tasks.model.tasks import Task
from chalicelib.products.tasks.store import tasks as rows

OPEN = (Status.PENDING, Status.ESTIMATE_PENDING)


def concerns(world: World, task: Task) -> bool:
    """Whether the agent or the operator of a task is suspended."""
    return identity.any_suspended(world.store, [one for one in (task.account_id, task.operator_id) if one])


def withdraw_all(world: World, entry: Entry) -> list[Write]:
    """Cancel what a suspended agent has on the board, some tasks a run; what is left is a further entry.

    A task that was accepted a moment ago is left to its operator: it is no longer on the board.
    """
    if not identity.any_suspended(world.store, [entry.subject]):
        return []

    def page(status: str, limit: int, after: Mapping[str, Any] | None) -> Rows:
        return rows.list_tasks(world.store, entry.subject, Status(status), limit, after)

    return walks.walk(world, entry, kinds.WITHDRAW_ALL, OPEN, page, lambda item: _withdrawal(world, item))


def on_reopening(world: World, task: Task) -> list[Write]:
    """What follows when a task comes back to the board: that of a suspended agent leaves it again."""
    if not identity.any_suspended(world.store, [task.account_id]):
        return []
    return [agenda.at(kinds.WITHDRAW_ALL, task.account_id, world.now(), world.now(), which=task.task_id)]


def _withdrawal(world: World, item: Item) -> list[Write]:
    """The writes that cancel one task, if it still is on the board."""
    task = rows.HEADS.find(world.store, rows.HEADS.read(item).ref)
    if task.status not in OPEN:
        return []
    move = TASK.find("withdraw", task.status, Role.ADMIN)
    return endings.cancellation(world, task, move, CancelReason.ADMIN, in_hands_of(task.operator_id))
