"""The words of routes as JSON Schema, each under the shortest name that is its own.

A request is described as it is read, an answer as it is written: an amount comes in as text or number and goes out as
a number.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, models_json_schema
from pydantic_core import core_schema

from chalicelib.doors.http import sentences
from chalicelib.doors.http.shapes import Shape, with_details, with_message
from chalicelib.kit.words import Words

PLACE = "#/components/schemas/"
_OF_WORDS: dict[str, Any] = {
    "field": {"type": "string", "description": "Of wrong words: which field is at fault."},
    "problem": {"type": "string", "description": "Of wrong words: what would be right."},
    "fields": {
        "type": "array",
        "description": "Of wrong words, where all were looked at: every field that is at fault.",
        "items": {
            "type": "object",
            "required": ["field", "problem"],
            "properties": {"field": {"type": "string"}, "problem": {"type": "string"}},
        },
    },
}
ERROR: dict[str, Any] = {
    "title": "Error",
    "description": "Every error: a sentence for people, and a stable code for programs.",
    "type": "object",
    "required": ["error", "details", "code", "request_id"],
    "properties": {
        "error": {"type": "string", "description": "A sentence for people; it may change."},
        "details": {
            "type": "object",
            "description": "What the sentence is about, for programs.",
            "properties": _OF_WORDS,
        },
        "code": {"type": "string", "pattern": "^[a-z]+(_[a-z]+)*$", "description": "Stable; see docs/errors.md."},
        "request_id": {"type": "string", "description": "Name it when you report an error."},
    },
}
ERROR_WITH_MESSAGE: dict[str, Any] = {
    "title": "ErrorWithMessage",
    "description": "Every error: its kind, a sentence for people, and a stable code for programs. What the sentence is "
    "about stands beside them.",
    "type": "object",
    "required": ["error", "message", "code", "request_id"],
    "properties": {
        "error": {"type": "string", "description": "The kind of error and the sentence; both may change."},
        "message": {"type": "string", "description": "A sentence for people; it may change."},
        **_OF_WORDS,
        "code": ERROR["properties"]["code"],
        "request_id": ERROR["properties"]["request_id"],
    },
}
ERRORS: dict[Shape, dict[str, Any]] = {with_details: ERROR, with_message: ERROR_WITH_MESSAGE}
"""How the refusals of a route look, by their shape."""


@dataclass(frozen=True)
class Schemas:
    """The schemas of a set of words: where each is, and all of them by name."""

    places: dict[tuple[type[Words], JsonSchemaMode], str]
    by_name: dict[str, Any]

    def reference(self, words: type[Words], mode: JsonSchemaMode) -> dict[str, str]:
        """Where the schema of some words is."""
        return {"$ref": PLACE + self.places[words, mode]}

    def whole(self, words: type[Words], mode: JsonSchemaMode) -> dict[str, Any]:
        """The schema of some words itself."""
        return dict(self.by_name[self.places[words, mode]])


def of(asked: Iterable[tuple[type[Words], JsonSchemaMode]]) -> Schemas:
    """The schemas of some words, as they are read or as they are written."""
    pairs = list(dict.fromkeys(asked))
    places, found = models_json_schema(pairs, ref_template=PLACE + "{model}", schema_generator=AsWritten)
    names = _short_names(found["$defs"])
    by_name = {names[name]: _renamed(schema, names) for name, schema in found["$defs"].items()}
    kept = {pair: names[place["$ref"].removeprefix(PLACE)] for pair, place in places.items()}
    return Schemas(dict(kept), {name: by_name[name] for name in sorted(by_name)})  # type: ignore[arg-type]


class AsWritten(GenerateJsonSchema):
    """A serializer around a whole model only leaves out what is empty: the model's own fields still describe it.

    A number that is a default is shown as a number: whoever sends what a schema shows must not be refused for it.
    """

    def generate(self, schema: Any, mode: JsonSchemaMode = "validation") -> Any:
        return _told(super().generate(schema, mode))

    def generate_definitions(self, inputs: Any) -> Any:
        places, found = super().generate_definitions(inputs)
        return places, _told(found)

    def ser_schema(self, schema: Any) -> Any:
        return None if schema["type"] == "function-wrap" else super().ser_schema(schema)

    def encode_default(self, dft: Any) -> Any:
        if isinstance(dft, Decimal):
            return int(dft) if dft == dft.to_integral_value() else float(dft)
        return super().encode_default(dft)

    def model_schema(self, schema: core_schema.ModelSchema) -> Any:
        found = super().model_schema(schema)
        for part in found.get("properties", {}).values():
            part.pop("title", None)
        return found


def _told(value: Any) -> Any:
    """Schemas with the docstrings that they were made of as callers read them."""
    if isinstance(value, list):
        return [_told(part) for part in value]
    if not isinstance(value, dict):
        return value
    return {
        name: sentences.told(part) if name == "description" and isinstance(part, str) else _told(part)
        for name, part in value.items()
    }


def _short_names(names: Iterable[str]) -> dict[str, str]:
    """`chalicelib__products__accounts__words__Registration` is AccountsRegistration beside another Registration."""
    short = {name: _short(name) for name in names}
    doubles = {one for one, times in Counter(short.values()).items() if times > 1}
    return {name: name.replace("__", "_") if one in doubles else one for name, one in short.items()}


def _short(name: str) -> str:
    parts = re.sub(r"__\d+$", "", name).split("__")
    product = parts[2].capitalize() if parts[1:2] == ["products"] else ""
    return product + parts[-1].replace("-", "")


def _renamed(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {
            key: PLACE + names[part.removeprefix(PLACE)] if key == "$ref" else _renamed(part, names)
            for key, part in value.items()
        }
    return [_renamed(part, names) for part in value] if isinstance(value, list) else value
