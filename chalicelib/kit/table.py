"""Rows and writes. A write carries its condition and what it means when that condition fails.

    Write = where (table, key)  +  what (put, update, delete, check)  +  if (condition)  +  else (refusal)  +  bell

Verbs gather writes and close the bag once (commit.py); functions below a verb return writes and never send one.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from chalicelib.kit.conditions import Attr, ConditionBase, packed, unpacked
from chalicelib.kit.errors import Refusal
from chalicelib.kit.queue import Bell

Item = dict[str, Any]
Else = Refusal | Callable[[Item], Exception] | None
"""What a failed condition means: a refusal, or a function from the row as it is to the exception to raise. A row that
is missing is the empty item. None says that the condition cannot fail unless we are wrong: that is a fault."""


@dataclass(frozen=True)
class Key:
    """The key of a row; every table has the same two key attributes."""

    pk: str
    sk: str


@dataclass(frozen=True)
class Write:
    """One write of a commit. `table` is the code's name of the table, not the physical one."""

    table: str
    key: Key
    kind: Literal["Put", "Update", "Delete", "ConditionCheck"]
    request: Mapping[str, Any]
    refusal: Else = None
    bell: Bell | None = None

    def refuse(self, old: Item) -> Exception:
        """The exception for a failed condition, given the row that made it fail."""
        if self.refusal is None:
            return ConditionBroken(self)
        return self.refusal if isinstance(self.refusal, Exception) else self.refusal(old)


class ConditionBroken(Exception):
    """A condition failed that could not fail: two rows of ours disagree."""

    def __init__(self, write: Write) -> None:
        super().__init__(f"{write.kind} on {write.table} {write.key.pk} / {write.key.sk} met a row it did not expect")


def put(
    table: str, key: Key, item: Item, *, where: ConditionBase | None = None, refusal: Else = None,
    bell: Bell | None = None,
) -> Write:  # fmt: skip
    """Write a whole row."""
    request = {"Item": pack({"pk": key.pk, "sk": key.sk, **item}), **_condition(where)}
    return Write(table, key, "Put", request, refusal, bell)


def add(table: str, key: Key, item: Item, *, refusal: Else = None, bell: Bell | None = None) -> Write:
    """Write a row that must not exist yet."""
    return put(table, key, item, where=Attr("pk").not_exists(), refusal=refusal, bell=bell)


def update(
    table: str, key: Key, *, put: Item | None = None, plus: Mapping[str, int] | None = None,
    drop: Sequence[str] = (), where: ConditionBase | None = None, refusal: Else = None,
) -> Write:  # fmt: skip
    """Change a row: `put` sets attributes, `plus` adds to numbers (a missing one counts as 0), `drop` removes."""
    return Write(table, key, "Update", update_request(key, put=put, plus=plus, drop=drop, where=where), refusal)


def delete(table: str, key: Key, *, where: ConditionBase | None = None, refusal: Else = None) -> Write:
    """Remove a row; without a condition, whether or not it is there."""
    return Write(table, key, "Delete", {"Key": key_of(key), **_condition(where)}, refusal)


def update_request(
    key: Key, *, put: Item | None = None, plus: Mapping[str, int] | None = None, drop: Sequence[str] = (),
    where: ConditionBase | None = None,
) -> dict[str, Any]:  # fmt: skip
    """The body of an UpdateItem call, with every name and value behind a placeholder."""
    names: dict[str, str] = {}
    values: dict[str, Any] = {}

    def name(attribute: str) -> str:
        names[f"#u{len(names)}"] = attribute
        return f"#u{len(names) - 1}"

    def value(content: Any) -> str:
        values[f":u{len(values)}"] = packed(content)
        return f":u{len(values) - 1}"

    clauses = {
        "SET": [f"{name(attribute)} = {value(content)}" for attribute, content in (put or {}).items()],
        "ADD": [f"{name(attribute)} {value(amount)}" for attribute, amount in (plus or {}).items()],
        "REMOVE": [name(attribute) for attribute in drop],
    }
    condition = _condition(where)
    return {
        "Key": key_of(key),
        "UpdateExpression": " ".join(f"{word} {', '.join(parts)}" for word, parts in clauses.items() if parts),
        **condition,
        "ExpressionAttributeNames": {**names, **condition.get("ExpressionAttributeNames", {})},
        **({"ExpressionAttributeValues": merged} if (merged := {**values, **_values(condition)}) else {}),
    }


def _values(condition: Mapping[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = condition.get("ExpressionAttributeValues", {})
    return values


def key_of(key: Key) -> dict[str, Any]:
    """A key as DynamoDB wants it."""
    return pack({"pk": key.pk, "sk": key.sk})


def pack(item: Mapping[str, Any]) -> dict[str, Any]:
    """An item as DynamoDB wants it; attributes that are None are left out."""
    return {name: packed(content) for name, content in item.items() if content is not None}


def unpack(raw: Mapping[str, Any]) -> Item:
    """An item as Python wants it: whole numbers are int again."""
    return {name: unpacked(content) for name, content in raw.items()}


def _condition(where: ConditionBase | None) -> dict[str, Any]:
    return where.request("ConditionExpression") if where else {}
