"""What must hold in every deployment at every moment, read from the rows themselves and not from our own answers.

books        every account sums up, nothing is below zero, all of it is zero together
agents       escrow is the reward and fee of the open tasks, deposit is what was paid in and not spent, to the micro
operators    pending is what waits out a hold; pending, available and paid out are all that was earned
ratings      an operator's stars are those that completed tasks gave
house        its fees are the fees of completed tasks
counts       the counters by status are the tasks that there are
loads        an operator's open assignments are the claimed ones
board        the feed shows the tasks that wait for somebody, and no others
agenda       for everything that must still happen there is an entry that is alive, and the sweeper would find it
disputes     a task is disputed as long as the dispute about its last proof is open, and what ended one adds up
keeping      what was handed in encrypted will be removed
history      the events of a task are a walk through its lifecycle that ends where the task is
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from chalicelib.core.agenda import store as agenda
from chalicelib.core.board import store as board
from chalicelib.core.events import store as events
from chalicelib.core.world import World
from chalicelib.kit.clock import iso
from chalicelib.kit.store import Store
from chalicelib.kit.table import Item, unpack
from chalicelib.products.tasks import rules
from chalicelib.products.tasks.kinds import FORGET, WITHDRAW_ALL
from chalicelib.products.tasks.lifecycle import TASK, Status
from chalicelib.products.tasks.model.disputes import Dispute, DisputeState, Outcome
from chalicelib.products.tasks.model.tasks import Task
from chalicelib.products.tasks.store.disputes import read_dispute
from chalicelib.products.tasks.store.tasks import HEADS
from tests.harness import House

ENDED = (Status.COMPLETED, Status.CANCELLED)
WORKING = (Status.ESTIMATE_PENDING, Status.ACCEPTED, Status.IN_PROGRESS)
CREATED = "task.created"


@dataclass(frozen=True)
class Rows:
    """Everything that a deployment has on record at one quiet moment."""

    tasks: list[Task]
    board: list[Item]
    entries: dict[str, Item]
    counts: dict[str, Item]
    verdicts: list[Item]
    credentials: list[Item]
    disputes: list[Dispute]
    payouts: list[Item]
    deposits: list[Item]
    operators: list[Item]
    history: dict[str, list[Item]]
    audits: dict[str, list[Item]]
    events: dict[str, list[Item]]

    def dispute_about(self, task: Task) -> Dispute | None:
        """The dispute about what was handed in last."""
        last = (task.task_id, task.submissions)
        return next((one for one in self.disputes if (one.task_id, one.number) == last), None)


def check(house: House, may_die: Collection[str] = ()) -> Rows:
    """Fail unless everything holds; the rows it was read from. Entries of the kinds in `may_die` may be dead."""
    world = house.world
    balances = house.prove().balances
    rows = read(world)
    _check_money(rows, balances)
    _check_counts(rows)
    _check_board(world, rows)
    _check_agenda(rows)
    _check_ratings(rows)
    _check_disputes(rows)
    dead = {entry_id for entry_id, item in rows.entries.items() if "dead" in item and item["kind"] not in may_die}
    assert not dead, dead
    for task in rows.tasks:
        check_history(task, rows.history[task.task_id])
    return rows


def read(world: World) -> Rows:
    """All rows, table by table: only for moments when nobody writes."""
    tasks = list(scan(world.store, "tasks"))
    history: dict[str, list[Item]] = defaultdict(list)
    audits: dict[str, list[Item]] = defaultdict(list)
    by_owner: dict[str, list[Item]] = defaultdict(list)
    for item in scan(world.store, "events"):
        event = events.read(item)
        of_backoffice = item["pk"].startswith("audit#")
        (audits if of_backoffice else history)[event["subject"]].append(event)
        by_owner[item["pk"]].append(event)
    return Rows(
        tasks=[HEADS.read(item) for item in tasks if item["sk"].startswith("task_")],
        board=list(scan(world.store, "board")),
        entries={item["pk"]: item for item in scan(world.store, "agenda")},
        counts={item["pk"]: item for item in tasks if item["sk"] == "counts"},
        verdicts=[item for item in tasks if item["sk"].startswith("verdict#")],
        credentials=[item for item in tasks if item["sk"].startswith("credential#")],
        disputes=[read_dispute(item) for item in tasks if item["sk"].startswith("dispute#")],
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


def awaited(task: Task, dispute: Dispute | None = None) -> list[str]:
    """How the ids of the entries begin without which a task would stay as it is for ever."""
    path, number = task.ref.path, task.submissions
    match task.status:
        case Status.PENDING | Status.ESTIMATE_PENDING:
            return [f"task.expire:{path}:{iso(task.deadline)}"]
        case Status.ACCEPTED | Status.IN_PROGRESS:
            return [f"task.expire:{path}:{iso(rules.latest_work(task.deadline))}"]
        case Status.SUBMITTED:
            return [f"task.judge:{path}:{number}", f"task.judge_overdue:{path}:{number}"]
        case Status.VERIFIED:
            return [f"task.complete:{path}:{number}"]
        case Status.MANUAL_REVIEW:
            return [f"task.lapse:{path}:{number}"]
        case Status.DISPUTED:
            return [f"task.resolve:{path}:{dispute.dispute_id if dispute else ''}"]
        case Status.COMPLETED if task.held and task.hold_until:
            return [f"task.mature:{path}:{iso(task.hold_until)}"]
        case _:
            return []


def check_history(task: Task, history: list[Item]) -> None:
    """Every event is one legal move, and together they lead from PENDING to where the task is, each step once."""
    legal = {(move.announced, move.start, move.end) for move in TASK.moves}
    arrivals: Counter[str] = Counter()
    for event in (one for one in history if one["type"].startswith("task.")):
        facts = event["data"]
        arrivals[facts["status"]] += 1
        if event["type"] != CREATED:
            step = (event["type"], facts["previous_status"], facts["status"])
            assert step in legal, (task.task_id, step)
            arrivals[facts["previous_status"]] -= 1
    kinds = Counter(event["type"] for event in history)
    assert {status: left for status, left in arrivals.items() if left} == {task.status: 1}, (task, kinds)
    assert (kinds[CREATED], kinds["task.submitted"]) == (1, task.submissions), (task, kinds)


def _check_money(rows: Rows, balances: dict[str, int]) -> None:
    free, escrow, pending, earned, paid = (Counter[str]() for _ in range(5))
    fees = 0
    for row in rows.deposits:
        free[row["pk"]] += _paid_in(row)
    for task in rows.tasks:
        free[task.account_id] -= task.total_micros - (task.refunded_micros or 0)
        if task.status not in ENDED and not task.held:
            escrow[task.account_id] += task.total_micros
        reward, fee = _shares(task, rows.dispute_about(task))
        earned[str(task.operator_id)] += reward
        pending[str(task.operator_id)] += reward if task.held else 0
        fees += fee
    for payout in rows.payouts:
        paid[payout["pk"]] += payout["amount_micros"] if payout["state"] != "failed" else 0
    for owner in {path.partition("/")[0] for path in balances} | {*free, *earned, *paid}:
        if owner.startswith("agent_"):
            assert balances.get(f"{owner}/escrow", 0) == escrow[owner], owner
            # What a reversed deposit lacked is owed; until it is paid, the two together are what there is.
            assert balances.get(f"{owner}/deposit", 0) - balances.get(f"{owner}/owed", 0) == free[owner], owner
        elif owner.startswith("op_"):
            assert balances.get(f"{owner}/pending", 0) == pending[owner], owner
            assert balances.get(f"{owner}/available", 0) == earned[owner] - pending[owner] - paid[owner], owner
    assert balances.get("house/fees", 0) == fees
    on_its_way = balances.get("house/payouts_in_flight", 0)
    assert balances.get("world/payouts", 0) + on_its_way == sum(paid.values())


def _paid_in(deposit: Item) -> int:
    """What is left of a deposit; of one that was reversed nothing is."""
    there = deposit["amount_micros"] if deposit["state"] in ("completed", "returned") else 0
    return int(there - deposit.get("returned_micros", 0))


def _shares(task: Task, dispute: Dispute | None) -> tuple[int, int]:
    """What the operator and the house have of a task by now, whether or not it is free yet."""
    if dispute is not None and dispute.outcome is not None:
        return dispute.operator_micros or 0, dispute.house_micros or 0
    paid = task.held or task.status is Status.COMPLETED
    return (task.reward_micros, task.fee_micros) if paid else (0, 0)


def _check_disputes(rows: Rows) -> None:
    tasks = {task.task_id: task for task in rows.tasks}
    assert {task.task_id for task in rows.tasks if task.status is Status.DISPUTED} == {
        dispute.task_id for dispute in rows.disputes if dispute.state is DisputeState.OPEN
    }
    for dispute in rows.disputes:
        task = tasks[dispute.task_id]
        last = dispute.number == task.submissions
        assert last == (dispute.state is not DisputeState.RESUBMITTED), (task, dispute)
        assert (dispute.outcome is not None) == (dispute.state is DisputeState.RESOLVED), dispute
        if dispute.outcome:
            parts = (dispute.operator_micros, dispute.house_micros, dispute.refunded_micros)
            assert sum(part or 0 for part in parts) == task.total_micros, dispute
            ended = Status.CANCELLED if dispute.outcome is Outcome.REFUND else Status.COMPLETED
            assert (task.status, task.held, task.hold_until) == (ended, False, None), (task, dispute)
            assert (task.refunded_micros or 0) == dispute.refunded_micros, (task, dispute)
        elif dispute.state is DisputeState.OPEN:
            assert task.held == dispute.completed_before, (task, dispute)


def _check_counts(rows: Rows) -> None:
    real: dict[str, Counter[str]] = defaultdict(Counter)
    for task in rows.tasks:
        real[task.account_id][task.status] += 1
    for account_id, row in rows.counts.items():
        said = {status: row.get(status, 0) for status in Status if row.get(status, 0)}
        assert said == dict(real[account_id]), account_id
    assert set(real) <= set(rows.counts)


def _check_board(world: World, rows: Rows) -> None:
    claimed: Counter[str] = Counter()
    loads: dict[str, Any] = {}
    for row in rows.board:
        if row["sk"] == "load":
            loads[row["pk"]] = row["open"]
        elif row.get("state") == "claimed":
            claimed[row["operator_id"]] += 1
    assert {who: load for who, load in loads.items() if load} == dict(claimed)
    working = Counter(str(task.operator_id) for task in rows.tasks if task.status in WORKING)
    assert working == claimed
    shown = {item["pk"] for item in board.feed(world.store, "tasks", None, 1_000, None).items}
    assert shown == {task.task_id for task in rows.tasks if task.status is Status.PENDING}


def _check_ratings(rows: Rows) -> None:
    stars, times = Counter[str](), Counter[str]()
    for task in rows.tasks:
        if task.rating is not None:
            stars[str(task.operator_id)] += task.rating
            times[str(task.operator_id)] += 1
    for row in rows.operators:
        given = (row.get("rating_sum", 0), row.get("rating_count", 0))
        assert given == (stars[row["pk"]], times[row["pk"]]), row["pk"]


def _check_agenda(rows: Rows) -> None:
    """The index of the sweeper is sparse: it has the rows with a shard and a due time, and those must be the living."""
    for row in rows.entries.values():
        in_index = row.get("shard") in agenda.SHARDS and "due_at" in row
        assert in_index == ("dead" not in row), row
    for task in rows.tasks:
        for wanted in awaited(task, rows.dispute_about(task)):
            assert any(entry_id.startswith(wanted) for entry_id in rows.entries), (task, wanted, set(rows.entries))
    forgotten = {row["subject"].rpartition("/")[2] for row in rows.entries.values() if row["kind"] == FORGET.name}
    assert {row["pk"] for row in rows.credentials} <= forgotten, "a credential is kept for ever"
    known = {task.ref.path for task in rows.tasks}
    about_tasks = (row for row in rows.entries.values() if row["kind"].startswith("task."))
    strays = {row["subject"] for row in about_tasks if row["kind"] != WITHDRAW_ALL.name} - known
    assert not strays, strays
