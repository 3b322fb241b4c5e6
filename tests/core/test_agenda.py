"""The agenda: nothing is forgotten, and nothing is done twice."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from chalicelib.core.agenda import service as agenda
from chalicelib.core.agenda import store as rows
from chalicelib.core.agenda.model import COURIER, Entry
from chalicelib.core.world import World
from chalicelib.kit import table
from chalicelib.kit.commit import commit
from chalicelib.kit.queue import Bell
from chalicelib.kit.table import Key, Write
from tests.core.on_the_agenda import CALL, THING, entry, finish, is_gone, put, sweep
from tests.core.stand_ins import Hands, Worker


def test_what_is_due_later_is_quiet_until_then_and_is_rung_by_the_first_sweep_behind_it(
    world: World, hands: Hands
) -> None:
    assert put(world, due=hands.now() + timedelta(hours=1)) == ()
    assert sweep(world) == []
    hands.pass_by(minutes=59, seconds=59)
    assert sweep(world) == []
    hands.pass_by(seconds=1)
    assert sweep(world) == ['{"entry": "thing.do:s1"}']
    found = entry(world)
    assert found.attempts == 1


def test_what_is_due_now_is_rung_by_the_commit_itself_and_that_counts_as_the_first_try(world: World) -> None:
    assert put(world) == (Bell("timers", '{"entry": "thing.do:s1"}'),)
    found = entry(world)
    assert (found.attempts, found.due_at - world.now()) == (1, timedelta(minutes=1))


def test_a_bell_that_was_lost_is_made_up_for_by_a_sweep_a_minute_later(world: World, hands: Hands) -> None:
    put(world)
    assert sweep(world) == []
    hands.pass_by(minutes=1)
    assert sweep(world) == ['{"entry": "thing.do:s1"}']
    assert sweep(world) == []


def test_a_bell_before_its_time_finds_nothing_to_do_yet(world: World, hands: Hands) -> None:
    worker = Worker(finish)
    put(world, due=hands.now() + timedelta(hours=1))
    agenda.work(world, {"thing.do": worker}, "thing.do:s1")
    assert worker.worked == []
    hands.pass_by(hours=1)
    agenda.work(world, {"thing.do": worker}, "thing.do:s1")
    assert len(worker.worked) == 1


def test_an_entry_is_done_with_its_effect_and_a_second_bell_finds_nothing(world: World) -> None:
    def effect(world: World, entry: Entry) -> list[Write]:
        return [table.update("tasks", Key("counter", "row"), plus={"n": 1})]

    put(world)
    for _ in range(3):
        assert agenda.work(world, {"thing.do": effect}, "thing.do:s1") == ()
    assert world.store.get("tasks", Key("counter", "row")) == {"pk": "counter", "sk": "row", "n": 1}
    assert is_gone(world)


def test_of_two_consumers_at_one_entry_the_slower_ones_effect_is_undone_whole(world: World) -> None:
    def slower(world: World, entry: Entry) -> list[Write]:
        agenda.work(world, {"thing.do": Worker(finish)}, entry.id)
        return [table.update("tasks", Key("counter", "row"), plus={"n": 1})]

    put(world)
    assert agenda.work(world, {"thing.do": slower}, "thing.do:s1") == ()
    assert world.store.get("tasks", Key("counter", "row")) is None


def test_two_sweeps_at_once_take_each_entry_once(world: World, hands: Hands) -> None:
    for number in range(40):
        put(world, subject=f"s{number}", due=hands.now() + timedelta(seconds=1))
    hands.pass_by(seconds=1)
    with ThreadPoolExecutor(4) as pool:
        rung = [message for messages in pool.map(lambda _: sweep(world), range(4)) for message in messages]
    assert sorted(rung) == sorted(f'{{"entry": "thing.do:s{number}"}}' for number in range(40))


def test_a_sweep_that_comes_second_to_an_entry_it_has_read_leaves_it(world: World, hands: Hands) -> None:
    put(world)
    hands.pass_by(minutes=1)
    (seen,) = rows.due(world.store, hands.now(), 10)
    assert rows.take(world.store, seen, hands.now() + timedelta(minutes=1))
    assert not rows.take(world.store, seen, hands.now() + timedelta(minutes=1))
    assert not rows.bury(world.store, "thing.do:s1", "late", due_at=seen["due_at"])
    found = entry(world)
    assert (found.attempts, found.dead) == (2, False)


def test_a_sweep_finds_what_is_due_in_every_shard_and_takes_no_more_than_its_limit(world: World, hands: Hands) -> None:
    for number in range(60):
        put(world, subject=f"s{number}", due=hands.now() + timedelta(seconds=1))
    put(world, subject="later", due=hands.now() + timedelta(days=1))
    hands.pass_by(seconds=1)
    found = list(rows.due(world.store, hands.now(), 1_000))
    assert {item["pk"] for item in found} == {f"thing.do:s{number}" for number in range(60)}
    assert len({item["shard"] for item in found}) > 8
    assert len(list(rows.due(world.store, hands.now(), 7))) == 7


# Leases ------------------------------------------------------------------------------------------------------------


def test_while_one_consumer_calls_outside_a_second_one_stays_away(world: World) -> None:
    second = Worker(finish)

    def first(world: World, entry: Entry) -> list[Write]:
        agenda.work(world, {"thing.call": second}, entry.id)
        return finish(world, entry)

    put(world, CALL)
    agenda.work(world, {"thing.call": first}, "thing.call:s1")
    assert second.worked == []
    assert is_gone(world, "thing.call:s1")


def test_a_try_that_failed_lets_go_of_its_lease_and_keeps_the_reason(world: World) -> None:
    def refused(world: World, entry: Entry) -> list[Write]:
        raise agenda.TryLater("HTTP 500")

    worker = Worker(refused)
    put(world, CALL)
    for _ in range(2):
        agenda.work(world, {"thing.call": worker}, "thing.call:s1")
    assert len(worker.worked) == 2
    row = world.store.get(rows.TABLE, rows.row("thing.call:s1"))
    assert row is not None
    assert row["why"] == "HTTP 500"
    assert "leased_until" not in row


def test_the_lease_of_a_consumer_that_was_killed_ends_by_itself_on_the_wall(world: World, hands: Hands) -> None:
    def killed(world: World, entry: Entry) -> list[Write]:
        raise LookupError("the process was killed here")

    worker = Worker(finish)
    put(world, CALL)
    with pytest.raises(LookupError):
        agenda.work(world, {"thing.call": killed}, "thing.call:s1")
    hands.business += timedelta(days=1)
    hands.on_the_wall += timedelta(seconds=COURIER.lease_seconds - 1)
    agenda.work(world, {"thing.call": worker}, "thing.call:s1")
    assert worker.worked == []
    hands.on_the_wall += timedelta(seconds=1)
    agenda.work(world, {"thing.call": worker}, "thing.call:s1")
    assert len(worker.worked) == 1


def test_work_that_calls_nobody_needs_no_lease(world: World) -> None:
    def refused(world: World, entry: Entry) -> list[Write]:
        raise agenda.TryLater("not yet")

    worker = Worker(refused)
    put(world)
    for _ in range(2):
        agenda.work(world, {"thing.do": worker}, "thing.do:s1")
    assert len(worker.worked) == 2


def test_putting_back_an_entry_that_is_gone_makes_no_new_row(world: World) -> None:
    def late(world: World, entry: Entry) -> list[Write]:
        commit(world.store, [rows.remove(entry)])
        raise agenda.TryLater("too late")

    put(world, CALL)
    agenda.work(world, {"thing.call": late}, "thing.call:s1")
    assert is_gone(world, "thing.call:s1")


def test_entries_of_one_kind_and_subject_are_told_apart_and_keep_what_the_job_needs(world: World) -> None:
    for which in ("1", "2"):
        data = {"url": "https://x", "n": int(which)}
        commit(world.store, [agenda.at(THING, "s1", world.now(), world.now(), which=which, data=data)])
    entries = [entry(world, f"thing.do:s1:{which}") for which in ("1", "2")]
    assert [(one.subject, dict(one.data)) for one in entries] == [
        ("s1", {"url": "https://x", "n": 1}), ("s1", {"url": "https://x", "n": 2})
    ]  # fmt: skip
