"""Customers and testers of qa, and jobs brought to any state by the moves that lead there."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from tests.harness import Agent, House, Operator, Reply
from tests.products.operators.uploads import announce_recording, put

ORDER = {"url": "https://shop.example.com", "description": "Buy a pencil.\nUse any card."}
SAID = "I bought a pencil. The confirmation number was 12."


@dataclass
class Customer:
    """An agent who orders tests."""

    agent: Agent

    def send(self, path: str, body: Any = None, *, key: str | None = None, method: str = "POST") -> Reply:
        headers = {**self.agent.headers, **({"Idempotency-Key": key} if key else {})}
        return self.agent.house.request(method, f"/api{path}", body, headers=headers)

    def get(self, path: str) -> Reply:
        return self.send(path, method="GET")

    def create(self, *, key: str | None = None, **words: Any) -> Reply:
        return self.send("/jobs", {**ORDER, **words}, key=key)

    def ordered(self, **words: Any) -> str:
        """The id of a new job, which testers can see. Each is another job, though its words be the same."""
        made = self.create(key=f"order-{uuid4()}", **words)
        assert made.status == 201, made
        self.agent.house.drain()
        return str(made.json["jobId"])

    def job(self, job_id: str) -> dict[str, Any]:
        found = self.get(f"/job/{job_id}")
        assert found.status == 200, found
        return dict(found.json)

    def balance(self) -> tuple[float, float]:
        return self.agent.balance()


@dataclass
class Tester:
    """An operator who tests."""

    __test__ = False
    operator: Operator

    @property
    def id(self) -> str:
        return self.operator.id

    def send(self, path: str, body: Any = None, *, key: str | None = None, method: str = "POST") -> Reply:
        headers = {**self.operator.headers, **({"Idempotency-Key": key} if key else {})}
        return self.operator.house.request(method, f"/api/tester{path}", body, headers=headers)

    def get(self, path: str) -> Reply:
        return self.send(path, method="GET")

    def claim(self, job_id: str, key: str | None = None) -> Reply:
        return self.send(f"/jobs/{job_id}/claim", key=key)

    def extend(self, job_id: str, minutes: Any, key: str | None = None) -> Reply:
        return self.send(f"/jobs/{job_id}/extend", {"minutes": minutes}, key=key)

    def submit(self, job_id: str, key: str | None = None, **words: Any) -> Reply:
        return self.send(f"/jobs/{job_id}/submit", {"testerResponse": SAID, **words}, key=key)

    def uploaded(self, content: bytes, content_type: str) -> str:
        """The address of a file that was announced, and put as its signed URL has it."""
        announced = announce_recording(self.operator, content, content_type)
        assert put(announced, content) == 200
        return str(announced.json["url"])

    def abandon(self, job_id: str, key: str | None = None, **words: Any) -> Reply:
        return self.send(f"/jobs/{job_id}/abandon", words or None, key=key)

    def reject(self, job_id: str, reason: Any = "The page wants a password.", key: str | None = None) -> Reply:
        return self.send(f"/jobs/{job_id}/reject", {"reason": reason}, key=key)

    def earnings(self) -> tuple[float, float, float]:
        return self.operator.earnings()


@dataclass
class Test:
    """One job, whoever ordered it and whoever does it."""

    __test__ = False
    house: House
    customer: Customer
    tester: Tester
    job_id: str

    @property
    def job(self) -> dict[str, Any]:
        return self.customer.job(self.job_id)

    def claimed(self) -> "Test":
        made = self.tester.claim(self.job_id)
        assert made.status == 200, made
        return self

    def handed_in(self, seconds: int = 60, **words: Any) -> "Test":
        """Handed in after some seconds of work, and not read yet."""
        self.claimed()
        self.house.advance(seconds=seconds)
        made = self.tester.submit(self.job_id, **words)
        assert made.status == 200, made
        return self

    def completed(self, seconds: int = 60, **words: Any) -> "Test":
        self.handed_in(seconds, **words)
        self.house.drain()
        assert self.job["status"] == "completed", self.job
        return self


def customer(house: House, deposit: float | None = 100) -> Customer:
    return Customer(house.agent(deposit=deposit))


def tester(house: House) -> Tester:
    return Tester(house.operator())


def test_of(house: House, **order: Any) -> Test:
    """A job on the board, a customer with money, and a tester."""
    someone = customer(house)
    return Test(house, someone, tester(house), someone.ordered(**order))


test_of.__test__ = tester.__test__ = False  # type: ignore[attr-defined]
