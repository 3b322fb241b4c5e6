"""A pair of people who want something of each other, and everything that the two can do about it again and again."""

import hashlib
import hmac
import json
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from byhand.credentials import PrivateKey
from chalicelib.core.world import World
from tests.doors.mcp import client as mcp
from tests.harness import Agent, House, Operator, Reply, picture
from tests.products.qa.people import ORDER, Customer, Tester
from tests.products.tasks.sealing import sealed
from tests.proofs import order
from tests.proofs.bells import give
from tests.proofs.stand_ins import Mind, MovableClock

ERRAND: dict[str, Any] = {"task_type": "FORM_FILLING", "proof_type": "CONFIRMATION", "location": None, "reward_usd": 20}
NOTICE_SECRET = "the secret that was agreed on"
AGENT_KEY = PrivateKey.make()
# A moment of work, so that it is all over before anything that waits for people is due.
WORK_SECONDS = 2


@dataclass
class Pair:
    """An agent, an operator, what the agent wishes for, and what was found out about it so far."""

    house: House
    agent: Agent
    operator: Operator
    wishes: dict[str, Any]
    photo: bytes = field(default_factory=lambda: picture(size=(8, 8)))
    known: dict[str, str] = field(default_factory=dict)

    @cached_property
    def words(self) -> dict[str, Any]:
        """The order of a task."""
        return self.agent.order(**{**ERRAND, **self.wishes})

    @cached_property
    def another(self) -> Operator:
        """Somebody else who would like to have the task."""
        return self.house.operator()

    @cached_property
    def sealed(self) -> dict[str, str]:
        """A credential for the one task, encrypted once: who hands it in again sends the same bytes."""
        return sealed(AGENT_KEY, self.task_id)

    @property
    def tx_hash(self) -> str:
        return f"0x{self.operator.id}"

    @property
    def task_id(self) -> str:
        """The one task between the two."""
        return self.known["task"]

    @property
    def job_id(self) -> str:
        """The one job between the two."""
        return self.known["job"]

    @property
    def thing_id(self) -> str:
        """What there is between the two, if there is anything yet."""
        return self.known.get("task", self.known.get("job", ""))

    @property
    def repo(self) -> str:
        """A repository of this pair alone."""
        return f"octocat/{self.operator.id}"

    @cached_property
    def customer(self) -> Customer:
        """The agent, as who orders tests."""
        return Customer(self.agent)

    @cached_property
    def tester(self) -> Tester:
        """The operator, as who tests."""
        return Tester(self.operator)

    def order_job(self, *, keyed: bool = True, path: str = "/jobs") -> Reply:
        """The test that the agent wants; with `keyed`, under a key of this pair alone. Its words are, too."""
        repo = {"repoName": self.repo} if self.wishes.get("canCreateGithubIssues") else {}
        words = {**ORDER, "description": f"Buy a pencil. {self.operator.id}", **self.wishes, **repo}
        made = self.customer.send(path, words, key=f"order-{self.operator.id}" if keyed else None)
        if made.status == 201:
            self.known["job"] = made.json["jobId"]
        return made

    def repositories(self, verb: str = "") -> Reply:
        """The backoffice grants the pair's repository, or takes it back."""
        path = f"/agents/{self.agent.id}/repositories{verb}"
        return self.house.admin.do(path, key=f"repo{verb.replace('/', '-')}-{self.operator.id}", repo=self.repo)

    def hand_in_job(self) -> Reply:
        """The tester says what they saw, and how long it took: that does not depend on how long this test takes."""
        return self.tester.submit(self.job_id, key="submit", testDurationSeconds=1, answers={"works": True})

    def dispute_job(self) -> Reply:
        """The backoffice finds out inside the hold that the test was none."""
        return self.house.admin.do(f"/jobs/{self.job_id}/dispute", key=f"d-{self.job_id}")

    def resolve_job(self, **outcome: Any) -> Reply:
        """The backoffice ends that dispute."""
        return self.house.admin.do(f"/jobs/{self.job_id}/dispute/resolve", key=f"r-{self.job_id}", **outcome)

    def work(self) -> list[str]:
        """The tester tries the page for a moment."""
        return self.wait(seconds=WORK_SECONDS)

    def post(self) -> Reply:
        """The task that the agent wants. Its key is of this pair alone, because others have the same agent."""
        made = self.agent.send("/tasks", self.words, key=f"post-{self.operator.id}")
        if made.status == 201:
            self.known["task"] = made.json["task_id"]
        return made

    def post_by_tool(self) -> Reply:
        """The same over MCP."""
        words = {name: self.words[name] for name in ("title", "description", "reward_usd", "deadline")}
        needed = {"proof_requirements": self.words["proof_requirements"], "digital_category": self.words["task_type"]}
        made = self.by_tool("dispatch_digital_task", **words, **needed, idempotency_key=f"post-{self.operator.id}")
        if made.status == 200:
            self.known["task"] = made.json["task_id"]
        return made

    def by_tool(self, tool: str, **arguments: Any) -> Reply:
        """What a tool answers, as its twin over HTTP would: a refusal has a status that says whether to come back."""
        reply = mcp.of(self.agent).ask("tools/call", {"name": tool, "arguments": arguments})
        if reply.status != 200:
            return reply
        text = reply.json["result"]["content"][0]["text"]
        told = json.loads(text)
        if not reply.json["result"]["isError"]:
            return Reply(200, told, reply.headers, text)
        return Reply(503 if "retry_after_seconds" in told else 409, told, reply.headers, text)

    def upload(self) -> Reply:
        """A picture, as the body itself."""
        headers = {**self.operator.headers, "Content-Type": "image/png", "Idempotency-Key": "upload"}
        made = self.house.request("POST", "/api/v1/operator/upload", headers=headers, raw=self.photo)
        if made.status == 201:
            self.known["url"] = made.json["url"]
        return made

    @property
    def dispute_id(self) -> str:
        """The dispute about the task's last proof."""
        if "dispute" not in self.known:
            rows = [row for row in order.scan(self.house.world.store, "tasks") if row["sk"].startswith("dispute#")]
            self.known["dispute"] = max(row["dispute_id"] for row in rows if row["pk"] == self.task_id)
        return self.known["dispute"]

    def dispute(self) -> Reply:
        """The agent finds out inside the hold that it was not done."""
        return self.agent.send(f"/tasks/{self.task_id}/dispute", {"reason": "It was not."}, key=f"d-{self.task_id}")

    def resolve(self, **outcome: Any) -> Reply:
        """The backoffice ends the dispute."""
        return self.house.admin.do(f"/disputes/{self.dispute_id}/resolve", key=f"r-{self.dispute_id}", **outcome)

    def judge_badly(self) -> list[str]:
        """The Guardian rejects, and then is as sure as it was before."""
        mind = self.house.world.judge
        assert isinstance(mind, Mind)
        before, mind.confidence = mind.confidence, 20
        came_to = self.ring("judge", "task.judge")
        mind.confidence = before
        return came_to

    def deposit(self) -> Reply:
        made = self.agent.send(
            "/agents/deposit/usdc", {"tx_hash": self.tx_hash, "amount_usdc": "50.00"}, key=f"deposit-{self.operator.id}"
        )
        if made.status == 200:
            self.known["deposit"] = made.json["transaction_id"]
        return made

    def strange(self) -> Reply:
        """Another agent with a task on the board, whom nobody else needs."""
        stranger = self.house.agent(deposit=50)
        self.known |= {"stranger": stranger.id, "task": stranger.posted(**ERRAND)}
        return stranger.get("/agents/balance")

    def ring(self, queue: str, kind: str, times: int = 1) -> list[str]:
        """The bell of the task's newest entry of a kind; found once, as a message goes on naming one that is gone."""
        if kind not in self.known:
            rows = order.scan(self.house.world.store, "agenda")
            mine = (
                row["pk"]
                for row in rows
                if row["kind"] == kind and (self.thing_id in row["subject"] + row["data"] or self._own(row["subject"]))
            )
            self.known[kind] = max(mine)
        return give(self.house, queue, *[self.known[kind]] * times)

    def order_fiat(self) -> Reply:
        """A deposit by card, which the provider has taken up."""
        words = {"amount_usd": 50, "payment_method": "card"}
        with self._live():
            made = self.agent.send("/agents/deposit", words, key=f"fiat-{self.operator.id}")
        if made.status == 200:
            self.known["pay"], self.known["txn"] = made.json["payment_id"], made.json["transaction_id"]
        return made

    def notify(self) -> Reply:
        """The provider says that the deposit was paid."""
        body = json.dumps({"status": "PAID", "order_id": self.known["pay"], "amount": 50}).encode()
        signature = hmac.new(NOTICE_SECRET.encode(), body, hashlib.sha256).hexdigest()
        with self._live():
            headers = {"X-Signature": signature}
            return self.house.request("POST", "/api/v1/webhooks/dlocal", headers=headers, raw=body)

    def ask_payout(self) -> Reply:
        """Earnings, to a payee."""
        with self._live(payout_cooling_hours=0):
            words = {"amount_usd": 20, "payoneer_payee_id": "payee_1"}
            made = self.operator.send("/operator/payout", words, key="payout")
        if made.status == 200:
            self.known["payout"] = made.json["payout_id"]
        return made

    def suspend(self) -> Reply:
        """The backoffice suspends the agent."""
        return self.house.admin.do(f"/agents/{self.agent.id}/suspend")

    def withdraw_all(self, thing: str = "task") -> list[str]:
        """The bell after that."""
        return give(self.house, "timers", f"{thing}.withdraw_all:{self.agent.id}")

    def fail_payout(self) -> Reply:
        """The backoffice sends the money of a payout back."""
        return self.house.admin.do(f"/payouts/{self.known['payout']}/fail")

    def wait(self, **time: float) -> list[str]:
        """Time passes."""
        clock = self.house.world.clock
        assert isinstance(clock, MovableClock)
        clock.pass_time(**time)
        return []

    @property
    def deposits(self) -> set[str]:
        """The transactions of this pair's deposits that are known of."""
        return {self.known["txn"]} if "txn" in self.known else set()

    def _own(self, subject: str) -> bool:
        return subject.startswith(f"{self.operator.id}/")

    def _live(self, **more: Any) -> AbstractContextManager[World]:
        """The same house, whose money is real for a moment."""
        update = {"byhand_mode": "live", "dlocal_webhook_secret": NOTICE_SECRET, **more}
        return self.house.living_in(settings=self.house.world.settings.model_copy(update=update))
