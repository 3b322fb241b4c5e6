"""Conditions on rows, and the contents of rows, as DynamoDB wants them said.

    Attr("status").eq("A") & Attr("count").lt(2)    (#n0 = :v0 AND #n1 < :v1), with names and values beside it

boto3 has the same two, under the same names. But whoever imports them imports all of boto3, which brings the transfer
manager of S3 into every cold start; botocore's clients alone are enough for everything here.
"""

from collections.abc import Mapping
from decimal import Clamped, Context, Decimal, Inexact, Overflow, Rounded, Underflow
from typing import Any

# The numbers that DynamoDB can keep as they are: 38 digits. Whatever would be rounded is refused.
_NUMBERS = Context(Emin=-128, Emax=126, prec=38, traps=[Clamped, Overflow, Inexact, Rounded, Underflow])


class ConditionBase:
    """One condition, or several joined. `parts` are attributes, values and conditions, in the order of `form`."""

    def __init__(self, form: str, *parts: Any) -> None:
        self._form, self._parts = form, parts

    def __and__(self, other: "ConditionBase") -> "ConditionBase":
        return ConditionBase("({} AND {})", self, other)

    def __or__(self, other: "ConditionBase") -> "ConditionBase":
        return ConditionBase("({} OR {})", self, other)

    def request(self, word: str) -> dict[str, Any]:
        """What a request says of this: the expression under `word`, and its names and values."""
        names: dict[str, str] = {}
        values: dict[str, Any] = {}
        said = self._say(names, values)
        known = {"ExpressionAttributeValues": values} if values else {}
        return {word: said, "ExpressionAttributeNames": names, **known}

    def _say(self, names: dict[str, str], values: dict[str, Any]) -> str:
        said = []
        for part in self._parts:
            if isinstance(part, ConditionBase):
                said.append(part._say(names, values))
            elif isinstance(part, Attr):
                said.append(f"#n{len(names)}")
                names[said[-1]] = part.name
            else:
                said.append(f":v{len(values)}")
                values[said[-1]] = packed(part)
        return self._form.format(*said)


class Attr:
    """An attribute of a row, about which conditions are made."""

    def __init__(self, name: str) -> None:
        self.name = name

    def eq(self, value: Any) -> ConditionBase:
        return ConditionBase("{} = {}", self, value)

    def lt(self, value: Any) -> ConditionBase:
        return ConditionBase("{} < {}", self, value)

    def lte(self, value: Any) -> ConditionBase:
        return ConditionBase("{} <= {}", self, value)

    def gt(self, value: Any) -> ConditionBase:
        return ConditionBase("{} > {}", self, value)

    def gte(self, value: Any) -> ConditionBase:
        return ConditionBase("{} >= {}", self, value)

    def between(self, first: Any, last: Any) -> ConditionBase:
        return ConditionBase("{} BETWEEN {} AND {}", self, first, last)

    def begins_with(self, text: str) -> ConditionBase:
        return ConditionBase("begins_with({}, {})", self, text)

    def exists(self) -> ConditionBase:
        return ConditionBase("attribute_exists({})", self)

    def not_exists(self) -> ConditionBase:
        return ConditionBase("attribute_not_exists({})", self)


class Key(Attr):
    """An attribute of a key, about which queries ask."""


def packed(content: Any) -> dict[str, Any]:
    """A content as DynamoDB wants it. Raises TypeError for what a row cannot keep, such as a float."""
    match content:
        case None:
            return {"NULL": True}
        case bool():
            return {"BOOL": content}
        case int() | Decimal():
            return {"N": str(_NUMBERS.create_decimal(content))}
        case str():
            return {"S": content}
        case bytes():
            return {"B": content}
        case list() | tuple():
            return {"L": [packed(part) for part in content]}
        case Mapping():
            return {"M": {name: packed(part) for name, part in content.items()}}
    raise TypeError(f"A row cannot keep a {type(content).__name__}.")


def unpacked(content: Mapping[str, Any]) -> Any:
    """A content as Python wants it: whole numbers are int, others Decimal."""
    [(kind, value)] = content.items()
    match kind:
        case "NULL":
            return None
        case "N":
            number = _NUMBERS.create_decimal(value)
            return int(number) if number == number.to_integral_value() else number
        case "L":
            return [unpacked(part) for part in value]
        case "M":
            return {name: unpacked(part) for name, part in value.items()}
        case "S" | "B" | "BOOL":
            return value
    raise TypeError(f"A row keeps nothing of the kind {kind}.")
