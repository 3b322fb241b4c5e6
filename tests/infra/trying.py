"""Jobs of every kind and end, through any door: what a walk through the house needs of the people who try pages."""

import json
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from chalicelib.core.identity import deployment
from tests.core.stand_ins import Notebook
from tests.doors.urls import Visitor
from tests.harness import Agent, House, Operator, Reply, picture
from tests.products.operators.uploads import announce_recording, put
from tests.products.qa.people import Customer, Tester
from tests.proofs.bells import lose_all
from tests.proofs.stand_ins import Hub, Scribe

FORM = {"works": {"type": "boolean", "description": "Does it work?"}}
REPO = "octocat/hello-world"


@dataclass
class WaitingHouse(House):
    """The same house, come to by its Function URL."""

    def request(
        self, method: str, path: str, body: Any = None, *, headers: dict[str, str] | None = None,
        raw: bytes | None = None, source: str = "127.0.0.1",
    ) -> Reply:  # fmt: skip
        place, _, query = path.partition("?")
        kind = {"content-type": "application/json"} if body is not None else {}
        named = {name.lower(): value for name, value in (headers or {}).items()}
        more = {"body": json.dumps(body)} if body is not None else {}
        visitor = Visitor(lambda event: self.app.handler_map["wait"](event, None))
        return visitor.ask(method, place, query=query, headers=kind | named, **more)


@dataclass
class Trial:
    """Somebody who orders tests, somebody who tests, and the house in which everything else happens."""

    house: House
    customer: Customer
    tester: Tester

    def offered(self, **order: Any) -> str:
        """A job on the board. What was ordered through another door is announced by the same bell."""
        made = self.customer.create(key=f"order-{self.house.world.wall().timestamp()}", **order)
        assert made.status == 201, made
        self.house.drain()
        return str(made.json["jobId"])

    def claimed(self, **order: Any) -> str:
        job_id = self.offered(**order)
        _done(self.tester.claim(job_id))
        return job_id


def try_pages(house: House, door: House, agent: Agent, operator: Operator) -> None:
    """Everything that there is to do about jobs, each at least once; the customer comes through `door`."""
    trial = Trial(house, Customer(replace(agent, house=door)), Tester(operator))
    settings = house.world.settings.model_copy(update={"slack_webhook_url": "https://slack.example.com/hook"})
    with house.living_in(reader=Scribe(), forge=Hub(), courier=Notebook(), settings=settings):
        _done(house.admin.do(f"/agents/{agent.id}/repositories", repo=REPO))
        _look(trial)
        _complete(trial, operator)
        _leave(trial)
        _run_out(trial)


def _look(trial: Trial) -> None:
    """What can be ordered, claimed and looked at."""
    customer, tester = trial.customer, trial.tester
    trial.offered()
    first = trial.offered()
    # The same words again, without a key: the claim that nobody made is read.
    for _ in range(2):
        _done(customer.create(description="Buy two pencils."))
    for _ in range(2):
        # Late by a second, and late again: nobody claims it.
        assert _ran(trial).status == 408
    for path in ("/jobs?limit=1", "/jobs?status=waiting&limit=1"):
        page = _done(customer.get(path))["pagination"]
        _done(customer.get(f"{path}&cursor={quote(page['next_cursor'])}"))
    for path in (f"/job/{first}", f"/jobs/{first}", f"/jobs/{first}/status"):
        _done(customer.get(path))
    page = _done(tester.get("/jobs?limit=1"))["pagination"]
    _done(tester.get(f"/jobs?limit=1&cursor={quote(page['next_cursor'])}"))
    _done(tester.get(f"/jobs/{first}"))


def _ran(trial: Trial) -> Reply:
    headers = {**trial.customer.agent.headers, "Prefer": "wait=1", "Idempotency-Key": "run"}
    words = {"url": "https://example.com", "description": "Look."}
    return trial.customer.agent.house.request("POST", "/api/run", words, headers=headers)


def _complete(trial: Trial, operator: Operator) -> None:
    """One job whose words, files and findings all are read, and whose pay is free in the end."""
    house, customer, tester = trial.house, trial.customer, trial.tester
    job_id = trial.claimed(repoName=REPO, canCreateGithubIssues=True, outputSchema=FORM)
    _done(tester.extend(job_id, 1))
    shot = picture(size=(8, 8))
    announced = announce_recording(operator, shot, "image/png")
    assert put(announced, shot) == 200
    long = [{"type": "log", "message": "x" * 9_000, "timestamp": "1"}] * 20
    _done(tester.submit(job_id, testerData={"screenshots": [announced.json["url"]], "consoleMessages": long}))
    house.drain()
    job = customer.job(job_id)
    assert (job["status"], len(job["testerData"]["screenshots"])) == ("completed", 1), job
    assert job["extractedIssues"][0]["githubIssueUrl"], job
    for path in ("/jobs?scope=mine&limit=1", f"/jobs/{job_id}"):
        _done(tester.get(path))


def _leave(trial: Trial) -> None:
    """Jobs that testers leave, and one that nobody can read in time."""
    house, tester = trial.house, trial.tester
    _done(tester.abandon(trial.claimed()))
    _done(tester.reject(trial.claimed()))
    missed = trial.claimed(outputSchema=FORM)
    _done(tester.submit(missed))
    with house.living_in(reader=Scribe(covers=False)):
        house.drain()
    assert trial.customer.job(missed)["status"] == "incomplete"
    unread = trial.claimed(outputSchema=FORM)
    _done(tester.submit(unread))
    with house.living_in(reader=Scribe(is_there=False)):
        house.drain()
        _pass_time(house, 31 * 60)
    assert trial.customer.job(unread)["status"] == "error"


def _run_out(trial: Trial) -> None:
    """What only time does: nobody claims, nobody hands in, a hold is over."""
    house, customer = trial.house, trial.customer
    overrun, unclaimed = trial.claimed(), trial.offered()
    _pass_time(house, 3 * 3_600)
    assert [customer.job(one)["reason"] for one in (overrun, unclaimed)] == ["tester_overtime", "no_capacity"]
    _pass_time(house, 8 * 86_400)


def _pass_time(house: House, seconds: int) -> None:
    """Business time passes, and the schedule and the queues do the work, not the clock's own sweep."""
    deployment.advance_clock(house.world.store, seconds)
    lose_all(house)
    house.sweep()
    house.drain()


def _done(reply: Reply) -> Any:
    assert reply.status < 400, reply
    return reply.json
