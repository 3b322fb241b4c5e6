"""An example of what a schema describes: the smallest one that shows what is needed."""

import json
from typing import Any

_TEXT = {"date-time": "2026-02-10T00:00:00.000Z", "binary": "…"}
_PLACE = {"lat": 40.7128, "lng": -74.006}
_WORTH_SHOWING = ("location",)


def of(schema: dict[str, Any], document: dict[str, Any], name: str = "", *, whole: bool = False) -> Any:
    """An example of a schema: its required fields, or all of them."""
    if "$ref" in schema:
        return of(document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]], document, name, whole=whole)
    for key in ("const", "default"):
        if schema.get(key) is not None:
            return schema[key]
    for key in ("examples", "enum"):
        if key in schema:
            return schema[key][0]
    kinds = [one for one in schema.get("anyOf", schema.get("oneOf", [])) if one != {"type": "null"}]
    if kinds:
        return of(kinds[0], document, name, whole=whole)
    return _of_type(schema, document, name, whole=whole)


def curl(method: str, path: str, operation: dict[str, Any], document: dict[str, Any]) -> str:
    """The line that calls an operation from a shell."""
    server = document["servers"][0]["url"].rstrip("/")
    parts = [f"curl -X {method.upper()} $BYHAND_URL{server}{path}"]
    schemes = document["components"]["securitySchemes"]
    known = [schemes[name] for one in operation["security"] for name in one]
    if known:
        header = known[0].get("name", "Authorization: Bearer")
        parts.append(f"-H '{header}{':' if 'name' in known[0] else ''} <YOUR_KEY>'")
    body = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if body:
        words = json.dumps(of(body["schema"], document), ensure_ascii=False).replace("'", "'\\''")
        parts += ["-H 'Content-Type: application/json'", f"-d '{words}'"]
    return " \\\n  ".join(parts)


def _of_type(schema: dict[str, Any], document: dict[str, Any], name: str, *, whole: bool) -> Any:
    kind = schema.get("type")
    if kind == "object":
        needed = schema.get("required", [])
        return {
            part: of(inner, document, part, whole=whole)
            for part, inner in schema.get("properties", {}).items()
            if whole or part in needed or part in _WORTH_SHOWING
        }
    if kind == "array":
        return [of(schema["items"], document, name, whole=whole)] if "items" in schema else []
    if kind in ("number", "integer"):
        return _PLACE.get(name) or schema.get("minimum") or (25 if kind == "number" else 1)
    if kind == "boolean":
        return True
    return _text(schema, name) if kind == "string" else None


def _text(schema: dict[str, Any], name: str) -> str:
    if schema.get("format") in _TEXT:
        return _TEXT[schema["format"]]
    if "url" in name:
        return "https://example.com/"
    return {"email": "agent@example.com", "sha256": "0" * 64}.get(name, f"<{name or 'text'}>")
