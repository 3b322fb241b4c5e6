"""What strangers may send has a limit everywhere: each text a length, each list a number (ruling 9)."""

from collections.abc import Iterator
from typing import Any

import pytest

import app
from chalicelib.doors.http.routes import Route

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
