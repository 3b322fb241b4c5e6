"""The chapters of the main job."""

import hashlib
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from local.demo.walk import Off, Walk
from local.pictures import picture
from local.settings import ADMIN_KEY

SECRET = "a-secret-of-the-agent"  # noqa: S105 the demo's own, worth nothing


def prepare(walk: Walk) -> None:
    """An agent with money, and an operator."""
    print("\nGetting ready")
    if walk.http.get("/api/health").status_code != 200:
        raise Off("the stack is not healthy")
    made = walk.ask(
        "POST", "/agents/register", json={"name": "demo", "email": address("agent")}, status=201
    )  # fmt: skip
    walk.say(f"An agent registers: {made['agent_id']}, key {made['api_key'][:14]}…")
    agent = {"X-API-Key": made["api_key"]}
    walk.agent_id = made["agent_id"]
    deposit = {"tx_hash": "0x" + secrets.token_hex(32), "amount_usdc": "200.00"}
    walk.ask("POST", "/agents/deposit/usdc", agent, json=deposit)
    words = {"name": "Jane Doe", "email": address("jane"), "location": {"city": "New York", "country": "US"}}
    person = walk.ask("POST", "/operator/register", json=words, status=201)
    walk.agent, walk.operator = agent, {"X-Operator-Id": person["operator_id"]}
    walk.say(f"It deposits 200 USDC, and an operator registers: {person['operator_id']}, KYC {person['kyc_status']}")
    walk.expect(deposit=200, escrow=0)


def main_job(walk: Walk) -> None:
    """One task, from quote to completion."""
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
    walk.expect(deposit=170.5, escrow=29.5)
    feed = walk.ask("GET", "/operator/tasks", walk.operator)
    if task_id not in [row["task_id"] for row in feed["data"]]:
        raise Off("the new task is not in the operators' feed")
    walk.ask("POST", f"/operator/tasks/{task_id}/accept", walk.operator)
    walk.say("The operator finds it in the feed and accepts it")
    photos = [put_photo(walk, "PNG"), _send_photo(walk, "JPEG")]
    words = {"photos": photos, "notes": "Sign confirmed at location"}
    walk.ask("POST", f"/operator/tasks/{task_id}/submit", walk.operator, json=words)
    walk.say("Two photos, a PNG by presigned PUT and a JPEG in the body, are uploaded and submitted")
    task = walk.until_status(task_id, "COMPLETED")
    verdict = task["guardian_result"]
    walk.say(f"The Guardian says {verdict['decision']} at {verdict['confidence']}; the task is COMPLETED")
    walk.expect(deposit=170.5, escrow=0, pending=25)
    _read_back(walk, task["proof"]["photos"])
    walk.until("the webhook arrives", lambda: "task.verified" in walk.webhooks.events(task_id))
    walk.say("Its webhook task.verified arrived, and both of its signatures hold; the agent reads both photos back")


def by_hand(walk: Walk) -> None:
    """Proof that nobody here could read is decided by the agent."""
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
    walk.expect(deposit=141, escrow=0, pending=50)


def dispute(walk: Walk) -> None:
    """Completed work is disputed, and the backoffice splits what it was worth."""
    task_id = walk.ask("GET", "/tasks", walk.agent, params={"status": "COMPLETED"})["data"][0]["task_id"]
    disputed = walk.ask("POST", f"/tasks/{task_id}/dispute", walk.agent, json={"reason": "The door is missing."})
    walk.say(f"Inside the hold the agent thinks better of it: {disputed['status']}, and the reward is frozen")
    words = {"outcome": "split", "operator_share": 0.6, "reason": "One of the two photos shows what was asked for."}
    path = f"/admin/disputes/{disputed['dispute']['dispute_id']}/resolve"
    walk.ask("POST", path, {"X-Admin-Key": ADMIN_KEY}, json=words)
    walk.say("The backoffice splits it: 15 to the operator at once, 10 of the reward and 1.80 of the fee to the agent")
    walk.expect(deposit=152.8, escrow=0, pending=25, available=15)


def changed_mind(walk: Walk) -> None:
    """A task that is withdrawn."""
    print("\nOn the side")
    task_id = walk.ask("POST", "/tasks", walk.agent, json=_order(reward_usd=10), status=201)["task_id"]
    walk.expect(deposit=140.8, escrow=12)
    gone = walk.ask("POST", f"/tasks/{task_id}/cancel", walk.agent)
    walk.say(f"Another task, for 10 and the least fee of 2, is cancelled: {gone['refunded_usd']} come back")
    refused = walk.ask("POST", f"/operator/tasks/{task_id}/accept", walk.operator, status=409)
    walk.say(f"Nobody can accept it any more: {refused['error']}")
    walk.expect(deposit=152.8, escrow=0)


def too_late(walk: Walk) -> None:
    """A task that nobody takes."""
    task_id = walk.ask("POST", "/tasks", walk.agent, json=_order(), status=201)["task_id"]
    walk.advance(days=6)
    task = walk.until_status(task_id, "CANCELLED")
    walk.ask("POST", f"/operator/tasks/{task_id}/accept", walk.operator, status=410)
    walk.say(f"Six days pass, and with them the deadline of a task: {task['cancel_reason']}, refunded; accept says 410")
    walk.expect(deposit=152.8, escrow=0, pending=25)


def pay_out(walk: Walk) -> None:
    """What was earned is paid out, after its hold."""
    print("\nThe payout")
    walk.ask("POST", "/operator/payout", walk.operator, json={"amount_usd": 40}, status=402)
    walk.say("The rest of the earnings is still in its seven-day hold: a payout says 402")
    walk.advance(days=1, seconds=1)
    walk.until("the hold is over", lambda: walk.earnings()["available_balance"] == 40)
    walk.say("A day later the hold is over")
    payout = walk.ask("POST", "/operator/payout", walk.operator, json={"amount_usd": 40})
    status = walk.ask("GET", f"/operator/payout/status/{payout['payout_id']}", walk.operator)["status"]
    walk.say(f"The operator is paid out: {payout['payout_id']} is {status}")
    walk.expect(deposit=152.8, escrow=0, pending=0, available=0)


def put_photo(walk: Walk, kind: str, path: str = "/operator/upload") -> str:
    """Announce a photo, PUT it straight into the bucket, and return the URL to submit."""
    content = picture(kind)
    words = {
        "content_type": f"image/{kind.lower()}", "size_bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }  # fmt: skip
    ready = walk.ask("POST", path, walk.operator, json=words, status=201)
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


def address(name: str) -> str:
    """An e-mail address that nobody has had before."""
    return f"{name}-{secrets.token_hex(4)}@example.com"
