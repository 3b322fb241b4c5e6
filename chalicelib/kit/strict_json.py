"""JSON as strangers send it: numbers digit by digit, nothing out of proportion, nothing too deep."""

from decimal import Decimal
from typing import Any

import simplejson

from chalicelib.kit import words
from chalicelib.kit.errors import Invalid

DEPTH_MAX = 32
NUMBER_CHARACTERS_MAX, EXPONENT_CHARACTERS_MAX = 40, 4


def parse(body: bytes) -> Any:
    """What a body says. Raises ValueError for what is not JSON, or is out of all proportion."""
    try:
        return simplejson.loads(
            body.decode(), parse_float=_decimal, parse_int=_integer, parse_constant=_no_constant
        )  # fmt: skip
    except RecursionError:
        raise ValueError("nested out of all proportion") from None


def check(value: Any, name: str = "body") -> None:
    """Refuse what is nested too deep, or holds text that no person could have meant. Raises Invalid."""
    check_depth(value, name)
    words.check_text(value)


def check_depth(value: Any, name: str) -> None:
    """Refuse what is nested too deep. Raises Invalid."""
    layer = [value] if isinstance(value, dict | list) else []
    for _ in range(DEPTH_MAX):
        layer = [
            part
            for whole in layer
            for part in (whole.values() if isinstance(whole, dict) else whole)
            if isinstance(part, dict | list)
        ]
    if layer:
        raise Invalid(name, f"must be nested at most {DEPTH_MAX} deep")


def _decimal(text: str) -> Decimal:
    """A number with a point, digit by digit: no amount passes through a float.

    Bounded, because arithmetic with an exponent of a million is a million digits of work.
    """
    number = Decimal(_bounded(text))
    if abs(number.adjusted()) > NUMBER_CHARACTERS_MAX:
        raise ValueError("a number out of all proportion")
    return number


def _integer(text: str) -> int:
    return int(_bounded(text))


def _bounded(text: str) -> str:
    if len(text) > NUMBER_CHARACTERS_MAX or len(text.lower().partition("e")[2]) > EXPONENT_CHARACTERS_MAX:
        raise ValueError("a number out of all proportion")
    return text


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")
