"""Rows of the payouts table.

pk         sk                  what
op_…       payout_…            one payout; while it is pending or sent, in the index `waiting`
op_…       to#<rail>#<where>   a destination, and from when on it may be paid to
op_…       counts              how many payouts the operator has asked for
op_…       day                 the sum that the operator asked for on the UTC day of the last payout
payout_…   owner               whose payout it is
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.kit import clock
from chalicelib.kit.conditions import Attr, ConditionBase
from chalicelib.kit.conditions import Key as Condition
from chalicelib.kit.errors import Conflict
from chalicelib.kit.lifecycle import Move, MovedOn
from chalicelib.kit.store import Rows, Store, under
from chalicelib.kit.table import Else, Item, Key, Write, add, update
from chalicelib.kit.words import Moment, Words
from chalicelib.products.operators.lifecycle import PAYOUT, PayoutState, Review

TABLE = "payouts"
PREFIX = "payout_"
WAITING = (PayoutState.PENDING, PayoutState.SENT)


class NotInReview(Conflict):
    """Nobody has to decide about this payout: it waits for its time, or is past deciding."""

    code = "payout_not_in_review"

    def __init__(self, state: str) -> None:
        super().__init__(f"This payout is {state} and waits for nobody's decision.", status=state)


class Payout(Words):
    """One payout. `review` says why it waits for a person, `cooling_until` how long it waits for its destination."""

    payout_id: str
    operator_id: str
    amount_micros: int
    state: PayoutState
    created_at: Moment
    rail: str
    destination: str = ""
    cooling_until: Moment | None = None
    review: Review | None = None
    sent_at: Moment | None = None
    ended_at: Moment | None = None
    failure: str | None = None

    @property
    def path(self) -> str:
        """Operator and payout as one text: the subject of agenda entries."""
        return f"{self.operator_id}/{self.payout_id}"


@dataclass(frozen=True)
class Standing:
    """What an operator's rows say at the moment of a request."""

    day: str
    day_micros: int
    usable_at: datetime | None
    """From when on the destination may be paid to; None for one that was never used."""


def payout_row(operator_id: str, payout_id: str) -> Key:
    """Where a payout stands."""
    return Key(operator_id, payout_id)


def destination_row(operator_id: str, rail: str, destination: str) -> Key:
    """Where a destination of an operator stands."""
    return Key(operator_id, f"to#{rail}#{destination}")


def add_payout(payout: Payout) -> list[Write]:
    """The rows of a new payout."""
    item = payout.model_dump(exclude={"payout_id", "operator_id"}, exclude_none=True)
    waits = payout.state if payout.state in WAITING else None
    return [
        add(TABLE, payout_row(payout.operator_id, payout.payout_id), {**item, "waits": waits}),
        add(TABLE, Key(payout.payout_id, "owner"), {"operator_id": payout.operator_id}),
        update(TABLE, _counts_row(payout.operator_id), plus={"payouts": 1}),
    ]


def move(
    payout: Payout, row: Move, *, drop: tuple[str, ...] = (), where: ConditionBase | None = None, **changes: Any
) -> Write:
    """The write of one move, if the payout is still where the move starts."""
    here = Attr("state").eq(row.start)
    put = {name: clock.iso(value) if isinstance(value, datetime) else value for name, value in changes.items()}
    waits = {"waits": row.end} if row.end in WAITING else {}
    gone = () if waits else ("waits",)
    return update(
        TABLE, payout_row(payout.operator_id, payout.payout_id), put={**put, "state": row.end, **waits},
        drop=(*drop, *gone), where=here & where if where else here, refusal=_refusal(row),
    )  # fmt: skip


def add_destination(operator_id: str, rail: str, destination: str, usable_at: datetime) -> Write:
    """A destination that was never used before."""
    item: Item = {"usable_at": clock.iso(usable_at)}
    return add(TABLE, destination_row(operator_id, rail, destination), item, refusal=MovedOn())


def count_in(operator_id: str, before: Standing, today: str, amount_micros: int) -> Write:
    """The day's sum after one more payout, if it is still as it was read."""
    as_read = Attr("day").eq(before.day) & Attr("day_micros").eq(before.day_micros)
    total = amount_micros + (before.day_micros if before.day == today else 0)
    return update(
        TABLE, Key(operator_id, "day"), put={"day": today, "day_micros": total},
        where=as_read if before.day else Attr("pk").not_exists(), refusal=MovedOn(),
    )  # fmt: skip


def standing(store: Store, operator_id: str, rail: str, destination: str) -> Standing:
    """What the operator asked for that day, and since when the destination is known, in one read."""
    keys = [Key(operator_id, "day"), destination_row(operator_id, rail, destination)]
    day, known = store.get_many(TABLE, keys)
    usable_at = clock.parse(known["usable_at"]) if known else None
    return Standing((day or {}).get("day", ""), (day or {}).get("day_micros", 0), usable_at)


def find_payout(store: Store, operator_id: str, payout_id: str) -> Payout | None:
    """One payout of an operator."""
    item = store.get(TABLE, payout_row(operator_id, payout_id))
    return read_payout(item) if item else None


def owner_of(store: Store, payout_id: str) -> str | None:
    """Whose payout this is."""
    item = store.get(TABLE, Key(payout_id, "owner"))
    return str(item["operator_id"]) if item else None


def list_payouts(store: Store, operator_id: str, limit: int, after: Mapping[str, Any] | None) -> Rows:
    """An operator's payouts, newest first."""
    return store.query(TABLE, under(operator_id, PREFIX), limit=limit, newest_first=True, after=after)


def count_payouts(store: Store, operator_id: str) -> int:
    """How many payouts an operator has asked for."""
    counts = store.get(TABLE, _counts_row(operator_id)) or {}
    return int(counts.get("payouts", 0))


def list_waiting(store: Store, state: PayoutState, limit: int, after: Mapping[str, Any] | None) -> Rows:
    """Everybody's payouts in one of the states that are no end, newest first."""
    return store.query(
        TABLE, Condition("waits").eq(state.value), index="waiting", limit=limit, newest_first=True, after=after
    )


def read_payout(item: Item) -> Payout:
    """A payout from its row."""
    return Payout.model_validate({**item, "payout_id": item["sk"], "operator_id": item["pk"]})


def _counts_row(operator_id: str) -> Key:
    return Key(operator_id, "counts")


def _refusal(row: Move) -> Else:
    def meaning(old: Item) -> Exception:
        if row.verb == "release" and old:
            return NotInReview(old["state"])
        return PAYOUT.refusal(row.verb, old["state"], row.role)

    return meaning
