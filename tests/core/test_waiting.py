"""Waiting: how often it looks, when it ends, and how many an account may have at once."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import repeat
from typing import Any

import pytest

from chalicelib.core import waiting
from chalicelib.core.waiting import Look, TooManyWaits, Wait
from chalicelib.core.world import World
from chalicelib.kit import once
from chalicelib.kit.clock import Patience
from chalicelib.kit.errors import Busy, PaymentRequired
from chalicelib.kit.once import Claim, Outcome
from chalicelib.kit.words import Words
from tests.core.slots import held
from tests.doors.strangers import StillClock
from tests.harness import House


class Stand(Words):
    """How a thing stands."""

    looks: int


@dataclass
class Thing:
    """Something that is done after so many looks, in time that passes only in sleep."""

    done_at: int = 1_000
    looks: int = 0
    slept: list[float] = field(default_factory=list)
    faults: list[Exception] = field(default_factory=list)

    def look(self, world: World) -> Look:
        self.looks += 1
        if self.faults and self.looks > 1:
            raise self.faults.pop()
        return Look(Stand(looks=self.looks), self.looks >= self.done_at, "It goes on.")

    @property
    def patience(self) -> Patience:
        return Patience(sleep=self.slept.append, elapsed=lambda: sum(self.slept))

    def watched(self, house: House, seconds: float, pauses: Iterator[float] | None = None, tell: Any = None) -> Look:
        world, wait = replace(house.world, patience=self.patience), Wait(self.look, seconds)
        first = self.look(world)
        more = {"tell": tell} if tell else {}
        return waiting.watch(world, wait, first, seconds, pauses or waiting.growing(self.patience), **more)


def test_pauses_grow_from_one_second_to_five(house: House) -> None:
    thing = Thing(done_at=9)
    assert thing.watched(house, 600).is_done
    assert thing.slept == [1, 1.5, 2.25, 3.375, 5, 5, 5, 5]


@pytest.mark.parametrize("seconds", [0.5, 1, 2, 3.2, 7, 25, 59, 600])
def test_a_wait_ends_when_it_is_over_with_a_last_look_and_never_hurries(house: House, seconds: float) -> None:
    thing = Thing()
    assert not thing.watched(house, seconds).is_done
    assert sum(thing.slept) == pytest.approx(seconds)
    assert min(thing.slept) >= min(seconds, 1)
    assert thing.looks == len(thing.slept) + 1


def test_what_is_done_or_has_no_time_is_looked_at_once(house: House) -> None:
    for thing, seconds in ((Thing(done_at=1), 600), (Thing(), 0), (Thing(), -1)):
        thing.watched(house, seconds)
        assert (thing.looks, thing.slept) == (1, [])


def test_before_every_pause_somebody_may_be_told(house: House) -> None:
    told: list[tuple[Any, ...]] = []
    Thing().watched(house, 12, repeat(5), lambda *words: told.append(words))
    assert told == [(0, 12, "It goes on."), (5, 12, "It goes on."), (10, 12, "It goes on.")]


def test_a_look_that_finds_no_answer_for_now_is_not_the_end(house: House) -> None:
    thing = Thing(done_at=5, faults=[Busy(), Busy()])
    assert thing.watched(house, 600).is_done
    broken = Thing(faults=[ZeroDivisionError()])
    with pytest.raises(ZeroDivisionError):
        broken.watched(house, 600)


# Slots ----------------------------------------------------------------------------------------------------------------


def test_an_account_has_five_slots_and_each_comes_back(house: House) -> None:
    with held(house.world, "agent_1", waiting.SLOTS) as slots:
        with pytest.raises(TooManyWaits) as refused, waiting.slot(house.world, "agent_1", 1):
            pass
        assert refused.value.retry_after_seconds == waiting.RETRY_SECONDS
        with waiting.slot(house.world, "agent_2", 1), waiting.slot(house.world, "agent_1", 0):
            pass
        slots.close()
        with held(house.world, "agent_1", waiting.SLOTS):
            pass


def test_a_slot_is_given_back_by_a_wait_that_goes_wrong(house: House) -> None:
    for _ in range(waiting.SLOTS + 1):
        with pytest.raises(ZeroDivisionError), waiting.slot(house.world, "agent_1", 60):
            raise ZeroDivisionError


def test_the_slot_of_a_container_that_died_comes_free_by_itself(house: House) -> None:
    clock = StillClock()
    world = replace(house.world, clock=clock)
    with held(world, "agent_1", waiting.SLOTS, seconds=60) as dead:
        clock.wait(seconds=60 + waiting.SLOT_GRACE_SECONDS - 1)
        with pytest.raises(TooManyWaits), waiting.slot(world, "agent_1", 1):
            pass
        clock.wait(seconds=1)
        with held(world, "agent_1", waiting.SLOTS):
            dead.close()
            with pytest.raises(TooManyWaits), waiting.slot(world, "agent_1", 1):
                pass


# After a deed ---------------------------------------------------------------------------------------------------------


def _claim(house: House) -> Claim:
    return Claim("agent_1", "key", "the same words", house.world.wall())


def _wait(outcome: Outcome) -> Wait:
    return Wait(Thing().look, 600)


def test_a_repeat_waits_for_the_same_thing_even_when_it_would_be_refused_by_now(house: House) -> None:
    world, claim = house.world, _claim(house)
    first = waiting.after(world, claim, lambda: once.commit(world.store, claim, [], Stand(looks=7)), _wait)

    def refused() -> Outcome:
        raise PaymentRequired("Too poor by now.")

    again = waiting.after(world, claim, refused, _wait)
    assert first.outcome == Outcome('{"looks":7}')
    assert again.outcome == Outcome('{"looks":7}', replayed=True)
    with pytest.raises(PaymentRequired):
        waiting.after(world, None, refused, _wait)
