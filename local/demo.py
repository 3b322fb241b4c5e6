"""`python -m local.demo`, which is `make demo`: the main job over HTTP, against a stack that it starts itself.

An agent and an operator walk one task from registration to payout, another into a manual review and a dispute that the
backoffice splits, a third into a cancellation; signed webhooks arrive; a hold and a deadline are seen to pass. Every
step is printed with the balances behind it and checked; the first thing that is off ends the demo with exit code 1.
"""

import hashlib
import os
import secrets
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from chalicelib.core.ledger.proof import prove
from chalicelib.doors import wiring
from local.ministack import StoreUnavailable
from local.pictures import picture
from local.runner import LocalStack
from local.settings import ADMIN_KEY
from local.stack import StackFailed
from local.webhooks import Receiver

PATIENCE_SECONDS = 30.0
SECRET = "a-secret-of-the-agent"  # noqa: S105 the demo's own, worth nothing


class Off(Exception):
    """Something is not as it should be."""


@dataclass
class Walk:
    """One walk: who takes part, and what was printed so far."""

    http: httpx.Client
    webhooks: Receiver
    steps: int = 0
    agent: dict[str, str] = field(default_factory=dict)
    operator: dict[str, str] = field(default_factory=dict)

    def say(self, sentence: str) -> None:
        """Print a step, with what everybody has after it."""
        self.steps += 1
        print(f"{self.steps:>3}. {sentence}")
        if self.agent and self.operator:
            a, o = self.ask("GET", "/agents/balance", self.agent), self.ask("GET", "/operator/earnings", self.operator)
            print(
                f"       agent: deposit {a['deposit_balance']:.2f}, escrow {a['escrow_balance']:.2f}"
                f"   operator: pending {o['pending_balance']:.2f}, available {o['available_balance']:.2f}"
            )

    def ask(
        self, method: str, path: str, who: dict[str, str] | None = None, *, status: int = 200, **words: Any
    ) -> dict[str, Any]:
        """One request; anything but the expected status is off."""
        answer = self.http.request(method, f"/api/v1{path}", headers=who, **words)
        if answer.status_code != status:
            raise Off(f"{method} {path} answered {answer.status_code}, not {status}: {answer.text}")
        return dict(answer.json())

    def task(self, task_id: str) -> dict[str, Any]:
        return self.ask("GET", f"/tasks/{task_id}", self.agent)

    def until(self, what: str, look: Callable[[], bool]) -> None:
        """Wait until something is so, for a bounded while."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not look():
            if time.monotonic() > deadline:
                raise Off(f"after {PATIENCE_SECONDS:.0f} s still not: {what}")
            time.sleep(0.1)

    def until_status(self, task_id: str, status: str) -> dict[str, Any]:
        self.until(f"{task_id} is {status}", lambda: self.task(task_id)["status"] == status)
        return self.task(task_id)

    def advance(self, **time_span: float) -> None:
        seconds = int(timedelta(**time_span).total_seconds())
        self.ask("POST", "/test/clock", json={"advance_seconds": seconds})


def main() -> int:
    """0 when every step went as it should."""
    store = os.environ.get("STORE") or "ministack"
    try:
        with ExitStack() as stack:
            state = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            running = stack.enter_context(LocalStack(store, state=state / "state"))
            receiver = stack.enter_context(Receiver(SECRET))
            http = stack.enter_context(httpx.Client(base_url=running.url, timeout=20, trust_env=False))
            walk = Walk(http, receiver)
            for chapter in (_prepare, _main_job, _by_hand, _dispute, _changed_mind, _too_late, _pay_out):
                chapter(walk)
            _prove(walk)
    except (Off, AssertionError, httpx.HTTPError, StoreUnavailable, StackFailed) as error:
        print(f"\nOff: {error}", file=sys.stderr)
        return 1
    print(f"\nAll {walk.steps} steps went as they should.")
    return 0


def _prepare(walk: Walk) -> None:
    print("\nGetting ready")
    if walk.http.get("/api/health").status_code != 200:
        raise Off("the stack is not healthy")
    made = walk.ask(
        "POST", "/agents/register", json={"name": "demo", "email": _address("agent")}, status=201
    )  # fmt: skip
    walk.say(f"An agent registers: {made['agent_id']}, key {made['api_key'][:14]}…")
    agent = {"X-API-Key": made["api_key"]}
    deposit = {"tx_hash": "0x" + secrets.token_hex(32), "amount_usdc": "200.00"}
    walk.ask("POST", "/agents/deposit/usdc", agent, json=deposit)
    words = {"name": "Jane Doe", "email": _address("jane"), "location": {"city": "New York", "country": "US"}}
    person = walk.ask("POST", "/operator/register", json=words, status=201)
    walk.agent, walk.operator = agent, {"X-Operator-Id": person["operator_id"]}
    walk.say(f"It deposits 200 USDC, and an operator registers: {person['operator_id']}, KYC {person['kyc_status']}")
    _expect(walk, deposit=200, escrow=0)


def _main_job(walk: Walk) -> None:
    print("\nThe main job")
    price = {"reward_usd": 25, "task_type": "VERIFICATION"}
    quote = walk.ask("GET", "/tasks/quote", walk.agent, params=price)
    if quote["total_escrow"] != 29.5:
        raise Off(f"a task of 25 is quoted at {quote['total_escrow']}, and should be 29.5")
    walk.say(f"A task of 25 is quoted: a fee of {quote['platform_fee']} ({quote['tier']} tier), 29.5 in all")
    order = _order(callback_url=walk.webhooks.url, callback_secret=SECRET)
    key = {"Idempotency-Key": secrets.token_hex(8)}
    first = walk.ask("POST", "/tasks", {**walk.agent, **key}, json=order, status=201)
    again = walk.ask("POST", "/tasks", {**walk.agent, **key}, json=order, status=201)
    if first != again:
        raise Off(f"the same Idempotency-Key made two tasks: {first['task_id']} and {again['task_id']}")
    task_id = first["task_id"]
    walk.say(f"The agent posts a task, twice under one Idempotency-Key: one task, {task_id}")
    _expect(walk, deposit=170.5, escrow=29.5)
    feed = walk.ask("GET", "/operator/tasks", walk.operator)
    if task_id not in [row["task_id"] for row in feed["data"]]:
        raise Off("the new task is not in the operators' feed")
    walk.ask("POST", f"/operator/tasks/{task_id}/accept", walk.operator)
    walk.say("The operator finds it in the feed and accepts it")
    photos = [_put_photo(walk, "PNG"), _send_photo(walk, "JPEG")]
    words = {"photos": photos, "notes": "Sign confirmed at location"}
    walk.ask("POST", f"/operator/tasks/{task_id}/submit", walk.operator, json=words)
    walk.say("Two photos, a PNG by presigned PUT and a JPEG in the body, are uploaded and submitted")
    task = walk.until_status(task_id, "COMPLETED")
    verdict = task["guardian_result"]
    walk.say(f"The Guardian says {verdict['decision']} at {verdict['confidence']}; the task is COMPLETED")
    _expect(walk, deposit=170.5, escrow=0, pending=25)
    _read_back(walk, task["proof"]["photos"])
    walk.until("the webhook arrives", lambda: "task.verified" in walk.webhooks.events(task_id))
    walk.say("Its webhook task.verified arrived, and both of its signatures hold; the agent reads both photos back")


def _by_hand(walk: Walk) -> None:
    print("\nA review by hand")
    order = _order(
        proof_requirements=["Photo of the sign", "Photo of the door"], callback_url=walk.webhooks.url,
        callback_secret=SECRET,
    )  # fmt: skip
    task_id = walk.ask("POST", "/tasks", walk.agent, json=order, status=201)["task_id"]
    walk.ask("POST", f"/operator/tasks/{task_id}/accept", walk.operator)
    links = ["https://storage.example.com/proof-1.jpg", "https://storage.example.com/proof-2.jpg"]
    walk.ask("POST", f"/operator/tasks/{task_id}/submit", walk.operator, json={"photos": links, "notes": "Done"})
    task = walk.until_status(task_id, "MANUAL_REVIEW")
    walk.until("the webhook arrives", lambda: "task.manual_review" in walk.webhooks.events(task_id))
    walk.say(f"Photos that lie elsewhere were not read: MANUAL_REVIEW at {task['guardian_result']['confidence']}")
    walk.ask("POST", f"/tasks/{task_id}/verify", walk.agent, json={"decision": "APPROVE"})
    walk.say("The agent looks for itself and approves")
    _expect(walk, deposit=141, escrow=0, pending=50)


def _dispute(walk: Walk) -> None:
    task_id = walk.ask("GET", "/tasks", walk.agent, params={"status": "COMPLETED"})["data"][0]["task_id"]
    disputed = walk.ask("POST", f"/tasks/{task_id}/dispute", walk.agent, json={"reason": "The door is missing."})
    walk.say(f"Inside the hold the agent thinks better of it: {disputed['status']}, and the reward is frozen")
    words = {"outcome": "split", "operator_share": 0.6, "reason": "One of the two photos shows what was asked for."}
    path = f"/admin/disputes/{disputed['dispute']['dispute_id']}/resolve"
    walk.ask("POST", path, {"X-Admin-Key": ADMIN_KEY}, json=words)
    walk.say("The backoffice splits it: 15 to the operator at once, 10 of the reward and 1.80 of the fee to the agent")
    _expect(walk, deposit=152.8, escrow=0, pending=25, available=15)


def _changed_mind(walk: Walk) -> None:
    print("\nOn the side")
    task_id = walk.ask("POST", "/tasks", walk.agent, json=_order(reward_usd=10), status=201)["task_id"]
    _expect(walk, deposit=140.8, escrow=12)
    gone = walk.ask("POST", f"/tasks/{task_id}/cancel", walk.agent)
    walk.say(f"Another task, for 10 and the least fee of 2, is cancelled: {gone['refunded_usd']} come back")
    refused = walk.ask("POST", f"/operator/tasks/{task_id}/accept", walk.operator, status=409)
    walk.say(f"Nobody can accept it any more: {refused['error']}")
    _expect(walk, deposit=152.8, escrow=0)


def _too_late(walk: Walk) -> None:
    task_id = walk.ask("POST", "/tasks", walk.agent, json=_order(), status=201)["task_id"]
    walk.advance(days=6)
    task = walk.until_status(task_id, "CANCELLED")
    walk.ask("POST", f"/operator/tasks/{task_id}/accept", walk.operator, status=410)
    walk.say(f"Six days pass, and with them the deadline of a task: {task['cancel_reason']}, refunded; accept says 410")
    _expect(walk, deposit=152.8, escrow=0, pending=25)


def _pay_out(walk: Walk) -> None:
    print("\nThe payout")
    walk.ask("POST", "/operator/payout", walk.operator, json={"amount_usd": 40}, status=402)
    walk.say("The rest of the earnings is still in its seven-day hold: a payout says 402")
    walk.advance(days=1, seconds=1)
    walk.until("the hold is over", lambda: _earnings(walk)["available_balance"] == 40)
    walk.say("A day later the hold is over")
    payout = walk.ask("POST", "/operator/payout", walk.operator, json={"amount_usd": 40})
    status = walk.ask("GET", f"/operator/payout/status/{payout['payout_id']}", walk.operator)["status"]
    walk.say(f"The operator is paid out: {payout['payout_id']} is {status}")
    _expect(walk, deposit=152.8, escrow=0, pending=0, available=0)


def _prove(walk: Walk) -> None:
    """Every leg against every book; the one step that looks behind the API."""
    proof = prove(wiring.world().store)
    if proof.problems:
        raise Off("; ".join(proof.problems))
    fees = proof.balances["house/fees"] / 1_000_000
    walk.say(f"The books of {proof.owners} owners are proved: all accounts sum to zero, the house earned {fees:.2f}")


def _expect(walk: Walk, **amounts: float) -> None:
    """Every cent is where it should be."""
    balance, earned = walk.ask("GET", "/agents/balance", walk.agent), _earnings(walk)
    found = {**balance, **earned}
    for name, amount in amounts.items():
        if found[f"{name}_balance"] != amount:
            raise Off(f"{name} is {found[f'{name}_balance']}, and should be {amount}")


def _earnings(walk: Walk) -> dict[str, Any]:
    return walk.ask("GET", "/operator/earnings", walk.operator)


def _put_photo(walk: Walk, kind: str) -> str:
    """Announce a photo, PUT it straight into the bucket, and return the URL to submit."""
    content = picture(kind)
    words = {
        "content_type": f"image/{kind.lower()}", "size_bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }  # fmt: skip
    ready = walk.ask("POST", "/operator/upload", walk.operator, json=words, status=201)
    stored = httpx.put(ready["upload_url"], content=content, headers=ready["headers"], trust_env=False)
    if stored.status_code != 200:
        raise Off(f"the presigned PUT answered {stored.status_code}: {stored.text}")
    return str(ready["url"])


def _send_photo(walk: Walk, kind: str) -> str:
    """Send a photo as the body itself, and return the URL to submit."""
    headers = {**walk.operator, "Content-Type": f"image/{kind.lower()}"}
    return str(walk.ask("POST", "/operator/upload", headers, content=picture(kind), status=201)["url"])


def _read_back(walk: Walk, photos: list[str]) -> None:
    for link in photos:
        found = httpx.get(link, trust_env=False)
        if found.status_code != 200 or not found.headers["content-type"].startswith("image/"):
            raise Off(f"a photo of the proof cannot be read: {found.status_code}")


def _order(**words: Any) -> dict[str, Any]:
    """The seed's own task, due in five days."""
    return {
        "title": "Verify storefront signage",
        "description": "Take a clear photo of the sign at 123 Main St",
        "location": {"lat": 40.7128, "lng": -74.006, "address": "123 Main St, New York, NY"},
        "reward_usd": 25,
        "deadline": (datetime.now(UTC) + timedelta(days=5)).isoformat(),
        "proof_requirements": ["Photo of storefront sign"],
        "task_type": "VERIFICATION",
        **words,
    }


def _address(name: str) -> str:
    return f"{name}-{secrets.token_hex(4)}@example.com"


if __name__ == "__main__":
    sys.exit(main())
