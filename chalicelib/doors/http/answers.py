"""Answers and refusals on the wire; how a refusal looks there is its product's choice (ruling 4)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from chalicelib.doors.http import shapes
from chalicelib.doors.http.routes import Text
from chalicelib.doors.http.shapes import Shape
from chalicelib.kit.errors import Refusal, UnsupportedType
from chalicelib.kit.once import Outcome
from chalicelib.kit.words import Words, dumps

# What the web framework refuses before any route of ours is asked, in our words: status to code and sentence.
FRAMEWORK_REFUSALS: Mapping[int, tuple[str, str]] = {
    400: ("invalid", "The request could not be read."),
    404: ("not_found", "There is no such route."),
    405: ("method_not_allowed", "This route does not know that method."),
    413: ("too_large", "The body is too large."),
    415: ("unsupported_media_type", "Content-Type: is none that is read here."),
    500: ("internal", "Something went wrong on our side."),
}
JSON = "application/json"


@dataclass(frozen=True)
class Answer:
    """One HTTP answer; the body is text already, and JSON unless its type says otherwise."""

    status: int
    body: str
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = "application/json"


def of(result: Words | Outcome | Text, status: int, content_type: str = "application/json") -> Answer:
    """The answer of a verb that went well."""
    if isinstance(result, Text):
        status = 304 if result.not_modified else status
        return Answer(status, result.body, dict(result.headers), result.content_type or content_type)
    if isinstance(result, Outcome):
        headers = {"Idempotent-Replayed": "true"} if result.replayed else {}
        return Answer(status, result.answer, headers)
    return Answer(status, dumps(result))


def of_refusal(refusal: Refusal, request_id: str, shape: Shape = shapes.with_details) -> Answer:
    """The answer of a refusal."""
    seconds = refusal.retry_after_seconds
    headers = {"Retry-After": str(seconds)} if seconds is not None else {}
    told = shape(refusal.status, refusal.sentence, refusal.details)
    return Answer(refusal.status, _error(told, refusal.code, request_id), headers)


def of_framework(status: int, request_id: str, shape: Shape = shapes.with_both) -> Answer:
    """The answer for what the framework refused. Where it is not known whose route it would have been, it has the
    fields of all products.
    """
    code, sentence = FRAMEWORK_REFUSALS.get(status, FRAMEWORK_REFUSALS[500])
    return Answer(status, _error(shape(status, sentence, {}), code, request_id))


def of_wrong_type(content_types: Sequence[str], request_id: str, shape: Shape = shapes.with_both) -> Answer:
    """The answer for a body of a content type that is not among those of its route."""
    *files, last = sorted(content_types, key=lambda one: one == JSON)
    rule = f"{', '.join(files)} as the body, or {last} to announce a larger file" if files else f"{last} here"
    return of_refusal(UnsupportedType("Content-Type", f"must be {rule}"), request_id, shape)


def _error(told: Mapping[str, Any], code: str, request_id: str) -> str:
    """The body of an error: its product's fields, and a stable code and the request's id beside them."""
    return dumps({**told, "code": code, "request_id": request_id})
