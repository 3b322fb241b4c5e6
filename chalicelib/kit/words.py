"""Words: what comes in and goes out at the wire, as pydantic types in the wire's own casing.

`defer_build` keeps the cost of building validators off the cold start: a model is built when it is first used. On a
laptop that may be in several threads at once, and pydantic before 2.14 does not build one at a time (pydantic #13438).
"""

import re
import threading
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, TypeVar

import simplejson
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    SerializerFunctionWrapHandler,
    StringConstraints,
    ValidationError,
    WithJsonSchema,
    model_serializer,
)

from chalicelib.kit import clock, money
from chalicelib.kit.errors import Invalid

# Of all models: building one builds those that it holds.
_building = threading.RLock()


class Words(BaseModel):
    """A request or an answer. Unknown fields of a request are ignored: newer clients talk to older servers."""

    model_config = ConfigDict(frozen=True, defer_build=True, extra="ignore")

    @classmethod
    def model_rebuild(
        cls, *, force: bool = False, raise_errors: bool = True, _parent_namespace_depth: int = 2,
        _types_namespace: Mapping[str, Any] | None = None,
    ) -> bool | None:  # fmt: skip
        """Build the validators of this model, in one thread at a time; pydantic calls it before the first use."""
        with _building:
            return super().model_rebuild(
                force=force, raise_errors=raise_errors, _types_namespace=_types_namespace,
                _parent_namespace_depth=_parent_namespace_depth + 1,
            )  # fmt: skip

    def dump(self) -> str:
        """These words as JSON text."""
        return dumps(self)


class Nothing(Words):
    """A request that needs no words."""


class SparseWords(Words):
    """An answer whose empty parts are left out, and not null."""

    @model_serializer(mode="wrap")
    def _without_nothing(self, inner: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {name: value for name, value in inner(self).items() if value is not None}


class ToolWords(Words):
    """What a tool is called with. Unknown fields are refused: a model that makes one up is told so."""

    model_config = ConfigDict(extra="forbid")


IdempotencyKey = Annotated[
    str,
    StringConstraints(max_length=255, pattern="^[!-~]+$"),
    Field(
        description="Repeat a call with the same key and arguments, and it is done once. 1 to 255 visible characters."
    ),
]
"""What the header of that name is over HTTP (ruling 5)."""

W = TypeVar("W", bound=Words)

# Pydantic speaks of Python's types; callers write JSON. In braces is what pydantic tells of the rule.
_A_MOMENT = "must be an ISO 8601 time such as 2026-02-10T00:00:00Z"
_IN_WORDS_OF_JSON = {
    "missing": "is required", "extra_forbidden": "is not known here",
    "literal_error": "must be {expected}", "enum": "must be {expected}",
    "string_type": "must be a text", "string_unicode": "must be a text",
    "string_too_short": "must have at least {min_length} characters",
    "string_too_long": "must have at most {max_length} characters",
    "string_pattern_mismatch": "must match the pattern {pattern}",
    "bool_type": "must be true or false", "bool_parsing": "must be true or false",
    "int_type": "must be a whole number", "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number", "int_parsing_size": "must be a number of fewer digits",
    "float_type": "must be a number", "float_parsing": "must be a number", "finite_number": "must be a finite number",
    "decimal_type": "must be a number", "decimal_parsing": "must be a number",
    "greater_than": "must be more than {gt}", "greater_than_equal": "must be at least {ge}",
    "less_than": "must be less than {lt}", "less_than_equal": "must be at most {le}",
    "dict_type": "must be an object", "model_type": "must be an object", "model_attributes_type": "must be an object",
    "list_type": "must be a list", "too_short": "must have at least {min_length} items",
    "too_long": "must have at most {max_length} items",
    "datetime_type": _A_MOMENT, "datetime_parsing": _A_MOMENT, "datetime_from_date_parsing": _A_MOMENT,
    "datetime_object_invalid": _A_MOMENT,
}  # fmt: skip
# Controls but tab and line ends, lone surrogates, and the bidirectional overrides and isolates.
_STRANGE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")


def _read_moment(value: object) -> datetime:
    if isinstance(value, datetime):
        return value
    if not isinstance(value, str):
        raise ValueError(_A_MOMENT)
    try:
        return clock.parse(value)
    except clock.NoOffset:
        raise
    except ValueError:
        # Its words would quote the text, which may be something else that was put here by mistake.
        raise ValueError(_A_MOMENT) from None


Moment = Annotated[
    datetime, BeforeValidator(_read_moment), PlainSerializer(clock.iso, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]  # fmt: skip
"""A time at the wire: any offset comes in, UTC with milliseconds goes out (ruling 8)."""

AmountIn = Annotated[
    int, BeforeValidator(money.parse),
    WithJsonSchema({"anyOf": [
        {"type": "number", "exclusiveMinimum": 0, "maximum": 999_999_999_999},
        {"type": "string", "pattern": r"^[0-9]{1,12}(\.[0-9]{1,6})?$"},
    ]}),
]  # fmt: skip
"""An amount that a client sends, in US dollars; the field holds micros."""

AmountOut = Annotated[
    int, PlainSerializer(money.to_decimal, return_type=Decimal), WithJsonSchema({"type": "number"})
]  # fmt: skip
"""An amount that we send: the field holds micros, the wire shows a JSON number of US dollars."""


def _email(text: str) -> str:
    """An e-mail address in lower case: good enough to tell people apart, proven only by a message to it."""
    name, at, domain = text.strip().lower().rpartition("@")
    if not (name and at and "." in domain.strip(".")) or any(character.isspace() for character in name + domain):
        raise ValueError("must be an e-mail address such as agent@example.com")
    return f"{name}@{domain}"


Email = Annotated[str, StringConstraints(max_length=254), AfterValidator(_email)]
"""An e-mail address."""


Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
"""Why somebody does what they do, in their own words."""


class Because(Words):
    """A deed that needs nothing but its reason, which is kept with it."""

    reason: Reason


def dumps(answer: BaseModel | dict[str, Any]) -> str:
    """The JSON text of an answer. Decimals become JSON numbers digit by digit."""
    plain = answer.model_dump() if isinstance(answer, BaseModel) else answer
    return simplejson.dumps(plain, use_decimal=True, ensure_ascii=False, separators=(",", ":"))


def check_text(value: Any, place: str = "") -> None:
    """Refuse text that no person could have meant: control characters, half characters, and marks that turn the
    direction of reading round, behind which a text shows other words than it says. Raises Invalid, naming the place.
    """
    if isinstance(value, str):
        if strange := _STRANGE.search(value):
            raise Invalid(place or "body", f"must not contain the character U+{ord(strange[0]):04X}")
    elif isinstance(value, dict):
        for name, part in value.items():
            check_text(name, place)
            check_text(part, f"{place}.{name}" if place else name)
    elif isinstance(value, list):
        for position, part in enumerate(value):
            check_text(part, f"{place}.{position}" if place else str(position))


def without_strange(text: str) -> str:
    """A text without the characters that `check_text` refuses: for words that came by another way than a request."""
    return _STRANGE.sub("", text)


def read(model: type[W], values: Any) -> W:
    """The words of a request. Raises Invalid, which names the first field at fault and lists all of them."""
    try:
        return model.model_validate(values)
    except ValidationError as wrong:
        faults = [
            {"field": ".".join(str(part) for part in fault["loc"]) or "body", "problem": _plain(fault)}
            for fault in wrong.errors(include_url=False, include_input=False)
        ]
        raise Invalid(faults[0]["field"], faults[0]["problem"], fields=faults) from None


def _plain(fault: Any) -> str:
    """What is wrong, in words of JSON; else pydantic's sentence without its prefix for errors of our own."""
    rule = {name: _said(name, value) for name, value in fault.get("ctx", {}).items()}
    if rule.get("min_length") == 1:
        return "must not be empty"
    if says := _IN_WORDS_OF_JSON.get(fault["type"]):
        return says.format(**rule)
    message = str(fault["msg"]).removeprefix("Value error, ")
    return message[:1].lower() + message[1:]


def _said(name: str, value: Any) -> Any:
    """A part of a rule as callers write it: 90 and not 90.0, and names without quotes."""
    if name == "expected":
        names = str(value).replace("'", "").replace(" or ", ", ")
        return f"one of {names}" if "," in names else names
    return int(value) if isinstance(value, float) and value.is_integer() else value
