"""Text on its way to a model and back: JSON that nothing of a stranger's breaks out of, and words made plain."""

import json
import re
import unicodedata
from decimal import Decimal
from typing import Any

_SPACE = re.compile(r"\s+")


def dumps(value: object) -> str:
    """JSON whose every quote and line end of strangers is escaped; what UTF-8 cannot say becomes a question mark."""
    return json.dumps(value, ensure_ascii=False, default=_number).encode("utf-8", "replace").decode()


def loads(text: object) -> Any:
    """The JSON of a text that holds nothing else. Raises ValueError."""
    if not isinstance(text, str):
        raise ValueError("no JSON text")
    try:
        return json.loads(text, object_pairs_hook=_once_each, parse_constant=_no_constant)
    except RecursionError:
        raise ValueError("nested out of all proportion") from None


def plain(text: str, most: int) -> str:
    """Words for people: one line without controls or invisible characters, and not too long."""
    visible = "".join(" " if unicodedata.category(character).startswith("C") else character for character in text)
    return _SPACE.sub(" ", visible).strip()[:most]


def cut(text: str, most: int) -> str:
    """The beginning of a text, which says that it is one."""
    return text if len(text) <= most else f"{text[:most]} [cut]"


def _number(value: object) -> int | float:
    """A Decimal as a JSON number: a model reads it, nobody reckons with it."""
    if not isinstance(value, Decimal):
        raise TypeError(f"{type(value).__name__} is not JSON")
    return int(value) if value == value.to_integral_value() else float(value)


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object in which no name is there twice: which of two values counts is nobody's guess."""
    named = dict(pairs)
    if len(named) != len(pairs):
        raise ValueError("a name is there twice")
    return named


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")
