"""How refusals look on the wire of a product: its own fields, beside which the door puts `code` and `request_id`
(ruling 4).
"""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

SHORT_CHARACTERS_MAX = 200

Shape = Callable[[int, str, Mapping[str, Any]], dict[str, Any]]
"""The fields of an error: from its status, its sentence, and its details for programs."""


def with_details(_: int, sentence: str, details: Mapping[str, Any]) -> dict[str, Any]:
    """`error` is the sentence."""
    return {"error": sentence, "details": dict(details)}


def with_message(status: int, sentence: str, details: Mapping[str, Any]) -> dict[str, Any]:
    """`error` says what kind of error it is, `message` is the sentence, and the details stand beside them. Clients show
    one of the two alone, so both say what is wrong.
    """
    return {**details, "error": short(status, sentence), "message": sentence}


def with_both(_: int, sentence: str, details: Mapping[str, Any]) -> dict[str, Any]:
    """For whom a refusal is, is not known: what the clients of any product look for is there."""
    return {"error": sentence, "message": sentence, "details": dict(details)}


def short(status: int, sentence: str) -> str:
    """The kind of an error, and what it is about."""
    return f"{HTTPStatus(status).phrase}: {sentence}"[:SHORT_CHARACTERS_MAX]
