"""Ids: a prefix that says what the thing is, then 26 characters that sort by the moment they were made.

Only lower-case letters, digits and `_`: an id needs no escaping in a path, a key or a file name.
"""

import re
from datetime import datetime

from ulid import ULID

_SHAPE = re.compile(r"[a-z]{2,10}_[0-9a-z]{26}", re.ASCII)


def new(prefix: str) -> str:
    """A fresh id such as `task_01k…`; unique, and later ids sort behind earlier ones to the millisecond."""
    return f"{prefix}_{str(ULID()).lower()}"


def floor(prefix: str, moment: datetime) -> str:
    """The id that sorts before all that are made from this moment of the wall clock on; no thing ever has it."""
    return f"{prefix}_{str(ULID.from_datetime(moment))[:10].lower()}{'0' * 16}"


def looks_like(text: str, prefix: str = "") -> bool:
    """Whether a text from outside can be an id, with this prefix if one is given; what cannot be is not worth a read.

    It must not be read either: DynamoDB faults on a key of more than 2 KB, which a path can hold.
    """
    return text.startswith(f"{prefix}_" if prefix else "") and _SHAPE.fullmatch(text) is not None
