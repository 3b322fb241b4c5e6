"""What the same requests cost in a deployment of 100, 1,000 and 10,000 tasks, jobs, agents and operators.

The crowd is made of copies: one agent, one operator, two tasks and two jobs come in through the doors, and the rows
that this wrote are written again and again under ids of their own. So every index is as full as it would be.
"""

import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from bench import rows
from bench.meter import Cost
from bench.walk import MeteredHouse
from chalicelib.core.agenda import service as agenda
from chalicelib.kit import ids
from chalicelib.kit.commit import commit
from chalicelib.products.tasks import kinds
from tests.harness import Agent, Caller, Operator
from tests.products.qa.people import Customer, Tester

SIZES = (100, 1_000, 10_000)
DUE, SOON = 20, timedelta(minutes=1)
PLACE = "lat=40.7&lng=-74.0"
_ID = re.compile(r"\b([a-z]{2,10})_[0-9a-z]{26}\b")
_MARK = re.compile(r"<([a-z]{2,10}):[0-9a-z_]+>")
Row = tuple[str, str]


class Crowd:
    """A deployment that grows, with one agent and one operator whose requests are watched."""

    def __init__(self, house: MeteredHouse) -> None:
        self.house = house
        self.agent: Agent = house.agent(deposit=10_000)
        self.operator: Operator = _placed(house.operator())
        self.size = 0
        self._per_head = [
            self._new_rows(lambda: house.agent(deposit=100)),
            self._new_rows(lambda: _placed(house.operator())),
            self._new_rows(self.agent.posted), self._new_rows(self._taken),
            self._new_rows(lambda: Customer(self.agent).ordered()), self._new_rows(self._tested),
        ]  # fmt: skip

    def grow_to(self, size: int) -> None:
        """Copy until there are this many of each."""
        for kept in self._per_head:
            moulds = [rows.Mould(table, text, _MARK) for table, text in kept]
            for _ in range(size - self.size):
                fresh = _Fresh()
                for mould in moulds:
                    mould.cast(fresh)
        self._count(size - self.size)
        self.size = size

    def _taken(self) -> None:
        self.operator.accept(self.agent.posted())

    def _tested(self) -> None:
        tester, job_id = Tester(self.operator), Customer(self.agent).ordered()
        assert tester.claim(job_id).status == 200
        assert tester.submit(job_id).status == 200
        self.house.drain()

    def _new_rows(self, deed: Callable[[], Any]) -> list[Row]:
        """The rows that a deed adds, with the ids that came with them marked; what it only changes is left alone."""
        before = {place for place, _ in self._everything()}
        known = {found[0] for _, key in before for found in _ID.finditer(key)}
        deed()
        added = [(table, text) for (table, key), text in self._everything() if (table, key) not in before]
        return [(table, _marked(text, known)) for table, text in added]

    def _everything(self) -> Iterator[tuple[Row, str]]:
        store = self.house.world.store
        for name, table in store.names.items():
            if name != "ephemeral":
                for page in store.client.get_paginator("scan").paginate(TableName=table):
                    for item in page["Items"]:
                        yield (table, json.dumps([item["pk"], item["sk"]])), json.dumps(item)

    def _count(self, more: int) -> None:
        """The account's counters know of the copies, as if each had been posted."""
        store = self.house.world.store
        for table, statuses in (("tasks", ("PENDING", "ACCEPTED")), ("qa", ("waiting", "completed"))):
            store.client.update_item(
                TableName=store.names[table], Key={"pk": {"S": self.agent.id}, "sk": {"S": "counts"}},
                UpdateExpression=f"ADD {', '.join(f'{status} :more' for status in statuses)}",
                ExpressionAttributeValues={":more": {"N": str(more)}},
            )  # fmt: skip


def measure(house: MeteredHouse, sizes: tuple[int, ...] = SIZES) -> dict[str, dict[int, Cost]]:
    """What each watched request costs at each size."""
    crowd, found = Crowd(house), dict[str, dict[int, Cost]]()
    for size in sizes:
        crowd.grow_to(size)
        house.pass_time()
        for name, ask in watched(house, crowd.agent, crowd.operator).items():
            with house.meter.measuring() as cost:
                ask()
            found.setdefault(name, {})[size] = cost
    return found


def watched(house: MeteredHouse, agent: Agent, operator: Operator) -> dict[str, Callable[[], Any]]:
    """The requests whose cost must not depend on how many others there are."""
    task_id = agent.posted()
    admin, customer, tester = house.admin, Customer(agent), Tester(operator)
    job_id = customer.ordered()

    def behind(caller: Caller | Customer | Tester, path: str) -> Callable[[], Any]:
        first = caller.get(path).json["pagination"]
        return lambda: caller.get(f"{path}&cursor={quote(first['next_cursor'])}")

    return {
        "GET /tasks/{id}": lambda: agent.task(task_id),
        "GET /tasks, first page": lambda: agent.get("/tasks?limit=20"),
        "GET /tasks, behind a cursor": behind(agent, "/tasks?limit=20"),
        "GET /tasks?status=PENDING": lambda: agent.get("/tasks?status=PENDING&limit=20"),
        "GET /operator/tasks, first page": lambda: operator.get("/operator/tasks?limit=20"),
        "GET /operator/tasks, behind a cursor": behind(operator, "/operator/tasks?limit=20"),
        "POST /tasks": agent.posted,
        "POST /operator/tasks/{id}/accept and cancel": lambda: _accepted(agent, operator, task_id),
        "GET /operator/tasks?scope=mine": lambda: operator.get("/operator/tasks?scope=mine&limit=20"),
        "GET /operator/tasks?scope=mine, behind a cursor": behind(operator, "/operator/tasks?scope=mine&limit=20"),
        "GET /api/job/{id}": lambda: customer.job(job_id),
        "GET /api/jobs, first page": lambda: customer.get("/jobs?limit=20"),
        "GET /api/jobs, behind a cursor": behind(customer, "/jobs?limit=20"),
        "GET /api/jobs?status=completed": lambda: customer.get("/jobs?status=completed&limit=20"),
        "GET /api/tester/jobs, first page": lambda: tester.get("/jobs?limit=20"),
        "GET /api/tester/jobs, behind a cursor": behind(tester, "/jobs?limit=20"),
        "POST /api/tester/jobs/{id}/claim and abandon": lambda: _claimed(tester, job_id),
        "GET /api/tester/jobs?scope=mine": lambda: tester.get("/jobs?scope=mine&limit=20"),
        "GET /operator/earnings": operator.earnings,
        "GET /operators/search": lambda: agent.get(f"/operators/search?{PLACE}"),
        "GET /events": lambda: agent.get("/events?limit=20"),
        "GET /admin/operators": lambda: admin.get("/admin/operators?kyc_status=APPROVED&limit=20"),
        "GET /admin/operators, behind a cursor": behind(admin, "/admin/operators?kyc_status=APPROVED&limit=20"),
        "GET /admin/accounts/{id}/statement": lambda: admin.get(f"/admin/accounts/{agent.id}/statement?limit=20"),
        "sweep with nothing due": agent.house.sweep,
        f"sweep with {DUE} due": _with_due(house),
        # Its bell is not listened to here, so it comes behind the sweeps, which would find it.
        "POST /api/jobs": lambda: customer.create(description=ids.new("run")),
    }


def _accepted(agent: Agent, operator: Operator, task_id: str) -> None:
    assert operator.accept(task_id).status == 200
    assert agent.cancel(task_id).status == 200


def _claimed(tester: Tester, job_id: str) -> None:
    assert tester.claim(job_id).status == 200
    assert tester.abandon(job_id).status == 200


def _with_due(house: MeteredHouse) -> Callable[[], Any]:
    """A sweep a moment from now, when some entries are due."""
    now = house.now()
    due = [
        agenda.at(kinds.COMPLETE, "agent_0/task_0", now + SOON, now, which=ids.new("run")) for _ in range(DUE)
    ]  # fmt: skip
    commit(house.world.store, due)

    def sweep() -> None:
        house.clock.ahead += SOON
        house.sweep()

    return sweep


def _placed(operator: Operator) -> Operator:
    operator.send("/operator/me", {"location": {"lat": 40.7, "lng": -74.0}}, method="PATCH")
    return operator


def _marked(text: str, known: set[str]) -> str:
    """A row with `<prefix:id>` for every id that is its own, and a mark on a key that has none."""
    marked = _ID.sub(lambda found: found[0] if found[0] in known else f"<{found[1]}:{found[0]}>", text)
    item = json.loads(marked)
    if "<" not in item["pk"]["S"] + item["sk"]["S"]:
        item["pk"]["S"] += "#<copy:0>"
    return json.dumps(item)


class _Fresh(dict[str, str]):
    """Ids of their own for one copy: the same for the same mark."""

    def __call__(self, found: re.Match[str]) -> str:
        return self.setdefault(found[0], ids.new(found[1]))
