"""Heads: the small rows of things that move, listed under their account and counted by status.

    agent_…    <id>      the head of a thing; in the index `by_status` under <account>#<status>
    agent_…    counts    how many things of each status the account has

A list of an account is one consistent query; who has only the id of a thing finds the account on the board. What is
written once about a thing, its sheets, lies beside it under the thing's own id.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from chalicelib.kit import ids, pages
from chalicelib.kit.conditions import Attr, ConditionBase
from chalicelib.kit.conditions import Key as Condition
from chalicelib.kit.errors import NotFound
from chalicelib.kit.lifecycle import Lifecycle, Move
from chalicelib.kit.pages import Cursors, PageWords, Pagination
from chalicelib.kit.store import Place, Rows, Store, under
from chalicelib.kit.table import Item, Key, Write, add, update
from chalicelib.kit.words import Words


@dataclass(frozen=True)
class Ref:
    """Where a thing is found: its account and its id. As text it is the subject of agenda entries."""

    account_id: str
    id: str

    @property
    def path(self) -> str:
        return f"{self.account_id}/{self.id}"

    @classmethod
    def of(cls, path: str) -> "Ref":
        """The reference again from its text."""
        account_id, _, thing_id = path.partition("/")
        return cls(account_id, thing_id)


class Head(Words, ABC):
    """What the head of every kind of thing has."""

    account_id: str
    status: str

    @property
    @abstractmethod
    def ref(self) -> Ref:
        """Where it is found."""


H = TypeVar("H", bound=Head)


@dataclass(frozen=True)
class Heads(Generic[H]):
    """The heads of one kind of thing. `id_field` is the field of `model` that holds the id; `missing` is what a product
    says when there is none.
    """

    table: str
    model: type[H]
    id_field: str
    prefix: str
    lifecycle: Lifecycle
    missing: Callable[[], NotFound]

    def row(self, ref: Ref) -> Key:
        """Where the head of a thing stands."""
        return Key(ref.account_id, ref.id)

    def add(self, head: H) -> list[Write]:
        """The rows of a new thing: its head, and one more in its account's counts."""
        there = head.model_dump(exclude={self.id_field, "account_id"}, exclude_none=True)
        ref, status = head.ref, there["status"]
        item = {**there, "account_status": _account_status(ref.account_id, status)}
        return [
            add(self.table, self.row(ref), item),
            update(self.table, _counts_row(ref.account_id), plus={status: 1}),
        ]

    def move(
        self, ref: Ref, move: Move, *, where: ConditionBase | None = None,
        refuse: Callable[[H], Exception | None] | None = None, drop: tuple[str, ...] = (), **changes: Any,
    ) -> list[Write]:  # fmt: skip
        """The writes of one move: the head, if it is still where the move starts, and its account's counts.

        `where` is what else must hold; `refuse` may say what it means for the thing as it then is, before the lifecycle
        does.
        """

        def refusal(old: Item) -> Exception:
            if not old:
                return self.missing()
            head = self.read(old)
            special = refuse(head) if refuse else None
            return special or self.lifecycle.refusal(move.verb, old["status"], move.role)

        here = Attr("status").eq(move.start)
        changed = {**self._plain({**changes, "status": move.end})}
        changed["account_status"] = _account_status(ref.account_id, move.end)
        head = update(
            self.table, self.row(ref), put=changed, drop=drop, where=here & where if where else here, refusal=refusal
        )
        if move.start == move.end:
            return [head]
        return [head, update(self.table, _counts_row(ref.account_id), plus={move.start: -1, move.end: 1})]

    def find(self, store: Store, ref: Ref) -> H:
        """A head. Raises what is said when it is missing."""
        item = store.get(self.table, self.row(ref)) if self.knows(ref) else None
        if item is None:
            raise self.missing()
        return self.read(item)

    def knows(self, ref: Ref) -> bool:
        """Whether an id looks like one of these things."""
        return ids.looks_like(ref.id, self.prefix)

    def find_many_and(
        self, store: Store, refs: Sequence[Ref], others: Sequence[Place]
    ) -> tuple[dict[str, H], list[Item | None]]:
        """Up to 100 heads, by their ids, and some other rows beside them, of whatever tables, in one read."""
        found = store.get_across([*((self.table, self.row(ref)) for ref in refs), *others])
        return {item["sk"]: self.read(item) for item in found[: len(refs)] if item}, found[len(refs) :]

    def page(
        self, store: Store, cursors: Cursors, account_id: str, query: PageWords, status: str | None
    ) -> tuple[list[H], Pagination]:
        """A page of an account's things, newest first, of one status or of all.

        Raises Invalid for an offset or cursor that leads nowhere.
        """
        turn = pages.turn(cursors, f"{self.prefix}/{account_id}/{status or ''}", query)
        found = self.rows(store, account_id, status, turn.rows, turn.after)
        total = None if turn.after else self.count(store, account_id, [status] if status else self.lifecycle.states)
        return [self.read(item) for item in turn.of(found.items)], turn.pagination(found.last, total)

    def rows(
        self, store: Store, account_id: str, status: str | None, limit: int, after: Mapping[str, Any] | None
    ) -> Rows:
        """What an account has, newest first; of one status from the index, of all from the table itself."""
        if status is None:
            everything = under(account_id, f"{self.prefix}_")
            return store.query(self.table, everything, limit=limit, newest_first=True, after=after)
        of_status = Condition("account_status").eq(_account_status(account_id, status))
        return store.query(self.table, of_status, index="by_status", limit=limit, newest_first=True, after=after)

    def count(self, store: Store, account_id: str, statuses: Iterable[str]) -> int:
        """How many things of some statuses an account has: exact, because every move counts."""
        counts = store.get(self.table, _counts_row(account_id)) or {}
        return sum(int(counts.get(status, 0)) for status in statuses)

    def read(self, item: Item) -> H:
        """A head from its row."""
        return self.model.model_validate({**item, self.id_field: item["sk"], "account_id": item["pk"]})

    def _plain(self, changes: Mapping[str, Any]) -> Item:
        """Values of a head as its row keeps them. A name that no head has is a mistake of ours, and not left out."""
        unknown = changes.keys() - self.model.model_fields.keys()
        assert not unknown, f"no such field: {unknown}"  # noqa: S101
        return self.model.model_construct(**changes).model_dump(include=set(changes), exclude_none=True)


def in_hands_of(operator_id: str | None) -> ConditionBase:
    """The condition that a thing is still with whom it was read: money and board are about to follow that."""
    return Attr("operator_id").eq(operator_id) if operator_id else Attr("operator_id").not_exists()


def _counts_row(account_id: str) -> Key:
    return Key(account_id, "counts")


def _account_status(account_id: str, status: str) -> str:
    return f"{account_id}#{status}"
