"""What a suspension does to tasks (ruling 3): open ones leave the board, and nothing is completed or freed meanwhile.

suspended ──► task.withdraw_all ──► PENDING and ESTIMATE_PENDING tasks, each cancelled and refunded in its own commit
              task.complete │ task.mature │ task.resolve ──► put off by a day, until nobody concerned is suspended
"""

from chalicelib.core.agenda import service as agenda
from chalicelib.core.agenda import walks
from chalicelib.core.agenda.model import Entry
from chalicelib.core.heads import in_hands_of
from chalicelib.core.identity import service as identity
from chalicelib.core.world import World
from chalicelib.kit.lifecycle import Role
from chalicelib.kit.table import Write
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
    return walks.withdraw(world, entry, kinds.WITHDRAW_ALL, rows.HEADS, OPEN, _withdrawal)


def on_reopening(world: World, task: Task) -> list[Write]:
    """What follows when a task comes back to the board: that of a suspended agent leaves it again."""
    if not identity.any_suspended(world.store, [task.account_id]):
        return []
    return [agenda.at(kinds.WITHDRAW_ALL, task.account_id, world.now(), world.now(), which=task.task_id)]


def _withdrawal(world: World, task: Task) -> list[Write]:
    move = TASK.find("withdraw", task.status, Role.ADMIN)
    return endings.cancellation(world, task, move, CancelReason.ADMIN, in_hands_of(task.operator_id))
