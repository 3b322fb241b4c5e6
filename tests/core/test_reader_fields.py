"""Data is what was wanted: exactly the fields, each of its type, or null; and what is wrong is said by name."""

import json
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from chalicelib.core.ports.reader import FieldType, WantedField
from chalicelib.core.reader import fields
from tests import properties  # noqa: F401 its profile is in force
from tests.core.reports import FIELDS

TYPES: dict[str, tuple[type, ...]] = {
    "boolean": (bool,), "string": (str,), "number": (int, Decimal), "array": (list,), "object": (dict,),
}  # fmt: skip
JSON = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.decimals() | some.text(max_size=30),
    lambda part: some.lists(part, max_size=4) | some.dictionaries(some.text(max_size=5), part, max_size=4),
    max_leaves=12,
)
SCHEMAS = some.dictionaries(
    some.sampled_from([
        "type", "enum", "minimum", "maximum", "minLength", "maxItems", "items", "properties", "required", "pattern",
        "anyOf",
    ]),
    JSON | some.sampled_from([["string", "null"], {"type": "string"}, {"a": {"type": "number"}}, ["a"], "integer"]),
    max_size=4,
)  # fmt: skip
WANTED = some.lists(
    some.builds(
        WantedField, some.text(min_size=1, max_size=8), some.sampled_from(sorted(TYPES)), required=some.booleans(),
        schema=SCHEMAS,
    ),
    max_size=5, unique_by=lambda field: field.name,
)  # fmt: skip


def _one(kind: Any, value: Any, schema: Any = MappingProxyType({}), required: bool = True) -> tuple[Any, str]:
    """What is kept of one value, and what is wrong with it."""
    checked = fields.check([WantedField("it", kind, required=required, schema=schema)], {"it": value})
    assert bool(checked.missing) is (required and bool(checked.problems))
    return checked.data["it"], checked.sentence


@pytest.mark.promise("reader.exact_fields")
@given(WANTED, some.dictionaries(some.text(max_size=8), JSON, max_size=6), some.data())
def test_whatever_is_kept_has_exactly_the_fields_with_their_types(wanted: Any, more: Any, data: Any) -> None:
    said = {field.name: data.draw(JSON) for field in wanted if data.draw(some.booleans())}
    checked = fields.check(wanted, {**more, **said})
    assert list(checked.data) == [field.name for field in wanted]
    for field in wanted:
        value = checked.data[field.name]
        if value is None:
            assert not field.required or field.name in checked.missing
        else:
            assert type(value) in TYPES[field.type]
    assert set(checked.missing) == {field.name for field in wanted if field.required} & set(checked.problems)
    json.dumps(checked.data, default=str).encode()


@pytest.mark.promise("reader.exact_fields")
@given(JSON)
def test_data_that_was_kept_is_kept_again_as_it_is(value: Any) -> None:
    for kind in TYPES:
        kept, wrong = _one(kind, value)
        if not wrong:
            assert _one(kind, kept) == (kept, "")


@pytest.mark.promise("reader.exact_fields")
@pytest.mark.parametrize(
    ("kind", "value", "kept"),
    [
        ("boolean", False, False), ("string", "", ""), ("number", 0, 0), ("number", 1.5, Decimal("1.5")),
        ("number", 5.0, 5), ("number", Decimal("0.10"), Decimal("0.10")), ("array", [], []), ("object", {}, {}),
        ("array", [1, "a", None, {"b": True}], [1, "a", None, {"b": True}]), ("string", "a\x00\u202eb\nc", "ab\nc"),
        ("string", "\ud800 👩\u200d🚀", " 👩\u200d🚀"),
    ],
)  # fmt: skip
def test_a_value_of_the_right_type_is_kept(kind: FieldType, value: Any, kept: Any) -> None:
    found, wrong = _one(kind, value)
    assert (found, type(found), wrong) == (kept, type(kept), "")


@pytest.mark.promise("reader.exact_fields")
@pytest.mark.parametrize(
    ("kind", "value", "sentence"),
    [
        ("boolean", "true", "it must be true or false"), ("boolean", 1, "it must be true or false"),
        ("string", 5, "it must be a text"), ("string", ["a"], "it must be a text"),
        ("number", True, "it must be a number"), ("number", "5", "it must be a number"),
        ("number", float("nan"), "it must be a finite number"), ("number", float("inf"), "it must be a finite number"),
        ("number", 10**18, "it must be a number of at most 18 digits"),
        ("number", Decimal("1E-400"), "it must be a number of at most 18 digits"),
        ("number", Decimal("NaN"), "it must be a finite number"),
        ("array", {}, "it must be a list"), ("array", "a", "it must be a list"), ("object", [], "it must be an object"),
        ("string", "x" * 10_000, "it must be shorter: at most 10000 characters of JSON"),
        ("array", [[[[[[[[[[]]]]]]]]]], "it must not be nested deeper than 8"), ("string", b"a", "it must be JSON"),
    ],
)  # fmt: skip
def test_a_value_of_another_type_is_not_kept_and_named(kind: FieldType, value: Any, sentence: str) -> None:
    assert _one(kind, value) == (None, sentence)
    assert _one(kind, value, required=False) == (None, sentence)


@pytest.mark.parametrize(
    ("kind", "schema", "right", "wrong", "sentence"),
    [
        ("string", {"enum": ["a", "b"]}, "a", "c", 'it must be one of ["a", "b"]'),
        ("number", {"enum": [1]}, 1, 2, "it must be one of [1]"),
        ("string", {"minLength": 2}, "ab", "a", "it must have at least 2 characters"),
        ("string", {"maxLength": 2}, "ab", "abc", "it must have at most 2 characters"),
        ("number", {"minimum": 0}, 0, -1, "it must be at least 0"),
        ("number", {"maximum": Decimal("0.5")}, 0.5, 0.6, "it must be at most 0.5"),
        ("number", {"exclusiveMinimum": 0}, 1, 0, "it must be more than 0"),
        ("number", {"exclusiveMaximum": 1}, 0, 1, "it must be less than 1"),
        ("number", {"type": "integer"}, 5.0, 5.5, "it must be a whole number"),
        ("array", {"minItems": 1}, [1], [], "it must have at least 1 items"),
        ("array", {"maxItems": 1}, [1], [1, 2], "it must have at most 1 items"),
        ("array", {"items": {"type": "string"}}, ["a"], ["a", 1], "it[1] must be a text"),
        ("array", {"items": {"enum": [1]}}, [1], [True], "it[0] must be one of [1]"),
        ("object", {"required": ["a"]}, {"a": None}, {}, "it.a is required"),
        (
            "object", {"properties": {"a": {"type": ["string", "null"]}}}, {"a": None, "b": 1}, {"a": 1},
            "it.a must be a text or null",
        ),
        (
            "array", {"items": {"type": "object", "properties": {"at": {"maximum": 9}}}}, [{"at": 9}], [{"at": 10}],
            "it[0].at must be at most 9",
        ),
    ],
)  # fmt: skip
def test_a_field_s_own_schema_narrows_it(
    kind: FieldType, schema: dict[str, Any], right: Any, wrong: Any, sentence: str
) -> None:
    assert _one(kind, right, schema)[1] == ""
    assert _one(kind, wrong, schema) == (None, sentence)


@pytest.mark.parametrize(
    "schema",
    [
        {"enum": "a"}, {"minimum": "5"}, {"minimum": True}, {"items": []}, {"properties": []}, {"required": 5},
        {"required": [5, None]}, {"properties": {"a": True}}, {"pattern": "(a+)+$"}, {"anyOf": [{"type": "null"}]},
        {"$ref": "#"}, {"type": "stone"}, {"type": [None, {}]},
    ],
)  # fmt: skip
def test_what_a_schema_says_wrongly_or_is_not_understood_narrows_nothing(schema: dict[str, Any]) -> None:
    for kind, value in (("string", "a"), ("number", 1), ("array", [1]), ("object", {"a": 1})):
        assert _one(kind, value, schema) == (value, "")


@pytest.mark.promise("reader.uncovered")
def test_null_is_no_answer_to_a_required_field_and_an_empty_list_is_one() -> None:
    checked = fields.check(FIELDS, {"loginWorks": None, "issuesFound": [], "unasked": 1})
    assert checked.data == {"loginWorks": None, "errorMessage": None, "issuesFound": []}
    assert (checked.missing, checked.sentence) == (["loginWorks"], "loginWorks is not covered")


def test_all_values_together_have_a_limit_too() -> None:
    wanted = [WantedField(f"text{number}", "string") for number in range(8)]
    checked = fields.check(wanted, {field.name: "x" * 9_000 for field in wanted})
    assert checked.missing == ["text6", "text7"]
    assert checked.problems["text7"].startswith("text7 must be shorter")


def test_nothing_wanted_is_nothing_found() -> None:
    assert fields.check([], {"a": 1}) == fields.Checked({}, {}, [])
