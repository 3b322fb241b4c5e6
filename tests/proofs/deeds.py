"""Deeds to be cut off: how a pair of people comes to each of them, and how it is done the same way again and again."""

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from byhand.credentials import PrivateKey
from chalicelib.core.world import World
from tests.doors.mcp import client as mcp
from tests.harness import Agent, House, Operator, Reply, picture
from tests.products.tasks.sealing import sealed
from tests.proofs import order
from tests.proofs.bells import give
from tests.proofs.stand_ins import Mind, MovableClock

CONFIRMED: dict[str, Any] = {"confirmation_text": "I have done what was asked."}
ERRAND: dict[str, Any] = {"task_type": "FORM_FILLING", "proof_type": "CONFIRMATION", "location": None, "reward_usd": 20}
HOOK: dict[str, Any] = {"callback_url": "https://example.com/hook", "callback_secret": "secret"}
NOTICE_SECRET = "the secret that was agreed on"
WINDOW: dict[str, Any] = {"auto_complete_after_seconds": 3_600}
AGENT_KEY = PrivateKey.make()
TIER_2: dict[str, Any] = {
    "task_type": "PHONE_VERIFICATION", "proof_type": "ARTIFACT", "agent_public_key": AGENT_KEY.public_key, **WINDOW,
}  # fmt: skip
ESTIMATED: dict[str, Any] = {"estimate_required": True}


@dataclass
class Pair:
    """An agent, an operator, what the agent wants, and what was found out about it so far."""

    house: House
    agent: Agent
    operator: Operator
    words: dict[str, Any]
    photo: bytes = field(default_factory=lambda: picture(size=(8, 8)))
    known: dict[str, str] = field(default_factory=dict)

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
        self.known |= {"stranger": stranger.id, "task": errand(stranger)}
        return stranger.get("/agents/balance")

    def ring(self, queue: str, kind: str, times: int = 1) -> list[str]:
        """The bell of the task's newest entry of a kind; found once, as a message goes on naming one that is gone."""
        if kind not in self.known:
            rows = order.scan(self.house.world.store, "agenda")
            mine = (
                row["pk"]
                for row in rows
                if row["kind"] == kind and (self.task_id in row["subject"] + row["data"] or self._own(row["subject"]))
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

    def withdraw_all(self) -> list[str]:
        """The bell after that."""
        return give(self.house, "timers", f"task.withdraw_all:{self.agent.id}")

    def fail_payout(self) -> Reply:
        """The backoffice sends the money of a payout back."""
        return self.house.admin.do(f"/payouts/{self.known['payout']}/fail")

    def wait_a_week(self) -> list[str]:
        """The hold of what was earned passes."""
        clock = self.house.world.clock
        assert isinstance(clock, MovableClock)
        clock.pass_time(days=7.01)
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


@dataclass(frozen=True)
class Deed:
    """How it is done; what comes before it, what time then passes, and what comes still before it after that."""

    do: Callable[[Pair], Reply | list[str]]
    before: tuple[str, ...] = ()
    waits: Mapping[str, float] = field(default_factory=dict)
    then: tuple[str, ...] = ()
    order: Mapping[str, Any] = field(default_factory=dict)
    by_request: bool = True

    def prepare(self, house: House, clock: MovableClock, agent: Agent) -> Pair:
        """A new pair that has come to this deed. What the deed is about is found out now: that is no part of it."""
        pair = Pair(house, agent, house.operator(), agent.order(**{**ERRAND, **self.order}))
        for name in self.before:
            _must(STEPS[name](pair))
        clock.pass_time(**self.waits)
        for name in self.then:
            _must(STEPS[name](pair))
        return pair


def _must(came_to: Reply | list[str]) -> None:
    assert not isinstance(came_to, Reply) or came_to.status < 300, came_to
    assert not isinstance(came_to, list) or came_to == []


STEPS: dict[str, Callable[[Pair], Reply | list[str]]] = {
    "deposit": Pair.deposit,
    "give money back": lambda pair: pair.house.admin.do(
        f"/deposits/{pair.known['deposit']}/refund", key=f"refund-{pair.operator.id}"
    ),
    "stranger": Pair.strange,
    "suspend the agent": Pair.suspend,
    "suspend": lambda pair: pair.house.admin.do(
        f"/agents/{pair.known['stranger']}/suspend", key=f"suspend-{pair.operator.id}"
    ),
    "order fiat": Pair.order_fiat,
    "notify": Pair.notify,
    "ask payout": Pair.ask_payout,
    "post": Pair.post,
    "post by tool": Pair.post_by_tool,
    "cancel by tool": lambda pair: pair.by_tool(
        "cancel_task", task_id=pair.task_id, idempotency_key=f"cancel-{pair.task_id}"
    ),
    "approve by tool": lambda pair: pair.by_tool(
        "verify_task", task_id=pair.task_id, decision="APPROVE", idempotency_key=f"approve-{pair.task_id}"
    ),
    "cancel": lambda pair: pair.agent.cancel(pair.task_id, key=f"cancel-{pair.task_id}"),
    "accept": lambda pair: pair.operator.accept(pair.task_id, key="accept"),
    "estimate": lambda pair: pair.operator.accept(pair.task_id, key="estimate", estimate_hours=2),
    "approve_estimate": lambda pair: pair.agent.estimate(pair.task_id, "approve", key=f"approve-{pair.task_id}"),
    "reject_estimate": lambda pair: pair.agent.estimate(pair.task_id, "reject", key=f"reject-{pair.task_id}"),
    "start": lambda pair: pair.operator.start(pair.task_id, key="start"),
    "give back": lambda pair: pair.operator.release(pair.task_id, key="release"),
    "rate": lambda pair: pair.agent.rate(pair.task_id, 4, key=f"rate-{pair.task_id}"),
    "upload": Pair.upload,
    "submit": lambda pair: pair.operator.submit(pair.task_id, key="submit", **CONFIRMED),
    "submit credential": lambda pair: pair.operator.submit(
        pair.task_id, key="submit", encrypted_credential=pair.sealed
    ),
    "retrieve": lambda pair: pair.agent.send(f"/tasks/{pair.task_id}/retrieve-credential"),
    "forget": lambda pair: pair.ring("timers", "task.forget_credential"),
    "submit photo": lambda pair: pair.operator.submit(pair.task_id, key="submit", photos=[pair.known["url"]]),
    "approve": lambda pair: pair.agent.verify(pair.task_id, "APPROVE", key=f"approve-{pair.task_id}"),
    "reject": lambda pair: pair.agent.verify(pair.task_id, "REJECT", key=f"reject-{pair.task_id}"),
    "dispute": Pair.dispute,
    "release": lambda pair: pair.resolve(outcome="release"),
    "refund": lambda pair: pair.resolve(outcome="refund"),
    "split": lambda pair: pair.resolve(outcome="split", operator_share=0.6),
    "withdraw": lambda pair: pair.house.admin.do(f"/tasks/{pair.task_id}/cancel", key=f"withdraw-{pair.task_id}"),
    "pay out": lambda pair: pair.operator.payout(20, key="payout"),
    "judge badly": Pair.judge_badly,
    "resolve": lambda pair: pair.ring("timers", "task.resolve"),
    "judge": lambda pair: pair.ring("judge", "task.judge"),
    "complete": lambda pair: pair.ring("timers", "task.complete"),
    "mature": lambda pair: pair.ring("timers", "task.mature"),
    "expire": lambda pair: pair.ring("timers", "task.expire"),
    "a week": Pair.wait_a_week,
    "send payout": lambda pair: pair.ring("timers", "payout.send"),
    "pay payout": lambda pair: pair.ring("courier", "payout.pay"),
    "carry": lambda pair: pair.ring("courier", "webhook.deliver"),
}

_EARNED = ("post", "accept", "submit", "approve")
_HANDED_IN = ("post", "accept", "submit")
_SEALED = ("post", "accept", "submit credential")
DEEDS: dict[str, Deed] = {
    "deposit": Deed(STEPS["deposit"]),
    "post": Deed(STEPS["post"], order=HOOK),
    "post by tool": Deed(STEPS["post by tool"]),
    "cancel by tool": Deed(STEPS["cancel by tool"], before=("post", "accept")),
    "approve by tool": Deed(STEPS["approve by tool"], before=(*_HANDED_IN, "judge"), order=WINDOW),
    "cancel": Deed(STEPS["cancel"], before=("post", "accept")),
    "accept": Deed(STEPS["accept"], before=("post",)),
    "estimate": Deed(STEPS["estimate"], before=("post",), order=ESTIMATED),
    "approve_estimate": Deed(STEPS["approve_estimate"], before=("post", "estimate"), order=ESTIMATED),
    "reject_estimate": Deed(STEPS["reject_estimate"], before=("post", "estimate"), order=ESTIMATED),
    "start": Deed(STEPS["start"], before=("post", "accept")),
    "give back": Deed(STEPS["give back"], before=("post", "accept", "start")),
    "rate": Deed(STEPS["rate"], before=(*_HANDED_IN, "approve")),
    "upload": Deed(STEPS["upload"], before=("post", "accept")),
    "submit": Deed(STEPS["submit photo"], before=("post", "accept", "upload"), order={"proof_type": "PHOTO"}),
    "submit credential": Deed(STEPS["submit credential"], before=("post", "accept"), order=TIER_2),
    "judge credential": Deed(STEPS["judge"], by_request=False, before=_SEALED, order=TIER_2),
    "forget": Deed(
        STEPS["forget"], by_request=False, before=(*_SEALED, "approve"), order=TIER_2, waits={"days": 30.01}
    ),
    "judge": Deed(STEPS["judge"], by_request=False, before=_HANDED_IN, order=HOOK | WINDOW),
    "complete": Deed(
        STEPS["complete"], by_request=False, before=(*_HANDED_IN, "judge"), order=WINDOW, waits={"hours": 1.01}
    ),
    "approve": Deed(STEPS["approve"], before=(*_HANDED_IN, "judge"), order=WINDOW),
    "dispute": Deed(STEPS["dispute"], before=(*_HANDED_IN, "approve")),
    **{word: Deed(STEPS[word], before=(*_HANDED_IN, "reject")) for word in ("release", "refund", "split")},
    **{
        f"{word} after completion": Deed(STEPS[word], before=(*_HANDED_IN, "approve", "dispute"))
        for word in ("release", "refund", "split")
    },
    "withdraw": Deed(STEPS["withdraw"], before=("post", "accept")),
    "submit again": Deed(
        lambda pair: pair.operator.submit(pair.task_id, key="again", **CONFIRMED), before=(*_HANDED_IN, "judge badly")
    ),
    "refund by the clock": Deed(
        STEPS["resolve"], by_request=False, before=(*_HANDED_IN, "judge badly"), waits={"days": 14.01}
    ),
    "release by the clock": Deed(
        STEPS["resolve"],
        by_request=False,
        before=(*_HANDED_IN, "judge", "approve", "dispute"),
        order=WINDOW,
        waits={"days": 14.01},
    ),
    "mature": Deed(STEPS["mature"], by_request=False, before=(*_HANDED_IN, "approve"), waits={"days": 7.01}),
    "expire": Deed(STEPS["expire"], by_request=False, before=("post",), waits={"days": 5.01}),
    "pay out": Deed(STEPS["pay out"], before=_EARNED, waits={"days": 7.01}, then=("mature",)),
    "order fiat": Deed(STEPS["order fiat"]),
    "notice": Deed(STEPS["notify"], before=("order fiat",)),
    "send payout": Deed(
        STEPS["send payout"], by_request=False, before=_EARNED, waits={"days": 7.01}, then=("mature", "ask payout")
    ),
    "pay payout": Deed(
        STEPS["pay payout"],
        by_request=False,
        before=_EARNED,
        waits={"days": 7.01},
        then=("mature", "ask payout", "send payout"),
    ),
    "give money back": Deed(STEPS["give money back"], before=("deposit",)),
    "suspend": Deed(STEPS["suspend"], before=("stranger",)),
    "webhook": Deed(STEPS["carry"], by_request=False, before=(*_HANDED_IN, "judge"), order=HOOK | WINDOW),
}


def errand(agent: Agent, **words: Any) -> str:
    """A task that needs no pictures."""
    return agent.posted(**{**ERRAND, **words})


def handed_in(agent: Agent, operator: Operator, **words: Any) -> str:
    """A task whose proof waits for the Guardian."""
    task_id = errand(agent, **words)
    _must(operator.accept(task_id))
    _must(operator.submit(task_id, **CONFIRMED))
    return task_id
