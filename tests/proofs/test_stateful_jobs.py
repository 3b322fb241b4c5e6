"""Jobs left to chance: customers, testers, a reader and a forge of many moods, lost and repeated bells, jumps in time.

After every step everything in order.py holds, and every answer is one that the rows before it called for. At the end
time goes on until nothing is left to do, and then every job has ended and every finding is an issue.
"""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from chalicelib.core.board import store as board
from chalicelib.core.heads import Ref
from chalicelib.core.ledger.store import find_book
from chalicelib.products.qa import kinds, rules
from chalicelib.products.qa.lifecycle import TERMINAL, Status
from chalicelib.products.qa.model.jobs import Job
from chalicelib.products.qa.store import jobs as rows
from tests.products.qa.people import Customer, Tester
from tests.proofs import order
from tests.proofs.chance import KEYED, LONG, PICKS, QUICK, Chance
from tests.proofs.stand_ins import Hub, Mailbox, Scribe, outside

CUSTOMERS, TESTERS = st.integers(0, 1), st.integers(0, 1)
# A moment, a try of the sweeper, a test and its end, the reader's patience, a job that nobody claims, a hold.
SPANS = (1, 61, 5 * 60, 11 * 60, 31 * 60, 2 * 3_600 + 1, 8 * 86_400)
REPO = "octocat/hello-world"
FORM = {"works": {"type": "boolean", "description": "Does it work?"}}
# What may run out of tries here: a bell can be lost every time, and strangers can be down for long.
MAY_DIE = ("job.extract", "job.open_issue", "job.tell_slack")


class Trials(Chance):
    """Two customers and two testers in one house."""

    spans = SPANS

    def __init__(self) -> None:
        super().__init__()
        self.scribe, self.hub, self.mailbox = Scribe(), Hub(), Mailbox()
        strangers = {"reader": self.scribe, "forge": self.hub, "courier": self.mailbox}
        # The clock is the deployment's own: it is put ahead by the test clock, as a customer does.
        self.open.enter_context(
            self.house.living_in(**{**outside(self.house), **strangers, "clock": self.house.world.clock})
        )
        self.customers = [Customer(self.house.agent(deposit=amount)) for amount in (30, 15)]
        for one in self.customers:
            assert self.house.admin.do(f"/agents/{one.agent.id}/repositories", repo=REPO).status == 200
        self.testers = [Tester(self.house.operator()) for _ in range(2)]
        self.jobs: list[tuple[Customer, str]] = []

    @initialize(stages=st.lists(st.integers(0, 3), min_size=3, max_size=3))
    def begin_in_the_middle(self, stages: list[int]) -> None:
        """Some jobs are under way already; chance alone would hardly ever walk one to its end."""
        for number, stage in enumerate(stages):
            self.order(number % 2, 2, 1, number == 1, True, keyed=True)
            self.drain(is_there=True, covers=True, findings=2, forge="is up", slack_is_up=True)
            if stage > 0:
                self.claim(0, number % 2, keyed=True)
            if stage > 1:
                self.submit(0, number % 2, None, keyed=True)
            if stage > 2:
                forge = "is up" if number != 1 else "is not heard"
                self.drain(is_there=True, covers=True, findings=2, forge=forge, slack_is_up=True)

    # What customers do

    @rule(
        who=CUSTOMERS, minutes=st.integers(1, 60), more=st.one_of(st.integers(0, 10), st.none()), issues=st.booleans(),
        form=st.booleans(), keyed=KEYED,
    )  # fmt: skip
    def order(self, who: int, minutes: int, more: int | None, issues: bool, form: bool, keyed: bool) -> None:
        """There is a job if there is money for the longest that it can take."""
        customer = self.customers[who]
        words: dict[str, Any] = {
            "url": "https://example.com", "description": f"Try it. {len(self.answered)} {len(self.jobs)}",
            "targetDurationMinutes": minutes, "allowDurationExtension": more is not None,
            **({"maxExtensionMinutes": more} if more is not None else {}),
            **({"repoName": REPO, "canCreateGithubIssues": True} if issues else {}),
            **({"outputSchema": FORM} if form else {}),
        }  # fmt: skip
        price = rules.cost_micros(60 * (minutes + (more or 0)))
        enough = find_book(self.house.world.store, customer.agent.id)["deposit"] >= price
        made = self.send(customer, "/jobs", words, keyed)
        assert made.status == (201 if enough else 402), made
        if enough:
            self.jobs.append((customer, made.json["jobId"]))
            again = customer.send("/jobs", words)
            assert keyed or again.text == made.text, "the same words a moment later are the same job"
            if keyed and again.status == 201:
                self.jobs.append((customer, again.json["jobId"]))

    @precondition(lambda self: self.jobs)
    @rule(pick=PICKS)
    def pry(self, pick: int) -> None:
        """Another customer's job does not exist, and a tester who does not have it is told nothing of it."""
        customer, job = self._pick(pick)
        other = next(one for one in self.customers if one is not customer)
        assert other.get(f"/job/{job.job_id}").status == 404
        for one in self.testers:
            told = one.get(f"/jobs/{job.job_id}")
            mine = job.operator_id == one.id
            offered = job.status is Status.WAITING and job.unclaimed_until > self.house.now()
            assert told.status == (200 if mine or offered else 404), (job, told)

    # What testers do

    @precondition(lambda self: self.jobs)
    @rule(pick=PICKS, who=TESTERS, keyed=KEYED)
    def claim(self, pick: int, who: int, keyed: bool) -> None:
        """One job at a time, and only while it waits."""
        tester, (_, job) = self.testers[who], self._pick(pick)
        load = self.house.world.store.get(board.TABLE, board.load_row(tester.id)) or {}
        free, ahead = not load.get(board.open_of("qa"), 0), job.unclaimed_until > self.house.now()
        made = self.send(tester, f"/jobs/{job.job_id}/claim", None, keyed)
        if job.status is Status.PENDING:
            expected = {404}
        elif job.status is Status.WAITING:
            expected = {200 if free else 409} if ahead else {410}
        elif job.waiting_at is None:
            expected = {404}
        else:
            expected = {409} if ahead or job.operator_id else {409, 410}
        assert made.status in expected, (job, made)

    @precondition(lambda self: self.jobs)
    @rule(pick=PICKS, who=TESTERS, minutes=st.integers(1, 6), keyed=KEYED)
    def extend(self, pick: int, who: int, minutes: int, keyed: bool) -> None:
        tester, (_, job) = self.testers[who], self._pick(pick)
        left = min(job.extension_seconds_max - job.extension_seconds, job.target_seconds)
        made = self.send(tester, f"/jobs/{job.job_id}/extend", {"minutes": minutes}, keyed)
        well = 200 if 60 * minutes <= left else 400
        assert made.status == self._of_whoever_is_at_it(tester, job, well), (job, made)

    @precondition(lambda self: self.jobs)
    @rule(pick=PICKS, who=TESTERS, said=st.one_of(st.none(), st.integers(1, 900)), keyed=KEYED)
    def submit(self, pick: int, who: int, said: int | None, keyed: bool) -> None:
        tester, (_, job) = self.testers[who], self._pick(pick)
        words = {"testerResponse": "It works.", **({"testDurationSeconds": said} if said else {})}
        made = self.send(tester, f"/jobs/{job.job_id}/submit", words, keyed)
        assert made.status == self._of_whoever_is_at_it(tester, job, 200), (job, made)
        if made.status == 200:
            assert made.json["testDurationSeconds"] <= min(said or 10**6, job.most_seconds), (job, made)

    @precondition(lambda self: self.jobs)
    @rule(pick=PICKS, who=TESTERS, verb=st.sampled_from(["abandon", "reject"]), keyed=KEYED)
    def leave(self, pick: int, who: int, verb: str, keyed: bool) -> None:
        tester, (_, job) = self.testers[who], self._pick(pick)
        made = self.send(tester, f"/jobs/{job.job_id}/{verb}", {"reason": "It does not open."}, keyed)
        assert made.status == self._of_whoever_is_at_it(tester, job, 200, may_be_late=True), (job, made)

    # What the backoffice does

    @precondition(lambda self: self.jobs)
    @rule(pick=PICKS, keyed=KEYED)
    def dispute(self, pick: int, keyed: bool) -> None:
        """Once, and only what waits out its hold."""
        _, job = self._pick(pick)
        in_hold = job.held and job.disputed_at is None and (job.hold_until or job.created_at) > self.house.now()
        made = self.house.admin.do(f"/jobs/{job.job_id}/dispute", key=f"dispute-{job.job_id}-{keyed}")
        expected = 200 if in_hold else 404 if job.waiting_at is None else 409
        assert made.status == expected or (made.status == 200 and job.disputed_at is not None), (job, made)

    @precondition(lambda self: self.jobs)
    @rule(pick=PICKS, outcome=st.sampled_from(["release", "refund", "split"]))
    def resolve(self, pick: int, outcome: str) -> None:
        _, job = self._pick(pick)
        words = {"operator_share": 0.6} if outcome == "split" else {}
        made = self.house.admin.do(f"/jobs/{job.job_id}/dispute/resolve", outcome=outcome, **words)
        expected = 404 if job.disputed_at is None else 409 if job.dispute_outcome else 200
        assert made.status == expected, (job, made)

    # What happens by itself, and what goes wrong

    @rule(
        is_there=st.sampled_from([True, True, False]), covers=st.booleans(), findings=st.integers(0, 3),
        forge=st.sampled_from(["is up", "is up", "is down", "is not heard"]), slack_is_up=st.booleans(),
    )  # fmt: skip
    def drain(self, is_there: bool, covers: bool, findings: int, forge: str, slack_is_up: bool) -> None:
        self.scribe.is_there, self.scribe.covers, self.scribe.findings = is_there, covers, findings
        self.hub.is_up, self.hub.is_heard = forge != "is down", forge != "is not heard"
        self.mailbox.status = 200 if slack_is_up else 503
        self.house.drain()

    @rule(who=CUSTOMERS, by_agent=st.booleans(), seconds=st.sampled_from(SPANS))
    def suspend_for_a_while(self, who: int, by_agent: bool, seconds: int) -> None:
        """What nobody had claimed leaves the board; nobody's pay is freed meanwhile."""
        person = self.customers[who].agent if by_agent else self.testers[who].operator
        path = f"/{'agents' if by_agent else 'operators'}/{person.id}"
        assert self.house.admin.do(f"{path}/suspend").status == 200
        before = find_book(self.house.world.store, person.id)
        self.house.advance(seconds=seconds)
        found = order.check(self.house, MAY_DIE)
        waiting = [job for job in found.jobs if job.account_id == person.id and job.status is Status.WAITING]
        assert not (by_agent and waiting), waiting
        assert by_agent or find_book(self.house.world.store, person.id)["available"] == before["available"]
        assert self.house.admin.do(f"{path}/unsuspend").status == 200

    @invariant()
    def everything_is_in_order(self) -> None:
        found = order.check(self.house, MAY_DIE)
        self.remember(found.entries)
        assert self.hub.twice() == []
        for customer in self.customers:
            page = customer.get("/jobs?limit=100").json
            mine = {job.job_id for job in found.jobs if job.account_id == customer.agent.id}
            assert ({row["id"] for row in page["data"]}, page["pagination"]["total"]) == (mine, len(mine))

    def live_to_the_end(self) -> None:
        """Nothing waits for ever: after some weeks there is nothing on the agenda but what is dead."""
        self.scribe.is_there, self.hub.is_up, self.hub.is_heard, self.mailbox.status = True, True, True, 200
        for _ in range(12):
            self.house.advance(days=3)
            found = order.check(self.house, MAY_DIE)
            if all("dead" in row for row in found.entries.values()):
                break
        assert all("dead" in row for row in found.entries.values()), found.entries
        assert {job.status for job in found.jobs} <= set(TERMINAL)
        assert not any(job.held for job in found.jobs)
        dead = Counter(row["subject"] for row in found.entries.values() if row["kind"] == kinds.OPEN_ISSUE.name)
        for sheets in found.sheets.values():
            unheard = self.hub.about(sheets.job.job_id) - len(sheets.issues)
            assert 0 <= unheard <= dead[sheets.job.ref.path], sheets

    def _of_whoever_is_at_it(self, tester: Tester, job: Job, well: int, *, may_be_late: bool = False) -> int:
        """What a deed at a job comes to, if it comes to `well` for whoever is at work and in time."""
        if job.operator_id != tester.id:
            return 409 if job.status is Status.WAITING and job.unclaimed_until > self.house.now() else 404
        if job.status is not Status.WORKING or job.submitted_at is not None:
            return 409
        over: datetime = (job.ends_at or job.created_at) + timedelta(minutes=5)
        return well if may_be_late or over > self.house.now() else 410

    def _pick(self, pick: int) -> tuple[Customer, Job]:
        customer, job_id = self.jobs[-1 - pick % len(self.jobs)]
        return customer, rows.HEADS.find(self.house.world.store, Ref(customer.agent.id, job_id))


def test_whatever_happens_to_jobs_everything_stays_in_order(moto_session: None) -> None:
    run_state_machine_as_test(Trials, settings=QUICK)


@pytest.mark.slow
def test_whatever_happens_to_jobs_for_long_everything_stays_in_order(moto_session: None) -> None:
    run_state_machine_as_test(Trials, settings=LONG)
