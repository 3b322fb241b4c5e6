"""Lists that go from page to page by cursor, so that nothing is missed or seen twice while things are added."""

from typing import Any, TypeVar

from byhand.answers import Answer, Page
from byhand.wire import Item, Stream, Wire

Row = TypeVar("Row", bound=Answer)
PAGE_ROWS = 100


def every(wire: Wire, path: str, page: type[Page[Row]], *, limit: int = PAGE_ROWS, **query: Any) -> Stream[Row]:
    """All rows of a list."""
    cursor: str | None = None
    while True:
        found = yield from wire.ask(path, page, limit=limit, cursor=cursor, **query)
        for row in found.data:
            yield Item(row)
        cursor = found.pagination.next_cursor
        if cursor is None:
            return
