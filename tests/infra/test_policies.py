"""Policies against what the functions really call: nothing that is used is missing, nothing unused is granted.

Every AWS call of a long walk through the house is recorded together with the function that made it. IAM itself does
not run here: this compares actions and resources, and says nothing of how AWS evaluates them.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import pytest

from byhand.credentials import PrivateKey
from chalicelib.core.agenda import service as agenda
from chalicelib.core.identity import deployment
from chalicelib.core.ports.judge import Case, JudgeUnavailable, Verdict
from chalicelib.kit.commit import commit
from chalicelib.products.tasks import kinds
from local.webhooks import Receiver
from tests.core.stand_ins import Ahead
from tests.core.uploads import freezing, put_as_signed
from tests.doors.mcp.client import Client, behind_url
from tests.doors.strangers import FixedJudge, Hook
from tests.harness import Agent, House, Operator
from tests.infra.trying import REPO, WaitingHouse, try_pages
from tests.products.accounts.hooks import made
from tests.products.qa.people import Customer
from tests.products.tasks.sealing import sealed
from tests.providers import Payoneer, live, notify

POLICIES = Path(__file__).resolve().parents[2] / ".chalice"
FUNCTIONS = ("api", "timers", "courier", "judge", "sweep", "prove", "wait")
Use = tuple[str, str, str]

# Granted though the walk does not use it, and why.
BESIDES = {
    # Whichever function starts first in a new deployment writes down what the deployment is.
    "kms:GenerateDataKey": set(FUNCTIONS),
    # Unwrapped once per process, which may be before the walk begins.
    "kms:Decrypt": {"api", "courier", "wait"},
    "dynamodb:UpdateItem LedgerTable": {"sweep", "prove"},
    # Every cold start reads what the deployment is.
    "dynamodb:GetItem LedgerTable": set(FUNCTIONS),
    # When the test clock meets an entry that fails, its message goes to the queue after all.
    "sqs:SendMessage TimersQueue": {"api"},
    # What Lambda's own machinery does for a consumer.
    "sqs:DeleteMessage": {"timers", "courier", "judge"},
    "sqs:GetQueueAttributes": {"timers", "courier", "judge"},
    "sqs:ReceiveMessage": {"timers", "courier", "judge"},
    "logs:CreateLogStream": set(FUNCTIONS),
    "logs:PutLogEvents": set(FUNCTIONS),
    "xray:PutTraceSegments": {"api"},
    "xray:PutTelemetryRecords": {"api"},
    # Only a deployment whose Guardian is on Bedrock asks models; it may ask the Guardian's and the reader's, no other.
    "bedrock:InvokeModel": {"api", "judge", "wait"},
    # What the URLs that it signs are for.
    "s3:GetObject FilesBucket/proof/*": {"api", "wait"},
    # Without it S3 answers 403 for an object that is not there, and we would take that for a fault.
    "s3:ListBucket": {"api", "judge", "wait"},
}

_function: ContextVar[str] = ContextVar("function", default="setup")


class Unavailable:
    """A Guardian that never answers."""

    def judge(self, case: Case) -> Verdict:
        raise JudgeUnavailable("nobody there")


@pytest.fixture
def used(house: House) -> set[Use]:
    """(function, action, logical resource) of every AWS call of the walk."""
    uses: set[Use] = set()
    with _recording(house, uses), Receiver("s") as receiver:
        _walk(house, receiver)
    return uses


@pytest.mark.slow
def test_functions_may_do_what_they_do_and_no_more(used: set[Use]) -> None:
    allowed = {use for name in FUNCTIONS for use in _granted(name)}
    assert sorted(used - allowed) == [], "used and not granted"
    idle = [
        (name, action, resource) for name, action, resource in allowed - used if not _besides(name, action, resource)
    ]
    assert sorted(idle) == [], "granted and not used"


def test_whoever_freezes_pictures_may_freeze_a_video_too(house: House) -> None:
    upload = put_as_signed(house.world, b"\0\0\0\x20ftypisom", "video/mp4")
    uses: set[Use] = set()
    with _recording(house, uses):
        token = _function.set("api")
        freezing(house.world, {upload.upload_id: "videoUrl"}, "job_1")
        _function.reset(token)
    assert {use for use in uses if use[1].startswith("s3:")} == {
        ("api", "s3:GetObject", "FilesBucket/uploads/*"), ("api", "s3:GetObject", "FilesBucket/proof/*"),
        ("api", "s3:PutObject", "FilesBucket/proof/*"),
    }  # fmt: skip
    assert uses <= set(_granted("api"))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_statements_have_names_of_their_own(name: str) -> None:
    names = [one["Sid"] for one in json.loads((POLICIES / f"policy-{name}.json").read_text())["Statement"]]
    assert len(set(names)) == len(names)


def _walk(house: House, receiver: Receiver) -> None:
    """Everything that the functions do, each at least once."""
    agent, operator = house.agent(deposit=1000), house.operator()
    house.request("GET", "/api/health")
    extra = agent.send("/agents/keys", {"name": "second"}).json
    agent.get("/agents/keys")
    agent.send(f"/agents/keys/{extra['id']}", method="DELETE")
    hook = {"callback_url": "http://127.0.0.1:9/hook", "callback_secret": "s"}
    approved = agent.posted(callback_url=receiver.url, callback_secret="s")
    agent.post(key="again")
    agent.post(key="again")
    for query in ("?limit=1", "?limit=1&task_type=VERIFICATION"):
        page = operator.get(f"/operator/tasks{query}").json["pagination"]
        operator.get(f"/operator/tasks{query}&cursor={page['next_cursor']}")
    agent.get("/tasks?status=PENDING")
    agent.get("/tasks?limit=1")
    operator.get("/operator/tasks")
    operator.get("/operator/tasks?task_type=PHOTO")
    operator.send("/operator/me", {"location": {"lat": 40.7, "lng": -74.0}}, method="PATCH")
    agent.get("/operators/search?lat=40.7&lng=-74.0")
    house.admin.get("/admin/operators?kyc_status=APPROVED")
    house.admin.do(f"/operators/{operator.id}/kyc", status="APPROVED")
    operator.accept(approved)
    operator.submit(approved, photos=["http://example.com/1.jpg", "nonsense"])
    operator.hand_in(approved)
    agent.task(approved)
    house.drain()
    agent.rate(approved, 5)
    unseen, rejected = agent.posted(**hook), agent.posted(**hook, proof_requirements=["a", "b", "c"])
    operator.accept(unseen)
    operator.accept(rejected)
    with house.living_in(judge=Unavailable()):
        operator.hand_in(unseen)
        house.drain()
    operator.hand_in(rejected)
    house.drain()
    estimated = agent.posted(estimate_required=True)
    operator.accept(estimated, estimate_hours=1)
    agent.estimate(estimated, "reject")
    operator.accept(estimated, estimate_hours=1)
    agent.estimate(estimated, "approve")
    operator.start(estimated)
    operator.get("/operator/tasks?scope=mine")
    operator.get(f"/operator/tasks/{estimated}")
    operator.release(estimated)
    agent.cancel(estimated)
    house.admin.do("/task-types/PHOTO", enabled=True)
    agent.cancel(agent.posted())
    house.admin.get("/admin/disputes")
    house.admin.do(f"/tasks/{agent.posted()}/cancel")
    agent.verify(agent.posted(), "APPROVE")
    _lose_guardian(agent, operator, hook)
    deployment.advance_clock(house.world.store, 31 * 60)
    house.sweep()
    _lose_messages(house)
    orphan = agenda.at(kinds.COMPLETE, "agent_0/task_0", house.now(), house.now())
    commit(house.world.store, [orphan])
    for _ in range(12):
        # Business time passes without the clock's own sweep, so that the schedule and the queues do the work.
        deployment.advance_clock(house.world.store, 3 * 86_400)
        house.sweep()
        house.drain()
    _lose_guardian(agent, operator, hook)
    house.advance(days=6)
    operator.get("/operator/earnings")
    paid = operator.payout(10).json
    operator.get(f"/operator/payout/status/{paid['payout_id']}")
    _be_told(agent)
    _pay(agent, operator)
    _look_after(house, agent, operator)
    _wait(house, operator)
    for door in (house, WaitingHouse(house.app, house.world)):
        try_pages(house, door, house.agent(deposit=1_000), house.operator())
    _suspend_customer(house)


def _suspend_customer(house: House) -> None:
    """What somebody has ordered and nobody has claimed goes with them."""
    customer = Customer(house.agent(deposit=100))
    customer.ordered()
    house.admin.do(f"/agents/{customer.agent.id}/suspend")
    house.drain()


def _look_after(house: House, agent: Agent, operator: Operator) -> None:
    """What the backoffice does, and what follows from it."""
    deposit = agent.deposit(5).json["transaction_id"]
    house.admin.do(f"/deposits/{deposit}/refund")
    house.admin.get(f"/admin/accounts/{agent.id}/statement")
    house.admin.get(f"/admin/agents/{agent.id}")
    dead = house.admin.get("/admin/agenda/dead").json["data"]
    house.admin.do("/agenda/rerun", entry_id=dead[0]["id"])
    house.admin.do("/agenda/drop", entry_id=dead[1]["id"])
    agent.posted()
    for path in (f"/agents/{agent.id}", f"/operators/{operator.id}"):
        house.admin.do(f"{path}/suspend")
        house.drain()
        house.admin.do(f"{path}/unsuspend")
    event = {"version": "0", "id": "1", "detail-type": "Scheduled Event", "source": "aws.events", "account": "1",
             "time": "2026-01-01T00:00:00Z", "region": "us-east-1", "resources": [], "detail": {}}  # fmt: skip
    house.invoke("prove", event)
    for verb in ("", "/withdraw"):
        house.admin.do(f"/agents/{agent.id}/repositories{verb}", repo=REPO)
    house.admin.get(f"/admin/agents/{agent.id}/repositories")
    house.admin.do("/books/prove")
    house.drain()
    house.admin.get("/admin/books/proof")
    house.admin.get("/admin/books/trial-balance")
    house.admin.get("/admin/audit")


def _wait(house: House, operator: Operator) -> None:
    """Every tool, at the waiting door."""
    agent = house.agent()
    client = behind_url(agent, house.app.handler_map["wait"])
    client.ask("tools/list")
    client.done("fund_account", amount_usdc="500", tx_hash="0xwait")
    client.done("search_operators", lat=40.7, lng=-74.0)
    client.done("list_digital_categories")
    client.done("quote_task", reward_usd=25)
    client.done("request_payout", amount_usd=10)
    common = {name: agent.order()[name] for name in ("title", "description", "deadline")}
    digital = {**common, "proof_requirements": ["Words"], "digital_instructions": "Step by step", "reward_usd": 10}
    posted = client.done("dispatch_digital_task", **digital, digital_category="CONTENT_REVIEW", idempotency_key="once")
    client.done("cancel_task", task_id=posted["task_id"])
    client.refused("dispatch_digital_task", **digital, digital_category="FORM_FILLING", idempotency_key="once")
    client.refused("post_task", **agent.order(reward_usd=9_000), idempotency_key="poor")
    _fetch(house, client, operator, {**common, "reward_usd": 50, "credential_category": "API_KEY_PROCUREMENT"})
    page = client.done("list_tasks", limit=1)["pagination"]
    client.done("list_tasks", limit=1, cursor=page["next_cursor"])
    client.done("list_tasks", status="PENDING")
    for decision in ("APPROVE", "REJECT"):
        task_id = client.done("post_task", **agent.order(callback_url="http://127.0.0.1:9/"))["task_id"]
        client.done("wait_task", task_id=task_id, max_wait_seconds=1)
        operator.accept(task_id)
        operator.hand_in(task_id)
        with house.living_in(judge=FixedJudge(70)):
            house.drain()
        client.done("get_task_result", task_id=task_id)
        client.done("check_verification_status", task_id=task_id)
        client.done("verify_task", task_id=task_id, decision=decision)
    client.done("get_balance")


def _fetch(house: House, client: Client, operator: Operator, order: dict[str, Any]) -> None:
    """A credential, as far as into the agent's hands."""
    key = PrivateKey.make()
    task_id = client.done("dispatch_credential_task", **order, agent_public_key=key.public_key)["task_id"]
    operator.accept(task_id)
    operator.submit(task_id, encrypted_credential=sealed(key, task_id))
    house.drain()
    client.done("retrieve_credential", task_id=task_id)


def _be_told(agent: Agent) -> None:
    """Endpoints: one that takes everything, one that takes nothing until it is disabled, and events for both."""
    house = agent.house
    settings = house.world.settings.model_copy(update={"webhook_disable_after": 1})
    with Hook() as hook, house.living_in(settings=settings):
        urls = (hook.url, "http://127.0.0.1:9/")
        good, bad = (f"/webhooks/endpoints/{made(agent, url)['id']}" for url in urls)
        agent.get("/events")
        agent.cancel(agent.posted())
        with house.living_in(clock=Ahead(house.world.clock)):
            for _ in range(12):
                deployment.advance_clock(house.world.store, 3 * 86_400)
                house.sweep()
                house.drain()
        hook.statuses = [503, 204]
        delivery = agent.send(f"{good}/test").json["delivery_id"]
        agent.send(f"{good}/deliveries/{delivery}/redeliver")
        agent.get(f"{good}/deliveries")
        agent.send(f"{good}/rotate")
        house.drain()
        agent.send(bad, {"status": "enabled"}, method="PATCH")
        agent.send(bad, method="DELETE")
        agent.get(good)


def _pay(agent: Agent, operator: Operator) -> None:
    """Money that meets a provider: a deposit, its reversal, and payouts that are reviewed, lost and refused."""
    house, payoneer = agent.house, Payoneer(mood="hangs up")
    fickle = house.agent()
    with live(house, payoneer=payoneer, payout_cooling_hours=0):
        pay = fickle.send("/agents/deposit", {"amount_usd": 100, "payment_method": "card"}).json["payment_id"]
        fickle.send("/agents/deposit/status", {"payment_id": pay})
        notify(house, pay)
        notify(house, pay, "CHARGEBACK")
        house.drain()
        house.admin.do(f"/agents/{agent.id}/unsuspend")
        agent.get("/agents/deposits")
        lost = operator.send("/operator/payout", {"amount_usd": 10, "payoneer_payee_id": "payee_1"})
        assert lost.status == 200, lost
        house.drain()
        payoneer.mood = "refuses"
        deployment.advance_clock(house.world.store, 11 * 60)
        house.sweep()
        house.drain()
        reviewed = house.world.settings.model_copy(update={"payout_review_usd": 1})
        with house.living_in(settings=reviewed):
            made = operator.send("/operator/payout", {"amount_usd": 10, "payoneer_payee_id": "payee_2"}).json
        house.admin.get("/admin/payouts")
        house.admin.do("/payouts/pause")
        house.admin.do(f"/payouts/{made['payout_id']}/release")
        house.drain()
        house.admin.do(f"/payouts/{made['payout_id']}/fail")
        house.admin.do("/payouts/resume")
    operator.get("/operator/payouts")
    operator.get("/operator/earnings/history")


def _lose_guardian(agent: Agent, operator: Operator, hook: dict[str, str]) -> None:
    """Hand in proof whose message to the Guardian is lost with its consumer."""
    stuck = agent.posted(**hook)
    operator.accept(stuck)
    operator.hand_in(stuck)
    _lose_messages(agent.house)


def _lose_messages(house: House) -> None:
    queues = house.world.queues
    url = queues.urls["judge"]
    for message in queues.client.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]:
        queues.client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


@contextmanager
def _recording(house: House, uses: set[Use]) -> Iterator[None]:
    """Note every call of the world's clients, each under the function that is at work."""
    tables = {name: f"{key.title()}Table" for key, name in house.world.store.names.items()}
    queues = {url: f"{key.title()}Queue" for key, url in house.world.queues.urls.items()}

    def note(params: dict[str, Any], model: Any, **_: Any) -> None:
        for action, resource in _actions(model.service_model.service_name, model.name, params, tables, queues):
            uses.add((_function.get(), action, resource))

    clients = [house.world.store.client, house.world.queues.client, house.world.bucket.client]
    for client in clients:
        client.meta.events.register("provide-client-params.*.*", note)
    app, house.app = house.app, _Named(house.app)
    try:
        yield
    finally:
        house.app = app
        for client in clients:
            client.meta.events.unregister("provide-client-params.*.*", note)
        uses.difference_update({use for use in uses if use[0] == "setup"})


class _Named:
    """An app whose every call says which function it is."""

    def __init__(self, app: Any) -> None:
        self.event_sources, self.routes, self.api = app.event_sources, app.routes, app.api
        self.handler_map = {name: _named(name, handler) for name, handler in app.handler_map.items()}
        self._call = _named("api", app)

    def __call__(self, event: Any, context: Any) -> Any:
        return self._call(event, context)


def _named(name: str, handler: Any) -> Any:
    def call(event: Any, context: Any) -> Any:
        token = _function.set(name)
        try:
            return handler(event, context)
        finally:
            _function.reset(token)

    return call


def _actions(
    service: str, operation: str, params: dict[str, Any], tables: dict[str, str], queues: dict[str, str]
) -> Iterator[tuple[str, str]]:
    """The IAM actions of one call, and what each is done to."""
    if operation == "TransactWriteItems":
        kinds = {
            "Put": "PutItem",
            "Update": "UpdateItem",
            "Delete": "DeleteItem",
            "ConditionCheck": "ConditionCheckItem",
        }
        for item in params["TransactItems"]:
            for kind, body in item.items():
                yield f"dynamodb:{kinds[kind]}", tables[body["TableName"]]
    elif operation == "BatchGetItem":
        yield from ((f"dynamodb:{operation}", tables[name]) for name in params["RequestItems"])
    elif service == "dynamodb":
        index = f"/index/{params['IndexName']}" if "IndexName" in params else ""
        yield f"dynamodb:{operation}", tables[params["TableName"]] + index
    elif service == "sqs":
        yield f"sqs:{operation}", queues[params["QueueUrl"]]
    elif operation == "CopyObject":
        yield "s3:GetObject", _folder(params["CopySource"]["Key"])
        yield "s3:PutObject", _folder(params["Key"])
    elif service == "s3" and "Key" in params:
        # Who may read a file may ask what it is.
        yield "s3:GetObject" if operation == "HeadObject" else f"s3:{operation}", _folder(params["Key"])
    elif service == "s3":
        yield "s3:ListBucket", "FilesBucket"


def _folder(key: str) -> str:
    return f"FilesBucket/{key.partition('/')[0]}/*"


def _granted(function: str) -> Iterator[Use]:
    policy = json.loads((POLICIES / f"policy-{function}.json").read_text())
    for statement in policy["Statement"]:
        for action in statement["Action"]:
            for resource in (
                statement["Resource"] if isinstance(statement["Resource"], list) else [statement["Resource"]]
            ):
                yield function, action, _resource(resource)


def _resource(resource: Any) -> str:
    if resource == "*":
        return "*"
    if "Fn::GetAtt" in resource:
        return str(resource["Fn::GetAtt"][0])
    return str(resource["Fn::Sub"]).replace("${", "").replace(".Arn}", "").replace("}", "")


def _besides(function: str, action: str, resource: str) -> bool:
    return function in BESIDES.get(action, set()) | BESIDES.get(f"{action} {resource}", set())
