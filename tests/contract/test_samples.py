"""The seed's own samples: its requests are accepted as they are written, and its responses have their shapes."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

import app
from byhand.credentials import PrivateKey
from chalicelib.core.identity import deployment
from chalicelib.kit.clock import ShiftedClock
from tests.contract import sampled
from tests.contract.described import problems, request_schema, response_schema
from tests.contract.sampled import Samples
from tests.doors.strangers import FixedJudge, Postman
from tests.harness import Agent, House, Operator
from tests.products.tasks.sealing import sealed

SAMPLES, QA_SAMPLES = sampled.read("samples.yaml"), sampled.read("qa_samples.yaml")
SERVED = {route.name for route in app.ROUTES}
SEEDS_NOON = datetime(2026, 2, 5, 12, tzinfo=UTC)
# What the seed leaves to its reader, and what we put there.
NOTICE_SECRET = "the secret that was agreed on with the provider"
AGENT_KEY = PrivateKey.make()
PLACEHOLDERS: dict[str, Any] = {
    "https://...": "https://example.com/back", "BASE64_ENCODED_P256_PUBLIC_KEY": AGENT_KEY.public_key,
}  # fmt: skip


class SeedClock(ShiftedClock):
    """Business time that stands at the seed's noon when the test begins, so that its deadlines are ahead."""

    def __init__(self, house: House) -> None:
        super().__init__(lambda: deployment.clock_offset_seconds(house.world.store))
        self._began = self.wall()

    def now(self) -> datetime:
        return SEEDS_NOON + (super().now() - self._began)


@pytest.fixture
def seed(house: House) -> Iterator[Samples]:
    """The samples; the seed's callback_url is somebody else's server, so the courier is one that calls nobody."""
    with house.living_in(courier=Postman(), clock=SeedClock(house)):
        yield Samples(house, SAMPLES, PLACEHOLDERS)


@pytest.mark.parametrize(
    "sample",
    [one for one in (*SAMPLES.values(), *QA_SAMPLES.values()) if one.get("route") in SERVED],
    ids=lambda one: f"{one['route']} {one['status']}",
)
def test_the_document_describes_the_seeds_own_samples(sample: dict[str, Any]) -> None:
    if "request" in sample:
        assert problems(request_schema(sample["route"]), sample["request"]) == []
    if "response" in sample:
        assert problems(response_schema(sample["route"], sample["status"], ours=False), sample["response"]) == []


@pytest.mark.promise("seed.samples.requests", "seed.samples.responses")
@pytest.mark.parametrize("settings", [{"DLOCAL_WEBHOOK_SECRET": NOTICE_SECRET}])
def test_the_seeds_whole_story_goes_through_with_its_own_samples(seed: Samples) -> None:
    house = seed.house
    seed.compare("register, step 1", house.request("POST", "/api/v1/agents/register", seed.request("register, step 1")))
    made = seed.compare("register", house.request("POST", "/api/v1/agents/register", seed.request("register")))
    agent = Agent(house, {"X-API-Key": made["api_key"]}, made["agent_id"])
    seed.compare("an error", agent.send("/tasks", seed.request("post a task")))
    seed.compare("deposit", agent.send("/agents/deposit/usdc", seed.request("deposit")))
    _keys(seed, agent)
    _called_back(seed, agent)
    _work(seed, agent)
    # Last, because rewards that are paid from such money wait longer.
    _fiat(seed, agent)
    assert set(seed) - seed.compared == set(), "every sample was held against an answer"


def _fiat(seed: Samples, agent: Agent) -> None:
    """Money by card: a test deployment credits it at once, and the provider's notice finds it done."""
    made = seed.compare("deposit fiat", agent.send("/agents/deposit", seed.request("deposit fiat")))
    paid = f"pay_{made['transaction_id'].partition('_')[2]}"
    asked = seed.request("fiat status", payment_id=paid)
    seed.compare("fiat status", agent.send("/agents/deposit/status", asked))
    before = agent.balance()
    notice = json.dumps(seed.request("dlocal webhook", order_id=paid)).encode()
    headers = {"X-Signature": hmac.new(NOTICE_SECRET.encode(), notice, hashlib.sha256).hexdigest()}
    heard = seed.house.request("POST", "/api/v1/webhooks/dlocal", headers=headers, raw=notice)
    seed.compare("dlocal webhook", heard)
    assert agent.balance() == before


def _keys(seed: Samples, agent: Agent) -> None:
    key = seed.compare("make a key", agent.send("/agents/keys", seed.request("make a key")))
    assert seed.house.request("GET", "/api/v1/agents/balance", headers={"X-API-Key": key["api_key"]}).status == 200
    seed.compare("list keys", agent.get("/agents/keys"))
    seed.compare("revoke a key", agent.send(f"/agents/keys/{key['id']}", method="DELETE"))


def _work(seed: Samples, agent: Agent) -> None:
    """Tasks of every sample, two of them cancelled; the third is done, decided by hand, and paid out."""
    first = seed.compare("post a task, step 3", agent.send("/tasks", seed.request("post a task, step 3")))
    digital = seed.compare("post a digital task", agent.send("/tasks", seed.request("post a digital task")))
    for task in (first, digital):
        seed.compare("cancel", agent.cancel(task["task_id"]))
    task_id = seed.compare("post a task", agent.send("/tasks", seed.request("post a task")))["task_id"]
    seed.compare("balance", agent.get("/agents/balance"))
    seed.compare("list tasks", agent.get("/tasks?status=PENDING"))

    house = seed.house
    order = seed.request("register an operator")
    made = seed.compare("register an operator", house.request("POST", "/api/v1/operator/register", order))
    operator = Operator(house, {"X-Operator-Id": made["operator_id"]}, made["operator_id"])
    seed.compare("browse", operator.get("/operator/tasks"))
    seed.compare("accept", operator.accept(task_id))
    seed.compare("submit", operator.send(f"/operator/tasks/{task_id}/submit", seed.request("submit")))
    with house.living_in(judge=FixedJudge(89)):
        house.drain()
    seed.compare("verify", agent.send(f"/tasks/{task_id}/verify", seed.request("verify")))
    assert agent.rate(task_id, 5).status == 200
    seed.compare("show a task", agent.get(f"/tasks/{task_id}"))
    seed.compare("earnings", operator.get("/operator/earnings"))
    _credential(seed, agent, operator)
    _pay(seed, agent, operator)


def _credential(seed: Samples, agent: Agent, operator: Operator) -> None:
    """What is procured comes encrypted for the agent's key; the seed writes BASE64 where ours is real."""
    agent.deposit(100)
    made = seed.compare("post a credential task", agent.send("/tasks", seed.request("post a credential task")))
    operator.accept(made["task_id"])
    operator.submit(made["task_id"], encrypted_credential=sealed(AGENT_KEY, made["task_id"]))
    with seed.house.living_in(judge=FixedJudge(0)):
        seed.house.drain()
    found = agent.send(f"/tasks/{made['task_id']}/retrieve-credential")
    seed.compare("retrieve a credential", found)


def _pay(seed: Samples, agent: Agent, operator: Operator) -> None:
    """The seed pays out $50, so there is more work first."""
    agent.deposit(100)
    task_id = agent.posted(reward_usd=50)
    operator.accept(task_id)
    operator.send(f"/operator/tasks/{task_id}/submit", seed.request("submit"))
    assert agent.verify(task_id, "APPROVE").status == 200
    seed.house.advance(days=7)
    paid = seed.compare("payout", operator.send("/operator/payout", seed.request("payout")))
    seed.compare("payout status", operator.get(f"/operator/payout/status/{paid['payout_id']}"))


def _called_back(seed: Samples, agent: Agent) -> None:
    """The Guardian's decision is told as the seed writes it, and the seed's own snippet finds its signature right."""
    house, (postman, operator) = seed.house, (Postman(), seed.house.operator())
    agent.deposit(100)
    task_id = agent.send("/tasks", seed.request("post a task")).json["task_id"]
    operator.accept(task_id)
    operator.send(f"/operator/tasks/{task_id}/submit", seed.request("submit"))
    with house.living_in(judge=FixedJudge(95), courier=postman):
        house.drain()
    (told,) = [one for one in postman.carried if json.loads(one.body)["task_id"] == task_id]
    body, sample = json.loads(told.body), seed["task callback"]["request"]
    assert list(sampled.differences("task callback", sample, body)) == []
    assert (body["event"], body["guardian_result"]["decision"]) == ("task.verified", "APPROVE")
    # crypto.createHmac("sha256", secret).update(req.body).digest("hex"), compared with timingSafeEqual
    computed = hmac.new(b"your-random-secret", told.body, hashlib.sha256).hexdigest()
    signature = told.headers["x-humanops-signature"]
    assert len(signature) == len(computed)
    assert hmac.compare_digest(signature.encode(), computed.encode())
    seed.compared.add("task callback")
