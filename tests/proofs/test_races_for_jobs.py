"""Races for jobs: real threads at the same rows. Somebody wins, once, and the books and the board follow."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest

from chalicelib.core.heads import Ref
from chalicelib.products.qa.model.jobs import Job
from chalicelib.products.qa.store.jobs import HEADS
from tests.faults import FlakyClient, lost_answer, nth
from tests.harness import House, Reply
from tests.products.qa import disputes
from tests.products.qa.people import ORDER, Customer, Test, customer, test_of, tester
from tests.proofs import order
from tests.proofs.bells import deliver, entry_of, give
from tests.proofs.crowd import ask_at_once, at_once, patient, statuses
from tests.proofs.deployments import ON_BOTH_STORES
from tests.proofs.order_of_jobs import awaited
from tests.proofs.stand_ins import Hub, MovableClock, Scribe

WAIT_SECONDS = 20


# Who gets a job


@ON_BOTH_STORES
def test_of_twenty_testers_one_gets_the_job(quiet: House) -> None:
    someone, testers = customer(quiet), [tester(quiet) for _ in range(20)]
    job_id = someone.ordered()
    replies = ask_at_once(*(partial(one.claim, job_id, key="claim") for one in testers))
    assert statuses(replies) == {200: 1, 409: 19}
    assert {reply.json["code"] for reply in replies if reply.status == 409} == {"already_taken"}
    assert someone.job(job_id)["status"] == "working"


@ON_BOTH_STORES
@pytest.mark.slow
def test_of_four_jobs_that_one_tester_claims_at_once_they_get_one(quiet: House) -> None:
    """Their time is measured, so they are at one job at a time."""
    someone, one = customer(quiet), tester(quiet)
    jobs = [someone.ordered() for _ in range(4)]
    replies = ask_at_once(*(partial(one.claim, job_id) for job_id in jobs))
    assert statuses(replies) == {200: 1, 409: 3}
    assert {reply.json["code"] for reply in replies if reply.status == 409} == {"tester_has_active_job"}


@ON_BOTH_STORES
@pytest.mark.slow
def test_when_nobody_has_claimed_it_in_time_either_a_tester_or_the_clock_is_first(quiet: House) -> None:
    clock = MovableClock(quiet.world.clock)
    with quiet.living_in(clock=clock):
        for _ in range(6):
            made = test_of(quiet)
            (bell,) = awaited(_head(made))
            clock.pass_time(hours=2, seconds=1)
            claimed, _ = at_once(
                partial(_late, clock, 30, partial(made.tester.claim, made.job_id)), partial(give, quiet, "timers", bell)
            )
            assert isinstance(claimed, Reply)
            assert (claimed.status, made.job["status"]) in {(200, "working"), (410, "abandoned")}, claimed
            assert claimed.status == 200 or made.customer.balance() == (100, 0)


@ON_BOTH_STORES
@pytest.mark.slow
def test_a_job_that_is_claimed_while_its_agent_is_suspended_goes_on_or_was_never_claimed(quiet: House) -> None:
    for _ in range(6):
        made = test_of(quiet)
        agent_id = made.customer.agent.id

        def suspend(agent_id: str = agent_id) -> Reply:
            suspended = quiet.admin.do(f"/agents/{agent_id}/suspend")
            give(quiet, "timers", f"job.withdraw_all:{agent_id}")
            return suspended

        claimed, suspended = ask_at_once(partial(made.tester.claim, made.job_id), suspend)
        assert suspended.status == 200
        assert quiet.admin.do(f"/agents/{agent_id}/unsuspend").status == 200
        expected = {(200, "working", None), (409, "error", "account_suspended")}
        assert (claimed.status, made.job["status"], made.job.get("reason")) in expected, claimed
        assert claimed.status == 200 or made.customer.balance() == (100, 0)


# How a test ends


@ON_BOTH_STORES
@pytest.mark.slow
def test_at_the_end_of_a_test_either_the_tester_or_the_clock_is_first(quiet: House) -> None:
    clock = MovableClock(quiet.world.clock)
    with quiet.living_in(clock=clock):
        for number in range(8):
            made = test_of(quiet).claimed()
            (bell,) = awaited(_head(made))
            clock.pass_time(minutes=10, seconds=1)
            longer = partial(made.tester.extend, made.job_id, 1)
            deed = longer if number % 2 else partial(made.tester.submit, made.job_id)
            answered, _ = at_once(partial(_late, clock, 30, deed), partial(give, quiet, "timers", bell))
            assert isinstance(answered, Reply)
            assert (answered.status, made.job["status"]) in {
                (200, "working"), (410, "abandoned"), (409, "abandoned"),
            }, answered  # fmt: skip
            assert answered.status == 200 or made.customer.balance() == (100, 0)


@ON_BOTH_STORES
@pytest.mark.slow
def test_who_hands_in_and_leaves_at_once_has_done_one_of_the_two(quiet: House) -> None:
    for verb in ("abandon", "reject", "abandon", "reject", "abandon", "reject"):
        made = test_of(quiet).claimed()
        leave: Callable[[], Reply] = partial(getattr(made.tester, verb), made.job_id)
        submitted, left = ask_at_once(partial(made.tester.submit, made.job_id), leave)
        assert {submitted.status, left.status} == {200, 409}, (submitted, left)
        ended = "abandoned" if verb == "abandon" else "rejected"
        assert made.job["status"] == ("working" if submitted.status == 200 else ended)
        assert submitted.status == 200 or made.customer.balance() == (100, 0)


@ON_BOTH_STORES
@pytest.mark.slow
def test_of_several_extensions_at_once_none_is_granted_unseen(quiet: House) -> None:
    """Each is granted on what its tester could read: never more in all than was ordered."""
    made = test_of(quiet, targetDurationMinutes=5, maxExtensionMinutes=5).claimed()
    replies = ask_at_once(*[partial(made.tester.extend, made.job_id, 2)] * 4)
    granted = statuses(replies)[200]
    assert 1 <= granted <= 2
    assert made.job["totalExtensionMinutes"] == 2 * granted


@ON_BOTH_STORES
@pytest.mark.slow
def test_of_several_submissions_one_counts_and_is_read_once(quiet: House) -> None:
    scribe, hub = Scribe(), Hub()
    with quiet.living_in(reader=scribe, forge=hub):
        made = test_of(quiet).claimed()
        replies = ask_at_once(*[partial(made.tester.submit, made.job_id)] * 4)
        assert statuses(replies) == {200: 1, 409: 3}
        assert {reply.json["code"] for reply in replies if reply.status == 409} == {"already_handed_in"}
        at_once(*[partial(give, quiet, "judge", entry_of(quiet, "job.extract"))] * 4)
        quiet.drain()
        assert (len(scribe.reports), made.job["status"]) == (1, "completed")


@ON_BOTH_STORES
@pytest.mark.slow
@pytest.mark.parametrize("is_heard", [True, False])
def test_several_couriers_at_one_finding_open_one_issue(quiet: House, is_heard: bool) -> None:
    with quiet.living_in(reader=Scribe(), forge=(hub := Hub(is_heard=is_heard))):
        someone, job_id = _with_a_finding(quiet)
        at_once(*[partial(give, quiet, "courier", entry_of(quiet, "job.open_issue"))] * 4)
        quiet.drain()
        assert hub.about(job_id) == 1
        assert someone.job(job_id)["extractedIssues"][0]["githubIssueUrl"]


def test_an_issue_whose_opening_nobody_heard_of_is_looked_for_after_a_suspension_too(quiet: House) -> None:
    """What is put off meanwhile is the same thing, and begun already."""
    clock, hub = MovableClock(quiet.world.clock), Hub(is_heard=False)
    with quiet.living_in(reader=Scribe(), forge=hub, clock=clock):
        someone, job_id = _with_a_finding(quiet)
        give(quiet, "courier", entry_of(quiet, "job.open_issue"))
        hub.is_heard = True
        for verb in ("suspend", "unsuspend"):
            assert quiet.admin.do(f"/agents/{someone.agent.id}/{verb}").status == 200
            clock.pass_time(days=2)
            quiet.sweep()
            quiet.drain()
        assert someone.job(job_id)["extractedIssues"][0]["githubIssueUrl"]
        assert hub.about(job_id) == 1


@ON_BOTH_STORES
def test_a_courier_who_read_a_finding_before_another_lost_its_answer_looks_for_the_issue(quiet: House) -> None:
    """One reads the entry; another leases it, opens the issue, loses the answer and lets go; then the first goes on."""
    hub = Hub(fail=nth(0, lost_answer(), operation="open_issue"))
    with quiet.living_in(reader=Scribe(), forge=hub):
        someone, job_id = _with_a_finding(quiet)
        entry_id, store, met = entry_of(quiet, "job.open_issue"), quiet.world.store, list[str]()

        def another_first(operation: str, index: int) -> None:
            if operation == "update_item" and not met:
                met.append(operation)
                with quiet.living_in(store=store):
                    deliver(quiet, "courier", entry_id)

        with quiet.living_in(store=replace(store, client=FlakyClient(store.client, another_first))):
            deliver(quiet, "courier", entry_id)
        assert met, "the other one was there"
        assert hub.about(job_id) == 1
        assert someone.job(job_id)["extractedIssues"][0]["githubIssueUrl"]


@ON_BOTH_STORES
@pytest.mark.slow
def test_a_reader_who_answers_when_it_is_too_late_or_just_in_time_ends_a_job_once(quiet: House) -> None:
    for _ in range(6):
        made = test_of(quiet).handed_in()
        path = f"{made.customer.agent.id}/{made.job_id}"
        quiet_clock = MovableClock(quiet.world.clock)
        with quiet.living_in(clock=quiet_clock):
            quiet_clock.pass_time(minutes=31)
            at_once(
                partial(give, quiet, "judge", f"job.extract:{path}"),
                partial(give, quiet, "timers", f"job.extract_overdue:{path}"),
            )
        paid = made.job["status"] == "completed"
        assert made.job["status"] in {"completed", "error"}
        assert made.customer.balance() == ((100 - made.job["costUsd"], 0) if paid else (100, 0))


@ON_BOTH_STORES
@pytest.mark.slow
def test_a_hold_that_ends_several_times_pays_once(quiet: House) -> None:
    made, clock = test_of(quiet).completed(), MovableClock(quiet.world.clock)
    earned = made.tester.earnings()[0]
    with quiet.living_in(clock=clock):
        clock.pass_time(days=8)
        at_once(*[partial(give, quiet, "timers", entry_of(quiet, "job.mature"))] * 4, *[quiet.sweep] * 2)
        quiet.drain()
        assert made.tester.earnings() == (0, earned, earned)


# What is disputed


@ON_BOTH_STORES
def test_at_the_end_of_the_hold_either_the_dispute_or_the_tester_is_first(quiet: House) -> None:
    """Two machines whose clocks differ: to one the hold is over, to the other it is not."""
    clock = MovableClock(quiet.world.clock)
    with quiet.living_in(clock=clock):
        for _ in range(6):
            made = test_of(quiet).completed()
            earned = made.tester.earnings()[0]
            (bell,) = awaited(_head(made))
            clock.pass_time(days=7, seconds=1)
            disputed, _ = at_once(
                partial(_late, clock, 30, partial(disputes.dispute, made)), partial(give, quiet, "timers", bell)
            )
            assert isinstance(disputed, Reply)
            free, job = made.tester.earnings()[1], made.job
            assert (disputed.status, "dispute" in job, free) in {(200, True, 0), (409, False, earned)}, disputed
            assert disputed.status == 200 or disputed.json["code"] == "hold_over"
            order.check(quiet)


@ON_BOTH_STORES
@pytest.mark.slow
def test_of_several_outcomes_of_people_and_the_clock_one_counts(quiet: House) -> None:
    clock = MovableClock(quiet.world.clock)
    with quiet.living_in(clock=clock):
        for _ in range(6):
            made = test_of(quiet).completed()
            assert statuses(ask_at_once(*[partial(disputes.dispute, made)] * 2)) == {200: 1, 409: 1}
            (bell,) = awaited(_head(made))
            clock.pass_time(days=14, seconds=1)
            asked = [partial(patient, partial(disputes.resolve, made, word)) for word in ("release", "refund")]
            *replies, _ = at_once(*asked, partial(give, quiet, "timers", bell))
            codes = {reply.json["code"] for reply in replies if reply.status != 200}
            assert codes <= {"dispute_final"}, replies
            outcome = made.job["dispute"]["outcome"]
            # The clock may have been before both of them; it releases.
            assert [reply.status for reply in replies] in {
                "release": ([200, 409], [409, 409]), "refund": ([409, 200],),
            }[outcome], replies  # fmt: skip
            order.check(quiet)


# What is ordered once


@ON_BOTH_STORES
def test_the_same_words_many_times_at_once_are_one_job_and_one_hold(quiet: House) -> None:
    someone = customer(quiet)
    replies = ask_at_once(*[someone.create] * 8)
    assert statuses(replies) == {201: 8}
    assert len({reply.text for reply in replies}) == 1
    assert someone.get("/jobs").json["pagination"]["total"] == 1
    assert someone.balance() == (93.52, 6.48)


@ON_BOTH_STORES
@pytest.mark.slow
def test_money_for_five_orders_five_of_twelve(quiet: House) -> None:
    someone = customer(quiet, deposit=32.4)
    replies = ask_at_once(*(partial(someone.create, key=f"order-{number}") for number in range(12)))
    assert statuses(replies) == {201: 5, 402: 7}
    assert someone.balance() == (0, 32.4)


@ON_BOTH_STORES
@pytest.mark.slow
def test_all_who_wait_for_one_job_hear_of_its_end(quiet: House) -> None:
    someone, one = customer(quiet), tester(quiet)
    waiting = [partial(_run, someone)] * 3
    *heard, done = at_once(*waiting, partial(_done_meanwhile, quiet, someone, one.claim, one.submit))
    assert statuses(heard) == {200: 3}, heard
    assert {(reply.json["id"], reply.json["status"]) for reply in heard} == {(done.json["id"], "completed")}
    assert someone.get("/jobs").json["pagination"]["total"] == 1


def _with_a_finding(house: House) -> tuple[Customer, str]:
    """A customer and their job, in which one thing was found that is to become an issue."""
    someone = customer(house)
    house.admin.do(f"/agents/{someone.agent.id}/repositories", repo="octocat/hello-world")
    job_id = someone.ordered(repoName="octocat/hello-world", canCreateGithubIssues=True)
    Test(house, someone, tester(house), job_id).handed_in()
    deliver(house, "judge", entry_of(house, "job.extract"))
    return someone, job_id


def _run(someone: Customer) -> Reply:
    headers = {**someone.agent.headers, "Prefer": f"wait={WAIT_SECONDS}"}
    return patient(partial(someone.agent.house.request, "POST", "/api/run", ORDER, headers=headers))


def _done_meanwhile(
    house: House, someone: Customer, claim: Callable[[str], Reply], submit: Callable[[str], Reply]
) -> Reply:
    """Do the job that somebody waits for, once it is announced."""
    while not (page := someone.get("/jobs?status=waiting").json["data"]):
        house.drain()
    job_id = page[0]["id"]
    for deed in (claim, submit):
        made = patient(partial(deed, job_id))
        assert made.status == 200, made
    house.drain()
    return made


def _late(clock: MovableClock, seconds: int, deed: Callable[[], Reply]) -> Reply:
    """A deed on a machine whose clock is behind: to it there is still time."""
    clock.be_wrong_by(seconds=-seconds)
    return patient(deed)


def _head(made: Test) -> Job:
    return HEADS.find(made.house.world.store, Ref(made.customer.agent.id, made.job_id))
