"""What a field's own schema narrows: which keywords count (fields.py keeps to them), and whether anything is left.

A schema that no answer could ever fit, or whose keyword says nothing that can be kept to, is refused when it is
ordered: nobody could be paid for answering it. Keywords that do not count for a type are not looked at.
"""

from collections.abc import Mapping
from math import ceil, floor
from typing import Any, NamedTuple

from chalicelib.core.reader import fields
from chalicelib.kit.errors import Invalid

NUMBERS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
KEYWORDS: dict[str, tuple[str, ...]] = {
    "boolean": (),
    "string": ("minLength", "maxLength"),
    "number": NUMBERS,
    "integer": NUMBERS,
    "array": ("minItems", "maxItems", "items"),
    "object": ("properties", "required"),
    "null": (),
}
"""What counts for a type beside `enum`, which counts for all."""
SIZES_MAX = {"minLength": fields.VALUE_CHARACTERS_MAX - 2, "minItems": (fields.VALUE_CHARACTERS_MAX - 1) // 2}
"""The longest text, and the longest list, that fit into what is kept of a value."""

A_SCHEMA = 'must be an object such as {"type": "string"}'
A_MAP = "must be an object that maps the names of fields to what they are"
NOTHING_ELSE = "nothing else could be an answer"


class _Bound(NamedTuple):
    """One end of what a number may be."""

    value: Any
    excluded: bool
    keyword: str


def honoured(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A schema without what does not count, for whoever answers: null goes without saying, descriptions stay in the
    parts of lists and objects.
    """
    kinds = [kind for kind in _kinds(schema) if kind != "null"]
    kept: dict[str, Any] = {"type": kinds[0] if len(kinds) == 1 else kinds} if "type" in schema and kinds else {}
    if isinstance(choices := schema.get("enum"), list):
        kept["enum"] = [choice for choice in choices if choice is not None]
    for keyword in _counting(kinds):
        if keyword in schema:
            kept[keyword] = _part(keyword, schema[keyword])
    return kept


def check(schema: Mapping[str, Any], place: str) -> None:
    """Refuse a schema that says nothing, or that nothing fits. Raises Invalid, which names the place."""
    _check_type(schema, place)
    counting = _counting(_kinds(schema))
    for least, most in (("minLength", "maxLength"), ("minItems", "maxItems")):
        if least in counting:
            _check_sizes(schema, place, least, most)
    if "minimum" in counting:
        _check_numbers(schema, place)
    if "items" in counting and "items" in schema:
        _check_part(schema["items"], f"{place}.items")
    if "properties" in counting:
        _check_parts(schema, place)
    if "enum" in schema:
        _check_choices(schema, place)


def _part(keyword: str, told: Any) -> Any:
    if keyword == "items" and isinstance(told, dict):
        return _described(told)
    if keyword == "properties" and isinstance(told, dict):
        return {name: _described(inner) for name, inner in told.items() if isinstance(inner, dict)}
    return told


def _described(schema: Mapping[str, Any]) -> dict[str, Any]:
    description = schema.get("description")
    return honoured(schema) | ({"description": description} if isinstance(description, str) else {})


def _kinds(schema: Mapping[str, Any]) -> list[str]:
    """The types that a schema names, or all of them."""
    named = [kind for kind in fields.listed(schema.get("type")) if isinstance(kind, str) and kind in KEYWORDS]
    return named or list(KEYWORDS)


def _counting(kinds: list[str]) -> list[str]:
    """Which keywords count, each once."""
    return list(dict.fromkeys(keyword for kind in kinds for keyword in KEYWORDS[kind]))


def _check_type(schema: Mapping[str, Any], place: str) -> None:
    named = fields.listed(schema.get("type", list(KEYWORDS)))
    if not named or not all(isinstance(kind, str) and kind in KEYWORDS for kind in named):
        raise Invalid(f"{place}.type", f"must be one of {', '.join(KEYWORDS)}, or a list of them")


def _check_sizes(schema: Mapping[str, Any], place: str, least: str, most: str) -> None:
    for keyword in (least, most):
        if keyword in schema and not _is_size(schema[keyword]):
            raise Invalid(f"{place}.{keyword}", "must be a whole number, 0 or more")
    if schema.get(least, 0) > SIZES_MAX[least]:
        raise Invalid(f"{place}.{least}", f"must be at most {SIZES_MAX[least]}: no longer answer is kept")
    if most in schema and schema.get(least, 0) > schema[most]:
        raise Invalid(f"{place}.{least}", f"must be at most {schema[most]}, the {most}: {NOTHING_ELSE}")


def _check_numbers(schema: Mapping[str, Any], place: str) -> None:
    for keyword in NUMBERS:
        if keyword in schema and not fields.is_number(schema[keyword]):
            raise Invalid(f"{place}.{keyword}", "must be a number")
    lows = [_Bound(schema[one], one != "minimum", one) for one in NUMBERS[::2] if one in schema]
    highs = [_Bound(schema[one], one != "maximum", one) for one in NUMBERS[1::2] if one in schema]
    if not lows or not highs:
        return
    low = max(lows, key=lambda one: (one.value, one.excluded))
    high = min(highs, key=lambda one: (one.value, not one.excluded))
    touching = low.value == high.value and (low.excluded or high.excluded)
    if low.value > high.value or touching:
        bound = "less than" if touching else "at most"
        raise Invalid(f"{place}.{low.keyword}", f"must be {bound} {high.value}, the {high.keyword}: {NOTHING_ELSE}")
    if _is_whole(schema) and _first(low) > _last(high):
        said = f"must leave a whole number up to {high.value}, the {high.keyword}: {NOTHING_ELSE}"
        raise Invalid(f"{place}.{low.keyword}", said)


def _check_parts(schema: Mapping[str, Any], place: str) -> None:
    properties, required = schema.get("properties", {}), schema.get("required", [])
    if not isinstance(properties, dict):
        raise Invalid(f"{place}.properties", A_MAP)
    if not isinstance(required, list) or not all(isinstance(name, str) for name in required):
        raise Invalid(f"{place}.required", "must be a list of names")
    for name, inner in properties.items():
        _check_part(inner, f"{place}.properties.{name}")


def _check_part(schema: Any, place: str) -> None:
    if not isinstance(schema, dict):
        raise Invalid(place, A_SCHEMA)
    check(schema, place)


def _check_choices(schema: Mapping[str, Any], place: str) -> None:
    """Every choice must be an answer: one that is none misleads whoever answers."""
    choices = schema["enum"]
    if not isinstance(choices, list) or not choices:
        raise Invalid(f"{place}.enum", f"must be a list of at least one value: {NOTHING_ELSE}")
    rest = {keyword: told for keyword, told in schema.items() if keyword != "enum"}
    for position, choice in enumerate(choices):
        if fault := next(fields.faults(choice, rest, f"{place}.enum.{position}"), None):
            raise Invalid(*fault)


def _is_size(value: Any) -> bool:
    return fields.is_number(value) and value >= 0 and value % 1 == 0


def _is_whole(schema: Mapping[str, Any]) -> bool:
    return {kind for kind in _kinds(schema) if kind != "null"} == {"integer"}


def _first(low: _Bound) -> int:
    return int(floor(low.value) + 1 if low.excluded else ceil(low.value))


def _last(high: _Bound) -> int:
    return int(ceil(high.value) - 1 if high.excluded else floor(high.value))
