"""Everything that a deployment has on record, table by table: what the proofs are held against."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from chalicelib.core.events import store as events
from chalicelib.core.world import World
from chalicelib.kit.store import Store
from chalicelib.kit.table import Item, unpack
from chalicelib.products.qa.model.jobs import Job, Sheets
from chalicelib.products.qa.store import jobs as qa
from chalicelib.products.tasks.model.disputes import Dispute
from chalicelib.products.tasks.model.tasks import Task
from chalicelib.products.tasks.store import tasks
from chalicelib.products.tasks.store.disputes import read_dispute


@dataclass(frozen=True)
class Rows:
    """Everything that a deployment has on record at one quiet moment."""

    things: dict[str, list[Any]]
    """The heads of each product's things, by its name on the board."""
    counts: dict[str, dict[str, Item]]
    """The counters of each product, by account."""
    sheets: dict[str, Sheets]
    """All about each job."""
    board: list[Item]
    entries: dict[str, Item]
    verdicts: list[Item]
    credentials: list[Item]
    disputes: list[Dispute]
    payouts: list[Item]
    deposits: list[Item]
    operators: list[Item]
    history: dict[str, list[Item]]
    audits: dict[str, list[Item]]
    events: dict[str, list[Item]]

    @property
    def tasks(self) -> list[Task]:
        return self.things["tasks"]

    @property
    def jobs(self) -> list[Job]:
        return self.things["qa"]

    def dispute_about(self, task: Task) -> Dispute | None:
        """The dispute about what was handed in last."""
        last = (task.task_id, task.submissions)
        return next((one for one in self.disputes if (one.task_id, one.number) == last), None)


def read(world: World) -> Rows:
    """All rows, table by table: only for moments when nobody writes."""
    of_tasks, of_jobs = list(scan(world.store, tasks.TABLE)), list(scan(world.store, qa.TABLE))
    history: dict[str, list[Item]] = defaultdict(list)
    audits: dict[str, list[Item]] = defaultdict(list)
    by_owner: dict[str, list[Item]] = defaultdict(list)
    for item in scan(world.store, "events"):
        event = events.read(item)
        of_backoffice = item["pk"].startswith("audit#")
        (audits if of_backoffice else history)[event["subject"]].append(event)
        by_owner[item["pk"]].append(event)
    jobs = [qa.HEADS.read(item) for item in of_jobs if item["sk"].startswith("job_")]
    return Rows(
        things={
            "tasks": [tasks.HEADS.read(item) for item in of_tasks if item["sk"].startswith("task_")],
            "qa": jobs,
        },
        counts={
            product: {item["pk"]: item for item in items if item["sk"] == "counts"}
            for product, items in (("tasks", of_tasks), ("qa", of_jobs))
        },
        sheets={job.job_id: qa.find_sheets(world.store, job.ref) for job in jobs},
        board=list(scan(world.store, "board")),
        entries={item["pk"]: item for item in scan(world.store, "agenda")},
        verdicts=[item for item in of_tasks if item["sk"].startswith("verdict#")],
        credentials=[item for item in of_tasks if item["sk"].startswith("credential#")],
        disputes=[read_dispute(item) for item in of_tasks if item["sk"].startswith("dispute#")],
        payouts=[row for row in scan(world.store, "payouts") if row["sk"].startswith("payout_")],
        deposits=[row for row in scan(world.store, "deposits") if row["sk"].startswith("in#")],
        operators=[item for item in scan(world.store, "identity") if item["pk"].startswith("op_")],
        history=history,
        audits=audits,
        events=by_owner,
    )


def scan(store: Store, table: str) -> Iterator[Item]:
    """Every row of a table."""
    for page in store.client.get_paginator("scan").paginate(TableName=store.names[table], ConsistentRead=True):
        yield from map(unpack, page["Items"])
