"""Reads: consistent, in the order asked for, and no further than asked for."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib.kit import table
from chalicelib.kit.aws import OUTAGES
from chalicelib.kit.commit import commit
from chalicelib.kit.conditions import Attr
from chalicelib.kit.conditions import Key as Condition
from chalicelib.kit.errors import Busy
from chalicelib.kit.store import TRIES_MAX, Store, under
from chalicelib.kit.table import Key
from tests.faults import Fault, FlakyClient, no_connection, nth_of, refused


class Recorder:
    """A client that keeps what it was asked, and gives back no more than a few keys or rows a call."""

    def __init__(self, client: Any, at_once: int) -> None:
        self.client, self.at_once = client, at_once
        self.asked: list[dict[str, Any]] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self.client, name)

    def batch_get_item(self, RequestItems: dict[str, Any]) -> dict[str, Any]:  # noqa: N803 boto3's own casing
        ((name, wanted),) = RequestItems.items()
        now, later = wanted["Keys"][: self.at_once], wanted["Keys"][self.at_once :]
        self.asked.append(wanted)
        if not now:
            return {"Responses": {}, "UnprocessedKeys": RequestItems}
        answer: dict[str, Any] = self.client.batch_get_item(RequestItems={name: {**wanted, "Keys": now}})
        return {**answer, "UnprocessedKeys": {name: {**wanted, "Keys": later}} if later else {}}

    def query(self, **request: Any) -> dict[str, Any]:
        self.asked.append(dict(request))
        answer: dict[str, Any] = self.client.query(**{**request, "Limit": min(request.get("Limit", 99), self.at_once)})
        return answer


def _fill(store: Store, number: int) -> None:
    rows = [table.put("things", Key("list", f"row#{n:03}"), {"n": n, "shelf": "a"}) for n in range(number)]
    commit(store, [*rows, table.put("things", Key("list", "other"), {}), table.put("things", Key("else", "row#1"), {})])


def _slow(store: Store, at_once: int) -> tuple[Store, Recorder]:
    recorder = Recorder(store.client, at_once)
    return Store(recorder, store.names), recorder  # type: ignore[arg-type]


def test_many_rows_come_in_the_order_of_the_keys_with_gaps_where_there_are_none(store: Store) -> None:
    _fill(store, 3)
    keys = [Key("list", "row#002"), Key("nobody", "x"), Key("list", "row#000")]
    found = store.get_many("things", keys)
    assert [row and row["n"] for row in found] == [2, None, 0]


def test_rows_of_several_tables_come_in_one_call_even_under_the_same_key(store: Store) -> None:
    here, there = Key("list", "row#000"), Key("list", "row#001")
    _fill(store, 2)
    commit(store, [table.put("others", here, {"n": 7})])
    places = [("others", here), ("things", there), ("others", there), ("things", here)]
    assert [row and row["n"] for row in store.get_across(places)] == [7, 1, None, 0]


def test_one_call_of_a_query_gives_what_it_gives_and_where_to_go_on(store: Store) -> None:
    _fill(store, 5)
    slow, recorder = _slow(store, at_once=2)
    page = slow.query("things", under("list", "row#"), limit=4, one_call=True)
    assert ([row["n"] for row in page.items], len(recorder.asked)) == ([0, 1], 1)
    assert page.last == table.key_of(Key("list", "row#001"))


def test_keys_that_were_left_unprocessed_are_asked_for_again(store: Store) -> None:
    _fill(store, 7)
    slow, recorder = _slow(store, at_once=2)
    found = slow.get_many("things", [Key("list", f"row#{n:03}") for n in range(7)])
    assert [row and row["n"] for row in found] == list(range(7))
    assert len(recorder.asked) == 4
    assert all(asked["ConsistentRead"] for asked in recorder.asked)


def test_without_a_limit_a_query_reads_every_page(store: Store) -> None:
    _fill(store, 10)
    slow, recorder = _slow(store, at_once=3)
    rows = slow.query("things", under("list", "row#"))
    assert [row["n"] for row in rows.items] == list(range(10))
    assert rows.last is None
    assert len(recorder.asked) == 4
    assert all(asked["ConsistentRead"] for asked in recorder.asked)


@pytest.mark.parametrize("at_once", [2, 3, 100])
def test_with_a_limit_a_query_stops_there_and_says_where_to_go_on(store: Store, at_once: int) -> None:
    _fill(store, 10)
    slow, _ = _slow(store, at_once)
    seen, after = [], None
    for _ in range(4):
        page = slow.query("things", under("list", "row#"), limit=3, newest_first=True, after=after)
        seen += [row["n"] for row in page.items]
        assert len(page.items) <= 3
        after = page.last
        if after is None:
            break
    assert seen == list(range(9, -1, -1))


def test_a_prefix_keeps_other_rows_of_the_partition_out(store: Store) -> None:
    _fill(store, 2)
    assert [row["sk"] for row in store.query("things", under("list")).items] == ["other", "row#000", "row#001"]
    assert [row["sk"] for row in store.query("things", under("list", "row#")).items] == ["row#000", "row#001"]


@pytest.mark.parametrize(("limit", "counted"), [(100, 10), (10, 10), (4, 4), (1, 1)])
def test_rows_are_counted_to_a_limit_and_no_further(store: Store, limit: int, counted: int) -> None:
    _fill(store, 10)
    slow, recorder = _slow(store, at_once=3)
    assert slow.count("things", Condition("shelf").eq("a"), index="shelves", limit=limit) == counted
    assert len(recorder.asked) == -(-counted // 3)
    assert all("ConsistentRead" not in asked for asked in recorder.asked)


def test_one_row_is_changed_by_itself_and_answered_as_it_then_is(store: Store) -> None:
    assert store.update("things", Key("a", "b"), plus={"n": 2}) == {"pk": "a", "sk": "b", "n": 2}
    changed = store.update("things", Key("a", "b"), put={"x": "y"}, plus={"n": 1}, where=Attr("n").eq(2))
    assert changed == {"pk": "a", "sk": "b", "n": 3, "x": "y"}


def test_a_change_whose_condition_does_not_hold_answers_none_and_changes_nothing(store: Store) -> None:
    assert store.update("things", Key("a", "b"), put={"x": 1}, where=Attr("pk").exists()) is None
    assert store.get("things", Key("a", "b")) is None


# When DynamoDB is busy ------------------------------------------------------------------------------------------------

ASKS: dict[str, Callable[[Store], object]] = {
    "get": lambda store: store.get("things", Key("a", "b")),
    "get_many": lambda store: store.get_many("things", [Key("a", "b")]),
    "query": lambda store: store.query("things", under("a")),
    "count": lambda store: store.count("things", Condition("shelf").eq("a"), index="shelves", limit=5),
    "update": lambda store: store.update("things", Key("a", "b"), put={"x": 1}),
}


@pytest.mark.parametrize("ask", ASKS)
@pytest.mark.parametrize(
    "code", ["ThrottlingException", "ProvisionedThroughputExceededException", "RequestLimitExceeded"]
)
def test_a_database_that_throttles_is_busy_and_no_fault_of_ours(store: Store, ask: str, code: str) -> None:
    client = FlakyClient(store.client, nth_of(range(99), refused(code)))
    with pytest.raises(Busy):
        ASKS[ask](Store(client, store.names))  # type: ignore[arg-type]


@pytest.mark.parametrize("ask", ASKS)
def test_a_mistake_of_ours_stays_a_fault(store: Store, ask: str) -> None:
    client = FlakyClient(store.client, nth_of(range(99), refused("ValidationException")))
    with pytest.raises(ClientError):
        ASKS[ask](Store(client, store.names))  # type: ignore[arg-type]


def test_a_row_in_the_hands_of_a_transaction_is_asked_for_again(store: Store) -> None:
    client = FlakyClient(store.client, nth_of([0, 1], refused("TransactionConflictException")))
    changed = Store(client, store.names).update("things", Key("a", "b"), plus={"n": 1})  # type: ignore[arg-type]
    assert changed == {"pk": "a", "sk": "b", "n": 1}
    assert client.count == 3


def test_a_row_that_stays_in_the_hands_of_transactions_is_busy_after_a_few_tries(store: Store) -> None:
    client = FlakyClient(store.client, nth_of(range(99), refused("TransactionConflictException")))
    with pytest.raises(Busy):
        Store(client, store.names).update("things", Key("a", "b"), plus={"n": 1})  # type: ignore[arg-type]
    assert client.count == TRIES_MAX


def test_keys_that_are_never_processed_are_busy_after_a_few_tries(store: Store) -> None:
    slow, recorder = _slow(store, at_once=0)
    with pytest.raises(Busy):
        slow.get_many("things", [Key("list", "row#000")])
    assert len(recorder.asked) == TRIES_MAX


@pytest.mark.parametrize("ask", ASKS)
@pytest.mark.parametrize("fault", [no_connection(), refused("ThrottlingException")], ids=["silent", "throttling"])
def test_what_gets_no_answer_is_asked_a_second_time(store: Store, ask: str, fault: Fault) -> None:
    client = FlakyClient(store.client, nth_of([0], fault))
    ASKS[ask](Store(client, store.names))  # type: ignore[arg-type]
    assert client.count == 2
    with pytest.raises(Busy if isinstance(fault.error, ClientError) else OUTAGES):
        ASKS[ask](Store(FlakyClient(store.client, nth_of(range(9), fault)), store.names))  # type: ignore[arg-type]
