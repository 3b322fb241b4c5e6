"""What data is wanted is read from a flat map or a JSON Schema object; anything else is refused by name."""

from typing import Any

import pytest

from chalicelib.core.ports.reader import WantedField
from chalicelib.core.reader.schemas import read_schema
from chalicelib.kit.errors import Invalid

SEED = {
    "loginWorks": {"type": "boolean", "description": "Does login work with valid credentials?"},
    "errorMessage": {"type": "string", "description": "What error appears for invalid password?"},
    "issuesFound": {"type": "array", "description": "List of any UI/UX issues discovered"},
}
SEED_FIELDS = [
    WantedField("loginWorks", "boolean", "Does login work with valid credentials?"),
    WantedField("errorMessage", "string", "What error appears for invalid password?"),
    WantedField("issuesFound", "array", "List of any UI/UX issues discovered"),
]


def _read(value: Any) -> list[WantedField]:
    return read_schema(value, "outputSchema")


@pytest.mark.promise("reader.schema")
def test_the_fields_of_a_flat_map_are_all_required() -> None:
    assert _read(SEED) == SEED_FIELDS


@pytest.mark.promise("reader.schema")
def test_a_json_schema_object_says_the_same_and_which_are_required() -> None:
    whole = {"$schema": "any", "type": "object", "properties": SEED, "required": list(SEED)}
    assert _read(whole) == SEED_FIELDS
    assert [one.required for one in _read({**whole, "required": ["errorMessage"]})] == [False, True, False]
    assert [one.required for one in _read({"type": "object", "properties": SEED})] == [False] * 3


@pytest.mark.promise("reader.schema")
def test_a_flat_map_may_have_fields_that_are_called_like_keywords() -> None:
    told = {name: {"type": "string"} for name in ("type", "properties", "required", "items")}
    assert [one.name for one in _read(told)] == ["type", "properties", "required", "items"]
    inside = {"type": "object", "properties": {"type": {"type": "object"}, "properties": {"type": "number"}}}
    assert [(one.name, one.type) for one in _read(inside)] == [("type", "object"), ("properties", "number")]


@pytest.mark.parametrize("empty", [{}, {"type": "object", "properties": {}}])
def test_nothing_may_be_wanted(empty: dict[str, Any]) -> None:
    assert _read(empty) == []


def test_what_narrows_a_field_is_kept_beside_its_type() -> None:
    told = {
        "severity": {"type": "string", "enum": ["low", "high"], "example": "low"},
        "count": {"type": "integer", "minimum": 0},
        "note": {"type": ["string", "null"]},
        "list": {"type": "array", "items": {"type": "string"}, "description": "d", "example": ["a"]},
    }
    assert _read(told) == [
        WantedField("severity", "string", "", "low", True, {"enum": ["low", "high"]}),
        WantedField("count", "number", "", None, True, {"type": "integer", "minimum": 0}),
        WantedField("note", "string", "", None, False, {"type": ["string", "null"]}),
        WantedField("list", "array", "d", ["a"], True, {"items": {"type": "string"}}),
    ]


def _nested(depth: int) -> dict[str, Any]:
    return {"type": "string", "example": _nested(depth - 1)} if depth else {}


TYPES = "must be one of boolean, string, number, array, object"
A_FIELD = 'must be an object such as {"type": "boolean", "description": "Does login work?"}'
NO_FIELD = (
    'must be "object" where this is JSON Schema with "properties"; in a map of fields it is an object, as any field'
)
ADD = 'is required: add "type": "object" at the top, as JSON Schema with "properties" has it'
A_MAP = "must be an object that maps the names of fields to what they are"


@pytest.mark.promise("reader.schema")
@pytest.mark.parametrize(
    ("value", "field", "problem"),
    [
        ([], "", A_MAP), ("string", "", A_MAP), (None, "", A_MAP),
        ({"a": "boolean"}, ".a", A_FIELD), ({"a": None}, ".a", A_FIELD), ({"a": []}, ".a", A_FIELD),
        ({"a": {}}, ".a.type", TYPES), ({"a": {"type": "date"}}, ".a.type", TYPES),
        ({"a": {"type": ["string", "number"]}}, ".a.type", TYPES), ({"a": {"type": {}}}, ".a.type", TYPES),
        ({"a": {"type": "null"}}, ".a.type", TYPES), ({"a": {"$ref": "#/$defs/a"}}, ".a.type", TYPES),
        ({"a": {"type": "string", "description": 5}}, ".a.description", "must be a text of at most 1000 characters"),
        ({"type": "object"}, ".properties", A_MAP), ({"type": "object", "properties": []}, ".properties", A_MAP),
        ({"type": "string"}, ".type", NO_FIELD), ({"type": "array", "items": SEED}, ".type", NO_FIELD),
        ({"type": ["object", "null"], "properties": SEED}, ".type", NO_FIELD),
        ({"properties": SEED, "required": ["loginWorks"]}, ".type", ADD),
        ({"$schema": "https://json-schema.org/draft/2020-12/schema", "properties": SEED}, ".type", ADD),
        ({"$schema": "any", "loginWorks": {"type": "boolean"}}, ".type", ADD), ({"properties": SEED}, ".type", ADD),
        ({"properties": {"type": {"type": "string"}}}, ".type", ADD),
        ({"properties": {"type": "string"}, "required": ["a"]}, ".type", ADD),
        ({"properties": {"type": "date"}}, ".properties.type", TYPES), ({"$schema": {}}, ".$schema.type", TYPES),
        ({"type": "object", "properties": {"a": True}}, ".properties.a", A_FIELD),
        ({"type": "object", "properties": SEED, "required": True}, ".required", "must be a list of names"),
        (
            {"type": "object", "properties": SEED, "required": ["other"]}, ".required",
            "names other, which is not among the properties",
        ),
        ({f"f{n}": {"type": "string"} for n in range(51)}, "", "must have at most 50 fields"),
        ({" ": {"type": "string"}}, ". ", "must have a name of 1 to 100 characters"),
        ({"n" * 101: {"type": "string"}}, f".{'n' * 101}", "must have a name of 1 to 100 characters"),
        ({"a": _nested(17)}, "", "must not be nested deeper than 16"),
        ({"a": {"type": "string", "example": "x" * 20_000}}, "", "must be at most 20000 characters of JSON"),
        ({"a\u202eb": {"type": "string"}}, "", "must not contain the character U+202E"),
    ],
)  # fmt: skip
def test_anything_else_is_refused_and_named(value: Any, field: str, problem: str) -> None:
    with pytest.raises(Invalid) as refused:
        _read(value)
    assert refused.value.details == {"field": f"outputSchema{field}", "problem": problem}
