"""Whether data is what somebody wanted: exactly their fields, each of its type, or null where there is nothing.

    type        takes                                     and of the field's own schema
    boolean     true, false                               enum
    string      text                                      enum, minLength, maxLength
    number      a number, never a boolean                 enum, minimum, maximum, exclusiveMinimum, exclusiveMaximum
    array       a list; an empty one is an answer         minItems, maxItems, items
    object      a JSON object                             properties, required

`integer`, `null` and lists of types are understood too. Every other keyword of JSON Schema (pattern, format, anyOf,
$ref …) is ignored: it narrows nothing here. Nothing is converted but the form of numbers: a float becomes a Decimal
and 5.0 becomes 5.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from operator import ge, gt, le, lt
from typing import Any

from chalicelib.core.asking import text
from chalicelib.core.ports.reader import WantedField
from chalicelib.kit import words

VALUE_CHARACTERS_MAX, DATA_CHARACTERS_MAX = 10_000, 60_000
Fault = tuple[str, str]
"""Where something is wrong with a value, and what would be right."""
DEPTH_MAX, DIGITS_MAX, ENUM_SHOWN_MAX = 8, 18, 300
NOT_COVERED = "is not covered"

TYPES: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "boolean": ("true or false", lambda value: isinstance(value, bool)),
    "string": ("a text", lambda value: isinstance(value, str)),
    "number": ("a number", lambda value: is_number(value)),
    "integer": ("a whole number", lambda value: isinstance(value, int) and not isinstance(value, bool)),
    "array": ("a list", lambda value: isinstance(value, list)),
    "object": ("an object", lambda value: isinstance(value, dict)),
    "null": ("null", lambda value: value is None),
}
_BOUNDS: dict[str, tuple[Callable[[Any, Any], bool], str]] = {
    "minimum": (ge, "must be at least {}"),
    "maximum": (le, "must be at most {}"),
    "exclusiveMinimum": (gt, "must be more than {}"),
    "exclusiveMaximum": (lt, "must be less than {}"),
    "minLength": (ge, "must have at least {} characters"),
    "maxLength": (le, "must have at most {} characters"),
    "minItems": (ge, "must have at least {} items"),
    "maxItems": (le, "must have at most {} items"),
}
_BOUNDS_OF: dict[type, tuple[str, ...]] = {
    str: ("minLength", "maxLength"),
    list: ("minItems", "maxItems"),
    int: ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
    Decimal: ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
}


@dataclass(frozen=True)
class Checked:
    """What is right in some data. `data` has exactly the wanted fields, null where nothing is right; `problems` says
    why, by field; `missing` are those of them that were required.
    """

    data: Mapping[str, Any]
    problems: Mapping[str, str]
    missing: Sequence[str]

    @property
    def sentence(self) -> str:
        """What is wrong, for whoever is asked again; empty when nothing is."""
        return "; ".join(self.problems.values())


class _Unfit(Exception):
    """A value that is nothing we keep, whatever was wanted."""


def check(fields: Sequence[WantedField], data: Mapping[str, Any]) -> Checked:
    """Look at some data. Names that nobody wanted are left out; an optional field may be null or not there at all."""
    right: dict[str, Any] = {}
    problems: dict[str, str] = {}
    room = DATA_CHARACTERS_MAX
    for field in fields:
        value, wrong, size = _read(field, data.get(field.name), room)
        right[field.name] = value
        room -= size
        if wrong:
            problems[field.name] = " ".join(wrong)
    missing = [field.name for field in fields if field.required and field.name in problems]
    return Checked(right, problems, missing)


def fault(field: WantedField, value: Any) -> Fault | None:
    """The first thing that is wrong with a value of a field by itself; null is none where the field may be empty."""
    return _read(field, value, DATA_CHARACTERS_MAX)[1]


def _read(field: WantedField, given: Any, room: int) -> tuple[Any, Fault | None, int]:
    """The value that is kept, or null; what is wrong with it; and how long it is."""
    if given is None:
        return None, (field.name, NOT_COVERED) if field.required else None, 0
    try:
        value = _tidy(given)
    except _Unfit as unfit:
        return None, (field.name, str(unfit)), 0
    size, most = len(text.dumps(value)), min(VALUE_CHARACTERS_MAX, room)
    if size > most:
        return None, (field.name, f"must be shorter: at most {most} characters of JSON"), 0
    schemas = ({"type": field.type}, field.schema)
    wrong = next((one for schema in schemas for one in faults(value, schema, field.name)), None)
    return (None, wrong, 0) if wrong else (value, None, size)


def faults(value: Any, schema: Mapping[str, Any], place: str) -> Iterator[Fault]:
    """What is wrong with a value that is at a place. What a schema says wrongly, it does not say."""
    kinds = [kind for kind in listed(schema.get("type")) if isinstance(kind, str) and kind in TYPES]
    if kinds and not any(TYPES[kind][1](value) for kind in kinds):
        yield place, f"must be {' or '.join(TYPES[kind][0] for kind in kinds)}"
        return
    choices = schema.get("enum")
    if isinstance(choices, list) and not any(_same(value, choice) for choice in choices):
        yield place, f"must be one of {text.cut(text.dumps(choices), ENUM_SHOWN_MAX)}"
    yield from _out_of_bounds(value, schema, place)
    if isinstance(value, list) and isinstance(items := schema.get("items"), dict):
        for position, item in enumerate(value):
            yield from faults(item, items, f"{place}[{position}]")
    if isinstance(value, dict):
        yield from _faults_of_parts(value, schema, place)


def _faults_of_parts(value: Mapping[str, Any], schema: Mapping[str, Any], place: str) -> Iterator[Fault]:
    for name in listed(schema.get("required")):
        if isinstance(name, str) and name not in value:
            yield f"{place}.{name}", "is required"
    properties = schema.get("properties")
    for name, inner in properties.items() if isinstance(properties, dict) else ():
        if name in value and isinstance(inner, dict):
            yield from faults(value[name], inner, f"{place}.{name}")


def _out_of_bounds(value: Any, schema: Mapping[str, Any], place: str) -> Iterator[Fault]:
    measured = len(value) if isinstance(value, str | list) else value
    for keyword in _BOUNDS_OF.get(type(value), ()):
        bound, (keeps, says) = schema.get(keyword), _BOUNDS[keyword]
        if is_number(bound) and not keeps(measured, bound):
            yield place, says.format(bound)


def _tidy(value: Any, depth: int = 0) -> Any:
    """A JSON value as it is kept: finite numbers of a sane size, text that a person could have meant. Raises _Unfit."""
    if depth > DEPTH_MAX:
        raise _Unfit(f"must not be nested deeper than {DEPTH_MAX}")
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return words.without_strange(value)
    if isinstance(value, int | float | Decimal):
        return _tidy_number(value)
    if isinstance(value, Mapping):
        return {words.without_strange(str(name)): _tidy(part, depth + 1) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_tidy(part, depth + 1) for part in value]
    raise _Unfit("must be JSON")


def _tidy_number(value: float | Decimal) -> int | Decimal:
    number = Decimal(str(value)) if isinstance(value, float) else Decimal(value)
    if not number.is_finite():
        raise _Unfit("must be a finite number")
    if abs(number.adjusted()) >= DIGITS_MAX or len(number.as_tuple().digits) > 2 * DIGITS_MAX:
        raise _Unfit(f"must be a number of at most {DIGITS_MAX} digits")
    return int(number) if number == number.to_integral_value() else number


def is_number(value: Any) -> bool:
    """Whether a JSON value is a number: true is none."""
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def _same(one: Any, other: Any) -> bool:
    """Whether two values are the same JSON: true is not 1."""
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def listed(value: Any) -> list[Any]:
    """What may be one thing or a list of them, as `type` may, as a list."""
    return value if isinstance(value, list) else [value]
