"""A schema that nothing could answer is refused by name; what else there is of it reaches whoever answers."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from chalicelib.core.ports.reader import WantedField
from chalicelib.core.reader import fields, narrowing
from chalicelib.core.reader.schemas import check_schema, read_schema
from chalicelib.kit.errors import Invalid
from tests import properties  # noqa: F401 its profile is in force

TYPES = "must be one of boolean, string, number, integer, array, object, null, or a list of them"
SIZE, NUMBER = "must be a whole number, 0 or more", "must be a number"
NOTHING = "nothing else could be an answer"
EITHER = {"type": ["string", "number"]}
MAX_LENGTH = f"maxLength: {NOTHING}"
NAMES = "must be an object that maps the names of fields to what they are"


@pytest.mark.promise("reader.schema.answerable")
@pytest.mark.parametrize(
    ("schema", "place", "problem"),
    [
        ({"type": "number", "minimum": 5, "maximum": 1}, "minimum", f"must be at most 1, the maximum: {NOTHING}"),
        (
            {"type": "number", "minimum": 1, "exclusiveMaximum": 1}, "minimum",
            f"must be less than 1, the exclusiveMaximum: {NOTHING}",
        ),
        (
            {"type": "number", "minimum": 0, "exclusiveMinimum": 2, "maximum": 2, "exclusiveMaximum": 9},
            "exclusiveMinimum", f"must be less than 2, the maximum: {NOTHING}",
        ),
        (
            {"type": "integer", "minimum": Decimal("1.2"), "maximum": Decimal("1.8")}, "minimum",
            f"must leave a whole number up to 1.8, the maximum: {NOTHING}",
        ),
        (
            {"type": ["integer", "null"], "exclusiveMinimum": 1, "exclusiveMaximum": 2}, "exclusiveMinimum",
            f"must leave a whole number up to 2, the exclusiveMaximum: {NOTHING}",
        ),
        ({"type": "number", "minimum": "1"}, "minimum", NUMBER),
        ({"type": "number", "exclusiveMinimum": True}, "exclusiveMinimum", NUMBER),
        ({"type": "string", "minLength": "x"}, "minLength", SIZE),
        ({"type": "string", "maxLength": -1}, "maxLength", SIZE),
        ({"type": "string", "minLength": Decimal("1.5")}, "minLength", SIZE),
        ({"type": "array", "maxItems": None}, "maxItems", SIZE),
        ({"type": "array", "minItems": True}, "minItems", SIZE),
        ({"type": "string", "minLength": 3, "maxLength": 2}, "minLength", f"must be at most 2, the {MAX_LENGTH}"),
        ({"type": "array", "minItems": 3, "maxItems": 2}, "minItems", f"must be at most 2, the maxItems: {NOTHING}"),
        ({"type": "string", "minLength": 9_999}, "minLength", "must be at most 9998: no longer answer is kept"),
        ({"type": "array", "minItems": 5_000}, "minItems", "must be at most 4999: no longer answer is kept"),
        ({"type": "string", "enum": []}, "enum", f"must be a list of at least one value: {NOTHING}"),
        ({"type": "string", "enum": "good"}, "enum", f"must be a list of at least one value: {NOTHING}"),
        ({"type": "string", "enum": [1, 2]}, "enum.0", "must be a text"),
        ({"type": "string", "enum": ["good", None]}, "enum.1", "must be a text"),
        ({"type": "boolean", "enum": [1]}, "enum.0", "must be true or false"),
        ({"type": "integer", "enum": [1, Decimal("1.5")]}, "enum.1", "must be a whole number"),
        ({"type": "number", "enum": [1, 7], "maximum": 5}, "enum.1", "must be at most 5"),
        ({"type": "string", "enum": ["a"], "minLength": 2}, "enum.0", "must have at least 2 characters"),
        ({"type": "array", "items": {"type": "thing"}}, "items.type", TYPES),
        ({"type": "array", "items": {"type": []}}, "items.type", TYPES),
        ({"type": "array", "items": [{"type": "string"}]}, "items", 'must be an object such as {"type": "string"}'),
        ({"type": "array", "items": {"type": "array", "items": {"enum": []}}}, "items.items.enum", None),
        ({"type": "object", "properties": []}, "properties", NAMES),
        ({"type": "object", "properties": {"a": 1}}, "properties.a", 'must be an object such as {"type": "string"}'),
        ({"type": "object", "properties": {"a": {"type": "string", "maxLength": -1}}}, "properties.a.maxLength", SIZE),
        ({"type": "object", "required": "a"}, "required", "must be a list of names"),
        ({"type": "object", "required": [1]}, "required", "must be a list of names"),
    ],
)  # fmt: skip
def test_what_nobody_could_answer_is_refused_and_named(schema: Any, place: str, problem: str | None) -> None:
    for whole, top in (
        ({"f": schema}, "order.f"),
        ({"type": "object", "properties": {"f": schema}}, "order.properties.f"),
    ):
        with pytest.raises(Invalid) as refused:
            check_schema(whole, "order")
        assert refused.value.details["field"] == f"{top}.{place}"
        assert problem in (None, refused.value.details["problem"])


@pytest.mark.promise("reader.schema.answerable")
@pytest.mark.parametrize(
    "schema",
    [
        {"type": "number", "minimum": 5, "maximum": 5}, {"type": "string", "minLength": 0, "maxLength": 0},
        {"type": "integer", "exclusiveMinimum": 1, "maximum": 2},
        {"type": "integer", "minimum": 0, "exclusiveMaximum": 1},
        {"type": ["string", "null"], "enum": ["good", None]}, {"type": "number", "enum": [5, Decimal("0.5")]},
        {"type": "array", "items": {}}, {"type": "array", "items": {"type": ["string", "number"], "maximum": 5}},
        {"type": "object", "required": ["a"]}, {"type": "object", "properties": {"a": {"enum": [1, "a", None]}}},
        # What does not count for a type is not looked at.
        {"type": "string", "minimum": 5, "maximum": 1, "required": True, "items": "x", "pattern": 5},
    ],
)  # fmt: skip
def test_what_somebody_could_answer_is_taken(schema: Any) -> None:
    check_schema({"f": schema}, "order")


@pytest.mark.promise("reader.schema.answerable")
def test_what_was_ordered_before_is_read_as_it_is() -> None:
    (field,) = read_schema({"f": {"type": "number", "minimum": 5, "maximum": 1}}, "order")
    assert field == WantedField("f", "number", schema={"minimum": 5, "maximum": 1})


KEYWORDS = {
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"), some.integers(-3, 3)),
    **dict.fromkeys(("minLength", "maxLength", "minItems", "maxItems"), some.integers(0, 3)),
}
NARROW = some.fixed_dictionaries({"type": some.sampled_from(["integer", "string", "array"])}, optional=KEYWORDS)


@given(NARROW)
def test_a_schema_is_refused_if_and_only_if_nothing_fits(schema: dict[str, Any]) -> None:
    sizes = range(5)
    candidates = [*range(-4, 5), *("a" * size for size in sizes), *(["a"] * size for size in sizes)]
    fits = any(not list(fields.faults(value, schema, "it")) for value in candidates)
    try:
        narrowing.check(schema, "it")
    except Invalid:
        assert not fits
    else:
        assert fits


@pytest.mark.parametrize(
    ("schema", "kept"),
    [
        ({"type": "boolean", "pattern": "x", "title": "y"}, {"type": "boolean"}),
        ({"type": ["string", "null"], "enum": ["a", None], "minimum": 1}, {"type": "string", "enum": ["a"]}),
        (
            {"type": "array", "maxItems": 2, "items": {"type": "string", "description": "d", "format": "date"}},
            {"type": "array", "maxItems": 2, "items": {"type": "string", "description": "d"}},
        ),
        (
            {"type": "object", "required": ["a"], "properties": {"a": {"minLength": 1, "anyOf": []}}, "maximum": 1},
            {"type": "object", "required": ["a"], "properties": {"a": {"minLength": 1}}},
        ),
        ({"type": "array", "items": {"type": ["string", "number"], "not": {}}}, {"type": "array", "items": EITHER}),
    ],
)  # fmt: skip
def test_whoever_answers_is_told_what_counts_and_nothing_else(schema: dict[str, Any], kept: dict[str, Any]) -> None:
    assert narrowing.honoured(schema) == kept
