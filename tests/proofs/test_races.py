"""Races: real threads at the same rows, over a store that refuses overlapping writes. Somebody wins, once.

After each race the whole of order.py holds. The races that money hangs on most are run on a real store as well.
"""

from functools import partial

import pytest

from chalicelib.core.heads import Ref
from chalicelib.products.tasks.store.tasks import HEADS
from tests.harness import House, Reply
from tests.proofs import order
from tests.proofs.bells import entry_of, give
from tests.proofs.crowd import ask_at_once, at_once, patient, statuses
from tests.proofs.deeds import errand, handed_in
from tests.proofs.deployments import ON_BOTH_STORES
from tests.proofs.order_of_tasks import awaited
from tests.proofs.pairs import ERRAND
from tests.proofs.stand_ins import MovableClock

# On both stores


@ON_BOTH_STORES
def test_of_twenty_operators_one_gets_the_task(quiet: House) -> None:
    agent, operators = quiet.agent(deposit=100), [quiet.operator() for _ in range(20)]
    task_id = errand(agent)
    replies = ask_at_once(*(partial(operator.accept, task_id, key="accept") for operator in operators))
    assert statuses(replies) == {200: 1, 409: 19}
    assert {reply.json["code"] for reply in replies if reply.status == 409} == {"already_taken"}
    winner = operators[[reply.status for reply in replies].index(200)]
    assert agent.task(task_id)["operator"]["id"] == winner.id


@ON_BOTH_STORES
def test_accept_and_cancel_leave_one_of_two_worlds_and_the_money_follows(quiet: House) -> None:
    agent, operator = quiet.agent(deposit=1_000), quiet.operator()
    for _ in range(12):
        task_id, before = errand(agent), agent.balance()
        accepted, cancelled = ask_at_once(
            partial(operator.accept, task_id, key=f"accept-{task_id}"),
            partial(agent.cancel, task_id, key=f"cancel-{task_id}"),
        )
        # What was accepted a moment ago may still be cancelled, so a cancellation is never refused here.
        assert (accepted.status, cancelled.status) in {(409, 200), (200, 200)}, (accepted, cancelled)
        assert agent.task(task_id)["status"] == "CANCELLED"
        assert agent.balance() == (before[0] + 23.6, before[1] - 23.6)


@ON_BOTH_STORES
def test_fifty_requests_under_one_key_are_one_task_and_one_answer(quiet: House) -> None:
    agent = quiet.agent(deposit=100)
    words = agent.order(**ERRAND)
    replies = ask_at_once(*[partial(agent.send, "/tasks", words, key="one")] * 50)
    assert statuses(replies) == {201: 50}
    assert len({reply.text for reply in replies}) == 1
    assert agent.get("/tasks").json["pagination"]["total"] == 1
    assert agent.balance() == (76.4, 23.6)


@ON_BOTH_STORES
@pytest.mark.slow
def test_money_for_twenty_five_posts_twenty_five_of_fifty(quiet: House) -> None:
    agent = quiet.agent(deposit="590.00")
    words = agent.order(**ERRAND)
    replies = ask_at_once(*(partial(agent.send, "/tasks", words, key=f"post-{number}") for number in range(50)))
    assert statuses(replies) == {201: 25, 402: 25}
    assert agent.balance() == (0, 590)
    assert agent.get("/tasks?status=PENDING").json["pagination"]["total"] == 25


@ON_BOTH_STORES
def test_of_two_payouts_of_everything_one_is_made(quiet: House) -> None:
    agent, operator = quiet.agent(deposit=100), quiet.operator()
    assert agent.verify(handed_in(agent, operator), "APPROVE").status == 200
    quiet.advance(days=8)
    assert operator.earnings() == (0, 20, 20)
    replies = ask_at_once(*(partial(operator.payout, 20, key=f"payout-{number}") for number in range(4)))
    assert statuses(replies) == {200: 1, 402: 3}
    assert operator.earnings() == (0, 0, 20)


# What an agent decides


@ON_BOTH_STORES
def test_two_approvals_pay_once(quiet: House) -> None:
    agent, operator = quiet.agent(deposit=100), quiet.operator()
    task_id = handed_in(agent, operator)
    replies = ask_at_once(*[partial(agent.verify, task_id, "APPROVE")] * 2)
    assert statuses(replies) == {200: 1, 409: 1}
    assert operator.earnings() == (20, 0, 20)
    assert agent.balance() == (76.4, 0)


@ON_BOTH_STORES
def test_of_approval_and_rejection_one_counts(quiet: House) -> None:
    agent, operator = quiet.agent(deposit=300), quiet.operator()
    for _ in range(8):
        task_id = handed_in(agent, operator)
        approved, rejected = ask_at_once(*(partial(agent.verify, task_id, word) for word in ("APPROVE", "REJECT")))
        assert {approved.status, rejected.status} == {200, 409}
        assert agent.task(task_id)["status"] == ("COMPLETED" if approved.status == 200 else "DISPUTED")


@ON_BOTH_STORES
def test_an_approval_while_the_guardian_decides_pays_once_and_is_never_refused(quiet: House) -> None:
    """The task may move between two states in which an agent may approve; that is no reason to refuse."""
    agent, operator = quiet.agent(deposit=300), quiet.operator()
    for number in range(1, 9):
        task_id = handed_in(agent, operator, auto_complete_after_seconds=3_600)
        bell = f"task.judge:{agent.id}/{task_id}:1"
        approved, _ = at_once(
            partial(patient, partial(agent.verify, task_id, "APPROVE")), partial(give, quiet, "judge", bell)
        )
        assert isinstance(approved, Reply)
        assert approved.status == 200, approved
        assert operator.earnings() == (20 * number, 0, 20 * number)


# What the clock decides


@ON_BOTH_STORES
def test_at_the_deadline_either_the_operator_or_the_clock_is_first(quiet: House) -> None:
    """Two machines whose clocks differ: to one the deadline has passed, to the other it has not."""
    clock = MovableClock(quiet.world.clock)
    agent, operator = quiet.agent(deposit=100), quiet.operator()

    def accept(task_id: str) -> Reply:
        clock.be_wrong_by(seconds=-30)
        return patient(partial(operator.accept, task_id))

    with quiet.living_in(clock=clock):
        for _ in range(10):
            task_id = errand(agent, deadline=quiet.in_time(minutes=10))
            (bell,) = awaited(HEADS.find(quiet.world.store, Ref(agent.id, task_id)))
            clock.pass_time(minutes=10, seconds=1)
            accepted, _ = at_once(partial(accept, task_id), partial(give, quiet, "timers", bell))
            assert isinstance(accepted, Reply)
            status = agent.task(task_id)["status"]
            assert (accepted.status, status) in {(200, "ACCEPTED"), (410, "CANCELLED")}
            assert status == "CANCELLED" or agent.cancel(task_id).status == 200
            assert agent.balance() == (100, 0)


@ON_BOTH_STORES
def test_a_hold_that_ends_several_times_pays_once(quiet: House) -> None:
    agent, operator = quiet.agent(deposit=100), quiet.operator()
    clock = MovableClock(quiet.world.clock)
    with quiet.living_in(clock=clock):
        assert agent.verify(handed_in(agent, operator), "APPROVE").status == 200
        clock.pass_time(days=8)
        bell = entry_of(quiet, "task.mature")
        at_once(*[partial(give, quiet, "timers", bell)] * 4, *[quiet.sweep] * 2)
        assert operator.earnings() == (0, 20, 20)
        quiet.drain()
        assert operator.earnings() == (0, 20, 20)


@ON_BOTH_STORES
def test_sweepers_and_consumers_at_the_same_entries_do_everything_once(quiet: House) -> None:
    agent = quiet.agent(deposit=500)
    clock = MovableClock(quiet.world.clock)
    with quiet.living_in(clock=clock):
        for _ in range(12):
            errand(agent, deadline=quiet.in_time(minutes=10))
        clock.pass_time(minutes=11)
        bells = [row["pk"] for row in order.scan(quiet.world.store, "agenda")]
        at_once(*[quiet.sweep] * 3, *(partial(give, quiet, "timers", bell) for bell in bells))
        quiet.drain()
        assert agent.get("/tasks?status=CANCELLED").json["pagination"]["total"] == 12
        assert agent.balance() == (500, 0)
