"""What a suspension does to tasks (ruling 3): open ones leave the board, and nothing is completed or freed meanwhile.

suspended ──► task.withdraw_all ──► PENDING and ESTIMATE_PENDING tasks, each cancelled and refunded in its own commit
              task.complete │ task.mature │ task.resolve ──► put off by a day, until nobody concerned is suspended
"""

from datetime import timedelta

from chalicelib.core.agenda import service as agenda
from chalicelib.core.agenda.model import Entry, Kind
from chalicelib.core.identity import service as identity
from chalicelib.core.world import World
from chalicelib.kit.clock import iso
from chalicelib.kit.commit import commit
from chalicelib.kit.errors import Refusal
from chalicelib.kit.lifecycle import Role, looking_again
from chalicelib.kit.table import Write
from chalicelib.products.tasks import kinds
from chalicelib.products.tasks.actions import endings
from chalicelib.products.tasks.lifecycle import TASK, CancelReason, Status
from chalicelib.products.tasks.model.tasks import Task, TaskRef
from chalicelib.products.tasks.store import tasks as rows

PUT_OFF = timedelta(days=1)
AT_ONCE = 25
OPEN = (Status.PENDING, Status.ESTIMATE_PENDING)


def concerns(world: World, task: Task) -> bool:
    """Whether the agent or the operator of a task is suspended."""
    return identity.any_suspended(world.store, [one for one in (task.account_id, task.operator_id) if one])


def put_off(world: World, entry: Entry, kind: Kind) -> list[Write]:
    """The same thing again in a day. The new entry says what the old one was about, and when it comes itself."""
    due = world.now() + PUT_OFF
    return [agenda.at(kind, entry.subject, due, world.now(), which=f"{what(entry)}@{iso(due)}", data=entry.data)]


def what(entry: Entry) -> str:
    """What an entry is about, however often it was put off."""
    return entry.which.partition("@")[0]


def withdraw_all(world: World, entry: Entry) -> list[Write]:
    """Cancel what a suspended agent has on the board, some tasks a run; what is left is a further entry.

    A task that was accepted a moment ago is left to its operator: it is no longer on the board.
    """
    if not identity.any_suspended(world.store, [entry.subject]):
        return []
    status = Status(entry.data.get("status", OPEN[0]))
    page = rows.list_tasks(world.store, entry.subject, status, AT_ONCE, entry.data.get("after"))
    for item in page.items:
        _withdraw(world, rows.read_task(item).ref)
    if page.last is not None:
        return [_go_on(world, entry, status, page.items[-1]["sk"], {"status": status, "after": dict(page.last)})]
    further = OPEN[OPEN.index(status) + 1 :]
    return [_go_on(world, entry, further[0], "", {"status": further[0]})] if further else []


def on_reopening(world: World, task: Task) -> list[Write]:
    """What follows when a task comes back to the board: that of a suspended agent leaves it again."""
    if not identity.any_suspended(world.store, [task.account_id]):
        return []
    return [agenda.at(kinds.WITHDRAW_ALL, task.account_id, world.now(), world.now(), which=task.task_id)]


def _go_on(world: World, entry: Entry, status: Status, behind: str, data: dict[str, object]) -> Write:
    which = f"{status}/{behind}"
    return agenda.at(kinds.WITHDRAW_ALL, entry.subject, world.now(), world.now(), which=which, data=data)


def _withdraw(world: World, ref: TaskRef) -> None:
    """Cancel one task, if it still is on the board. Its bells need not wait for those of the entry."""

    def deed() -> None:
        task = rows.find_task(world.store, ref)
        if task.status not in OPEN:
            return
        move = TASK.find("withdraw", task.status, Role.ADMIN)
        hands = endings.same_hands(task)
        world.queues.ring(commit(world.store, endings.cancellation(world, task, move, CancelReason.ADMIN, hands)))

    try:
        looking_again(deed)
    except Refusal as refusal:
        # The lifecycle says no: somebody took the task meanwhile. Only what asks to be tried again is tried again.
        if refusal.retry_after_seconds is not None:
            raise
