"""Races for the end of a task: hold against dispute, one outcome against another, the clock against people."""

from functools import partial

import pytest

from tests.harness import Agent, House, Operator, Reply
from tests.proofs import order
from tests.proofs.bells import give
from tests.proofs.crowd import ask_at_once, at_once, patient, statuses
from tests.proofs.deeds import CONFIRMED, WINDOW, handed_in
from tests.proofs.deployments import ON_BOTH_STORES
from tests.proofs.stand_ins import Mind, MovableClock

pytestmark = pytest.mark.slow

ROUNDS = 6


def bell_of(house: House, kind: str, task_id: str) -> str:
    """The newest entry of a kind for a task."""
    rows = order.scan(house.world.store, "agenda")
    return str(max(row["pk"] for row in rows if row["kind"] == kind and task_id in row["subject"]))


def dispute(agent: Agent, task_id: str) -> Reply:
    return agent.send(f"/tasks/{task_id}/dispute", {"reason": "It was not done."})


def resolve(house: House, agent: Agent, task_id: str, outcome: str) -> Reply:
    share = {"operator_share": "0.5"} if outcome == "split" else {}
    dispute_id = agent.task(task_id)["dispute"]["dispute_id"]
    return house.admin.do(f"/disputes/{dispute_id}/resolve", outcome=outcome, **share)


def people(house: House) -> tuple[Agent, Operator]:
    return house.agent(deposit=1_000), house.operator()


@ON_BOTH_STORES
def test_at_the_end_of_the_hold_either_the_dispute_or_the_operator_is_first(quiet: House) -> None:
    """Two machines whose clocks differ: to one the hold is over, to the other it is not."""
    clock = MovableClock(quiet.world.clock)
    agent, operator = people(quiet)

    def late(task_id: str) -> Reply:
        clock.be_wrong_by(seconds=-30)
        return patient(partial(dispute, agent, task_id))

    with quiet.living_in(clock=clock):
        for _ in range(ROUNDS):
            task_id = handed_in(agent, operator)
            assert agent.verify(task_id, "APPROVE").status == 200
            bell = bell_of(quiet, "task.mature", task_id)
            clock.pass_time(days=7, seconds=1)
            before = operator.earnings()[1]
            disputed, _ = at_once(partial(late, task_id), partial(give, quiet, "timers", bell))
            assert isinstance(disputed, Reply)
            status, free = agent.task(task_id)["status"], operator.earnings()[1] - before
            assert (disputed.status, status, free) in {(200, "DISPUTED", 0), (409, "COMPLETED", 20)}, disputed
            assert disputed.status == 200 or disputed.json["code"] == "hold_over"


@ON_BOTH_STORES
def test_of_several_disputes_of_one_earning_one_is_opened(quiet: House) -> None:
    agent, operator = people(quiet)
    for _ in range(ROUNDS):
        task_id = handed_in(agent, operator)
        assert agent.verify(task_id, "APPROVE").status == 200
        by_admin = partial(quiet.admin.do, f"/tasks/{task_id}/dispute")
        replies = ask_at_once(*[partial(dispute, agent, task_id)] * 2, by_admin)
        assert statuses(replies) == {200: 1, 409: 2}


@ON_BOTH_STORES
def test_of_several_outcomes_one_counts(quiet: House) -> None:
    agent, operator = people(quiet)
    for number in range(ROUNDS):
        task_id = handed_in(agent, operator)
        assert agent.verify(task_id, "APPROVE" if number % 2 else "REJECT").status == 200
        assert number % 2 == 0 or dispute(agent, task_id).status == 200
        outcomes = ("release", "refund", "split")
        replies = ask_at_once(*(partial(resolve, quiet, agent, task_id, outcome) for outcome in outcomes))
        assert statuses(replies) == {200: 1, 409: 2}
        (counted,) = (outcome for outcome, reply in zip(outcomes, replies, strict=True) if reply.status == 200)
        assert {reply.json["code"] for reply in replies if reply.status == 409} == {"dispute_final"}
        assert agent.task(task_id)["dispute"]["outcome"] == counted
        order.check(quiet)


@ON_BOTH_STORES
def test_an_outcome_of_the_backoffice_and_one_of_the_clock_are_one(quiet: House) -> None:
    clock = MovableClock(quiet.world.clock)
    agent, operator = people(quiet)
    with quiet.living_in(clock=clock, judge=Mind(95)):
        for _ in range(ROUNDS):
            task_id = handed_in(agent, operator, **WINDOW)
            give(quiet, "judge", bell_of(quiet, "task.judge", task_id))
            assert agent.verify(task_id, "REJECT").status == 200
            bell = bell_of(quiet, "task.resolve", task_id)
            clock.pass_time(days=14, seconds=1)
            refund = partial(patient, partial(resolve, quiet, agent, task_id, "refund"))
            refunded, _ = at_once(refund, partial(give, quiet, "timers", bell))
            assert isinstance(refunded, Reply)
            outcome = agent.task(task_id)["dispute"]["outcome"]
            assert (refunded.status, outcome) in {(200, "refund"), (409, "release")}, refunded


# Over moto only: there each request runs in the thread that asks, and so by that thread's clock.
def test_at_the_end_of_the_window_either_better_proof_or_the_outcome_is_first(quiet: House) -> None:
    """To the machine that takes the proof the window is still open, to the one that resolves it is over."""
    clock = MovableClock(quiet.world.clock)
    agent, operator = people(quiet)

    def late(task_id: str) -> Reply:
        clock.be_wrong_by(seconds=-30)
        return patient(partial(operator.submit, task_id, **CONFIRMED))

    with quiet.living_in(clock=clock, judge=Mind(20)):
        for _ in range(ROUNDS):
            task_id = handed_in(agent, operator)
            give(quiet, "judge", bell_of(quiet, "task.judge", task_id))
            dispute_id = agent.task(task_id)["dispute"]["dispute_id"]
            clock.pass_time(hours=24, seconds=1)
            refund = partial(quiet.admin.do, f"/disputes/{dispute_id}/resolve", outcome="refund")
            proof, refunded = at_once(partial(late, task_id), partial(patient, refund))
            status = agent.task(task_id)["status"]
            assert (proof.status, refunded.status, status) in {(200, 409, "SUBMITTED"), (409, 200, "CANCELLED")}
            assert refunded.status == 200 or refunded.json["code"] == "dispute_resubmitted"


@ON_BOTH_STORES
def test_of_approval_rejection_and_the_clock_one_counts(quiet: House) -> None:
    clock = MovableClock(quiet.world.clock)
    agent, operator = people(quiet)
    with quiet.living_in(clock=clock, judge=Mind(70)):
        for _ in range(ROUNDS):
            task_id = handed_in(agent, operator)
            give(quiet, "judge", bell_of(quiet, "task.judge", task_id))
            bell = bell_of(quiet, "task.lapse", task_id)
            clock.pass_time(hours=72, seconds=1)
            approve, reject = (partial(agent.verify, task_id, word) for word in ("APPROVE", "REJECT"))
            approved, rejected, _ = at_once(
                partial(patient, approve), partial(patient, reject), partial(give, quiet, "timers", bell)
            )  # fmt: skip
            assert isinstance(approved, Reply)
            assert isinstance(rejected, Reply)
            task = agent.task(task_id)
            came_to = (approved.status, rejected.status, task["status"], (task["dispute"] or {}).get("source"))
            assert came_to in {
                (200, 409, "COMPLETED", None), (409, 200, "DISPUTED", "agent"), (409, 409, "DISPUTED", "clock"),
            }  # fmt: skip
