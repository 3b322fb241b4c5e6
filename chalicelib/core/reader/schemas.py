"""What data somebody wants, as they say it: a flat map of fields, or a JSON Schema object, which says the same.

    {"loginWorks": {"type": "boolean", "description": "Does login work?"}}            every field is required
    {"type": "object", "properties": {"loginWorks": {…}}, "required": ["loginWorks"]}   those named are

They are told apart by the text "object": in a flat map the value of `type` is an object like any other field. Beside
`type`, `description` and `example` a field may carry keywords of JSON Schema that narrow it (fields.py). `integer` is
a number that is whole; a type with null beside it is optional.
"""

from collections.abc import Mapping
from typing import Any, get_args

from chalicelib.core.asking import text
from chalicelib.core.ports.reader import FieldType, WantedField
from chalicelib.core.reader import narrowing
from chalicelib.kit import words
from chalicelib.kit.errors import Invalid

FIELDS_MAX, NAME_CHARACTERS_MAX, DESCRIPTION_CHARACTERS_MAX = 50, 100, 1_000
SCHEMA_CHARACTERS_MAX, DEPTH_MAX = 20_000, 16
FIELD_TYPES = get_args(FieldType)
A_FIELD = 'must be an object such as {"type": "boolean", "description": "Does login work?"}'
AT_THE_TOP = '"type": "object" at the top, as JSON Schema with "properties" has it'
NO_FIELD = (
    'must be "object" where this is JSON Schema with "properties"; in a map of fields it is an object, as any field'
)
TYPES_SAID = f"must be one of {', '.join(FIELD_TYPES)}"


def read_schema(value: Any, place: str) -> list[WantedField]:
    """The fields that somebody wants; `place` is what their own words call it. Raises Invalid, naming the place."""
    if not isinstance(value, dict):
        raise Invalid(place, narrowing.A_MAP)
    _check_size(value, place)
    words.check_text(value, place)
    if not _is_json_schema(value):
        _check_is_map(value, place)
        return _fields(value, place, set(value))
    properties = value.get("properties")
    if not isinstance(properties, dict):
        raise Invalid(f"{place}.properties", narrowing.A_MAP)
    return _fields(properties, f"{place}.properties", _required(value, properties, place))


def check_schema(value: Any, place: str) -> None:
    """Refuse also what nobody could answer: once, when it is ordered. Raises Invalid, naming the place."""
    wanted = read_schema(value, place)
    inside = f"{place}.properties" if _is_json_schema(value) else place
    for field in wanted:
        narrowing.check(own_schema(field), f"{inside}.{field.name}")


def own_schema(field: WantedField) -> dict[str, Any]:
    """A field's own JSON Schema."""
    return {"type": field.type, **field.schema}


def _is_json_schema(value: Mapping[str, Any]) -> bool:
    """A flat map's values are objects, so a text below `type` can only be JSON Schema's."""
    return value.get("type") == "object"


def _check_is_map(value: Mapping[str, Any], place: str) -> None:
    """Say what is missing where somebody writes JSON Schema, of which no flat map could be made. Raises Invalid."""
    if isinstance(value.get("type"), str | list):
        raise Invalid(f"{place}.type", NO_FIELD)
    properties = value.get("properties")
    is_field = isinstance(properties, dict) and isinstance(properties.get("type"), str | list)
    says_required = isinstance(value.get("required"), list)
    if isinstance(value.get("$schema"), str) or (isinstance(properties, dict) and (says_required or not is_field)):
        raise Invalid(f"{place}.type", f"is required: add {AT_THE_TOP}")


def _required(value: Mapping[str, Any], properties: Mapping[str, Any], place: str) -> set[str]:
    named = value.get("required", [])
    if not isinstance(named, list) or not all(isinstance(name, str) for name in named):
        raise Invalid(f"{place}.required", "must be a list of names")
    if unknown := sorted(set(named) - set(properties)):
        raise Invalid(f"{place}.required", f"names {unknown[0]}, which is not among the properties")
    return set(named)


def _fields(properties: Mapping[str, Any], place: str, required: set[str]) -> list[WantedField]:
    if len(properties) > FIELDS_MAX:
        raise Invalid(place, f"must have at most {FIELDS_MAX} fields")
    return [_field(name, told, f"{place}.{name}", name in required) for name, told in properties.items()]


def _field(name: str, told: Any, place: str, is_required: bool) -> WantedField:
    if not name.strip() or len(name) > NAME_CHARACTERS_MAX:
        raise Invalid(place, f"must have a name of 1 to {NAME_CHARACTERS_MAX} characters")
    if not isinstance(told, dict):
        raise Invalid(place, A_FIELD)
    kind, is_nullable = _type(told.get("type"), place)
    description = told.get("description", "")
    if not isinstance(description, str) or len(description) > DESCRIPTION_CHARACTERS_MAX:
        raise Invalid(f"{place}.description", f"must be a text of at most {DESCRIPTION_CHARACTERS_MAX} characters")
    narrowing = {keyword: part for keyword, part in told.items() if keyword not in ("description", "example")}
    if narrowing["type"] == kind:
        del narrowing["type"]
    return WantedField(name, kind, description, told.get("example"), is_required and not is_nullable, narrowing)


def _type(told: Any, place: str) -> tuple[FieldType, bool]:
    """Which of the five types a field is of, and whether null is among them."""
    kinds = told if isinstance(told, list) else [told]
    named = [kind for kind in kinds if kind != "null"]
    if len(named) != 1 or named[0] not in (*FIELD_TYPES, "integer"):
        raise Invalid(f"{place}.type", TYPES_SAID)
    return "number" if named[0] == "integer" else named[0], "null" in kinds


def _check_size(value: Any, place: str) -> None:
    if _depth(value) > DEPTH_MAX:
        raise Invalid(place, f"must not be nested deeper than {DEPTH_MAX}")
    if len(text.dumps(value)) > SCHEMA_CHARACTERS_MAX:
        raise Invalid(place, f"must be at most {SCHEMA_CHARACTERS_MAX} characters of JSON")


def _depth(value: Any) -> int:
    """How deep a value is nested, counted no further than is needed to refuse it."""
    layer, depth = [value], 0
    while depth <= DEPTH_MAX and (
        layer := [part for one in layer for part in (one.values() if isinstance(one, dict) else one)
                  if isinstance(part, dict | list)]
    ):  # fmt: skip
        depth += 1
    return depth
