"""Operators in the identity table: their rows, what changes in them, and the two indexes in which they are found.

Everything that may be absent is an attribute of its own and left out when it is absent, so that a change touches what
it is about and nothing else: a new phone number and a decision about KYC at the same moment do not meet.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from chalicelib.core.identity import places
from chalicelib.core.identity.model import Found, Kyc, Operator
from chalicelib.core.identity.places import Stretch
from chalicelib.kit import clock, table
from chalicelib.kit.conditions import Attr, ConditionBase
from chalicelib.kit.conditions import Key as Condition
from chalicelib.kit.errors import Refusal
from chalicelib.kit.lifecycle import MovedOn
from chalicelib.kit.store import Rows, Store
from chalicelib.kit.table import Item, Key, Write, update

TABLE = "identity"
PROFILE = ("region", "language", "age", "gender", "education", "device")
# The attributes of the index by_cell; a row without them is in no search.
FINDABLE = ("region", "place")


def row(operator_id: str) -> Key:
    """Where an operator stands."""
    return Key(operator_id, "operator")


def add(operator: Operator, taken: Refusal) -> Write:
    """The row of a new operator."""
    item: Item = {
        "name": operator.name, "email": operator.email, "kyc": operator.kyc.value, "phone": operator.phone,
        "city": operator.city, "country": operator.country, "skills": list(operator.skills),
        "created_at": clock.iso(operator.created_at), "cell": operator.cell,
        **{f"profile_{name}": operator.profile.get(name) for name in PROFILE},
        **_findable(operator),
    }  # fmt: skip
    return table.add(TABLE, row(operator.operator_id), item, refusal=taken)


def claim_subject(issuer: str, subject: str, operator_id: str, taken: Refusal) -> Write:
    """The row that makes one operator of one token subject."""
    return table.add(TABLE, Key(f"subject#{issuer}#{subject}", "operator"), {"operator_id": operator_id}, refusal=taken)


def change(operator: Operator, changes: Mapping[str, Any]) -> Write:
    """What an operator changes about themselves; None clears. `changes` has attributes of the row, by their names.

    Whether they can be found by place hangs on KYC, cell and suspension together, so who moves is held against the
    others as they were read.
    """
    there = Attr("pk").exists()
    if "cell" not in changes:
        return _update(operator, dict(changes), there)
    moved = {**changes, **_findable(replace(operator, cell=changes["cell"]))}
    return _update(operator, moved, there & Attr("kyc").eq(operator.kyc.value) & _suspended_as_read(operator))


def changed(operator: Operator, changes: Mapping[str, Any]) -> Operator:
    """The same operator after a change."""
    own = {name: value for name, value in changes.items() if not name.startswith("profile_")}
    profile = {name: changes.get(f"profile_{name}", operator.profile.get(name)) for name in PROFILE}
    shown = {name: value for name, value in profile.items() if value is not None}
    if "skills" in own:
        own["skills"] = tuple(own["skills"])
    return replace(operator, **own, profile=shown)


def decide_kyc(operator: Operator, kyc: Kyc, at: datetime, by: str, reason: str | None) -> Write:
    """What was found out about who an operator is. Decisions follow one another, each on the row as it was read."""
    before = clock.iso(operator.kyc_decided_at) if operator.kyc_decided_at else None
    as_read = _as_read("kyc_decided_at", before) & _as_read("cell", operator.cell) & _suspended_as_read(operator)
    put: Item = {
        "kyc": kyc.value, "kyc_decided_at": clock.iso(at), "kyc_decided_by": by, "kyc_reason": reason,
        **_findable(replace(operator, kyc=kyc)),
    }  # fmt: skip
    return _update(operator, put, Attr("pk").exists() & as_read)


def suspend(operator: Operator, since: datetime | None) -> Write:
    """An operator is suspended since then, or no longer is; nobody finds them meanwhile."""
    as_read = Attr("kyc").eq(operator.kyc.value) & _as_read("cell", operator.cell)
    mark: Item = {"suspended": clock.iso(since) if since else None}
    return _update(operator, {**mark, **_findable(replace(operator, suspended=since is not None))}, as_read)


def decided(operator: Operator, kyc: Kyc, at: datetime, by: str, reason: str | None) -> Operator:
    """The same operator after a decision."""
    return replace(operator, kyc=kyc, kyc_decided_at=at, kyc_decided_by=by, kyc_reason=reason)


def rate(operator_id: str, stars: int) -> Write:
    """One more rating of an operator."""
    plus = {"rating_sum": stars, "rating_count": 1}
    return update(TABLE, row(operator_id), plus=plus, where=Attr("pk").exists())


def find(store: Store, operator_id: str) -> Operator | None:
    """The operator with this id."""
    item = store.get(TABLE, row(operator_id))
    return _operator(item) if item else None


def find_many(store: Store, operator_ids: list[str]) -> list[Operator]:
    """Operators by their ids, in that order."""
    items = store.get_many(TABLE, [row(one) for one in operator_ids]) if operator_ids else []
    return [_operator(item) for item in items if item]


def of_kyc(store: Store, kyc: Kyc, limit: int, after: Mapping[str, Any] | None) -> Rows:
    """Keys of the operators whose KYC stands there, newest first."""
    return store.query(
        TABLE, Condition("kyc").eq(kyc.value), index="by_kyc", limit=limit, newest_first=True, after=after
    )


def within(store: Store, stretch: Stretch, limit: int) -> tuple[list[Found], bool]:
    """Operators in a stretch of cells, and whether there are more than that."""
    cells = Condition("region").eq(stretch.region) & Condition("place").between(stretch.first, f"{stretch.last}~")
    page = store.query(TABLE, cells, index="by_cell", limit=limit)
    return [_found(item) for item in page.items], page.last is not None


def _findable(operator: Operator) -> Item:
    """The attributes that put a row into the index by place; absent for who must not be found."""
    if operator.cell is None or operator.kyc is not Kyc.APPROVED or operator.suspended:
        return dict.fromkeys(FINDABLE)
    return {"region": places.region(operator.cell), "place": f"{operator.cell}#{operator.operator_id}"}


def _suspended_as_read(operator: Operator) -> ConditionBase:
    return Attr("suspended").exists() if operator.suspended else Attr("suspended").not_exists()


def _as_read(name: str, value: str | None) -> ConditionBase:
    return Attr(name).not_exists() if value is None else Attr(name).eq(value)


def _update(operator: Operator, values: Item, where: ConditionBase) -> Write:
    put = {name: value for name, value in values.items() if value is not None}
    drop = [name for name, value in values.items() if value is None]
    return update(TABLE, row(operator.operator_id), put=put, drop=drop, where=where, refusal=MovedOn())


def _shown_profile(item: Item) -> dict[str, Any]:
    return {name: item[f"profile_{name}"] for name in PROFILE if f"profile_{name}" in item}


def _operator(item: Item) -> Operator:
    decided = item.get("kyc_decided_at")
    return Operator(
        operator_id=item["pk"], name=item["name"], email=item["email"], kyc=Kyc(item["kyc"]),
        created_at=clock.parse(item["created_at"]), phone=item.get("phone"), city=item.get("city"),
        country=item.get("country"), skills=tuple(item.get("skills", ())), cell=item.get("cell"),
        profile=_shown_profile(item), rating_sum=item.get("rating_sum", 0), rating_count=item.get("rating_count", 0),
        completed_tasks=item.get("completed_tasks"), kyc_decided_at=clock.parse(decided) if decided else None,
        kyc_decided_by=item.get("kyc_decided_by"), kyc_reason=item.get("kyc_reason"),
        suspended="suspended" in item,
    )  # fmt: skip


def _found(item: Item) -> Found:
    who = Operator(item["pk"], item["name"], "", Kyc.APPROVED, clock.parse(item["created_at"]),
                   rating_sum=item.get("rating_sum", 0), rating_count=item.get("rating_count", 0))  # fmt: skip
    return Found(
        operator_id=who.id, name=who.shown_name, cell=item["cell"], skills=tuple(item.get("skills", ())),
        city=item.get("city"), country=item.get("country"), rating=who.rating,
        completed_tasks=item.get("completed_tasks"),
    )  # fmt: skip
