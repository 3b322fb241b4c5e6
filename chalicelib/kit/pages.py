"""Pages of a list: limit and offset as the seed has them, and beside them a signed cursor (ruling 7).

A cursor names the list it belongs to and the row to go on after; its signature makes that a fact and not a wish, so a
caller can neither read another list with it nor start where there is nothing of theirs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import Field

from chalicelib.kit import signed
from chalicelib.kit.errors import Invalid
from chalicelib.kit.words import SparseWords, Words

LIMIT_DEFAULT, LIMIT_MAX, OFFSET_MAX = 20, 100, 1_000

T = TypeVar("T")


class CursorWords(Words):
    """The query of a list that goes by cursor alone."""

    limit: int = Field(default=LIMIT_DEFAULT, ge=1, le=LIMIT_MAX)
    cursor: str | None = Field(default=None, max_length=1_000)


class PageWords(CursorWords):
    """The query of a list that goes by offset too, as the seed's do."""

    offset: int = Field(default=0, ge=0)


class Pagination(SparseWords):
    """Where a page stands. A cursor page has no offset and no total; `next_cursor` is there while there is more."""

    limit: int
    offset: int | None = None
    total: int | None = None
    total_capped: bool | None = None
    next_cursor: str | None = None


@dataclass(frozen=True)
class Cursors:
    """Makes and reads cursors under one signing key."""

    key: bytes

    def make(self, list_name: str, after: Mapping[str, Any] | None) -> str | None:
        """The cursor to go on with after a row; None at the end of the list. `after` is the row's key, JSON-ready."""
        if after is None:
            return None
        return signed.token(self.key, [list_name, after])

    def read(self, list_name: str, cursor: str) -> Mapping[str, Any]:
        """The row to go on after. Raises Invalid for a cursor that we did not make for this very list."""
        found = signed.read_token(self.key, cursor)
        if found is None or found[0] != list_name:
            raise _strange()
        after: Mapping[str, Any] = found[1]
        return after


@dataclass(frozen=True)
class Turn:
    """One page that somebody asked for: by offset, or behind the row that its cursor names."""

    cursors: Cursors
    list_name: str
    limit: int
    offset: int
    after: Mapping[str, Any] | None

    @property
    def rows(self) -> int:
        """How many rows to read for it: those that its offset passes over are read too."""
        return self.offset + self.limit

    def of(self, rows: Sequence[T]) -> Sequence[T]:
        """The page itself, out of the rows that were read for it."""
        return rows[self.offset :]

    def pagination(
        self, last: Mapping[str, Any] | None, total: int | None, *, capped: bool = False
    ) -> Pagination:  # fmt: skip
        """What the page says of itself; `last` is the row to go on after, if there is more."""
        return Pagination(
            limit=self.limit, offset=None if self.after else self.offset, total=total,
            total_capped=capped or None, next_cursor=self.cursors.make(self.list_name, last),
        )  # fmt: skip


def turn(cursors: Cursors, list_name: str, query: CursorWords) -> Turn:
    """The page that a query asks for. Raises Invalid for an offset that would be paid row by row, and for a cursor
    that this list did not give out.
    """
    offset = query.offset if isinstance(query, PageWords) else 0
    if offset > OFFSET_MAX:
        raise Invalid("offset", f"must be at most {OFFSET_MAX}; go further with cursor, from next_cursor of a page")
    if offset and query.cursor:
        raise Invalid("cursor", "goes without offset: a cursor already says where to go on")
    return Turn(
        cursors, list_name, query.limit, offset, cursors.read(list_name, query.cursor) if query.cursor else None
    )


def _strange() -> Invalid:
    return Invalid("cursor", "is not one that this list gave out; take next_cursor from a page of the same list")
