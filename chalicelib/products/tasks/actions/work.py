"""What operators do with tasks that they have: look, start, give back."""

from datetime import datetime

from chalicelib.core.board import service as board
from chalicelib.core.heads import Ref
from chalicelib.core.identity.model import Operator
from chalicelib.core.world import World
from chalicelib.kit import once, pages
from chalicelib.kit.clock import iso
from chalicelib.kit.conditions import Attr, ConditionBase
from chalicelib.kit.errors import Invalid
from chalicelib.kit.lifecycle import Role
from chalicelib.kit.once import Claim, Outcome
from chalicelib.products.tasks import kinds, news, rules, show
from chalicelib.products.tasks.actions import endings, suspension
from chalicelib.products.tasks.lifecycle import TASK, Status
from chalicelib.products.tasks.store import tasks as rows
from chalicelib.products.tasks.words import work as work_words

LIST = "operator/tasks/mine"


def list_mine(world: World, operator: Operator, query: work_words.FeedQuery) -> work_words.MyTaskPage:
    """What an operator has taken, newest first, with where each task stands now. Raises Invalid."""
    if query.task_type:
        raise Invalid("task_type", "is for the feed; leave it out with scope=mine")
    turn = pages.turn(world.cursors, f"{LIST}/{operator.id}", query)
    work, last = board.work_of(world.store, operator.id, kinds.PRODUCT, turn.rows, turn.after)
    page = turn.of(work)
    refs = [Ref(one.owner_id, one.opening_id) for one in page]
    counts = [] if turn.after else [board.load_of(operator.id)]
    tasks, counted = rows.HEADS.find_many_and(world.store, refs, counts)
    # The list is from an index: what was given back a moment ago may still be on it, and is none of theirs any more.
    shown = [show.my_row(one, task) for one in page if (task := tasks[one.opening_id]).operator_id == operator.id]
    total = board.read_count(counted[0], kinds.PRODUCT) if counted else None
    return work_words.MyTaskPage(data=shown, pagination=turn.pagination(last, total))


def find(world: World, operator: Operator, task_id: str) -> work_words.MyTask | work_words.FeedRow:
    """A task with all that the work needs, for whoever has or had it; else as the feed shows it, while it is open.

    Raises TaskNotFound.
    """
    held = board.held(world.store, kinds.PRODUCT, task_id, operator.id, rows.TaskNotFound())
    if held.assignment:
        sheets = rows.find_sheets(world.store, Ref(held.opening.owner_id, task_id))
        return show.my_task(sheets, held.assignment)
    if not held.opening.can_be_taken(world.now()):
        raise rows.TaskNotFound
    return show.in_feed(held.opening)


def start(world: World, operator: Operator, task_id: str, claim: Claim | None) -> Outcome:
    """Say that work has begun; from now on the agent cannot cancel.

    Raises TaskNotFound, NotClaimed, WrongState, TaskExpired.
    """
    now = world.now()
    mine = board.assignment(world.store, kinds.PRODUCT, task_id, operator.id, now, rows.TaskNotFound())
    task = rows.HEADS.find(world.store, Ref(mine.owner_id, task_id))
    move = TASK.find("start", task.status, Role.OPERATOR)
    if rules.latest_work(task.deadline) <= now:
        raise endings.TaskExpired
    writes = [
        *rows.HEADS.move(task.ref, move, where=_in_these_hands(operator, now), started_at=now),
        news.moved(world, task.ref, move, operator_id=operator.id),
    ]
    answer = work_words.Started(task_id=task_id, status=Status(move.end), started_at=now)
    return once.commit(world.store, claim, writes, answer)


def release(
    world: World, operator: Operator, task_id: str, order: work_words.WithReason, claim: Claim | None
) -> Outcome:
    """Give a task back, without penalty, so many times a day: it is everybody's again, and theirs if they want.

    Raises TaskNotFound, NotClaimed, WrongState, TooManyGiveBacks.
    """
    now = world.now()
    held = board.held(world.store, kinds.PRODUCT, task_id, operator.id, rows.TaskNotFound())
    if held.assignment is None:
        raise board.not_theirs(held.opening, now, rows.TaskNotFound())
    task = rows.HEADS.find(world.store, Ref(held.opening.owner_id, task_id))
    move = TASK.find("release", task.status, Role.OPERATOR)
    freed = board.give_back(held, operator.id, now, world.settings.give_backs_per_day)
    writes = [*endings.reopening(world, task, move, freed, order.reason), *suspension.on_reopening(world, task)]
    message = "You have given this task back. It is open to all operators again."
    answer = work_words.Reopened(task_id=task_id, status=Status(move.end), message=message)
    return once.commit(world.store, claim, writes, answer)


def _in_these_hands(operator: Operator, now: datetime) -> ConditionBase:
    """Asked by the write: nobody else has it, and the time is not over."""
    return Attr("operator_id").eq(operator.id) & Attr("deadline").gt(iso(now - rules.LATE))
