"""The Idempotency-Key: a deed is done once, and its first answer is given again."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from chalicelib.kit import once, table
from chalicelib.kit.conditions import Attr
from chalicelib.kit.errors import Busy, Conflict, NotFound, OutcomeUnknown, Refusal
from chalicelib.kit.once import Claim, InProgress, KeyReused, Outcome, SecretAlreadyShown
from chalicelib.kit.queue import Bell
from chalicelib.kit.store import Store
from chalicelib.kit.table import Key, Write
from chalicelib.kit.words import AmountOut, Words
from tests.faults import Fault, FlakyClient, cancelled, lost_answer, never, nth_of

NOW = datetime(2026, 2, 10, 12, tzinfo=UTC)
CLAIM = Claim("agent_1", "key-1", once.fingerprint("POST", "/tasks", "{}", '{"title":"x"}'), NOW)
COUNTER = Key("counter", "row")


class Made(Words):
    """An answer with a number that differs from one deed to the next."""

    number: int
    amount: AmountOut = 396_000


def _plus_one(most: int = 100) -> Write:
    """The deed. It is refused when the counter is at its most."""
    room = Attr("n").not_exists() | Attr("n").lt(most)
    bell = Bell("timers", "ring")
    return replace(table.update("things", COUNTER, plus={"n": 1}, where=room, refusal=Conflict("full")), bell=bell)


def _do(store: Store, number: int, claim: Claim | None = CLAIM, most: int = 100) -> Outcome:
    return once.commit(store, claim, [_plus_one(most)], Made(number=number))


def _done(store: Store) -> int:
    row = store.get("things", COUNTER)
    return int(row["n"]) if row else 0


def _flaky(store: Store, fault: Fault) -> tuple[Store, FlakyClient]:
    client = FlakyClient(store.client, nth_of(range(99), fault, operation="transact_write_items"))
    return Store(client, store.names), client  # type: ignore[arg-type]


def _raising(refusal: Refusal) -> Callable[[], Outcome]:
    def verb() -> Outcome:
        raise refusal

    return verb


def test_the_same_request_again_gets_the_first_answer_byte_for_byte_and_nothing_is_done(store: Store) -> None:
    first, again = _do(store, 1), _do(store, 2)
    assert (first.answer, first.replayed, len(first.bells)) == ('{"number":1,"amount":0.396}', False, 1)
    assert (again.answer, again.replayed, again.bells) == (first.answer, True, ())
    assert _done(store) == 1


def test_without_a_key_the_same_request_is_another_deed(store: Store) -> None:
    assert [_do(store, number, claim=None).replayed for number in (1, 2)] == [False, False]
    assert _done(store) == 2


def test_a_key_with_other_words_is_refused_and_nothing_is_done(store: Store) -> None:
    _do(store, 1)
    with pytest.raises(KeyReused) as caught:
        _do(store, 2, replace(CLAIM, fingerprint="other"))
    assert (caught.value.status, caught.value.code) == (409, "key_reused")
    assert _done(store) == 1


def test_the_key_of_one_caller_is_nothing_to_another(store: Store) -> None:
    _do(store, 1)
    assert not _do(store, 2, replace(CLAIM, caller="agent_2")).replayed
    assert _done(store) == 2


def test_a_repeat_is_answered_as_a_repeat_even_if_the_deed_would_be_refused_by_now(store: Store) -> None:
    _do(store, 1, most=1)
    again = _do(store, 2, most=1)
    assert (again.replayed, again.answer) == (True, '{"number":1,"amount":0.396}')


def test_a_refusal_is_not_kept_so_the_key_is_free_for_the_next_try(store: Store) -> None:
    _do(store, 1, claim=None)
    with pytest.raises(Conflict, match="full"):
        _do(store, 2, most=1)
    assert store.get(once.TABLE, CLAIM.row) is None
    assert _do(store, 3).answer == '{"number":3,"amount":0.396}'
    assert _done(store) == 2


@pytest.mark.parametrize(
    ("later", "replayed"),
    [(timedelta(0), True), (timedelta(hours=47, minutes=59, seconds=59), True), (timedelta(hours=48), False)],
)
def test_an_answer_is_kept_for_48_hours_of_wall_time_and_then_the_key_is_free(
    store: Store, later: timedelta, replayed: bool
) -> None:
    _do(store, 1)
    assert _do(store, 2, replace(CLAIM, wall=NOW + later)).replayed is replayed
    assert _done(store) == (1 if replayed else 2)


def test_an_expired_claim_is_free_for_other_words_too_although_its_row_still_lies_there(store: Store) -> None:
    _do(store, 1)
    assert store.get(once.TABLE, CLAIM.row) is not None
    other = replace(CLAIM, fingerprint="other", wall=NOW + timedelta(hours=48))
    assert _do(store, 2, other).answer == '{"number":2,"amount":0.396}'


def test_a_conflict_that_stays_on_the_claim_is_in_progress_and_nothing_is_done(store: Store) -> None:
    flaky, _ = _flaky(store, cancelled("TransactionConflict", "None"))
    with pytest.raises(InProgress) as caught:
        _do(flaky, 1)
    assert (caught.value.status, caught.value.code, caught.value.retry_after_seconds) == (409, "in_progress", 1)
    assert _done(store) == 0


def test_a_conflict_that_stays_on_another_row_is_busy(store: Store) -> None:
    flaky, _ = _flaky(store, cancelled("None", "TransactionConflict"))
    with pytest.raises(Busy):
        _do(flaky, 1)


def test_the_row_of_a_claim_shows_neither_the_key_nor_the_words(store: Store) -> None:
    _do(store, 1, replace(CLAIM, key="my-secret-key"))
    assert "my-secret-key" not in replace(CLAIM, key="my-secret-key").row.pk
    (item,) = store.client.scan(TableName=store.names[once.TABLE])["Items"]
    assert "my-secret-key" not in repr(item)
    assert '{"title"' not in repr(item)


def test_any_part_of_a_request_that_differs_makes_another_fingerprint() -> None:
    parts = ("POST", "/tasks", "{}", "{}")
    others = [
        ("GET", *parts[1:]),
        ("POST", "/other", "{}", "{}"),
        ("POST", "/tasks", '{"id":1}', "{}"),
        (*parts[:3], ""),
    ]
    assert len({once.fingerprint(*one) for one in [parts, *others]}) == 5


# Before a refusal leaves --------------------------------------------------------------------------------------------


def test_before_a_refusal_leaves_the_first_answer_is_looked_up_and_given_instead(store: Store) -> None:
    first = _do(store, 1)
    again = once.answered(store, CLAIM, _raising(NotFound("the task has moved on")))
    assert (again.answer, again.replayed, again.bells) == (first.answer, True, ())


def test_a_refusal_leaves_when_the_request_was_never_answered(store: Store) -> None:
    for claim in (None, CLAIM):
        with pytest.raises(NotFound, match="no such task"):
            once.answered(store, claim, _raising(NotFound("no such task")))


def test_a_refusal_leaves_when_the_first_answer_is_too_old_to_be_kept(store: Store) -> None:
    _do(store, 1)
    with pytest.raises(NotFound):
        once.answered(store, replace(CLAIM, wall=NOW + timedelta(hours=48)), _raising(NotFound("no such task")))


def test_a_refusal_of_other_words_under_the_same_key_is_key_reused(store: Store) -> None:
    _do(store, 1)
    with pytest.raises(KeyReused):
        once.answered(store, replace(CLAIM, fingerprint="other"), _raising(NotFound("no such task")))


@pytest.mark.parametrize("refusal", [KeyReused(), InProgress(), SecretAlreadyShown()], ids=lambda one: one.code)
def test_a_refusal_of_the_key_itself_leaves_without_another_look(store: Store, refusal: Refusal) -> None:
    _do(store, 1)
    client = FlakyClient(store.client, never)
    with pytest.raises(type(refusal)):
        once.answered(Store(client, store.names), CLAIM, _raising(refusal))  # type: ignore[arg-type]
    assert client.count == 0


def test_an_answer_that_was_lost_on_the_way_is_found_before_an_unknown_outcome_leaves(store: Store) -> None:
    flaky, _ = _flaky(store, lost_answer())
    found = once.answered(flaky, CLAIM, lambda: _do(flaky, 1))
    assert (found.replayed, found.answer) == (True, '{"number":1,"amount":0.396}')
    assert _done(store) == 1


def test_without_a_key_an_unknown_outcome_stays_unknown(store: Store) -> None:
    flaky, _ = _flaky(store, lost_answer())
    with pytest.raises(OutcomeUnknown):
        once.answered(flaky, None, lambda: _do(flaky, 1, claim=None))


def test_an_answer_is_finished_on_the_way_out_and_stays_exact_to_the_digit() -> None:
    class Signed(Words):
        amount: Decimal
        url: str

    outcome = Outcome('{"amount":0.1000000000000000055511151231257827}', bells=(Bell("timers", "x"),))
    finished = outcome.revised(lambda kept: Signed(**kept, url="https://signed"))
    assert finished.answer == '{"amount":0.1000000000000000055511151231257827,"url":"https://signed"}'
    assert finished.bells == outcome.bells
