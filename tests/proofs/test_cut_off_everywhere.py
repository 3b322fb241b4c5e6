"""The rest of the crash matrix: what test_crashes.py compares in detail for some deeds is asked here of all of them.

Every route that changes anything dies at each of its calls to the store, and is then asked for once more under its key.
Every kind of entry dies at each call of its job, and its bell rings once more when its lease has ended.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import pytest

from chalicelib import jobs
from chalicelib.core.events import service as events
from tests import faults
from tests.faults import FlakyClient, Killed, never
from tests.harness import Agent, House
from tests.products.tasks.stages import Scene
from tests.proofs import order
from tests.proofs.bells import entry_of, give, lose_all
from tests.proofs.crash_points import READS, CrashPoint
from tests.proofs.crowd import patient
from tests.proofs.deeds import STEPS, Deed
from tests.proofs.stand_ins import Mind, MovableClock, Purse, outside
from tests.proofs.test_contention import ASKS, done, send, stage, told
from tests.proofs.test_crashes import settle, survive
from tests.proofs.test_double_delivery import TIMERS
from tests.proofs.test_office_delivery import ON_THE_BOARD
from tests.proofs.test_unheard import OTHERWISE
from tests.providers import live, notify

__all__ = ["stage"]  # A fixture: pytest finds it here by its name.

# Each of these is cut off by a test of its own, because it can be asked for once only, or has no store of its own.
BY_THEMSELVES = {
    "POST /api/v1/agents/register", "POST /api/v1/operator/register", "POST /api/v1/agents/deposit/usdc",
}  # fmt: skip
# The pairs wait for these one after the other: for the first and the last of them, what comes next must be over, or not
# have begun.
THEN_DAYS = {"task.lapse": 6, "job.overrun": 1, "job.extract_overdue": 1}
# Cut off at every call by tests/core/test_endpoints.py.
OF_ENDPOINTS = {"events.pump", "webhook.endpoint"}


def _points(calls: list[str]) -> Iterator[tuple[int, bool]]:
    """Where a process can die so that it matters: before each call, and after each one that writes."""
    for number, operation in enumerate(calls):
        yield number, False
        if operation not in READS:
            yield number, True


@pytest.mark.slow
@pytest.mark.parametrize("settings", [{"OPEN_ASSIGNMENTS_MAX": "100", "GIVE_BACKS_PER_DAY": "100"}])
@pytest.mark.parametrize("name", sorted(set(ASKS) - BY_THEMSELVES))
def test_a_deed_that_died_anywhere_is_done_by_asking_again(stage: Scene, name: str) -> None:
    house, plain = stage.house, stage.house.world.store.client
    learnt = FlakyClient(plain, never)
    first = ASKS[name](stage)
    assert told(send(stage, name, first, learnt, key="learn")) == done(name, first)
    _let_everybody_in(stage)
    for number, after in _points(learnt.calls):
        ask, key = ASKS[name](stage), f"{number}-{after}"
        with suppress(Killed):
            send(stage, name, ask, FlakyClient(plain, faults.nth(number, faults.killed(after=after))), key=key)
        again = patient(partial(send, stage, name, ask, plain, key=key))
        was_done = after and learnt.calls[number] == "transact_write_items"
        due = OTHERWISE.get(name, done(name, ask)) if was_done else done(name, ask)
        assert told(again) == due, (number, after, learnt.calls)
        _let_everybody_in(stage)
    lose_all(house)
    house.prove()


def _let_everybody_in(stage: Scene) -> None:
    stage.house.admin.do(f"/agents/{stage.agent.id}/unsuspend")
    stage.house.admin.do(f"/operators/{stage.operator.id}/unsuspend")


@pytest.fixture
def clock(house: House) -> Iterator[MovableClock]:
    """A house of stand-ins, and clocks that can be put ahead."""
    parts = outside(house)
    with house.living_in(**parts):
        yield parts["clock"]


@pytest.mark.slow
@pytest.mark.parametrize("name", TIMERS)
def test_a_timer_that_died_anywhere_comes_to_the_same_end(name: str, house: House, clock: MovableClock) -> None:
    timer = TIMERS[name]
    assert isinstance(house.world.judge, Mind)
    house.world.judge.confidence = timer.confidence
    rung = Deed(
        lambda pair: pair.ring(timer.queue, timer.kind), timer.before, timer.waits, order=timer.words, by_request=False,
        then_days=THEN_DAYS.get(timer.kind, 0),
    )  # fmt: skip
    settings = house.world.settings.model_copy(update={"dispute_days": 365} if timer.kind == "task.lapse" else {})
    with house.living_in(settings=settings):
        assert survive(house, clock, rung, thorough=False) > 0


@dataclass(frozen=True)
class Matter:
    """What an entry is about: its queue and id, and what must be so when all is done."""

    queue: str
    entry_id: str
    check: Callable[[], Any]


def _board(house: House, agent: Agent, thing: str) -> Matter:
    put_up, status, _, ended = ON_THE_BOARD[thing]
    things = [put_up(agent) for _ in range(2)]
    assert house.admin.do(f"/agents/{agent.id}/suspend").status == 200

    def check() -> None:
        house.admin.do(f"/agents/{agent.id}/unsuspend")
        assert {status(agent, one) for one in things} == {ended}

    return Matter("timers", f"{thing}.withdraw_all:{agent.id}", check)


def _reversal(house: House, agent: Agent) -> Matter:
    with live(house):
        words = {"amount_usd": 100, "payment_method": "card"}
        pay = agent.send("/agents/deposit", words).json["payment_id"]
        notify(house, pay)
        notify(house, pay, "CHARGEBACK")

    def check() -> None:
        rows = order.scan(house.world.store, "events")
        assert [row["type"] for row in rows if row["pk"] == agent.id].count("account.suspended") == 1
        assert agent.get("/agents/balance").json["code"] == "account_suspended"

    return Matter("timers", f"account.suspend:{agent.id}:{pay}", check)


def _payout(house: House, agent: Agent) -> Matter:
    """One whose payment was never answered."""
    clock = house.world.clock
    assert isinstance(clock, MovableClock)
    steps = ("post", "accept", "submit", "approve", "a week", "mature", "ask payout", "send payout")
    pair = Deed(STEPS["post"], steps).prepare(house, clock, agent)
    purse = house.world.rails["payoneer"]
    assert isinstance(purse, Purse)
    silent = replace(purse, fail=lambda *_: faults.lost_answer())
    with house.living_in(rails={**house.world.rails, "payoneer": silent}):
        pair.ring("courier", "payout.pay")
    clock.pass_time(minutes=20)
    ids = [row["pk"] for row in order.scan(house.world.store, "agenda") if row["kind"] == "payout.look"]
    (entry_id,) = (one for one in ids if pair.known["payout"] in one)

    def check() -> None:
        status = pair.operator.get(f"/operator/payout/status/{pair.known['payout']}").json["status"]
        assert (status, pair.operator.earnings()[1]) == ("completed", 0)

    return Matter("courier", entry_id, check)


def _proof(house: House, kind: str, agent: Agent) -> Matter:
    assert house.admin.do("/books/prove").status == 200
    if kind == "books.prove":
        give(house, "timers", entry_of(house, "books.prove_day"))
    shown = partial(house.admin.get, "/admin/books/proof")

    def check() -> None:
        assert (shown().json["state"], shown().json["problems"]) == ("proved", [])

    return Matter("timers", entry_of(house, kind), check)


MATTERS: dict[str, Callable[[House, Agent], Matter]] = {
    "task.withdraw_all": lambda house, agent: _board(house, agent, "task"),
    "job.withdraw_all": lambda house, agent: _board(house, agent, "job"),
    "account.suspend": _reversal,
    "payout.look": _payout,
    "books.prove_day": lambda house, agent: _proof(house, "books.prove_day", agent),
    "books.prove": lambda house, agent: _proof(house, "books.prove", agent),
}


def test_every_kind_of_entry_dies_here_or_beside_its_endpoints() -> None:
    assert {timer.kind for timer in TIMERS.values()} | set(MATTERS) | OF_ENDPOINTS == set(jobs.JOBS)
    assert events.DELIVER.name in {timer.kind for timer in TIMERS.values()}


@pytest.mark.slow
@pytest.mark.parametrize("kind", MATTERS)
def test_a_job_that_died_anywhere_is_done_in_the_end(kind: str, house: House, clock: MovableClock) -> None:
    learnt = CrashPoint()
    matter = _made(house, kind)
    _die(house, matter, learnt)
    settle(house, clock)
    matter.check()
    for number, after in _points(learnt.calls):
        matter = _made(house, kind)
        _die(house, matter, CrashPoint(number, "killed after" if after else "killed before"))
        settle(house, clock)
        matter.check()
    house.prove()


def _made(house: House, kind: str) -> Matter:
    matter = MATTERS[kind](house, house.agent(deposit=500))
    lose_all(house)
    return matter


def _die(house: House, matter: Matter, point: CrashPoint) -> None:
    client = FlakyClient(house.world.store.client, point)
    with house.living_in(store=replace(house.world.store, client=client)), suppress(Killed):
        give(house, matter.queue, matter.entry_id)
