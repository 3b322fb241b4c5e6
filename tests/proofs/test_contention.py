"""Others write the same rows: every deed that can be asked for meets that twice and is done, or meets it at every try,
is told so, and has changed nothing.
"""

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

import app
from chalicelib.core.world import World
from chalicelib.kit import commit, ids
from chalicelib.kit.table import Key
from tests import faults
from tests.faults import Fault, FlakyClient
from tests.harness import House, Reply, picture
from tests.products.qa import disputes
from tests.products.qa.people import ORDER, SAID, Customer, Test, Tester, tester
from tests.products.tasks.sealing import Errand
from tests.products.tasks.stages import PHOTOS, Scene, scene
from tests.proofs import order
from tests.proofs.bells import lose_all
from tests.proofs.stand_ins import Counter, Purse

SECRET = "the secret of those who send notices"
BY_ONE_WRITE = {"POST /api/v1/test/clock", "POST /api/analyze-issue", "POST /api/pr-analyzer"}
"""What is one write of its own, and no transaction."""
ONLY_A_CLAIM = "POST /api/v1/agents/deposit/status"
"""What changes nothing: all that it can meet others at is the claim of its own key."""

HOOK = {"url": "https://example.com/hook", "events": ["*"]}
BECAUSE = {"reason": "a test"}
REPOSITORY = {**BECAUSE, "repo": "octocat/hello-world"}


@dataclass
class Ask:
    """One request that is right, and can be sent again."""

    path: str
    words: Any = None
    raw: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    done: tuple[int, str | None] | None = None
    """What it comes to, if that is not the status of its route and no refusal."""


Prepare = Callable[[Scene], Ask]


def _new_agent(stage: Scene) -> Ask:
    return Ask("", {"name": "another", "email": "another@example.com"})


def _on_task(status: str, words: Any = None, **more: Any) -> Prepare:
    """A deed about a task that has come that far, under the path's own name for it."""
    return lambda stage: Ask(_another(stage, status, **more).task_id, words)


def _another(stage: Scene, status: str, **more: Any) -> Scene:
    return stage.next(status, reward_usd=20, **more)


def _dispute(stage: Scene) -> Ask:
    shown = _another(stage, "MANUAL_REVIEW")
    assert shown.agent.verify(shown.task_id, "REJECT").status == 200
    return Ask(shown.task["dispute"]["dispute_id"], {**BECAUSE, "outcome": "refund"})


def _notice(stage: Scene) -> Ask:
    with _real_money(stage.house):
        made = stage.agent.send("/agents/deposit", {"amount_usd": 50, "payment_method": "card"}).json
    body = json.dumps({"status": "PAID", "order_id": made["payment_id"], "amount": 50}).encode()
    signature = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    return Ask("", None, body, {"X-Signature": signature}, {"dlocal_webhook_secret": SECRET})


def _hear_of_kyc(stage: Scene) -> Ask:
    words = {
        "type": "applicantReviewed", "externalUserId": stage.operator.id, "reviewResult": {"reviewAnswer": "GREEN"},
        "createdAtMs": int((stage.house.world.wall() + timedelta(minutes=4)).timestamp() * 1000),
    }  # fmt: skip
    body = json.dumps(words).encode()
    digest = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    headers = {"X-Payload-Digest": digest, "X-Payload-Digest-Alg": "HMAC_SHA256_HEX"}
    return Ask("", None, body, headers, {"kyc_webhook_secret": SECRET})


def _deposit_status(stage: Scene) -> Ask:
    made = stage.agent.send("/agents/deposit", {"amount_usd": 50, "payment_method": "card"}).json
    return Ask("", {"payment_id": made["transaction_id"]})


def _endpoint(stage: Scene) -> str:
    for one in stage.agent.get("/webhooks/endpoints").json["data"]:
        stage.agent.send(f"/webhooks/endpoints/{one['id']}", method="DELETE")
    return str(stage.agent.send("/webhooks/endpoints", HOOK).json["id"])


def _delivery(stage: Scene) -> Ask:
    endpoint = _endpoint(stage)
    sent = stage.agent.send(f"/webhooks/endpoints/{endpoint}/test").json["delivery_id"]
    return Ask(f"{endpoint}/{sent}")


def _payout(stage: Scene) -> Ask:
    """One that waits for a person."""
    with _real_money(stage.house, payout_review_usd=1):
        made = stage.operator.send("/operator/payout", {"amount_usd": 10, "payoneer_payee_id": "payee"})
    assert made.status == 200, made
    return Ask(made.json["payout_id"], BECAUSE)


def _retrieve(stage: Scene) -> Ask:
    return Ask(Errand(stage.house, stage.agent, stage.operator).posted(reward_usd=20).completed().task_id)


def _upload(stage: Scene) -> Ask:
    """Only whoever is at work hands in files."""
    _another(stage, "ACCEPTED")
    return Ask("", None, picture(size=(8, 8)), {"Content-Type": "image/png"})


def _job_words() -> dict[str, Any]:
    """An order of a test like no other: the same words again would be the same job."""
    return {**ORDER, "description": ids.new("run")}


def _run(stage: Scene) -> Ask:
    """A client that does not wait: it is told that the job goes on, which is no refusal of the deed."""
    return Ask("", _job_words(), headers={"Prefer": "wait=0"}, done=(408, "still_running"))


def _on_job(words: Any = None, *, claimed: bool = True) -> Prepare:
    """A deed about a new job, which the tester is at, or can take."""

    def prepare(stage: Scene) -> Ask:
        customer, tester = Customer(stage.agent), Tester(stage.operator)
        for one in tester.get("/jobs?scope=mine").json["data"]:
            # A tester is at one job at a time.
            if one["state"] == "claimed":
                assert tester.abandon(one["id"]).status == 200
        job_id = customer.ordered(**_job_words())
        if claimed:
            assert tester.claim(job_id).status == 200
        return Ask(job_id, words)

    return prepare


def _earned(*, disputed: bool) -> Prepare:
    """A deed about a job whose pay is held."""

    def prepare(stage: Scene) -> Ask:
        customer = Customer(stage.agent)
        made = Test(stage.house, customer, tester(stage.house), customer.ordered(**_job_words())).completed()
        if disputed:
            assert disputes.dispute(made).status == 200
        return Ask(made.job_id, {**BECAUSE, "outcome": "refund"} if disputed else BECAUSE)

    return prepare


def _recording(stage: Scene) -> Ask:
    """Only whoever is at work announces a file."""
    _another(stage, "ACCEPTED")
    return Ask("", {"content_type": "image/png", "size_bytes": 10, "sha256": "0" * 64})


def _dead(stage: Scene) -> Ask:
    """An entry that ran out of tries."""
    task_id = _another(stage, "COMPLETED").task_id
    rows_due = order.scan(stage.house.world.store, "agenda")
    entry = next(row for row in rows_due if row["kind"] == "task.mature" and task_id in row["pk"])
    stage.house.world.store.update(
        "agenda", Key(entry["pk"], entry["sk"]), put={"dead": "dead", "why": "?"}, drop=["shard"]
    )
    return Ask("", {**BECAUSE, "entry_id": entry["pk"]})


def _real_money(house: House, **more: Any) -> AbstractContextManager[World]:
    settings = house.world.settings.model_copy(
        update={"byhand_mode": "live", "payout_cooling_hours": 0, "dlocal_webhook_secret": SECRET, **more}
    )
    return house.living_in(settings=settings, rails={"payoneer": Purse()}, till=Counter())


_AGENT = "/api/v1/agents"
_HOOKS = "/api/v1/webhooks/endpoints"
_ADMIN = "/api/v1/admin"
_TESTER = "/api/tester"
RETRIEVE = "POST /api/v1/tasks/{task_id}/retrieve-credential"


def _granted(stage: Scene) -> Ask:
    assert stage.house.admin.do(f"/agents/{stage.agent.id}/repositories", repo=REPOSITORY["repo"]).status == 200
    return Ask(stage.agent.id, REPOSITORY)


ASKS: dict[str, Prepare] = {
    f"POST {_AGENT}/register": _new_agent,
    "POST /api/v1/operator/register": _new_agent,
    f"POST {_AGENT}/keys": lambda stage: Ask("", {"name": "second"}),
    f"DELETE {_AGENT}/keys/{{key_id}}": lambda stage: Ask(stage.agent.send("/agents/keys", {"name": "x"}).json["id"]),
    f"POST {_AGENT}/deposit/usdc": lambda stage: Ask("", {"tx_hash": "0xabc", "amount_usdc": 50}),
    f"POST {_AGENT}/deposit": lambda stage: Ask("", {"amount_usd": 50, "payment_method": "card"}),
    f"POST {_AGENT}/deposit/status": _deposit_status,
    "POST /api/v1/webhooks/dlocal": _notice,
    f"POST {_ADMIN}/deposits/{{transaction_id}}/refund": lambda stage: Ask(
        stage.agent.deposit(30).json["transaction_id"], BECAUSE
    ),
    f"POST {_HOOKS}": lambda stage: Ask("", HOOK),
    f"PATCH {_HOOKS}/{{endpoint_id}}": lambda stage: Ask(_endpoint(stage), {"description": "mine"}),
    f"DELETE {_HOOKS}/{{endpoint_id}}": lambda stage: Ask(_endpoint(stage)),
    f"POST {_HOOKS}/{{endpoint_id}}/rotate": lambda stage: Ask(_endpoint(stage)),
    f"POST {_HOOKS}/{{endpoint_id}}/test": lambda stage: Ask(_endpoint(stage)),
    f"POST {_HOOKS}/{{endpoint_id}}/deliveries/{{delivery_id}}/redeliver": _delivery,
    "PATCH /api/v1/operator/me": lambda stage: Ask("", {"location": {"lat": 40.7, "lng": -74.0}}),
    f"POST {_ADMIN}/operators/{{operator_id}}/kyc": lambda stage: Ask(
        stage.operator.id, {**BECAUSE, "status": "APPROVED"}
    ),
    "POST /api/v1/webhooks/kyc": _hear_of_kyc,
    "POST /api/v1/operator/upload": _upload,
    "POST /api/v1/operator/payout": lambda stage: Ask("", {"amount_usd": 10}),
    f"POST {_ADMIN}/payouts/pause": lambda stage: Ask("", BECAUSE),
    f"POST {_ADMIN}/payouts/resume": lambda stage: Ask("", BECAUSE),
    f"POST {_ADMIN}/payouts/{{payout_id}}/release": _payout,
    f"POST {_ADMIN}/payouts/{{payout_id}}/fail": _payout,
    "POST /api/v1/tasks": lambda stage: Ask("", stage.agent.order()),
    "POST /api/v1/tasks/{task_id}/cancel": _on_task("PENDING"),
    "POST /api/v1/tasks/{task_id}/verify": _on_task("SUBMITTED", {"decision": "APPROVE"}),
    RETRIEVE: _retrieve,
    "POST /api/v1/tasks/{task_id}/estimate/approve": _on_task("ESTIMATE_PENDING"),
    "POST /api/v1/tasks/{task_id}/estimate/reject": _on_task("ESTIMATE_PENDING"),
    "POST /api/v1/tasks/{task_id}/rate": _on_task("COMPLETED", {"rating": 5}),
    "POST /api/v1/operator/tasks/{task_id}/accept": _on_task("PENDING"),
    "POST /api/v1/operator/tasks/{task_id}/start": _on_task("ACCEPTED"),
    "POST /api/v1/operator/tasks/{task_id}/release": _on_task("ACCEPTED"),
    "POST /api/v1/operator/tasks/{task_id}/submit": _on_task("ACCEPTED", {"photos": PHOTOS}),
    "POST /api/v1/tasks/{task_id}/dispute": _on_task("COMPLETED", BECAUSE),
    f"POST {_ADMIN}/disputes/{{dispute_id}}/resolve": _dispute,
    f"POST {_ADMIN}/tasks/{{task_id}}/dispute": _on_task("COMPLETED", BECAUSE),
    f"POST {_ADMIN}/jobs/{{job_id}}/dispute": _earned(disputed=False),
    f"POST {_ADMIN}/jobs/{{job_id}}/dispute/resolve": _earned(disputed=True),
    f"POST {_ADMIN}/tasks/{{task_id}}/cancel": _on_task("ACCEPTED", BECAUSE),
    f"POST {_ADMIN}/task-types/{{task_type}}": lambda stage: Ask("PHOTO", {**BECAUSE, "enabled": True}),
    f"POST {_ADMIN}/operators/{{operator_id}}/suspend": lambda stage: Ask(stage.operator.id, BECAUSE),
    f"POST {_ADMIN}/operators/{{operator_id}}/unsuspend": lambda stage: Ask(stage.operator.id, BECAUSE),
    f"POST {_ADMIN}/agents/{{agent_id}}/suspend": lambda stage: Ask(stage.agent.id, BECAUSE),
    f"POST {_ADMIN}/agents/{{agent_id}}/unsuspend": lambda stage: Ask(stage.agent.id, BECAUSE),
    f"POST {_ADMIN}/agents/{{agent_id}}/repositories": lambda stage: Ask(stage.agent.id, REPOSITORY),
    f"POST {_ADMIN}/agents/{{agent_id}}/repositories/withdraw": _granted,
    f"POST {_ADMIN}/agenda/rerun": _dead,
    f"POST {_ADMIN}/agenda/drop": _dead,
    f"POST {_ADMIN}/books/prove": lambda stage: Ask("", BECAUSE),
    "POST /api/jobs": lambda stage: Ask("", _job_words()),
    "POST /api/run": _run,
    f"POST {_TESTER}/uploads": _recording,
    f"POST {_TESTER}/jobs/{{job_id}}/claim": _on_job(claimed=False),
    f"POST {_TESTER}/jobs/{{job_id}}/extend": _on_job({"minutes": 1}),
    f"POST {_TESTER}/jobs/{{job_id}}/submit": _on_job({"testerResponse": SAID}),
    f"POST {_TESTER}/jobs/{{job_id}}/abandon": _on_job({}),
    f"POST {_TESTER}/jobs/{{job_id}}/reject": _on_job(BECAUSE),
}
DEEDS = {route.name: route for route in app.ROUTES if route.method != "GET" and route.name not in BY_ONE_WRITE}


@dataclass
class Contended:
    """What makes transactions meet others: the first so many that are sent, each at its last write."""

    client: Any
    times: int
    met: int = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.client, name)

    def transact_write_items(self, **words: Any) -> Any:
        if self.met >= self.times:
            return self.client.transact_write_items(**words)
        self.met += 1
        reasons = ["None"] * (len(words["TransactItems"]) - 1)
        flaky = FlakyClient(self.client, lambda *_: _cancelled(*reasons, "TransactionConflict"))
        return flaky.transact_write_items(**words)


def _cancelled(*reasons: str) -> Fault:
    return faults.cancelled(*reasons)


@pytest.fixture
def stage(house: House, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """People with money and earnings, in a house where nobody waits between two tries."""
    monkeypatch.setattr(commit, "LAST_PAUSE_SECONDS", 0)
    stage = scene(house, "COMPLETED", reward_usd=2_000)
    house.advance(days=7)
    return stage


def test_every_deed_is_here() -> None:
    assert set(ASKS) == set(DEEDS)


@pytest.mark.slow
@pytest.mark.parametrize("settings", [{"OPEN_ASSIGNMENTS_MAX": "100", "GIVE_BACKS_PER_DAY": "100"}])
def test_who_meets_others_at_the_same_rows_is_done_or_told_and_nothing_is_half_done(stage: Scene) -> None:
    for name, prepare in ASKS.items():
        ask = prepare(stage)
        before, always = rows(stage.house), Contended(stage.house.world.store.client, 99)
        busy = send(stage, name, ask, always)
        due = (409, "in_progress") if name == ONLY_A_CLAIM else (503, "busy")
        assert (name, told(busy), always.met) == (name, due, commit.TRIES_MAX)
        assert int(busy.headers["retry-after"]) > 0, name
        assert rows(stage.house) == before, name
        twice = Contended(stage.house.world.store.client, 2)
        made = send(stage, name, ask, twice)
        assert (name, told(made), twice.met) == (name, done(name, ask), 2), made
        assert name == ONLY_A_CLAIM or rows(stage.house) != before, name
        stage.house.admin.do(f"/agents/{stage.agent.id}/unsuspend")
        stage.house.admin.do(f"/operators/{stage.operator.id}/unsuspend")
    lose_all(stage.house)
    stage.house.prove()


def done(name: str, ask: Ask) -> tuple[int, str | None]:
    """What the answer to a deed that is done is."""
    return ask.done or (DEEDS[name].status, None)


def told(reply: Reply) -> tuple[int, str | None]:
    """The status of an answer, and its code if it is a refusal."""
    return reply.status, reply.json.get("code") if reply.status >= 400 else None


def send(stage: Scene, name: str, ask: Ask, client: Any, key: str = "") -> Reply:
    house, route = stage.house, DEEDS[name]
    people = {"agent": stage.agent.headers, "operator": stage.operator.headers, "admin": house.admin.headers}
    whose = people.get(route.who.value, {})
    parts, path = iter(ask.path.split("/")), route.path
    for part in [part for part in path.split("/") if part.startswith("{")]:
        path = path.replace(part, next(parts))
    world = house.world
    settings = world.settings.model_copy(update=dict(ask.settings))
    named = {"Idempotency-Key": f"{name.replace(' ', '-')}{key}"} if route.once else {}
    with house.living_in(store=replace(world.store, client=client), settings=settings):
        headers = {**whose, **named, **ask.headers}
        return house.request(route.method, path, ask.words, headers=headers, raw=ask.raw)


def rows(house: House) -> dict[str, list[str]]:
    """Everything on record but counters of requests and claims."""
    store = house.world.store
    return {
        table: sorted(repr(sorted(row.items())) for row in order.scan(store, table))
        for table in store.names
        if table != "ephemeral"
    }
