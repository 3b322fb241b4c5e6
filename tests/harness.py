"""The house for tests: the real app over a strict moto in this process, driven through its doors.

    house.agent(deposit=100).post(...)        an agent with a key and money
    house.operator().accept(task_id)          a person who does the work
    house.drain()                             every queue, until empty
    house.advance(days=7)                     business time passes, and what is due is done

Requests are Lambda proxy events given to the Chalice app, queue messages are SQS events given to its handlers: what
is tested is what is deployed, without the sockets.
"""

import base64
import io
import json
import random
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

from chalice.local import LambdaContext
from PIL import Image

from chalicelib.core.ledger.proof import Proof, prove
from chalicelib.core.world import World
from chalicelib.doors import wiring
from chalicelib.kit.clock import iso
from local import consume
from local.settings import ADMIN_KEY


@dataclass(frozen=True)
class Reply:
    """One HTTP answer."""

    status: int
    json: Any
    headers: dict[str, str]
    text: str


@dataclass
class House:
    """One deployment: its app, its world, and ways to come in."""

    app: Any
    world: World
    _count: int = 0
    _consumers: list[consume.Consumer] = field(default_factory=list)

    def request(
        self, method: str, path: str, body: Any = None, *, headers: dict[str, str] | None = None,
        raw: bytes | None = None, source: str = "127.0.0.1",
    ) -> Reply:  # fmt: skip
        """One request through API Gateway's event and the whole of the HTTP door."""
        return _reply(self.app(self._event(method, path, body, headers or {}, raw, source), _context("api")))

    def agent(self, deposit: float | str | None = None, **words: Any) -> "Agent":
        """A new agent, with money if asked for."""
        self._count += 1
        order = {"name": f"agent-{self._count}", "email": f"agent-{self._count}@example.com", **words}
        made = self.request("POST", "/api/v1/agents/register", order)
        assert made.status == 201, made
        agent = Agent(self, {"X-API-Key": made.json["api_key"]}, made.json["agent_id"])
        if deposit is not None:
            agent.deposit(deposit)
        return agent

    def operator(self, **words: Any) -> "Operator":
        """A new operator, whose KYC a test deployment passes."""
        self._count += 1
        order = {"name": "Jane Doe", "email": f"operator-{self._count}@example.com", **words}
        made = self.request("POST", "/api/v1/operator/register", order)
        assert made.status == 201, made
        return Operator(self, {"X-Operator-Id": made.json["operator_id"]}, made.json["operator_id"])

    @property
    def admin(self) -> "Admin":
        """Somebody of the team that runs the deployment."""
        return Admin(self, {"X-Admin-Key": ADMIN_KEY}, "admin#local")

    @contextmanager
    def living_in(self, **parts: Any) -> Iterator[World]:
        """Serve from a world with other parts for a while: another judge, courier, store…"""
        before = self.world
        self.world = replace(before, **parts)
        try:
            with wiring.using(self.world) as world:
                yield world
        finally:
            self.world = before

    def drain(self) -> int:
        """Work every message of every queue, and those they ring."""
        self._consumers = self._consumers or consume.consumers(self.app, self.invoke)
        return consume.drain(self._consumers)

    def invoke(self, name: str, event: dict[str, Any]) -> Any:
        """Call a queue consumer or a schedule as Lambda does."""
        return self.app.handler_map[name](event, _context(name))

    def sweep(self) -> None:
        """The schedule that runs every minute."""
        event = {
            "version": "0", "id": "1", "detail-type": "Scheduled Event", "source": "aws.events", "account": "1",
            "time": "2026-01-01T00:00:00Z", "region": "us-east-1", "resources": [], "detail": {},
        }  # fmt: skip
        self.invoke("sweep", event)

    def advance(self, **time: float) -> Reply:
        """Let business time pass, and do what is due by then."""
        seconds = int(timedelta(**time).total_seconds())
        moved = self.request("POST", "/api/v1/test/clock", {"advance_seconds": seconds})
        assert moved.status == 200, moved
        self.drain()
        return moved

    def now(self) -> datetime:
        return self.world.now()

    def in_time(self, **time: float) -> str:
        """A moment some time from now, as a client writes it."""
        return iso(self.now() + timedelta(**time))

    def prove(self) -> Proof:
        """The books, proved; nothing may be wrong with them."""
        proof = prove(self.world.store)
        assert proof.problems == ()
        return proof

    def _event(
        self, method: str, path: str, body: Any, headers: dict[str, str], raw: bytes | None, source: str
    ) -> dict[str, Any]:
        path, _, query = path.partition("?")
        route, ids = _match(self.app.routes, path)
        pairs = parse_qsl(query, keep_blank_values=True)
        content = raw if raw is not None else (json.dumps(body).encode() if body is not None else None)
        binary = headers.get("Content-Type", "application/json") in self.app.api.binary_types
        shown = content and (base64.b64encode(content) if binary else content).decode(errors="replace")
        return {
            "resource": route, "path": path, "httpMethod": method, "pathParameters": ids, "stageVariables": None,
            "headers": headers, "multiValueHeaders": {name: [value] for name, value in headers.items()},
            "queryStringParameters": dict(pairs) or None,
            "multiValueQueryStringParameters": {name: [value] for name, value in pairs} or None,
            "body": shown, "isBase64Encoded": binary,
            "requestContext": {
                "resourcePath": route, "httpMethod": method, "path": path, "stage": "live",
                "identity": {"sourceIp": source}, "requestId": None,
            },
        }  # fmt: skip


@dataclass
class Caller:
    """Somebody with credentials."""

    house: House
    headers: dict[str, str]
    id: str

    def get(self, path: str) -> Reply:
        return self.house.request("GET", f"/api/v1{path}", headers=self.headers)

    def page(self, path: str) -> dict[str, Any]:
        """A page of a list."""
        found = self.get(path)
        assert found.status == 200, found
        return dict(found.json)

    def send(self, path: str, body: Any = None, *, key: str | None = None, method: str = "POST") -> Reply:
        headers = {**self.headers, **({"Idempotency-Key": key} if key else {})}
        return self.house.request(method, f"/api/v1{path}", body, headers=headers)


@dataclass
class Agent(Caller):
    """An agent's verbs, by their seed names."""

    def deposit(self, amount: float | str, tx_hash: str | None = None) -> Reply:
        tx_hash = tx_hash or f"0x{random.getrandbits(128):032x}"
        made = self.send("/agents/deposit/usdc", {"tx_hash": tx_hash, "amount_usdc": str(amount)})
        assert made.status == 200, made
        return made

    def order(self, **words: Any) -> dict[str, Any]:
        """A task order that is right; `words` replace parts of it, and None takes a part out."""
        whole = {
            "title": "Verify storefront signage",
            "description": "Take a clear photo of the sign at 123 Main St",
            "location": {"lat": 40.7128, "lng": -74.006, "address": "123 Main St, New York, NY"},
            "reward_usd": 25,
            "deadline": self.house.in_time(days=5),
            "proof_requirements": ["Photo of storefront sign"],
            "task_type": "VERIFICATION",
            **words,
        }
        return {name: value for name, value in whole.items() if value is not None}

    def post(self, *, key: str | None = None, **words: Any) -> Reply:
        return self.send("/tasks", self.order(**words), key=key)

    def posted(self, **words: Any) -> str:
        """The id of a new task."""
        made = self.post(**words)
        assert made.status == 201, made
        return str(made.json["task_id"])

    def task(self, task_id: str) -> dict[str, Any]:
        found = self.get(f"/tasks/{task_id}")
        assert found.status == 200, found
        return dict(found.json)

    def cancel(self, task_id: str, key: str | None = None) -> Reply:
        return self.send(f"/tasks/{task_id}/cancel", key=key)

    def verify(self, task_id: str, decision: str, key: str | None = None) -> Reply:
        return self.send(f"/tasks/{task_id}/verify", {"decision": decision}, key=key)

    def estimate(self, task_id: str, decision: str, key: str | None = None, **words: Any) -> Reply:
        return self.send(f"/tasks/{task_id}/estimate/{decision}", words or None, key=key)

    def rate(self, task_id: str, rating: Any, key: str | None = None, **words: Any) -> Reply:
        return self.send(f"/tasks/{task_id}/rate", {"rating": rating, **words}, key=key)

    def balance(self) -> tuple[float, float]:
        """Deposit and escrow, in dollars."""
        found = self.get("/agents/balance").json
        return found["deposit_balance"], found["escrow_balance"]


@dataclass
class Operator(Caller):
    """An operator's verbs, by their seed names."""

    def accept(self, task_id: str, key: str | None = None, **estimate: Any) -> Reply:
        return self.send(f"/operator/tasks/{task_id}/accept", estimate or None, key=key)

    def start(self, task_id: str, key: str | None = None) -> Reply:
        return self.send(f"/operator/tasks/{task_id}/start", key=key)

    def release(self, task_id: str, key: str | None = None, **words: Any) -> Reply:
        return self.send(f"/operator/tasks/{task_id}/release", words or None, key=key)

    def upload(self, content: bytes | None = None, content_type: str = "image/png") -> str:
        """The URL of a stored picture."""
        headers = {**self.headers, "Content-Type": content_type}
        made = self.house.request("POST", "/api/v1/operator/upload", headers=headers, raw=content or picture())
        assert made.status == 201, made
        return str(made.json["url"])

    def submit(self, task_id: str, key: str | None = None, **words: Any) -> Reply:
        return self.send(f"/operator/tasks/{task_id}/submit", words, key=key)

    def hand_in(self, task_id: str, photos: int = 1, notes: str = "Sign confirmed at location") -> None:
        """Upload some pictures and submit them."""
        made = self.submit(task_id, photos=[self.upload() for _ in range(photos)], notes=notes)
        assert made.status == 200, made

    def earnings(self) -> tuple[float, float, float]:
        """Pending, available and earned, in dollars."""
        found = self.get("/operator/earnings").json
        return found["pending_balance"], found["available_balance"], found["total_earned"]

    def payout(self, amount: float, key: str | None = None) -> Reply:
        return self.send("/operator/payout", {"amount_usd": amount}, key=key)


@dataclass
class Admin(Caller):
    """The backoffice: its routes begin with /admin, and every deed of it has a reason."""

    def do(self, path: str, reason: str = "a test", key: str | None = None, **words: Any) -> Reply:
        return self.send(f"/admin{path}", {"reason": reason, **words}, key=key)


def picture(kind: str = "PNG", size: tuple[int, int] = (64, 48), **options: Any) -> bytes:
    """The bytes of a picture unlike any other."""
    image = Image.new("RGB", size)
    image.putdata([tuple(random.randbytes(3)) for _ in range(size[0] * size[1])])
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def _match(routes: Iterable[str], path: str) -> tuple[str, dict[str, str] | None]:
    """The route template of a path, and its ids, as API Gateway finds them: literal parts win."""
    asked = path.split("/")
    for route in sorted(routes, key=lambda one: one.count("{")):
        parts = route.split("/")
        if len(parts) != len(asked):
            continue
        pairs = list(zip(parts, asked, strict=True))
        if all(part == given or (part.startswith("{") and given) for part, given in pairs):
            return route, {part[1:-1]: given for part, given in pairs if part.startswith("{")} or None
    raise LookupError(f"API Gateway itself answers for {path}: there is no such route")


def _reply(answer: dict[str, Any]) -> Reply:
    headers = {name.lower(): value for name, value in answer["headers"].items()}
    words = json.loads(answer["body"]) if headers["content-type"] == "application/json" and answer["body"] else None
    return Reply(answer["statusCode"], words, headers, answer["body"])


def _context(name: str) -> LambdaContext:
    return LambdaContext(name, 1024, 30_000)


def task_ids(page: dict[str, Any]) -> list[str]:
    """The ids of the tasks on a page, in its order."""
    return [row["task_id"] for row in page["data"]]
