"""The client that fails on purpose is itself honest: what it lets through is really done, what it stops is not."""

from contextlib import nullcontext

import pytest
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError

from chalicelib.kit.store import Store
from chalicelib.kit.table import Key, key_of
from tests.faults import FlakyClient, Killed, killed, lost_answer, never, no_connection, nth, nth_of

ROW = Key("thing_1", "head")


def _flaky(store: Store, client: FlakyClient) -> Store:
    return Store(client, store.names)  # type: ignore[arg-type]


def test_a_call_that_fails_before_has_done_nothing_and_one_that_fails_after_has_done_it_all(store: Store) -> None:
    for fault, error, n in [(no_connection(), EndpointConnectionError, None), (lost_answer(), ReadTimeoutError, 1)]:
        client = FlakyClient(store.client, nth(0, fault))
        with pytest.raises(error):
            client.put_item(TableName=store.names["things"], Item={**key_of(ROW), "n": {"N": "1"}})
        found = store.get("things", ROW)
        assert (found and found["n"]) == n


def test_calls_are_counted_and_only_calls(store: Store) -> None:
    client = FlakyClient(store.client, never)
    flaky = _flaky(store, client)
    flaky.get("things", ROW)
    flaky.update("things", ROW, plus={"n": 1})
    assert client.exceptions is store.client.exceptions
    assert client.meta.region_name == store.client.meta.region_name
    assert (client.count, client.calls) == (2, ["get_item", "update_item"])


def test_the_nth_call_fails_among_all_or_among_those_of_one_operation(store: Store) -> None:
    flaky = _flaky(store, FlakyClient(store.client, nth(1, killed(), operation="update_item")))
    flaky.get("things", ROW)
    flaky.update("things", ROW, plus={"n": 1})
    flaky.get("things", ROW)
    with pytest.raises(Killed):
        flaky.update("things", ROW, plus={"n": 1})
    every = FlakyClient(store.client, nth_of([0, 2], no_connection()))
    for fails in (True, False, True, False):
        with pytest.raises(EndpointConnectionError) if fails else nullcontext():
            every.get_item(TableName=store.names["things"], Key=key_of(ROW))


def test_nothing_that_catches_exceptions_catches_the_end_of_a_process() -> None:
    assert not issubclass(Killed, Exception)
