"""Post an opening, claim a slot, hand in, give back, end. Every function returns writes for the verb's one commit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.core.board import store as rows
from chalicelib.core.board.model import Assignment, AssignmentState, Opening
from chalicelib.core.identity import service as identity
from chalicelib.core.identity.model import Operator
from chalicelib.kit import clock, ids
from chalicelib.kit.errors import Conflict, Forbidden, NotFound, Refusal
from chalicelib.kit.lifecycle import MovedOn
from chalicelib.kit.store import Place, Store
from chalicelib.kit.table import Item, Write


class Taken(Conflict):
    """Somebody else was faster, or the work was withdrawn."""

    code = "already_taken"

    def __init__(self) -> None:
        super().__init__("This work is no longer available: somebody has claimed it, or it was withdrawn.")


class AlreadyYours(Conflict):
    """Whoever wants to take this work is the one who has claimed it."""

    code = "already_yours"

    def __init__(self) -> None:
        super().__init__("You have claimed this work before; see how it stands among your own.")


class NotClaimed(Conflict):
    """This work is on the board, and only whoever has claimed it can go on with it."""

    code = "not_claimed"

    def __init__(self) -> None:
        super().__init__("You have not claimed this work; it can be taken, so claim it first.")


class TooManyAssignments(Conflict):
    """The operator has as many open assignments as one may have."""

    code = "too_many_assignments"

    def __init__(self, most: int) -> None:
        super().__init__(f"You have {most} open assignments already; hand one in or give one back first.", most=most)


class TooManyGiveBacks(Conflict):
    """The operator has given back as much work today as one may."""

    code = "too_many_give_backs"

    def __init__(self, most: int, now: datetime) -> None:
        again = clock.next_day(now)
        super().__init__(
            f"You have given back {most} pieces of work today; that is as many as one may in a UTC day.",
            most=most, again_at=clock.iso(again),
        )  # fmt: skip


class SelfDealing(Forbidden):
    """Nobody works for an agent of their own: it would turn deposits into clean earnings."""

    code = "self_dealing"

    def __init__(self) -> None:
        super().__init__("You cannot take work of an agent that is registered with your own e-mail.")


@dataclass(frozen=True)
class Held:
    """An opening, and what one operator has to do with it: an assignment that was given back is none."""

    opening: Opening
    assignment: Assignment | None
    gave_back_on: list[str]
    """The UTC days on which the operator gave work back."""


def post(opening: Opening) -> Write:
    """Put work on the board."""
    return rows.add_opening(opening)


def find(store: Store, product: str, opening_id: str, missing: NotFound) -> Opening:
    """The opening of a product with this id. Raises `missing`: each product has its own word for its work."""
    opening = rows.find_opening(store, opening_id) if ids.looks_like(opening_id) else None
    if opening is None or opening.product != product:
        raise missing
    return opening


def assignment(
    store: Store, product: str, opening_id: str, operator_id: str, now: datetime, missing: NotFound
) -> Assignment:
    """An operator's assignment on an opening of a product. Raises `missing`: other people's work is none of their
    business, and what they gave back is other people's work. What the feed shows to everybody raises NotClaimed.
    """
    found = rows.find_assignment(store, opening_id, operator_id) if ids.looks_like(opening_id) else None
    if found is None or found.product != product or found.state is AssignmentState.RELEASED:
        raise not_theirs(find(store, product, opening_id, missing), now, missing)
    return found


def not_theirs(opening: Opening, now: datetime, missing: NotFound) -> Refusal:
    """What is said to an operator who goes on with work that they have not claimed."""
    return NotClaimed() if opening.can_be_taken(now) else missing


def held(store: Store, product: str, opening_id: str, operator_id: str, missing: NotFound) -> Held:
    """The opening of a product with this id, and what an operator has to do with it, in one read. Raises `missing`."""
    if not ids.looks_like(opening_id):
        raise missing
    opening, mine, load = rows.find_held(store, opening_id, operator_id)
    if opening is None or opening.product != product:
        raise missing
    return Held(opening, None if mine is None or mine.state is AssignmentState.RELEASED else mine, left_on(load))


def taken_by(holder: str | None, operator: Operator) -> Conflict:
    """What it means for an operator that work is in somebody's hands: Taken, or AlreadyYours."""
    return AlreadyYours() if holder == operator.id else Taken()


def check_may_claim(opening: Opening, operator: Operator) -> None:
    """Who may take this work at all. Raises KycRequired, SelfDealing."""
    identity.check_kyc(operator)
    if operator.email == opening.owner_email:
        raise SelfDealing


@dataclass(frozen=True)
class OneAtATime:
    """For a product whose work is measured while it lasts, and is over for everybody when somebody leaves it.

    `busy` is what is said to whoever is at work on it, `leaves_per_day` how often one may leave or give back in a UTC
    day and still claim, `left_on` the days on which the operator did, of which a claim forgets those gone by.
    """

    busy: Conflict
    leaves_per_day: int
    left_on: Sequence[str] = ()


def claim(
    opening: Opening, operator: Operator, now: datetime, most: int, *, alone: OneAtATime | None = None
) -> list[Write]:
    """Take a slot: of all who try, as many succeed as there are slots. Who gave it back may take it again.

    The writes refuse Taken, TooManyAssignments; with `alone`, what it says, and TooManyGiveBacks.
    """
    return [
        rows.take_slot(opening, _cannot_take),
        rows.add_assignment(claimed(opening, operator, now), Taken()),
        _more_load(operator.id, opening.product, now, most, alone),
    ]


def claimed(opening: Opening, operator: Operator, now: datetime) -> Assignment:
    """The assignment of whoever claims a slot now."""
    return Assignment(
        opening_id=opening.opening_id, operator_id=operator.id, owner_id=opening.owner_id, product=opening.product,
        kind=opening.kind, title=opening.title, pay_micros=opening.pay_micros, state=AssignmentState.CLAIMED,
        claimed_at=now,
    )  # fmt: skip


def release(opening: Opening, operator_id: str, now: datetime) -> list[Write]:
    """The slot is free again, at its old place in the feed, and so is the operator, who had no part in that.

    The writes refuse Taken, when the opening was withdrawn.
    """
    return [*_free(opening, operator_id, now), rows.taken_back(operator_id, opening.product)]


def give_back(held: Held, operator_id: str, now: datetime, most: int) -> list[Write]:
    """The same by the operator's own wish, which is granted so many times a UTC day.

    The writes refuse Taken, TooManyGiveBacks.
    """
    today, stale = clock.day(now), _gone_by(held.gave_back_on, now)
    return [
        *_free(held.opening, operator_id, now),
        rows.gave_back(operator_id, held.opening.product, today, stale, most, TooManyGiveBacks(most, now)),
    ]


def hand_in(mine: Assignment, *, again: bool = False) -> list[Write]:
    """The operator is done with it for now, and free to take something else; with better proof, they already were."""
    moved = _move(mine.opening_id, mine.operator_id, AssignmentState.SUBMITTED)
    return moved if again else [*moved, rows.less_load(mine.operator_id, mine.product)]


def complete(opening_id: str, operator_id: str, now: datetime, *, pay_micros: int | None = None) -> list[Write]:
    """The work is accepted and paid; `pay_micros` is what it paid in the end, where that was not known before."""
    return [rows.close(opening_id), *_move(opening_id, operator_id, AssignmentState.COMPLETED, now, pay_micros)]


def withdraw(opening_id: str, operator_id: str | None, now: datetime, *, at_work_on: str | None) -> list[Write]:
    """The work is cancelled or has expired; who was still at it, and had not handed in, is free again.

    `at_work_on` is the product whose work somebody is still at; None when nobody is.
    """
    if operator_id is None:
        return [rows.close(opening_id)]
    moved = _move(opening_id, operator_id, AssignmentState.WITHDRAWN, now)
    return [rows.close(opening_id), *moved, *([rows.less_load(operator_id, at_work_on)] if at_work_on else [])]


def leave(opening_id: str, operator_id: str, product: str, now: datetime) -> list[Write]:
    """The operator leaves work that nobody else takes up, or is found to have left it; how often is counted by day."""
    moved = _move(opening_id, operator_id, AssignmentState.WITHDRAWN, now)
    return [rows.close(opening_id), *moved, rows.left(operator_id, product, clock.day(now))]


def recent_work(store: Store, operator_id: str, limit: int) -> list[Assignment]:
    """What an operator has claimed and kept, of all products, newest first."""
    return rows.latest_assignments(store, operator_id, limit)


def work_of(
    store: Store, operator_id: str, product: str, limit: int, after: Mapping[str, Any] | None
) -> tuple[list[Assignment], Mapping[str, Any] | None]:
    """A page of what an operator has claimed and kept of a product, newest first, and the row to go on after, if there
    is more.
    """
    return rows.assignments_of(store, operator_id, product, limit, after)


def load_of(operator_id: str) -> Place:
    """Where it is counted how much that is, for a read that other things are read in too."""
    return rows.TABLE, rows.load_row(operator_id)


def left_on(load: Item | None) -> list[str]:
    """The UTC days on which an operator gave work back or left it, as far as they are kept."""
    return [name.removeprefix(rows.GAVE_BACK) for name in load or {} if name.startswith(rows.GAVE_BACK)]


def read_count(row: Item | None, product: str) -> int:
    """How much of a product an operator has claimed and kept."""
    return int((row or {}).get(rows.listed_of(product), 0))


def expect_again(operator_id: str, until: datetime) -> Write:
    """What an operator handed in was not enough: until a moment there is something to hand in again."""
    return rows.expect_again(operator_id, until)


def is_working(store: Store, operator_id: str, now: datetime) -> bool:
    """Whether an operator has anything to hand in: only then is there anything to upload."""
    return rows.is_working(store, operator_id, now)


def _cannot_take(row: Item) -> Exception:
    """Why a slot was not taken, from the opening as it is: while one is free, looking again is right."""
    free = row and not row["closed"] and row["taken"] < row["slots"]
    return MovedOn() if free else Taken()


def _more_load(operator_id: str, product: str, now: datetime, most: int, alone: OneAtATime | None) -> Write:
    full = TooManyAssignments(most)
    if alone is None:
        return rows.more_load(operator_id, product, most, full)
    today, leaves = clock.day(now), alone.leaves_per_day

    def refusal(load: Item) -> Exception:
        if load.get(rows.open_of(product), 0) >= 1:
            return alone.busy
        return full if load.get("open", 0) >= most else TooManyGiveBacks(leaves, now)

    stale = _gone_by(alone.left_on, now)
    return rows.more_load_alone(operator_id, product, most, today, stale, leaves, refusal)


def _gone_by(days: Sequence[str], now: datetime) -> list[str]:
    """Those UTC days that are before today, and count for nothing."""
    return [day for day in days if day < clock.day(now)]


def _free(opening: Opening, operator_id: str, now: datetime) -> list[Write]:
    return [
        rows.free_slot(opening, Taken()),
        *_move(opening.opening_id, operator_id, AssignmentState.RELEASED, now),
    ]


def _move(
    opening_id: str, operator_id: str, state: AssignmentState, ended: datetime | None = None,
    pay_micros: int | None = None,
) -> list[Write]:  # fmt: skip
    return [rows.move_assignment(opening_id, operator_id, state, ended, pay_micros)]
