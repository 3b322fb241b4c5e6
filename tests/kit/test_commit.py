"""One commit: everything or nothing, refused in the order of its writes, asked again when nobody knows."""

import pytest
from botocore.exceptions import ClientError

from chalicelib.core.events.store import SETTLED
from chalicelib.kit import aws, table
from chalicelib.kit import commit as committing
from chalicelib.kit.commit import (
    ALL_TRIES_SECONDS,
    LAST_PAUSE_SECONDS,
    LONGEST_SECONDS,
    TRIES_MAX,
    WRITES_MAX,
    BadCommit,
    commit,
)
from chalicelib.kit.conditions import Attr
from chalicelib.kit.errors import Busy, Conflict, OutcomeUnknown, Refusal
from chalicelib.kit.queue import Bell
from chalicelib.kit.store import Store
from chalicelib.kit.table import Key, Write
from tests.faults import (
    Fault,
    FlakyClient,
    Killed,
    cancelled,
    killed,
    lost_answer,
    never,
    no_connection,
    nth_of,
    refused,
)

EVER = range(100)


def _add(name: str, refusal: Refusal | None = None) -> Write:
    return table.add("things", Key(name, "row"), {"n": 1}, refusal=refusal, bell=Bell("timers", name))


def _failing(name: str, sentence: str) -> Write:
    return table.update("things", Key(name, "row"), put={"n": 2}, where=Attr("pk").exists(), refusal=Conflict(sentence))


def _plus_one(name: str = "counter") -> Write:
    return table.update("things", Key(name, "row"), plus={"n": 1})


def _large(name: str) -> Write:
    return table.put("things", Key(name, "row"), {"words": "x" * 390_000})


def _flaky(store: Store, fault: Fault, calls: object = EVER) -> tuple[Store, FlakyClient]:
    """The same store, where some of the calls fail, by their numbers from 0."""
    client = FlakyClient(store.client, nth_of(calls, fault))
    return Store(client, store.names), client  # type: ignore[arg-type]


def _no_pause(seconds: float) -> None:
    assert 0 <= seconds <= LAST_PAUSE_SECONDS


def _n(store: Store, name: str = "counter") -> int | None:
    row = store.get("things", Key(name, "row"))
    return int(row["n"]) if row else None


def test_all_writes_go_in_and_the_bells_come_back_in_their_order(store: Store) -> None:
    bells = commit(store, [_add("a"), _plus_one(), _add("b")])
    assert [bell.message for bell in bells] == ["a", "b"]
    assert [_n(store, name) for name in ("a", "counter", "b")] == [1, 1, 1]


def test_when_one_condition_fails_nothing_goes_in(store: Store) -> None:
    with pytest.raises(Conflict, match="not there"):
        commit(store, [_add("a"), _failing("b", "not there"), _plus_one()])
    assert [_n(store, name) for name in ("a", "b", "counter")] == [None, None, None]


@pytest.mark.parametrize("order", [("one", "two"), ("two", "one")])
def test_of_two_conditions_that_fail_the_first_in_the_bag_speaks(store: Store, order: tuple[str, str]) -> None:
    with pytest.raises(Conflict, match=order[0]):
        commit(store, [_plus_one(), *(_failing(name, name) for name in order)])


def test_a_conflict_ahead_of_the_first_failed_condition_means_ask_again(store: Store) -> None:
    flaky, client = _flaky(store, cancelled("TransactionConflict", "ConditionalCheckFailed"), [0, 1])
    commit(flaky, [_plus_one("a"), _plus_one("b")], pause=_no_pause)
    assert client.count == 3
    assert (_n(store, "a"), _n(store, "b")) == (1, 1)


def test_a_conflict_behind_the_first_failed_condition_changes_nothing_about_the_refusal(store: Store) -> None:
    flaky, client = _flaky(store, cancelled("ConditionalCheckFailed", "TransactionConflict"))
    with pytest.raises(Conflict, match="first"):
        commit(flaky, [_failing("a", "first"), _plus_one("b")], pause=_no_pause)
    assert client.count == 1


@pytest.mark.parametrize(
    "fault",
    [
        cancelled("None", "TransactionConflict"), cancelled("ThrottlingError", "None"),
        cancelled("ProvisionedThroughputExceeded", "None"), refused("ThrottlingException"),
        refused("RequestLimitExceeded"), refused("InternalServerError"), refused("ServiceUnavailable"),
        refused("TransactionInProgressException"), refused("ProvisionedThroughputExceededException"), no_connection(),
    ],
    ids=lambda fault: str(fault.error)[:60],
)  # fmt: skip
def test_what_may_pass_is_asked_again_and_the_deed_is_done_once(store: Store, fault: Fault) -> None:
    flaky, client = _flaky(store, fault, range(TRIES_MAX - 1))
    commit(flaky, [_plus_one(), _add("a")], pause=_no_pause)
    assert client.count == TRIES_MAX
    assert _n(store) == 1


@pytest.mark.parametrize("code", ["ValidationException", "AccessDeniedException", "ResourceNotFoundException"])
def test_a_mistake_of_ours_is_not_asked_again_and_stays_a_fault(store: Store, code: str) -> None:
    flaky, client = _flaky(store, refused(code))
    with pytest.raises(ClientError):
        commit(flaky, [_plus_one()], pause=_no_pause)
    assert client.count == 1


def test_a_cancellation_for_a_reason_nobody_expects_stays_a_fault(store: Store) -> None:
    flaky, _ = _flaky(store, cancelled("None", "ValidationError", "ConditionalCheckFailed"))
    with pytest.raises(ClientError):
        commit(flaky, [_plus_one("a"), _plus_one("b"), _failing("c", "c")], pause=_no_pause)


def test_a_lost_answer_is_asked_for_again_under_the_same_token_so_the_deed_is_done_once(store: Store) -> None:
    flaky, client = _flaky(store, lost_answer(), [0, 1, 2])
    commit(flaky, [_plus_one(), _add("a")], pause=_no_pause)
    assert client.count == 4
    assert _n(store) == 1


def test_two_commits_of_the_same_words_are_two_deeds(store: Store) -> None:
    for _ in range(2):
        commit(store, [_plus_one()])
    assert _n(store) == 2


def test_conflicts_that_do_not_end_are_busy_after_eight_tries_and_name_the_write_that_met_them(store: Store) -> None:
    flaky, client = _flaky(store, cancelled("None", "TransactionConflict"))
    writes = [_plus_one("a"), _plus_one("b")]
    with pytest.raises(Busy, match="Nothing was changed") as caught:
        commit(flaky, writes, pause=_no_pause)
    assert client.count == TRIES_MAX
    assert (caught.value.status, caught.value.retry_after_seconds) == (503, 1)
    assert caught.value.contended is writes[1]
    assert _n(store, "a") is None


@pytest.mark.parametrize(
    "fault", [lost_answer(), no_connection(), refused("InternalServerError")], ids=["after", "before", "500"]
)
def test_an_outage_that_does_not_end_promises_nothing_about_what_was_done(store: Store, fault: Fault) -> None:
    flaky, client = _flaky(store, fault)
    with pytest.raises(OutcomeUnknown, match="may or may not have been done") as caught:
        commit(flaky, [_plus_one()], pause=_no_pause)
    assert client.count == TRIES_MAX
    assert (caught.value.status, caught.value.retry_after_seconds) == (503, 1)
    assert _n(store) == (1 if fault.after else None)


def test_a_conflict_after_an_outage_says_that_nothing_was_changed_for_the_token_was_not_known(store: Store) -> None:
    conflict, outage = cancelled("TransactionConflict"), no_connection()
    client = FlakyClient(store.client, lambda _, index: outage if index < 3 else conflict)
    with pytest.raises(Busy):
        commit(Store(client, store.names), [_plus_one()], pause=_no_pause)  # type: ignore[arg-type]


def test_throttling_after_a_lost_answer_leaves_the_outcome_unknown(store: Store) -> None:
    lost, throttled = lost_answer(), refused("ThrottlingException")
    client = FlakyClient(store.client, lambda _, index: lost if index == 0 else throttled)
    with pytest.raises(OutcomeUnknown):
        commit(Store(client, store.names), [_plus_one()], pause=_no_pause)  # type: ignore[arg-type]
    assert _n(store) == 1


def test_pauses_double_up_to_a_limit_lie_between_the_tries_and_are_never_the_same_for_two_callers(store: Store) -> None:
    def pauses() -> list[float]:
        taken: list[float] = []
        with pytest.raises(Busy):
            commit(_flaky(store, cancelled("TransactionConflict"))[0], [_plus_one()], pause=taken.append)
        return taken

    several = [pauses() for _ in range(40)]
    assert {len(taken) for taken in several} == {TRIES_MAX - 1}
    for place, most in enumerate([0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 0.64]):
        longest = max(taken[place] for taken in several)
        assert most / 2 < longest <= most
    assert len({taken[-1] for taken in several}) > 1


def test_a_process_that_ends_before_the_commit_has_done_nothing_and_after_it_everything(store: Store) -> None:
    for fault, done in [(killed(), None), (killed(after=True), 1)]:
        with pytest.raises(Killed):
            commit(_flaky(store, fault)[0], [_plus_one(), _add("a")])
        assert (_n(store), _n(store, "a")) == (done, done)


@pytest.mark.parametrize(
    ("writes", "sentence"),
    [
        ([], "0 writes in one commit"),
        ([_plus_one(f"row-{n}") for n in range(WRITES_MAX + 1)], "101 writes in one commit"),
        ([_plus_one("a"), _plus_one("b"), _add("a")], "two writes on one row: things a / row"),
        ([_large(f"row-{n}") for n in range(11)], "bytes in one commit"),
    ],
    ids=["empty", "too many", "twice on one row", "too large"],
)  # fmt: skip
def test_a_bag_that_dynamodb_would_refuse_is_never_sent(store: Store, writes: list[Write], sentence: str) -> None:
    client = FlakyClient(store.client, never)
    with pytest.raises(BadCommit, match=sentence):
        commit(Store(client, store.names), writes)  # type: ignore[arg-type]
    assert client.count == 0


def test_one_key_in_two_tables_is_two_rows_and_a_hundred_writes_fit(store: Store) -> None:
    commit(store, [table.put(name, Key("same", "row"), {"n": 1}) for name in ("things", "others")])
    commit(store, [_plus_one(f"row-{n}") for n in range(WRITES_MAX)])
    assert _n(store, "row-99") == 1


# How long it takes ----------------------------------------------------------------------------------------------------


def test_no_send_begins_so_late_that_its_events_could_appear_behind_a_reader(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Events are read up to SETTLED ago (ruling 22): by then a commit is over, however slow its last send is."""
    passed = 0.0

    def pause(seconds: float) -> None:
        nonlocal passed
        passed += LAST_PAUSE_SECONDS

    monkeypatch.setattr(committing.time, "monotonic", lambda: passed)
    flaky, client = _flaky(store, no_connection())
    with pytest.raises(OutcomeUnknown):
        commit(flaky, [_plus_one()], pause=pause)
    assert passed - LAST_PAUSE_SECONDS < ALL_TRIES_SECONDS <= passed, "it gave up at the first moment past its time"
    assert client.count == 4
    one_call = aws.dynamodb().meta.config
    assert one_call.retries["total_max_attempts"] == 1
    assert ALL_TRIES_SECONDS + one_call.connect_timeout + one_call.read_timeout == LONGEST_SECONDS
    assert SETTLED.total_seconds() > LONGEST_SECONDS
