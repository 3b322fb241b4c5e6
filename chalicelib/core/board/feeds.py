"""A product's feed: work that can be taken, newest first. The first pages count; those behind a cursor do not."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.core.board import store as rows
from chalicelib.core.board.model import Opening
from chalicelib.kit.store import Store
from chalicelib.kit.table import Item, pack

FEED_COUNTED_MAX = 1_000
LOOKED_THROUGH = 10
# Lambda answers with 6 MB at most; a character may take several bytes.
PAGE_CHARACTERS_MAX = 1_000_000


@dataclass(frozen=True)
class Feed:
    """A page of the feed; `total` is None on a cursor page, and elsewhere no more than was looked at (ruling 7)."""

    openings: list[Opening]
    total: int | None
    last: Mapping[str, Any] | None
    capped: bool = False


def feed(
    store: Store, product: str, kinds: Collection[str], limit: int, offset: int, after: Mapping[str, Any] | None
) -> Feed:
    """A product's work that can be taken, newest first: of one kind, of several, or, where none is named, of all.

    The first pages count, in an index of keys alone, so that a thousand are one small read, and then read the words of
    the page. Behind a cursor nothing is counted, and the words come in the same call from an index that holds them.
    """
    if after is None:
        return _counted(store, product, kinds, limit, offset)
    return _behind(store, product, kinds, limit, after)


def _counted(store: Store, product: str, kinds: Collection[str], limit: int, offset: int) -> Feed:
    kind = _only(kinds)
    most = FEED_COUNTED_MAX if kinds and not kind else max(offset + limit, FEED_COUNTED_MAX)
    looked_at = rows.feed(store, product, kind, most, None)
    fitting = [key for key in looked_at.items if kind or not kinds or rows.kind_of(key) in kinds]
    keys = fitting[offset : offset + limit]
    found = rows.find_openings(store, [key["pk"] for key in keys])
    shown = list(_while_light(found))
    last = None
    if len(shown) < len(found):
        last = next(key for key in keys if key["pk"] == shown[-1].opening_id)
    elif len(fitting) > offset + limit:
        last = keys[-1]
    elif looked_at.last is not None:
        last = looked_at.items[-1]
    total = min(len(fitting), FEED_COUNTED_MAX)
    capped = total == FEED_COUNTED_MAX or (kind is None and bool(kinds) and looked_at.last is not None)
    return Feed(shown, total, _place(last, kind), capped=capped)


def _behind(store: Store, product: str, kinds: Collection[str], limit: int, after: Mapping[str, Any]) -> Feed:
    """A page behind a cursor; where several kinds are asked for, so many times its rows are looked through for them."""
    kind = _only(kinds)
    several = len(kinds) > 1
    page = rows.feed_in_words(store, product, kind, limit * LOOKED_THROUGH if several else limit, after)
    fitting = [item for item in page.items if not several or rows.kind_of(item) in kinds]
    shown = list(_while_light(rows.read_opening(item) for item in fitting[:limit]))
    if len(shown) < len(fitting):
        return Feed(shown, None, _place(fitting[len(shown) - 1], kind))
    return Feed(shown, None, _place(page.items[-1], kind) if page.last is not None else None)


def _only(kinds: Collection[str]) -> str | None:
    """The kind, where there is but one: it has an index of its own."""
    return next(iter(kinds)) if len(kinds) == 1 else None


def _place(row: Item | None, kind: str | None) -> Item | None:
    return pack(rows.place_in_feed(row, kind)) if row else None


def _while_light(openings: Iterable[Opening]) -> Iterator[Opening]:
    """Openings until a page would be too heavy; the first one always."""
    weight = 0
    for opening in openings:
        if weight and weight + len(str(opening.shown)) > PAGE_CHARACTERS_MAX:
            return
        weight += len(str(opening.shown))
        yield opening
