"""Bells that ring twice, too early, too late, in any order, or when everything is over: the end is the same.

A queue delivers at least once and in no order, the sweeper may ring beside it, and machines' clocks differ. So a bell
is only ever a reason to look.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from chalicelib import jobs
from chalicelib.core.events import service as events
from tests.harness import House, Reply
from tests.listening import listening
from tests.proofs import order, outcome
from tests.proofs.bells import give
from tests.proofs.deeds import (
    CLAIMED,
    CONFIRMED,
    DISPUTED_JOB,
    FORM,
    HOOK,
    ISSUES,
    OFFERED,
    STEPS,
    TESTED,
    TESTED_FOR_ISSUES,
    TIER_2,
    WINDOW,
    Deed,
)
from tests.proofs.pairs import Pair
from tests.proofs.stand_ins import Mailbox, Mind, MovableClock, outside
from tests.proofs.test_office_delivery import OF_THE_BACKOFFICE

_HANDED_IN = ("post", "accept", "submit")
_SEALED = ("post", "accept", "submit credential", "approve")
_JUDGED = (*_HANDED_IN, "judge")
_ASKED = (*_HANDED_IN, "approve", "a week", "mature", "ask payout")


@dataclass(frozen=True)
class Timer:
    """One kind of entry: how a pair comes to have one, when it is due, and what may end the matter before that."""

    kind: str
    queue: str
    before: tuple[str, ...]
    ended_by: str | None
    waits: dict[str, float] = field(default_factory=dict)
    words: dict[str, Any] = field(default_factory=dict)
    confidence: int = 95

    def ring(self, pair: Pair, times: int = 1) -> None:
        """Ring; every bell must be taken, whether or not there is anything to do."""
        assert pair.ring(self.queue, self.kind, times) == []


TIMERS = {
    "unaccepted work expires": Timer("task.expire", "timers", ("post",), "cancel", {"days": 5.01}),
    "accepted work expires": Timer("task.expire", "timers", ("post", "accept"), "cancel", {"days": 5.1}),
    "the guardian looks": Timer("task.judge", "judge", _HANDED_IN, "approve", words=HOOK | WINDOW),
    "the guardian is late": Timer("task.judge_overdue", "timers", _HANDED_IN, "approve", {"minutes": 30.1}, HOOK),
    "verified work completes": Timer("task.complete", "timers", _JUDGED, "reject", {"hours": 1.01}, WINDOW),
    "a review lapses": Timer("task.lapse", "timers", _JUDGED, "approve", {"hours": 72.1}, confidence=70),
    "a hold ends": Timer("task.mature", "timers", (*_HANDED_IN, "approve"), None, {"days": 7.01}),
    "a credential is forgotten": Timer("task.forget_credential", "timers", _SEALED, None, {"days": 30.1}, TIER_2),
    "a dispute ends": Timer("task.resolve", "timers", (*_JUDGED, "reject"), "release", {"days": 14.01}, WINDOW),
    "a payout is sent": Timer("payout.send", "timers", _ASKED, None),
    "a payout is paid": Timer("payout.pay", "courier", (*_ASKED, "send payout"), None),
    "a webhook is delivered": Timer("webhook.deliver", "courier", _JUDGED, "approve", words=HOOK | WINDOW),
    "a job is announced": Timer("job.announce", "timers", ("order job",), None),
    "an unannounced job expires": Timer("job.expire", "timers", ("order job",), None, {"hours": 2.01}),
    "an unclaimed job expires": Timer("job.expire", "timers", OFFERED, "claim", {"hours": 2.01}),
    "a test is overrun": Timer("job.overrun", "timers", CLAIMED, "hand in job", {"minutes": 10.1}),
    "a longer test is overrun": Timer("job.overrun", "timers", (*CLAIMED, "extend"), "leave job", {"minutes": 12.1}),
    "the reader reads": Timer("job.extract", "judge", TESTED, None, words=FORM),
    "the reader is late": Timer("job.extract_overdue", "timers", TESTED, "extract", {"minutes": 30.1}, FORM),
    "a job's hold ends": Timer("job.mature", "timers", (*TESTED, "extract"), None, {"days": 7.01}),
    "a job's dispute ends": Timer("job.resolve", "timers", DISPUTED_JOB, "refund job", {"days": 14.01}),
    "testers are told": Timer("job.tell_slack", "courier", OFFERED, "claim"),
    "an issue is opened": Timer("job.open_issue", "courier", (*TESTED_FOR_ISSUES, "extract"), None, words=ISSUES),
}
# Rung twice elsewhere: beside the providers and notices that lead to them, or, since they need an endpoint and no task,
# in tests/core/test_endpoints.py.
ELSEWHERE = {"events.pump", "webhook.endpoint", "payout.look", "account.suspend"}
QUICK = ("the guardian looks", "a hold ends", "a payout is sent", "a test is overrun", "an issue is opened")
BY_NAME = pytest.mark.parametrize(
    "name", [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in TIMERS]
)


@pytest.fixture
def clock(house: House) -> Iterator[MovableClock]:
    """A house whose people outside are stand-ins; nothing in it may be logged as a fault."""
    parts = outside(house)
    with house.living_in(**parts), listening() as lines:
        yield parts["clock"]
        order.check(house)
    assert [line for line in lines if line["level"] == "error"] == []


@pytest.fixture
def prepare(house: House, clock: MovableClock) -> Callable[[Timer], Pair]:
    """Pairs that have come to a timer, which is not due yet."""
    agent = house.agent(deposit=1_000)

    def prepare(timer: Timer) -> Pair:
        assert isinstance(house.world.judge, Mind)
        house.world.judge.confidence = timer.confidence
        return Deed(STEPS["post"], timer.before, order=timer.words).prepare(house, clock, agent)

    return prepare


def test_every_kind_of_entry_is_rung_here_or_elsewhere() -> None:
    assert {timer.kind for timer in TIMERS.values()} | OF_THE_BACKOFFICE | ELSEWHERE == set(jobs.JOBS)


@BY_NAME
def test_twice_too_early_or_late_it_comes_to_the_same(
    name: str, house: House, clock: MovableClock, prepare: Callable[[Timer], Pair]
) -> None:
    timer = TIMERS[name]
    once, twice, early, late = (prepare(timer) for _ in range(4))
    (before,) = come_to(house, once)
    if timer.waits:
        timer.ring(early, times=2)
        # Too early there is nothing to do, and nothing is taken away.
        assert come_to(house, early) == [before]
    clock.pass_time(**timer.waits)
    timer.ring(once)
    timer.ring(twice, times=3)
    timer.ring(twice)
    timer.ring(early)
    clock.pass_time(days=3)
    timer.ring(late)
    (expected,) = come_to(house, once)
    assert come_to(house, twice, early, late) == [expected] * 3
    assert expected != before, "the bell was good for something"


@pytest.mark.parametrize("name", [name for name, timer in TIMERS.items() if timer.ended_by])
def test_when_the_matter_is_over_it_changes_nothing(
    name: str, house: House, clock: MovableClock, prepare: Callable[[Timer], Pair]
) -> None:
    timer = TIMERS[name]
    unrung, rung = prepare(timer), prepare(timer)
    for pair in (unrung, rung):
        made = STEPS[str(timer.ended_by)](pair)
        assert made.status == 200 if isinstance(made, Reply) else made == [], made
    clock.pass_time(**timer.waits)
    timer.ring(rung, times=2)
    quiet, told = come_to(house, unrung, rung)
    assert replace(told, left_to_do=[], letters=Counter()) == replace(quiet, left_to_do=[], letters=Counter())
    assert Counter(quiet.left_to_do) - Counter(told.left_to_do) == Counter([timer.kind])
    # What is still owed to a stranger is the news of what happened before; it is told, once.
    assert told.letters.total() == (1 if timer.kind == events.DELIVER.name else 0)


def test_the_first_deadline_of_accepted_work_rings_for_nothing(
    house: House, clock: MovableClock, prepare: Callable[[Timer], Pair]
) -> None:
    """Nobody takes a timer back when its deadline is put off: it rings, finds that it is not the current one, and is
    done."""
    pair = prepare(TIMERS["accepted work expires"])
    first, second = sorted(row["pk"] for row in order.scan(house.world.store, "agenda"))
    clock.pass_time(days=5, minutes=1)
    assert give(house, "timers", first, second, first) == []
    assert pair.agent.task(pair.task_id)["status"] == "ACCEPTED"
    clock.pass_time(hours=1)
    assert give(house, "timers", first, second, second) == []
    (end,) = come_to(house, pair)
    assert (end.tasks[0][0], end.tasks[0][3], end.left_to_do) == ("CANCELLED", "EXPIRED", [])


def test_the_timers_of_a_rejected_proof_say_nothing_about_a_better_one(
    house: House, clock: MovableClock, prepare: Callable[[Timer], Pair]
) -> None:
    pair = prepare(Timer("", "", ("post", "accept", "submit", "judge"), None, confidence=20))
    clock.pass_time(minutes=29)
    assert pair.operator.submit(pair.task_id, **CONFIRMED).status == 200
    clock.pass_time(minutes=2)
    for kind, queue in (("judge", "judge"), ("judge_overdue", "timers"), ("complete", "timers"), ("lapse", "timers")):
        assert give(house, queue, f"task.{kind}:{pair.agent.id}/{pair.task_id}:1") == []
    assert pair.agent.task(pair.task_id)["status"] == "SUBMITTED"
    assert give(house, "judge", f"task.judge:{pair.agent.id}/{pair.task_id}:2") == []
    assert [end.verdicts for end in come_to(house, pair)] == [["verdict#1", "verdict#2"]]


@pytest.mark.parametrize("disorder", ["in order", "backwards", *(f"shuffled {number}" for number in range(2))])
def test_a_whole_life_with_every_bell_rung_at_every_step_ends_the_same(
    disorder: str, house: House, clock: MovableClock, prepare: Callable[[Timer], Pair]
) -> None:
    """Every bell there ever was and will be, twice, in some order, after each step; the end is known beforehand."""
    pair = prepare(Timer("", "", (), None, words=HOOK | WINDOW))
    chance = random.Random(disorder)
    bells: dict[str, str] = {}
    for step, then in LIFE:
        if step:
            made = STEPS[step](pair)
            assert isinstance(made, Reply)
            assert made.status in (200, 201), made
        clock.pass_time(**then)
        for _ in range(2):
            ring_all(house, bells, disorder, chance)
    (end,) = come_to(house, pair)
    assert end.tasks == [("COMPLETED", 1, "guardian", None, None, False, True)]
    assert end.earnings == {"pending": 0, "available": 20_000_000, "earned": 20_000_000}
    assert end.events == Counter(EVENTS)
    assert (end.letters, end.left_to_do) == (Counter(["task.verified"]), [])


LIFE: tuple[tuple[str, dict[str, float]], ...] = (
    ("post", {}), ("accept", {}), ("submit", {}), ("", {"minutes": 3}), ("", {"hours": 1.1}), ("", {"days": 3}),
    ("", {"days": 5}),
)  # fmt: skip
EVENTS = (
    "task.created", "task.accepted", "task.submitted", "task.verified", "task.completed", "task.earnings_available"
)  # fmt: skip


def ring_all(house: House, bells: dict[str, str], disorder: str, chance: random.Random) -> None:
    """Every bell of every entry that there ever was, in the order of that disorder."""
    bells |= {row["pk"]: row["queue"] for row in order.scan(house.world.store, "agenda")}
    names = sorted(bells, reverse=disorder == "backwards")
    if disorder.startswith("shuffled"):
        chance.shuffle(names)
    for name in names:
        assert give(house, bells[name], name) == []


def come_to(house: House, *pairs: Pair) -> list[outcome.Outcome]:
    """What came of some pairs."""
    rows, mailbox = order.read(house.world), house.world.courier
    assert isinstance(mailbox, Mailbox)
    return [outcome.of(rows, pair, mailbox) for pair in pairs]
