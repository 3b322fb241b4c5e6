"""What every command stands on: a client by what is saved and set, and errors that end with a code of their own."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from byhand import Byhand, settings
from byhand.cli import exits, show
from byhand.errors import ByhandError, Misused, Unreachable

Json = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
TaskId = Annotated[str, typer.Argument(help="The task's id, such as task_01k…", show_default=False)]
JobId = Annotated[str, typer.Argument(help="The job's id, such as job_01k…", show_default=False)]
Key = Annotated[
    str | None, typer.Option("--key", help="An idempotency key of your own, to repeat the very same words safely.")
]

_SPAN = re.compile(r"(\d{1,4})([mhd])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


class Commands(TyperGroup):
    """The group of all commands: an error is one sentence on stderr and an exit code, never a traceback."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except ByhandError as error:
            show.note(f"byhand: {error}")
            raise typer.Exit(exits.of_error(error)) from None
        except KeyboardInterrupt:
            raise typer.Exit(exits.INTERRUPTED) from None


@contextmanager
def client() -> Iterator[Byhand]:
    """A client of the account that is saved or set."""
    found = settings.resolve(saved=True)
    with Byhand(found.api_key, found.base_url, wait_url=found.wait_url) as made:
        yield made


@contextmanager
def deed() -> Iterator[Byhand]:
    """A client for something that must not be done twice: if its answer is lost, how to go on without doing so."""
    with client() as made:
        try:
            yield made
        except Unreachable as lost:
            if lost.idempotency_key:
                show.note(f"It may have been done. To be sure, run the same with: --key {lost.idempotency_key}")
            raise


def moment(text: str) -> timedelta | str:
    """A deadline: 90m, 4h or 3d from now, or an ISO 8601 time."""
    if span := _SPAN.fullmatch(text):
        return timedelta(**{_UNITS[span[2]]: int(span[1])})
    if "T" not in text:
        raise Misused(f"{text!r} is no deadline such as 4h, 3d or 2027-01-31T18:00:00Z.")
    return text
