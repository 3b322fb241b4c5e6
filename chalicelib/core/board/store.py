"""Rows of the board table.

pk                 sk                what
<opening id>       opening           work that can be taken; in the indexes of the feed while it can
<opening id>       operator#op_…     an assignment; in `by_operator` and `by_worker` unless it was given back
op_…               load              how many assignments an operator has, of each product, and has open, and gave back
                                     or left on which day; days gone by are dropped with the next claim or give-back
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from chalicelib.core.board.model import Assignment, AssignmentState, Opening
from chalicelib.kit import clock
from chalicelib.kit.conditions import Attr, ConditionBase
from chalicelib.kit.conditions import Key as Condition
from chalicelib.kit.store import Rows, Store
from chalicelib.kit.table import Else, Item, Key, Write, add, put, update
from chalicelib.kit.words import dumps, loads

TABLE = "board"
GAVE_BACK = "gave_back_"


def opening_row(opening_id: str) -> Key:
    """Where an opening stands."""
    return Key(opening_id, "opening")


def load_row(operator_id: str) -> Key:
    """Where an operator's open assignments are counted."""
    return Key(operator_id, "load")


def gave_back_on(day: str) -> str:
    """Where an operator's load says how much was given back or left on a UTC day."""
    return f"{GAVE_BACK}{day}"


def open_of(product: str) -> str:
    """Where an operator's load says how many assignments of a product are open."""
    return f"open_{product}"


def listed_of(product: str) -> str:
    """Where an operator's load says how many assignments of a product they have kept."""
    return f"listed_{product}"


def _assignment_row(opening_id: str, operator_id: str) -> Key:
    return Key(opening_id, f"operator#{operator_id}")


def add_opening(opening: Opening) -> Write:
    """A new opening, in the feed."""
    item: Item = {
        "product": opening.product, "kind": opening.kind, "owner_id": opening.owner_id,
        "owner_email": opening.owner_email,
        "title": opening.title, "pay_micros": opening.pay_micros, "posted_at": clock.iso(opening.posted_at),
        "deadline": clock.iso(opening.deadline), "slots": opening.slots, "taken": 0, "closed": False,
        "shown": dumps(dict(opening.shown)), **_in_feed(opening),
    }  # fmt: skip
    return add(TABLE, opening_row(opening.opening_id), item)


def take_slot(opening: Opening, refusal: Else) -> Write:
    """One slot less; the last one takes the opening out of the feed."""
    free = Attr("closed").eq(False) & Attr("taken").eq(opening.taken) & Attr("taken").lt(opening.slots)
    last = opening.taken + 1 >= opening.slots
    gone = ["feed", "feed_kind", "posted"] if last else []
    return update(
        TABLE, opening_row(opening.opening_id), plus={"taken": 1}, drop=gone, where=free, refusal=refusal
    )  # fmt: skip


def free_slot(opening: Opening, refusal: Else) -> Write:
    """One slot more, and the opening is in the feed at its old place."""
    taken = Attr("closed").eq(False) & Attr("taken").gte(1)
    return update(
        TABLE, opening_row(opening.opening_id), put=_in_feed(opening), plus={"taken": -1}, where=taken, refusal=refusal
    )  # fmt: skip


def close(opening_id: str) -> Write:
    """Nobody can take this any more, and the feed does not show it."""
    return update(
        TABLE, opening_row(opening_id), put={"closed": True}, drop=["feed", "feed_kind", "posted"],
        where=Attr("pk").exists(),
    )  # fmt: skip


def add_assignment(assignment: Assignment, refusal: Else) -> Write:
    """A new assignment; one operator has one assignment per opening, in the place of one that was given back."""
    claimed_at = clock.iso(assignment.claimed_at)
    item: Item = {
        "operator_id": assignment.operator_id, "owner_id": assignment.owner_id, "product": assignment.product,
        "worker": _worker(assignment.operator_id, assignment.product), "kind": assignment.kind,
        "title": assignment.title, "pay_micros": assignment.pay_micros, "state": assignment.state.value,
        "claimed_at": claimed_at, "claimed": f"{claimed_at}#{assignment.opening_id}",
    }  # fmt: skip
    row = _assignment_row(assignment.opening_id, assignment.operator_id)
    free = Attr("pk").not_exists() | Attr("state").eq(AssignmentState.RELEASED.value)
    return put(TABLE, row, item, where=free, refusal=refusal)


def move_assignment(
    opening_id: str, operator_id: str, state: AssignmentState, ended_at: datetime | None, pay_micros: int | None
) -> Write:
    """An assignment goes on or ends. The work row decides whether it may, so this only expects to find it.

    What is given back leaves the operator's list.
    """
    ended: Item = {"ended_at": clock.iso(ended_at)} if ended_at else {}
    paid: Item = {} if pay_micros is None else {"pay_micros": pay_micros}
    gone = ["claimed"] if state is AssignmentState.RELEASED else []
    row = _assignment_row(opening_id, operator_id)
    return update(TABLE, row, put={"state": state.value, **ended, **paid}, drop=gone, where=Attr("pk").exists())


def more_load(operator_id: str, product: str, most: int, refusal: Else) -> Write:
    """One assignment more, and it is open, unless there are as many open ones as there may be, of all products."""
    return _more_load(operator_id, product, (), _fewer("open", most), refusal)


def more_load_alone(
    operator_id: str, product: str, most: int, day: str, stale: Sequence[str], most_left: int, refusal: Else
) -> Write:
    """The same, unless one of this product is open, or as many were given back or left on this UTC day as may be."""
    room = _fewer("open", most) & _fewer(open_of(product), 1) & _fewer(gave_back_on(day), most_left)
    return _more_load(operator_id, product, stale, room, refusal)


def less_load(operator_id: str, product: str) -> Write:
    """One open assignment less."""
    return update(TABLE, load_row(operator_id), plus=_open(product, -1), where=Attr("open").gte(1))


def taken_back(operator_id: str, product: str) -> Write:
    """One assignment less, which was open."""
    return update(TABLE, load_row(operator_id), plus=_both(product, -1), where=Attr("open").gte(1))


def gave_back(operator_id: str, product: str, day: str, stale: Sequence[str], most: int, refusal: Else) -> Write:
    """One assignment less, which was open, given back on this UTC day, unless there were as many as there may be."""
    today = gave_back_on(day)
    return update(
        TABLE, load_row(operator_id), plus={**_both(product, -1), today: 1},
        drop=[gave_back_on(one) for one in stale], where=Attr("open").gte(1) & _fewer(today, most), refusal=refusal,
    )  # fmt: skip


def left(operator_id: str, product: str, day: str) -> Write:
    """One open assignment less, which was left on this UTC day before it was done."""
    plus = {**_open(product, -1), gave_back_on(day): 1}
    return update(TABLE, load_row(operator_id), plus=plus, where=Attr("open").gte(1))


def expect_again(operator_id: str, until: datetime) -> Write:
    """Work that was handed in may be handed in again until a moment; of several such moments the last one is kept."""
    return update(TABLE, load_row(operator_id), put={"again_until": clock.iso(until)}, where=Attr("pk").exists())


def is_working(store: Store, operator_id: str, now: datetime) -> bool:
    """Whether an operator has an assignment open, or one that may be handed in again."""
    row = store.get(TABLE, load_row(operator_id)) or {}
    return int(row.get("open", 0)) > 0 or str(row.get("again_until", "")) > clock.iso(now)


def find_opening(store: Store, opening_id: str) -> Opening | None:
    """The opening with this id."""
    item = store.get(TABLE, opening_row(opening_id))
    return read_opening(item) if item else None


def find_assignment(store: Store, opening_id: str, operator_id: str) -> Assignment | None:
    """One operator's assignment on one opening."""
    item = store.get(TABLE, _assignment_row(opening_id, operator_id))
    return _assignment(item) if item else None


def find_held(store: Store, opening_id: str, operator_id: str) -> tuple[Opening | None, Assignment | None, Item | None]:
    """An opening, one operator's assignment on it, and the row of the operator's load: in one read."""
    rows = [opening_row(opening_id), _assignment_row(opening_id, operator_id), load_row(operator_id)]
    opening, mine, load = store.get_many(TABLE, rows)
    return read_opening(opening) if opening else None, _assignment(mine) if mine else None, load


def feed(store: Store, product: str, kind: str | None, limit: int, after: Mapping[str, Any] | None) -> Rows:
    """Keys of a product's openings that can be taken, newest first; of one kind or of all. Of all, with the kind of
    each.
    """
    where = _feed_of(product, kind)
    return store.query(TABLE, where, index=_index(kind), limit=limit, newest_first=True, after=after)


def feed_in_words(store: Store, product: str, kind: str | None, limit: int, after: Mapping[str, Any]) -> Rows:
    """The rows themselves of openings further down, as many as come in one call: in an index, so as they stood a
    moment ago.
    """
    return store.query(
        TABLE, _feed_of(product, kind), index=f"{_index(kind)}_in_words", limit=limit, newest_first=True, after=after,
        one_call=True,
    )  # fmt: skip


def place_in_feed(key: Item, kind: str | None = None) -> Item:
    """Where an opening stands in the feed of one kind, or of all: what a query goes on after."""
    partition = "feed_kind" if kind else "feed"
    return {name: key[name] for name in ("pk", "sk", partition, "posted")}


def kind_of(key: Item) -> str:
    """The kind of an opening, from its key in the feed."""
    return str(key["feed_kind"]).partition("#")[2]


def find_openings(store: Store, opening_ids: Sequence[str]) -> list[Opening]:
    """Openings by their ids, read consistently; those that can no longer be taken are left out."""
    items = store.get_many(TABLE, [opening_row(one) for one in opening_ids]) if opening_ids else []
    found = [read_opening(item) for item in items if item]
    return [one for one in found if one.is_open]


def assignments_of(
    store: Store, operator_id: str, product: str, limit: int, after: Mapping[str, Any] | None = None
) -> tuple[list[Assignment], Mapping[str, Any] | None]:
    """An operator's assignments of one product but those given back, newest first, and the row to go on after, if there
    is more.
    """
    mine = Condition("worker").eq(_worker(operator_id, product))
    found = store.query(TABLE, mine, index="by_worker", limit=limit, newest_first=True, after=after)
    return [_assignment(item) for item in found.items], found.last


def latest_assignments(store: Store, operator_id: str, limit: int) -> list[Assignment]:
    """An operator's latest assignments of all products but those given back, newest first."""
    mine = Condition("operator_id").eq(operator_id)
    found = store.query(TABLE, mine, index="by_operator", limit=limit, newest_first=True)
    return [_assignment(item) for item in found.items]


def _in_feed(opening: Opening) -> Item:
    posted = f"{clock.iso(opening.posted_at)}#{opening.opening_id}"
    return {"feed": opening.product, "feed_kind": _kind_of(opening.product, opening.kind), "posted": posted}


def _feed_of(product: str, kind: str | None) -> Any:
    return Condition("feed_kind").eq(_kind_of(product, kind)) if kind else Condition("feed").eq(product)


def _index(kind: str | None) -> str:
    return "feed_by_kind" if kind else "feed"


def read_opening(item: Item) -> Opening:
    """An opening from its row."""
    return Opening(
        opening_id=item["pk"], product=item["product"], kind=item["kind"], owner_id=item["owner_id"],
        owner_email=item["owner_email"], title=item["title"], pay_micros=item["pay_micros"],
        posted_at=clock.parse(item["posted_at"]), deadline=clock.parse(item["deadline"]),
        slots=item["slots"], taken=item["taken"], closed=item["closed"],
        shown=loads(item["shown"]),
    )  # fmt: skip


def _assignment(item: Item) -> Assignment:
    ended = item.get("ended_at")
    return Assignment(
        opening_id=item["pk"], operator_id=item["operator_id"], owner_id=item["owner_id"], product=item["product"],
        kind=item["kind"], title=item["title"], pay_micros=item["pay_micros"], state=AssignmentState(item["state"]),
        claimed_at=clock.parse(item["claimed_at"]), ended_at=clock.parse(ended) if ended else None,
    )  # fmt: skip


def _kind_of(product: str, kind: str) -> str:
    return f"{product}#{kind}"


def _worker(operator_id: str, product: str) -> str:
    return f"{operator_id}#{product}"


def _more_load(operator_id: str, product: str, stale: Sequence[str], room: ConditionBase, refusal: Else) -> Write:
    gone = [gave_back_on(day) for day in stale]
    return update(TABLE, load_row(operator_id), plus=_both(product, 1), drop=gone, where=room, refusal=refusal)


def _open(product: str, number: int) -> dict[str, int]:
    return {"open": number, open_of(product): number}


def _both(product: str, number: int) -> dict[str, int]:
    return {**_open(product, number), listed_of(product): number}


def _fewer(name: str, most: int) -> ConditionBase:
    return Attr(name).not_exists() | Attr(name).lt(most)
