"""What an agent says of an operator's work once it is done (ruling 20)."""

from chalicelib.core.heads import Ref
from chalicelib.core.identity import service as identity
from chalicelib.core.identity.model import Agent, average_tenths
from chalicelib.core.world import World
from chalicelib.kit import once
from chalicelib.kit.conditions import Attr
from chalicelib.kit.errors import Conflict
from chalicelib.kit.lifecycle import Role
from chalicelib.kit.once import Claim, Outcome
from chalicelib.products.tasks import news, show
from chalicelib.products.tasks.lifecycle import TASK
from chalicelib.products.tasks.model.tasks import Rating, Task
from chalicelib.products.tasks.store import tasks as rows
from chalicelib.products.tasks.words import work as work_words


class AlreadyRated(Conflict):
    """A task is rated once."""

    code = "already_rated"

    def __init__(self) -> None:
        super().__init__("You have rated this task already, and a rating is given once.")


def rate(world: World, agent: Agent, task_id: str, order: work_words.RateOrder, claim: Claim | None) -> Outcome:
    """Rate the operator of a completed task, once. The task then shows the operator's new average.

    Of two agents who rate one operator at the same moment each sees an average without the other's stars; the sums
    have both. Raises TaskNotFound, WrongState, AlreadyRated.
    """
    task = rows.HEADS.find(world.store, Ref(agent.account_id, task_id))
    move = TASK.find("rate", task.status, Role.AGENT)
    if task.rating is not None:
        raise AlreadyRated
    assert task.operator_id is not None, "somebody completed it"  # noqa: S101
    operator = identity.operator_of(world, task.operator_id)
    tenths = average_tenths(operator.rating_sum + order.rating, operator.rating_count + 1)
    writes = [
        *rows.HEADS.move(
            task.ref, move, where=Attr("rating").not_exists(), refuse=_rated, rating=order.rating,
            operator_rating_tenths=tenths,
        ),
        rows.add_rating(task_id, Rating(rating=order.rating, comment=order.comment)),
        identity.rate(operator.id, order.rating),
        news.moved(world, task.ref, move, operator_id=operator.id, rating=order.rating),
    ]  # fmt: skip
    shown = show.operator(task.model_copy(update={"operator_rating_tenths": tenths}))
    assert shown is not None, "somebody completed it"  # noqa: S101
    answer = work_words.Rated(task_id=task_id, rating=order.rating, comment=order.comment, operator=shown)
    return once.commit(world.store, claim, writes, answer)


def _rated(task: Task) -> Exception | None:
    return AlreadyRated() if task.rating is not None else None
