"""What never succeeds is tried as often as its temper says, and ends before a person; what is over is dropped."""

from datetime import timedelta

import pytest

from chalicelib.core.agenda import service as agenda
from chalicelib.core.agenda import store as rows
from chalicelib.core.agenda.model import COURIER, JUDGE, TEMPERS, TIMERS, Entry, Kind, Temper
from chalicelib.core.world import World
from chalicelib.kit.commit import commit
from chalicelib.kit.errors import Busy, Conflict
from chalicelib.kit.lifecycle import WrongState
from chalicelib.kit.table import Write
from chalicelib.products.qa import rules
from tests.core.on_the_agenda import entry, finish, is_gone, put, sweep
from tests.core.stand_ins import Bells, Hands, Worker
from tests.listening import listening


@pytest.mark.parametrize("temper", [TIMERS, COURIER, JUDGE], ids=lambda temper: temper.queue)
def test_what_never_succeeds_is_tried_as_often_as_its_temper_says_and_then_buried(
    world: World, hands: Hands, temper: Temper
) -> None:
    put(world, Kind("thing.do", temper))
    rings, pauses, last = 1, [], hands.now()
    with listening() as lines:
        for _ in range(temper.tries):
            hands.business = entry(world).due_at
            if sweep(world):
                rings += 1
                pauses.append((hands.now() - last).total_seconds())
                last = hands.now()
    assert rings == temper.tries
    expected = [temper.pause_seconds(attempt) for attempt in range(1, temper.tries)]
    assert pauses[0] == expected[0]
    assert all(least <= pause <= least * 1.25 for least, pause in zip(expected, pauses, strict=True))
    found = entry(world)
    assert found.dead
    assert [(line["level"], line["event"], line["entry"], line["kind"]) for line in lines] == [
        ("warning", "agenda.dead", "thing.do:s1", "thing.do")
    ]


@pytest.mark.parametrize("temper", TEMPERS.values(), ids=lambda temper: temper.queue)
def test_no_try_is_begun_while_an_earlier_one_may_still_be_under_way(temper: Temper) -> None:
    assert min(temper.pauses_seconds) >= temper.lease_seconds


def test_a_reader_has_had_all_its_tries_when_a_job_is_given_up() -> None:
    """Each pause may be a quarter longer, and a minute may pass before the sweeper sees that it is over."""
    pauses = [JUDGE.pause_seconds(attempt) * 1.25 + 60 for attempt in range(1, JUDGE.tries)]
    assert sum(pauses) + JUDGE.lease_seconds < rules.EXTRACTION_OVERDUE.total_seconds()


def test_webhooks_are_tried_for_about_three_days() -> None:
    pauses = [COURIER.pause_seconds(attempt) for attempt in range(1, COURIER.tries)]
    assert timedelta(days=2.5) < timedelta(seconds=sum(pauses)) < timedelta(days=3.5)
    assert pauses == sorted(pauses)


def test_a_dead_entry_is_in_the_index_of_the_dead_and_in_no_other_and_no_bell_wakes_it(
    world: World, hands: Hands
) -> None:
    put(world)
    assert rows.bury(world.store, "thing.do:s1", "a person shall look")
    hands.pass_by(days=365)
    assert list(rows.due(world.store, hands.now(), 10)) == []
    assert [entry.id for entry in rows.dead(world.store, 10)] == ["thing.do:s1"]
    worker = Worker(finish)
    agenda.work(world, {"thing.do": worker}, "thing.do:s1")
    assert worker.worked == []
    assert not rows.bury(world.store, "thing.do:s1", "again")


def test_an_entry_of_a_kind_nobody_knows_is_dead_and_not_done(world: World) -> None:
    put(world)
    with listening() as lines:
        agenda.work(world, {}, "thing.do:s1")
    assert [(line["event"], line["why"]) for line in lines] == [("agenda.dead", "nobody knows the kind thing.do")]
    assert [entry.id for entry in rows.dead(world.store, 10)] == ["thing.do:s1"]


def test_an_entry_whose_subject_is_missing_is_dead_and_not_done(world: World) -> None:
    def orphan(world: World, entry: Entry) -> list[Write]:
        raise agenda.Orphan("there is no thing s1")

    put(world)
    with listening() as lines:
        agenda.work(world, {"thing.do": orphan}, "thing.do:s1")
    assert [(line["event"], line["why"]) for line in lines] == [("agenda.dead", "there is no thing s1")]
    assert [entry.id for entry in rows.dead(world.store, 10)] == ["thing.do:s1"]


def test_a_timer_that_the_lifecycle_refuses_by_now_is_dropped_and_is_no_fault(world: World) -> None:
    def late(world: World, entry: Entry) -> list[Write]:
        raise WrongState("thing", "expire", "done", ["open"])

    put(world)
    with listening() as lines:
        agenda.work(world, {"thing.do": late}, "thing.do:s1")
    assert [(line["level"], line["event"], line["code"]) for line in lines] == [
        ("info", "agenda.refused", "wrong_state")
    ]
    assert is_gone(world)
    assert rows.dead(world.store, 10) == []


@pytest.mark.parametrize("trouble", [Busy(), LookupError("a mistake of ours")], ids=["wait", "fault"])
def test_a_wait_or_a_fault_leaves_the_entry_for_its_next_try(world: World, hands: Hands, trouble: Exception) -> None:
    def failing(world: World, entry: Entry) -> list[Write]:
        raise trouble

    put(world)
    with pytest.raises(type(trouble)):
        agenda.work(world, {"thing.do": failing}, "thing.do:s1")
    hands.pass_by(minutes=1)
    assert sweep(world) == ['{"entry": "thing.do:s1"}']


def test_a_refusal_for_an_entry_that_somebody_else_finished_meanwhile_is_no_trouble(world: World) -> None:
    def beaten(world: World, entry: Entry) -> list[Write]:
        commit(world.store, [rows.remove(entry)])
        raise Conflict("somebody was faster")

    put(world)
    assert agenda.work(world, {"thing.do": beaten}, "thing.do:s1") == ()


def test_an_entry_that_was_finished_while_it_was_found_to_be_an_orphan_is_not_mourned(world: World) -> None:
    def orphan(world: World, entry: Entry) -> list[Write]:
        commit(world.store, [rows.remove(entry)])
        raise agenda.Orphan("there is no thing s1")

    put(world)
    with listening() as lines:
        agenda.work(world, {"thing.do": orphan}, "thing.do:s1")
    assert lines == []
    assert is_gone(world)


def test_of_two_sweeps_at_the_last_try_one_buries_and_mourns(world: World, hands: Hands) -> None:
    put(world)
    assert world.store.update(rows.TABLE, rows.row("thing.do:s1"), put={"attempts": TIMERS.tries})
    hands.pass_by(minutes=1)
    (seen,) = rows.due(world.store, hands.now(), 10)
    with listening() as lines:
        assert agenda.sweep(world, Bells()).buried == 1
        assert not rows.bury(world.store, "thing.do:s1", "too late", due_at=seen["due_at"])
        assert agenda.sweep(world, Bells()).buried == 0
    assert [line["event"] for line in lines] == ["agenda.dead"]


@pytest.mark.parametrize("ended", ["let go", "buried and run again", "killed"])
def test_who_asks_outside_knows_whether_anybody_has_begun_before(world: World, hands: Hands, ended: str) -> None:
    """Not by the number of tries: a bell that comes twice is no further try, and a person's rerun is a first one."""

    def fail(world: World, entry: Entry) -> list[Write]:
        raise agenda.TryLater("nobody is there")

    put(world, Kind("thing.do", COURIER))
    worker = Worker(fail)
    agenda.work(world, {"thing.do": worker}, "thing.do:s1")
    if ended == "killed":
        rows.lease(world.store, entry(world), world.wall_seconds())
        hands.pass_by(seconds=COURIER.lease_seconds)
    if ended == "buried and run again":
        assert rows.bury(world.store, "thing.do:s1", "a person shall look")
        commit(world.store, [agenda.rerun(world, entry(world))])
    agenda.work(world, {"thing.do": worker}, "thing.do:s1")
    assert [(one.attempts, one.tried) for one in worker.worked] == [(1, False), (1, True)]
