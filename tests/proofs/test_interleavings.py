"""One deed in the middle of another: at every call that the first makes, the second is done whole, and then the first
goes on.

Threads meet by chance; here every such meeting of two deeds at one task is made to happen. Whoever comes second is
told so or finds nothing left to do: nobody sees a fault, and afterwards everything in order.py holds.
"""

from collections.abc import Callable, Iterator

import pytest

from tests.faults import Fault
from tests.harness import House, Reply
from tests.listening import listening
from tests.products.qa.people import Tester
from tests.proofs import order
from tests.proofs.crash_points import CrashPoint, tapped
from tests.proofs.deeds import (
    CLAIMED,
    CONFIRMED,
    DISPUTED_JOB,
    ESTIMATED,
    HOOK,
    ISSUES,
    OFFERED,
    STEPS,
    TESTED,
    TESTED_FOR_ISSUES,
    WINDOW,
    Deed,
)
from tests.proofs.pairs import Pair
from tests.proofs.stand_ins import Mind, MovableClock, outside

pytestmark = pytest.mark.slow

Do = Callable[[Pair], Reply | list[str]]

DO: dict[str, Do] = {
    "accept": lambda pair: pair.operator.accept(pair.task_id),
    "accept (another)": lambda pair: pair.another.accept(pair.task_id),
    "cancel": lambda pair: pair.agent.cancel(pair.task_id),
    "approve estimate": lambda pair: pair.agent.estimate(pair.task_id, "approve"),
    "reject estimate": lambda pair: pair.agent.estimate(pair.task_id, "reject"),
    "start": lambda pair: pair.operator.start(pair.task_id),
    "give back": lambda pair: pair.operator.release(pair.task_id),
    "rate": lambda pair: pair.agent.rate(pair.task_id, 4),
    "submit": lambda pair: pair.operator.submit(pair.task_id, **CONFIRMED),
    "approve": lambda pair: pair.agent.verify(pair.task_id, "APPROVE"),
    "reject": lambda pair: pair.agent.verify(pair.task_id, "REJECT"),
    "expire": lambda pair: pair.ring("timers", "task.expire"),
    "judge": lambda pair: pair.ring("judge", "task.judge"),
    "judge overdue": lambda pair: pair.ring("timers", "task.judge_overdue"),
    "complete": lambda pair: pair.ring("timers", "task.complete"),
    "lapse": lambda pair: pair.ring("timers", "task.lapse"),
    "mature": lambda pair: pair.ring("timers", "task.mature"),
    "dispute": Pair.dispute,
    "release": lambda pair: pair.resolve(outcome="release"),
    "refund": lambda pair: pair.resolve(outcome="refund"),
    "withdraw": lambda pair: pair.house.admin.do(f"/tasks/{pair.task_id}/cancel"),
    "resolve": lambda pair: pair.ring("timers", "task.resolve"),
    "pay out": lambda pair: pair.operator.payout(20),
    "carry": lambda pair: pair.ring("courier", "webhook.deliver"),
    "post": Pair.post,
    "give money back": STEPS["give money back"],
    "suspend": Pair.suspend,
    "withdraw all": Pair.withdraw_all,
    "ask payout": Pair.ask_payout,
    "send payout": STEPS["send payout"],
    "pay payout": STEPS["pay payout"],
    "fail payout": Pair.fail_payout,
    "notify": Pair.notify,
    "claim": lambda pair: pair.tester.claim(pair.job_id),
    "claim (another)": lambda pair: Tester(pair.another).claim(pair.job_id),
    "extend": lambda pair: pair.tester.extend(pair.job_id, 2),
    "hand in job": lambda pair: pair.tester.submit(pair.job_id, testDurationSeconds=1, answers={"works": True}),
    "leave job": lambda pair: pair.tester.abandon(pair.job_id),
    "reject job": lambda pair: pair.tester.reject(pair.job_id),
    "withdraw all jobs": lambda pair: pair.withdraw_all("job"),
    "grant": Pair.repositories,
    "take back": lambda pair: pair.repositories("/withdraw"),
    "order job": lambda pair: pair.order_job(keyed=False),
    **{
        name: STEPS[name]
        for name in (
            "announce",
            "expire job",
            "overrun",
            "extract",
            "extract overdue",
            "mature job",
            "dispute job",
            "release job",
            "refund job",
            "resolve job",
            "tell slack",
            "open issue",
        )
    },
}
BY_REQUEST = (
    "accept", "accept (another)", "cancel", "submit", "approve", "reject", "dispute", "release", "refund", "withdraw",
    "pay out", "approve estimate", "reject estimate", "start", "give back", "rate", "post", "give money back",
    "suspend", "ask payout", "fail payout", "notify", "claim", "claim (another)", "extend", "hand in job", "leave job",
    "reject job", "order job", "dispute job", "release job", "refund job",
)  # fmt: skip
_HANDED_IN = ("post", "accept", "submit")
_JUDGED = (*_HANDED_IN, "judge")
_ASKED = (*_HANDED_IN, "approve", "wait", "mature", "ask payout")
# How far the task has come, the time that then passes, what the Guardian says, and the deeds that may meet there.
MEETINGS: dict[str, tuple[tuple[str, ...], dict[str, float], int, tuple[str, ...]]] = {
    "open": (("post",), {}, 95, ("accept", "accept (another)", "cancel")),
    "overdue": (("post",), {"days": 5.01}, 95, ("accept", "cancel", "expire")),
    "estimated": (("post", "estimate"), {}, 95, ("approve estimate", "reject estimate", "cancel")),
    "estimated and overdue": (
        ("post", "estimate"),
        {"days": 5.01},
        95,
        ("approve estimate", "reject estimate", "expire"),
    ),
    "accepted": (("post", "accept"), {}, 95, ("submit", "cancel")),
    "given back": (("post", "accept"), {}, 95, ("give back", "start", "submit", "cancel", "accept (another)")),
    "given back and overdue": (("post", "accept"), {"days": 5.1}, 95, ("give back", "expire")),
    "at work": (("post", "accept", "start"), {}, 95, ("give back", "submit", "cancel")),
    "accepted and overdue": (("post", "accept"), {"days": 5.1}, 95, ("submit", "cancel", "expire")),
    "handed in": (_HANDED_IN, {"minutes": 31}, 95, ("judge", "judge overdue", "approve", "reject")),
    "verified": (_JUDGED, {"hours": 1.1}, 95, ("complete", "approve", "reject", "carry")),
    "in review": (_JUDGED, {"hours": 73}, 70, ("lapse", "approve", "reject")),
    "rejected": (_JUDGED, {}, 20, ("submit", "carry")),
    "disputed": ((*_JUDGED, "reject"), {"days": 14.1}, 95, ("resolve", "release", "refund")),
    "in its hold": ((*_JUDGED, "approve"), {"days": 6}, 95, ("dispute",)),
    "given up": (_HANDED_IN, {}, 95, ("withdraw", "judge", "approve")),
    "completed": ((*_HANDED_IN, "approve"), {"days": 7.1}, 95, ("mature",)),
    "rated": ((*_HANDED_IN, "approve"), {}, 95, ("rate",)),
    "paid": ((*_HANDED_IN, "approve", "wait", "mature"), {"days": 7.1}, 95, ("pay out", "ask payout")),
    "asked": (_ASKED, {"days": 7.1}, 95, ("send payout", "fail payout")),
    "sent": ((*_ASKED, "send payout"), {"days": 7.1}, 95, ("pay payout", "fail payout")),
    "funded": (("deposit",), {}, 95, ("give money back", "post")),
    "ordered": (("order fiat",), {}, 95, ("notify",)),
    "on the board": (("post",), {}, 95, ("suspend", "accept", "cancel")),
    "suspended": (("post", "suspend the agent"), {}, 95, ("withdraw all", "accept", "withdraw")),
    "job to be ordered": ((), {}, 95, ("order job",)),
    "job ordered": (("order job",), {}, 95, ("announce", "suspend", "claim")),
    "job ordered and unclaimed": (("order job",), {"hours": 2.01}, 95, ("announce", "expire job")),
    "job offered": (OFFERED, {}, 95, ("claim", "claim (another)", "suspend", "tell slack")),
    "job unclaimed": (OFFERED, {"hours": 2.01}, 95, ("claim", "expire job")),
    "job of a suspended agent": ((*OFFERED, "suspend the agent"), {}, 95, ("withdraw all jobs", "claim")),
    "page tried": (CLAIMED, {}, 95, ("extend", "hand in job", "leave job", "reject job", "claim (another)")),
    "page tried too long": (CLAIMED, {"minutes": 10.1}, 95, ("extend", "hand in job", "leave job", "overrun")),
    "page tried for longer": ((*CLAIMED, "extend"), {"minutes": 12.1}, 95, ("hand in job", "overrun", "reject job")),
    "page tested": (TESTED, {"minutes": 31}, 95, ("extract", "extract overdue", "leave job", "hand in job")),
    "job completed": ((*TESTED, "extract"), {"days": 7.01}, 95, ("mature job", "hand in job")),
    "job in its hold": ((*TESTED, "extract"), {"days": 6}, 95, ("dispute job",)),
    "job disputed": (DISPUTED_JOB, {"days": 14.1}, 95, ("resolve job", "release job", "refund job")),
    "finding found": ((*TESTED_FOR_ISSUES, "extract"), {}, 95, ("open issue",)),
}


@pytest.fixture
def clock(house: House) -> Iterator[MovableClock]:
    """A house whose people outside are stand-ins; nothing in it may be logged as a fault."""
    parts = outside(house)
    with house.living_in(**parts), listening() as lines:
        yield parts["clock"]
        order.check(house)
    assert [line for line in lines if line["level"] == "error"] == []


@pytest.mark.parametrize("meeting", MEETINGS)
def test_whatever_is_done_in_the_middle_of_it_somebody_is_second(
    meeting: str, house: House, clock: MovableClock
) -> None:
    before, waits, sure, deeds = MEETINGS[meeting]
    agent, world = house.agent(deposit=10_000), house.world
    assert isinstance(world.judge, Mind)
    world.judge.confidence = sure
    steps = before[: before.index("wait")] if "wait" in before else before
    then = before[before.index("wait") + 1 :] if "wait" in before else ()
    wishes = HOOK | WINDOW | (ESTIMATED if "estimate" in before else {}) | (ISSUES if "grant" in before else {})
    prepared = Deed(DO["accept"], steps, waits, then, wishes)
    for first in deeds:
        learnt, alone = CrashPoint(), prepared.prepare(house, clock, agent)
        assert alone.another
        with tapped(house, learnt):
            _fine(DO[first](alone))
        house.admin.do(f"/agents/{agent.id}/unsuspend")
        # Counting for the rate limit is the last thing that the door does before the deed.
        begins = learnt.calls.index("update_item") + 1 if first in BY_REQUEST else 0
        for second in deeds:
            for number in range(begins, len(learnt.calls)):
                pair = prepared.prepare(house, clock, agent)
                _meet(house, pair, DO[first], DO[second], number)
                house.admin.do(f"/agents/{agent.id}/unsuspend")


def _meet(house: House, pair: Pair, first: Do, second: Do, number: int) -> None:
    """Do the first deed; before its call with this number, do the second."""
    world, seen = house.world, list[str]()
    assert pair.another

    def fail(operation: str, index: int) -> Fault | None:
        seen.append(operation)
        if len(seen) - 1 == number:
            with house.living_in(**vars(world)):
                _fine(second(pair))
        return None

    with tapped(house, fail):
        _fine(first(pair))


def _fine(came_to: Reply | list[str]) -> None:
    """Done, or refused for a reason; never a fault, and never put off."""
    if isinstance(came_to, Reply):
        assert came_to.status in (200, 201) or 400 < came_to.status < 500, came_to
        if came_to.status == 409 and came_to.json["code"] == "wrong_state":
            details = came_to.json.get("details", came_to.json)
            assert details["status"] not in details["allowed_statuses"], came_to
    else:
        assert came_to == []
