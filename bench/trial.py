"""The part of the walk that is about jobs: somebody orders tests of pages, and somebody makes them."""

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from bench.walk import MeteredHouse
from chalicelib.core.reader.built_in import BuiltInReader
from tests.harness import Reply
from tests.products.qa.people import ORDER, Customer, Tester
from tests.proofs.bells import lose_all
from tests.proofs.stand_ins import Scribe

FORM = {"works": {"type": "boolean", "description": "Does it work?"}}


@dataclass
class Trial:
    """Who orders tests, and who makes them."""

    house: MeteredHouse
    customer: Customer
    tester: Tester
    repo: str = "octocat/hello-world"

    def complete(self) -> None:
        """One job, well done: its words, its files and its findings are read, and an issue is opened."""
        job_id = self._claimed(repoName=self.repo, canCreateGithubIssues=True, outputSchema=FORM)
        _done(self.tester.get(f"/jobs/{job_id}"))
        _done(self.tester.extend(job_id, 1))
        shot = self.tester.operator.upload()
        _done(self.tester.submit(job_id, answers={"works": True}, testerData={"screenshots": [shot]}))
        self.house.drain()
        for path in (f"/job/{job_id}", f"/jobs/{job_id}", f"/jobs/{job_id}/status"):
            assert _done(self.customer.get(path))["extractedIssues"][0]["githubIssueUrl"]

    def leave(self) -> None:
        """Jobs that testers give up, and one that says nothing of what was asked."""
        _done(self.tester.abandon(self._claimed()))
        _done(self.tester.reject(self._claimed()))
        _done(self.tester.submit(self._claimed(outputSchema=FORM)))
        with self.house.living_in(reader=Scribe(covers=False)):
            self.house.drain()

    def dispute(self) -> None:
        """What two jobs earned is disputed: the backoffice ends one dispute, and time the other."""
        for resolved in (True, False):
            job_id = self._claimed()
            self.house.pass_time(minutes=2)
            _done(self.tester.submit(job_id))
            self.house.drain()
            path, admin = f"/jobs/{job_id}/dispute", self.house.admin
            _done(admin.do(path))
            if resolved:
                _done(admin.do(f"{path}/resolve", outcome="split", operator_share=0.5))

    def look(self) -> None:
        """The lists of both sides, with enough on them for a second page; and a client that runs a job and waits."""
        self.run()
        with self.house.living_in(reader=BuiltInReader()):
            _done(self.customer.send("/analyze-issue", {"issueTitle": "Checkout fails"}))
            _done(self.customer.send("/pr-analyzer", {"prTitle": "Mend the checkout"}))
        _done(self.customer.get("/avatars/0123456789abcdef"))
        for _ in range(2):
            self.customer.ordered()
        for side, path in ((self.customer, "/jobs"), (self.customer, "/jobs?status=waiting")):
            _turn(side, path)
        for path in ("/jobs", "/jobs?scope=mine"):
            _turn(self.tester, path)

    def run(self) -> None:
        """A client that waits while its job is done: one look before it, one look behind it."""
        patience = replace(self.house.world.patience, sleep=self._meanwhile)
        with self.house.living_in(patience=patience):
            _done(self.customer.send("/run", {**ORDER, "description": "Run."}))

    def run_out(self) -> None:
        """What only time does: nobody claims it, nobody hands it in, nobody reads it; a hold and a dispute are over."""
        unread = self._claimed(outputSchema=FORM)
        _done(self.tester.submit(unread))
        lose_all(self.house)
        with self.house.living_in(reader=Scribe(is_there=False)):
            self.house.pass_time(minutes=31)
        self._claimed()
        self.house.pass_time(hours=3)
        self.house.pass_time(days=8)
        self.house.pass_time(days=7)

    def _meanwhile(self, _: float) -> None:
        """The test, made while its client sleeps; what that costs is not the client's."""
        with self.house.meter.resting():
            self.house.drain()
            newest = _done(self.tester.get("/jobs"))["data"][0]["id"]
            _done(self.tester.claim(newest))
            _done(self.tester.submit(newest))
            self.house.drain()

    def _claimed(self, **order: Any) -> str:
        job_id = self.customer.ordered(**order)
        _done(self.tester.claim(job_id))
        return job_id


def _turn(side: Customer | Tester, path: str) -> None:
    """The first page of a list, and the one behind it."""
    path = f"{path}{'&' if '?' in path else '?'}limit=1"
    following = _done(side.get(path))["pagination"]["next_cursor"]
    _done(side.get(f"{path}&cursor={quote(following)}"))


def _done(reply: Reply) -> Any:
    assert reply.status < 400, reply
    return reply.json
