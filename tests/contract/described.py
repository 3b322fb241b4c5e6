"""What the served document says of a route's requests and answers, and whether some JSON is that."""

from functools import lru_cache
from typing import Any

from jsonschema import Draft202012Validator

import app
from chalicelib.doors.http import openapi


@lru_cache
def document() -> dict[str, Any]:
    """The document of every route."""
    return openapi.document(app.ROUTES, title="Byhand", version="0", description="", test_mode=True)


def request_schema(route: str) -> dict[str, Any]:
    """The schema of a route's JSON body."""
    return _with_parts(_operation(route)["requestBody"]["content"]["application/json"]["schema"], document())


def response_schema(route: str, status: int, *, ours: bool = True) -> dict[str, Any]:
    """The schema of a route's answer. What is not `ours` has none of our further fields and no others either."""
    schema = _operation(route)["responses"][str(status)]["content"]["application/json"]["schema"]
    return _with_parts(schema, document() if ours else _of_the_seed(document()))


def problems(schema: dict[str, Any], value: Any) -> list[str]:
    """Where some JSON is not what a schema says."""
    validator = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    return [f"{fault.json_path}: {fault.message}" for fault in validator.iter_errors(value)]


def _operation(route: str) -> dict[str, Any]:
    method, _, path = route.partition(" ")
    return dict(document()["paths"][path][method.lower()])


def _with_parts(schema: dict[str, Any], whole: dict[str, Any]) -> dict[str, Any]:
    return {**schema, "components": {"schemas": whole["components"]["schemas"]}}


def _of_the_seed(value: Any) -> Any:
    """The same schemas, where every field may be missing and none may be there that is not described."""
    if isinstance(value, list):
        return [_of_the_seed(one) for one in value]
    if not isinstance(value, dict):
        return value
    closed = {"additionalProperties": False} if isinstance(value.get("properties"), dict) and value.get("type") else {}
    kept = {name: _of_the_seed(one) for name, one in value.items() if name != "required" or isinstance(one, dict)}
    return {**kept, **closed}
