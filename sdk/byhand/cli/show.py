"""What people see: tables on a terminal, JSON for programs. Text of others is shown as text, whatever it contains."""

import json
import re
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from pydantic import BaseModel
from rich.console import Console
from rich.table import Table
from rich.text import Text

from byhand.plain import plain

_PIPE_COLUMNS = 240
# Controls would move the cursor or change colours: an operator's note must not be able to rewrite the screen.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def as_json(value: BaseModel | Mapping[str, Any] | Sequence[BaseModel]) -> None:
    """One JSON value on stdout; on a terminal in ASCII, since what a credential says no server has looked at."""
    whole = [_fields(one) for one in value] if isinstance(value, Sequence) else _fields(value)
    sys.stdout.write(json.dumps(whole, ensure_ascii=sys.stdout.isatty(), indent=2) + "\n")


def as_line(value: Mapping[str, Any]) -> None:
    """One JSON value on a line of its own, at once."""
    sys.stdout.write(json.dumps(plain(dict(value)), ensure_ascii=False) + "\n")
    sys.stdout.flush()


def facts(**named: Any) -> None:
    """One thing, as names and values; what is not there is left out."""
    table = Table.grid(padding=(0, 2))
    for name, value in named.items():
        if value not in (None, "", []):
            table.add_row(Text(name.replace("_", " "), style="dim"), cell(value))
    _console().print(table)


def rows(columns: Sequence[str], lines: Sequence[Sequence[Any]], empty: str) -> None:
    """Many things, one per line; a sentence if there are none."""
    if not lines:
        _console().print(empty)
        return
    table = Table(box=None, header_style="dim", pad_edge=False)
    for column in columns:
        # An id that is cut or broken is of no use to whoever copies it; everything else may be.
        whole = column == columns[0]
        table.add_column(column, justify="right" if column.endswith("$") else "left", no_wrap=whole, overflow="fold")
    for line in lines:
        table.add_row(*[cell(value) for value in line])
    _console().print(table)


def note(sentence: str) -> None:
    """Something to know, on stderr, so that it is never part of a result."""
    Console(stderr=True).print(Text(_CONTROLS.sub(" ", sentence)), soft_wrap=True)


def cell(value: Any) -> Text:
    """A value as people read it."""
    if isinstance(value, Decimal):
        return Text(amount(value))
    if isinstance(value, datetime):
        return Text(value.astimezone().strftime("%Y-%m-%d %H:%M"))
    if isinstance(value, list):
        return Text("\n".join(str(cell(one)) for one in value))
    return Text(_CONTROLS.sub(" ", "" if value is None else str(value)))


def amount(dollars: Decimal) -> str:
    """An amount with two decimals, and as many more, up to the six that there are, as say something."""
    whole, _, part = f"{dollars:,.6f}".partition(".")
    return f"{whole}.{part.rstrip('0').ljust(2, '0')}"


def _console() -> Console:
    """As wide as the terminal; a pipe has no width, and nothing is broken for it."""
    return Console() if sys.stdout.isatty() else Console(width=_PIPE_COLUMNS)


def _fields(value: BaseModel | Mapping[str, Any]) -> Any:
    """What the deployment said, without the fields that other answers of this kind have."""
    return plain(value.model_dump(exclude_unset=True) if isinstance(value, BaseModel) else dict(value))
