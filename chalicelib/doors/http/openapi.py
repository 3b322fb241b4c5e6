"""The OpenAPI 3.1 document, drawn from the routes and their words: what is served is what is described."""

import re
from collections.abc import Iterable, Iterator, Sequence
from http import HTTPStatus
from typing import Any

from pydantic.json_schema import JsonSchemaMode

from chalicelib.core.files.model import CONTENT_TYPES
from chalicelib.doors.http import schemas, sentences
from chalicelib.doors.http.routes import Elsewhere, Page, Route, Who
from chalicelib.doors.http.schemas import Schemas
from chalicelib.kit.words import Nothing, Words

REFUSED = {
    400: "The words are wrong: `field` is at fault, and `problem` says what would be right.",
    401: "Nobody we know sent this.",
    402: "There is not enough money for this.",
    403: "We know who sent this, and they may not.",
    404: "There is no such thing, or it is not yours.",
    408: "The wait is over and the answer is not there yet; what was begun goes on.",
    409: "Not at this moment, or the Idempotency-Key is taken.",
    410: "The moment has passed for good.",
    413: "The body is too large.",
    415: "The body is of a content type that this route does not read.",
    429: "Too many requests in this minute; see `Retry-After`.",
    500: "Something went wrong on our side.",
    503: "Come back in a while; see `Retry-After`.",
}
SECURITY: dict[str, dict[str, str]] = {
    "apiKey": {"type": "apiKey", "in": "header", "name": "X-API-Key", "description": "An agent's key."},
    "apiKeyAsBearer": {"type": "http", "scheme": "bearer", "description": "The same key as a bearer token."},
    "operatorToken": {
        "type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": "An operator's token.",
    },
    "operatorId": {
        "type": "apiKey", "in": "header", "name": "X-Operator-Id", "description": "Test deployments only.",
    },
    "adminKey": {"type": "apiKey", "in": "header", "name": "X-Admin-Key", "description": "A named admin's key."},
}  # fmt: skip
OPENED_BY: dict[Who, list[str]] = {
    Who.ANYONE: [],
    Who.AGENT: ["apiKey", "apiKeyAsBearer"],
    Who.OPERATOR: ["operatorToken", "operatorId"],
    Who.ADMIN: ["adminKey"],
}
_WHOLE = {"type": "integer", "minimum": 0}
HEADERS: dict[str, dict[str, Any]] = {
    "X-Request-Id": {"description": "The id of this request.", "schema": {"type": "string"}},
    "X-RateLimit-Limit": {"description": "How many requests a minute this route takes.", "schema": _WHOLE},
    "X-RateLimit-Remaining": {"description": "How many are left in this minute.", "schema": _WHOLE},
    "X-RateLimit-Reset": {"description": "When the next minute begins, in seconds since 1970.", "schema": _WHOLE},
    "Retry-After": {"description": "How many seconds to wait.", "schema": _WHOLE},
    "ETag": {"description": "Send it back as If-None-Match.", "schema": {"type": "string"}},
    "Cache-Control": {"description": "How long this may be kept.", "schema": {"type": "string"}},
    "Location": {"description": "Where to look.", "schema": {"type": "string", "format": "uri"}},
    "Preference-Applied": {
        "description": "How many seconds a preferred wait made, as `wait=N`.",
        "schema": {"type": "string"},
    },
    "Idempotent-Replayed": {"description": "`true` when this is the first answer again.", "schema": {"const": "true"}},
}
EVERY_ANSWER = ("X-Request-Id", "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")
KEY = {
    "name": "Idempotency-Key", "in": "header",
    "description": "Makes a repeat safe for 48 hours: the same again is answered with the first answer.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
}  # fmt: skip
PREFER = {
    "name": "Prefer", "in": "header",
    "description": "`wait=N` asks for an answer after N seconds at most, whether or not it is done by then.",
    "schema": {"type": "string"}, "example": "wait=60",
}  # fmt: skip


def document(
    routes: Sequence[Route], *, title: str, version: str, description: str, server: str = "/", test_mode: bool = False
) -> dict[str, Any]:
    """The document of some routes. `server` is the URL that their paths are appended to."""
    found = _schemas(routes)
    closed = {"operatorId"} if not test_mode else set()
    queries = {found.places.get((route.words, "validation")) for route in routes if route.method == "GET"}
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, found, closed)
    tags = dict.fromkeys(sentences.product(route) for route in routes)
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": version, "description": description},
        "servers": [{"url": server}],
        "tags": [{"name": tag} for tag in tags],
        "paths": paths,
        "components": {
            "schemas": {
                **{name: one for name, one in found.by_name.items() if name not in queries},
                **{one["title"]: one for one in schemas.ERRORS.values()},
            },
            "headers": HEADERS,
            "securitySchemes": {name: one for name, one in SECURITY.items() if name not in closed},
        },
    }  # fmt: skip


def _schemas(routes: Iterable[Route]) -> Schemas:
    return schemas.of(pair for route in routes for pair in _spoken(route) if pair[0] not in (Nothing, Page, Elsewhere))


def _spoken(route: Route) -> Iterator[tuple[type[Words], JsonSchemaMode]]:
    """All words of a route: as they are read, and as they are written."""
    yield route.words, "validation"
    for answer in route.answer:
        yield answer, "serialization"


def _operation(route: Route, found: Schemas, closed: set[str]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": sentences.name(route),
        "summary": sentences.summary(route),
        "description": sentences.description(route),
        "tags": [sentences.product(route)],
        "security": [{name: []} for name in OPENED_BY[route.who] if name not in closed],
        "parameters": _parameters(route, found),
        "requestBody": _body(route, found),
        "responses": {str(status): answer for status, answer in _answers(route, found)},
    }
    return {name: part for name, part in operation.items() if part or name in ("security", "responses")}


def _parameters(route: Route, found: Schemas) -> list[dict[str, Any]]:
    parameters: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True,
         "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[A-Za-z0-9_.~-]+$"}}
        for name in re.findall(r"\{(\w+)\}", route.path)
    ]  # fmt: skip
    if route.method == "GET" and route.words is not Nothing:
        words = found.whole(route.words, "validation")
        for name, schema in words.get("properties", {}).items():
            parameters.append(_query(name, schema, name in words.get("required", [])))
    parameters += [KEY] if route.once and route.who is not Who.ANYONE else []
    return [*parameters, PREFER] if route.waits else parameters


def _query(name: str, schema: dict[str, Any], required: bool) -> dict[str, Any]:
    """A query has no null: what may be null is left out."""
    told = {key: part for key, part in schema.items() if key not in ("anyOf", "default", "description")}
    kinds = [one for one in schema.get("anyOf", []) if one != {"type": "null"}]
    told |= kinds[0] if len(kinds) == 1 else {"anyOf": kinds} if kinds else {}
    if schema.get("default") is not None:
        told["default"] = schema["default"]
    about = {"description": schema["description"]} if "description" in schema else {}
    return {"name": name, "in": "query", "required": required, **about, "schema": told}


def _body(route: Route, found: Schemas) -> dict[str, Any]:
    if route.method == "GET" or not route.words.model_fields:
        return {}
    kinds: dict[str, Any] = {"application/json": {"schema": found.reference(route.words, "validation")}}
    if route.uploads:
        kinds |= {kind: {"schema": {"type": "string", "format": "binary"}} for kind in CONTENT_TYPES}
    required = route.uploads or bool(found.whole(route.words, "validation").get("required"))
    return {"required": required, "content": kinds}


def _answers(route: Route, found: Schemas) -> list[tuple[int, dict[str, Any]]]:
    if Page in route.answer:
        return [*_page_answers(route), *((status, _refusal(status, route)) for status in sorted(_refused(route)))]
    if Elsewhere in route.answer:
        there = {"description": "Look there, for now.", "headers": _headers(*EVERY_ANSWER, "Location", "Cache-Control")}
        return [(route.status, there), *((status, _refusal(status, route)) for status in sorted(_refused(route)))]
    kinds = [found.reference(one, "serialization") for one in route.answer]
    more = ["Idempotent-Replayed"] if route.once and route.who is not Who.ANYONE else []
    more += ["Preference-Applied"] if route.waits else []
    well = {
        "description": _first_line(route),
        "headers": _headers(*EVERY_ANSWER, *more, *(("Cache-Control",) if route.no_store else ())),
        "content": {route.produces: {"schema": kinds[0] if len(kinds) == 1 else {"anyOf": kinds}}},
    }
    return [(route.status, well), *((status, _refusal(status, route)) for status in sorted(_refused(route)))]


def _page_answers(route: Route) -> list[tuple[int, dict[str, Any]]]:
    """A whole text, or word that the caller has it already."""
    kind = {"type": "object" if route.produces == "application/json" else "string"}
    headers = _headers(*EVERY_ANSWER, "ETag", "Cache-Control")
    there = {"description": "The text.", "headers": headers, "content": {route.produces: {"schema": kind}}}
    return [(200, there), (304, {"description": "You have it already.", "headers": headers})]


def _first_line(route: Route) -> str:
    """What the answer is; some words are named after the route that they answer, which is not worth saying again."""
    line = (route.answer[0].__doc__ or "").strip().partition("\n")[0]
    return "The answer." if re.match("[A-Z]+ /", line) else line


def _refusal(status: int, route: Route) -> dict[str, Any]:
    headers = [*EVERY_ANSWER, "Retry-After"] if status in (409, 429, 503) else list(EVERY_ANSWER)
    return {
        "description": REFUSED.get(status, f"{HTTPStatus(status).phrase}."),
        "headers": _headers(*headers),
        "content": {"application/json": {"schema": {"$ref": schemas.PLACE + schemas.ERRORS[route.errors]["title"]}}},
    }


def _refused(route: Route) -> set[int]:
    """The statuses with which a route can refuse: those of the door, and those that its actions say they raise."""
    reads_body = route.method != "GET"
    maybe = {
        400: reads_body or bool(route.words.model_fields) or route.once,
        401: route.who in (Who.AGENT, Who.OPERATOR) or route.signed is not None,
        403: route.who is not Who.ANYONE,
        404: "{" in route.path,
        409: route.once,
        413: reads_body,
        415: reads_body,
        429: True,
        500: True,
        503: True,
    }
    return {status for status, may in maybe.items() if may} | sentences.statuses(route)


def _headers(*names: str) -> dict[str, dict[str, str]]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}
