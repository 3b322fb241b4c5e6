"""What strangers may send has a limit everywhere: each text a length, each list a number (ruling 9). And what is wrong
with it is said in our words.
"""

from collections.abc import Iterator
from typing import Any

import pytest

import app
from chalicelib.doors.http.routes import Route
from chalicelib.kit import lazily
from chalicelib.kit.words import _IN_WORDS_OF_JSON, ToolWords, Words

LIMITS = {"maxLength", "enum", "const", "pattern", "format"}
POSTED = [route for route in app.ROUTES if route.words.model_fields]


def _unlimited(schema: dict[str, Any], definitions: dict[str, Any], place: str) -> Iterator[str]:
    """The places of a schema where a text or a list may be as long as it likes."""
    if "$ref" in schema:
        yield from _unlimited(definitions[schema["$ref"].rsplit("/", 1)[-1]], definitions, place)
    if schema.get("type") == "string" and not LIMITS & set(schema):
        yield place
    if schema.get("type") == "array" and "maxItems" not in schema:
        yield f"{place}[]"
    parts = [*schema.get("anyOf", []), *schema.get("oneOf", []), *schema.get("allOf", [])]
    for part in [*parts, *([schema["items"]] if "items" in schema else [])]:
        yield from _unlimited(part, definitions, place)
    for name, inner in schema.get("properties", {}).items():
        yield from _unlimited(inner, definitions, f"{place}.{name}")


@pytest.mark.parametrize("route", POSTED, ids=lambda route: route.name)
def test_every_text_and_every_list_of_a_request_has_a_limit(route: Route) -> None:
    schema = route.words.model_json_schema()
    assert list(_unlimited(schema, schema.get("$defs", {}), route.words.__name__)) == []


def test_there_are_requests_with_words() -> None:
    assert len(POSTED) > 8


# What each part of a model can refuse, as pydantic calls it; by a rule where it has one.
REFUSALS: dict[str, dict[str, set[str]]] = {
    "str": {
        "": {"string_type", "string_unicode"}, "min_length": {"string_too_short"}, "max_length": {"string_too_long"},
        "pattern": {"string_pattern_mismatch"},
    },
    "bool": {"": {"bool_type", "bool_parsing"}},
    "int": {
        "": {"int_type", "int_parsing", "int_from_float", "int_parsing_size", "finite_number"},
        "ge": {"greater_than_equal"}, "le": {"less_than_equal"}, "gt": {"greater_than"}, "lt": {"less_than"},
    },
    "float": {
        "": {"float_type", "float_parsing"}, "allow_inf_nan": {"finite_number"},
        "ge": {"greater_than_equal"}, "le": {"less_than_equal"}, "gt": {"greater_than"}, "lt": {"less_than"},
    },
    "decimal": {"": {"decimal_type", "decimal_parsing", "finite_number"}},
    "datetime": {"": {"datetime_type", "datetime_parsing", "datetime_from_date_parsing", "datetime_object_invalid"}},
    "dict": {"": {"dict_type"}, "max_length": {"too_long"}, "min_length": {"too_short"}},
    "list": {"": {"list_type"}, "max_length": {"too_long"}, "min_length": {"too_short"}},
    "literal": {"": {"literal_error"}}, "enum": {"": {"enum"}},
    "model": {"": {"model_type", "model_attributes_type"}}, "model-fields": {"": {"missing", "extra_forbidden"}},
}  # fmt: skip
# They only hold other parts, or refuse in our own words.
SILENT = {
    "any", "chain", "default", "definition-ref", "definitions", "function-after", "function-before", "function-plain",
    "function-wrap", "model-field", "nullable", "union", "no-info",
}  # fmt: skip


def _asked() -> set[type[Words]]:
    """The words of every request and of every tool."""
    lazily.load_all()
    called = set(_below(ToolWords))
    assert len(called) > 10
    return {route.words for route in app.ROUTES} | called


def _below(parent: type[Words]) -> Iterator[type[Words]]:
    for child in parent.__subclasses__():
        yield child
        yield from _below(child)


def _refusals(part: Any) -> Iterator[str]:
    """What a model can refuse anywhere, as pydantic calls it."""
    if isinstance(part, dict):
        if isinstance(kind := part.get("type"), str):
            assert kind in SILENT | REFUSALS.keys(), f"say what {kind} can refuse"
            for rule, refused in REFUSALS.get(kind, {}).items():
                yield from refused if not rule or rule in part else ()
        parts = [inner for name, inner in part.items() if name not in ("metadata", "serialization", "expected")]
    else:
        parts = list(part) if isinstance(part, list | tuple) else []
    for inner in parts:
        yield from _refusals(inner)


def test_whatever_a_request_can_be_refused_for_is_said_in_words_of_json() -> None:
    found: set[str] = set()
    for model in _asked():
        model.model_rebuild()
        found |= set(_refusals(model.__pydantic_core_schema__))
    assert len(found) > 15
    assert sorted(found - _IN_WORDS_OF_JSON.keys()) == []
