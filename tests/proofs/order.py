"""What must hold in every deployment at every moment, read from the rows themselves and not from our own answers.

books        every account sums up, nothing is below zero, all of it is zero together
agents       escrow is what the open things may cost, deposit is what was paid in and not spent, to the micro
operators    pending is what waits out a hold; pending, available and paid out are all that was earned
house        its fees are the fees of what was completed
counts       the counters by status are the things that there are
loads        an operator's open assignments are the claimed ones, of each product and of all
board        each product's feed shows the things that wait for somebody, and no others
agenda       for everything that must still happen there is an entry that is alive, and the sweeper would find it
history      the events of a thing are a walk through its lifecycle that ends where the thing is

What holds of one product's things alone is in order_of_tasks.py and order_of_jobs.py.
"""

from collections import Counter, defaultdict
from collections.abc import Collection
from typing import Any

from chalicelib.core.agenda import store as agenda
from chalicelib.core.board import store as board
from chalicelib.core.world import World
from chalicelib.kit.table import Item
from tests.harness import House
from tests.proofs import order_of_jobs, order_of_tasks
from tests.proofs.order_of_jobs import JOBS
from tests.proofs.order_of_tasks import TASKS
from tests.proofs.rows import Rows, read, scan
from tests.proofs.things import Things

__all__ = ["Rows", "check", "read", "scan"]

EVERYTHING = (TASKS, JOBS)
LOADS = ("open", *(name(one.product) for one in EVERYTHING for name in (board.open_of, board.listed_of)))


def check(house: House, may_die: Collection[str] = ()) -> Rows:
    """Fail unless everything holds; the rows it was read from. Entries of the kinds in `may_die` may be dead."""
    world = house.world
    balances = house.prove().balances
    rows = read(world)
    _check_money(rows, balances)
    _check_loads(rows)
    for things in EVERYTHING:
        _check_counts(rows, things)
        _check_board(world, rows, things)
        _check_agenda(rows, things)
        for thing in rows.things[things.product]:
            _check_history(things, thing, rows.history[thing.ref.id])
    _check_index(rows)
    order_of_tasks.check(rows)
    order_of_jobs.check(rows)
    dead = {entry_id for entry_id, item in rows.entries.items() if "dead" in item and item["kind"] not in may_die}
    assert not dead, dead
    return rows


def _check_history(things: Things, thing: Any, history: list[Item]) -> None:
    """Every event is one legal move, and together they lead from the first state to that of the thing, each once."""
    legal = {(move.announced, move.start, move.end) for move in things.heads.lifecycle.moves}
    created, arrivals = f"{things.thing}.created", Counter[str]()
    for event in (one for one in history if one["type"].startswith(f"{things.thing}.")):
        facts = event["data"]
        if event["type"] in things.no_moves:
            continue
        arrivals[facts["status"]] += 1
        if event["type"] != created:
            step = (event["type"], facts["previous_status"], facts["status"])
            assert step in legal, (thing, step)
            arrivals[facts["previous_status"]] -= 1
    kinds = Counter(event["type"] for event in history)
    assert {status: left for status, left in arrivals.items() if left} == {thing.status: 1}, (thing, kinds)
    told = (kinds[created], kinds[f"{things.thing}.submitted"])
    assert told == (1, things.submissions(thing)), (thing, kinds)


def _check_money(rows: Rows, balances: dict[str, int]) -> None:
    free, escrow, pending, earned, paid = (Counter[str]() for _ in range(5))
    fees = 0
    for row in rows.deposits:
        free[row["pk"]] += _paid_in(row)
    for things in EVERYTHING:
        for thing in rows.things[things.product]:
            share = things.share(thing, rows)
            free[thing.account_id] -= share.spent
            escrow[thing.account_id] += share.in_escrow
            earned[str(thing.operator_id)] += share.earned
            pending[str(thing.operator_id)] += share.pending
            fees += share.fee
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


def _check_counts(rows: Rows, things: Things) -> None:
    real: dict[str, Counter[str]] = defaultdict(Counter)
    for thing in rows.things[things.product]:
        real[thing.account_id][thing.status] += 1
    counts = rows.counts[things.product]
    for account_id, row in counts.items():
        said = {status: row[status] for status in things.heads.lifecycle.states if row.get(status)}
        assert said == dict(real[account_id]), account_id
    assert set(real) <= set(counts)


def _check_loads(rows: Rows) -> None:
    """What operators have open, in all and of each product, and what they have kept of each, from the assignments."""
    real: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows.board:
        if "state" in row:
            claimed = row["state"] == "claimed"
            kept = {board.listed_of(row["product"]): row["state"] != "released"}
            real[row["operator_id"]].update({"open": claimed, board.open_of(row["product"]): claimed, **kept})
    for row in (one for one in rows.board if one["sk"] == "load"):
        said = {name: int(row.get(name, 0)) for name in LOADS}
        assert said == {name: real[row["pk"]][name] for name in LOADS}, row
    assert set(real) <= {row["pk"] for row in rows.board if row["sk"] == "load"}


def _check_board(world: World, rows: Rows, things: Things) -> None:
    claimed = Counter(
        row["operator_id"] for row in rows.board
        if row.get("state") == "claimed" and row["product"] == things.product
    )  # fmt: skip
    there = rows.things[things.product]
    assert Counter(str(thing.operator_id) for thing in there if things.is_at_work(thing)) == claimed
    shown = {item["pk"] for item in board.feed(world.store, things.product, None, 1_000, None).items}
    assert shown == {thing.ref.id for thing in there if thing.status in things.offered}


def _check_agenda(rows: Rows, things: Things) -> None:
    """Nothing waits for an entry that is not there, and no entry is about nothing."""
    there = rows.things[things.product]
    for thing in there:
        for wanted in things.awaited(thing, rows):
            assert any(entry_id.startswith(wanted) for entry_id in rows.entries), (thing, wanted, set(rows.entries))
    about = [row for row in rows.entries.values() if row["kind"].startswith(f"{things.thing}.")]
    subjects = {row["subject"] for row in about if row["kind"] not in things.of_accounts}
    strays = subjects - {thing.ref.path for thing in there}
    assert not strays, strays


def _check_index(rows: Rows) -> None:
    """The index of the sweeper is sparse: it has the rows with a shard and a due time, and those must be the living."""
    for row in rows.entries.values():
        in_index = row.get("shard") in agenda.SHARDS and "due_at" in row
        assert in_index == ("dead" not in row), row
