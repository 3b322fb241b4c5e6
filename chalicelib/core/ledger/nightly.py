"""The nightly proof of the books: of everybody whose money moved since yesterday, some at a time.

prove (schedule) ──► days closed, house accounts looked at ──► books.prove, one entry for every 20 owners
                                                                  └──► right: books.proved
                                                                       wrong: books.broken, and payouts are paused

A night that broke off is simply begun again: closings say the same, and a proof changes nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from chalicelib.core.agenda import service as agenda
from chalicelib.core.agenda.model import TIMERS, Entry, Kind
from chalicelib.core.identity import deployment
from chalicelib.core.ledger import closing
from chalicelib.core.ledger import store as rows
from chalicelib.core.ledger.proof import problems_of
from chalicelib.core.world import World
from chalicelib.kit import clock, ids, log
from chalicelib.kit.commit import commit
from chalicelib.kit.store import Store, under
from chalicelib.kit.table import Key, Write, put

PROVE = Kind("books.prove", TIMERS)
PROVE_DAY = Kind("books.prove_day", TIMERS)
LAST = Key("house#proof", "last")
OWNERS_AT_ONCE = 20
WRITES_AT_ONCE = 90
# So many problems are kept word for word; all are logged.
PROBLEMS_KEPT = 50


@dataclass(frozen=True)
class Result:
    """How the last proof stands: `owners` are to be proved, `proved` were."""

    run: str
    started_at: str
    owners: int
    proved: int
    problems: tuple[str, ...]


def begin(world: World) -> list[Write]:
    """Close what is over, look at the house, and answer with the writes that have the owners proved.

    There may be more entries than one commit takes; those in front are committed here.
    """
    now, run = world.now(), ids.new("proof")
    problems = closing.house_problems(closing.close_days(world.store, now))
    owners = _moved_since_yesterday(world)
    chunks = [owners[start : start + OWNERS_AT_ONCE] for start in range(0, len(owners), OWNERS_AT_ONCE)]
    entries = [
        agenda.at(PROVE, run, now, now, which=str(number), data={"owners": chunk})
        for number, chunk in enumerate(chunks)
    ]
    for start in range(WRITES_AT_ONCE, len(entries), WRITES_AT_ONCE):
        world.queues.ring(commit(world.store, entries[start : start + WRITES_AT_ONCE]))
    row = {"run": run, "started_at": clock.iso(now), "owners": len(owners), "problems": problems[:PROBLEMS_KEPT]}
    return [put(rows.TABLE, LAST, row), *entries[:WRITES_AT_ONCE], *_alarm(problems)]


def prove_owners(world: World, entry: Entry) -> list[Write]:
    """Prove some owners: the job of `books.prove`. A book that will not hold still is looked at again later."""
    owners: list[str] = list(entry.data["owners"])
    found = [problems_of(world.store, owner) for owner in owners]
    problems = [problem for one in found for problem in one or ()]
    if None in found and not problems:
        raise agenda.TryLater("a book would not hold still")
    log.info("books.proved", run=entry.subject, owners=len(owners), problems=len(problems))
    result = {"owners": len(owners), "problems": problems[:PROBLEMS_KEPT]}
    place = Key(_run(entry.subject), f"chunk#{entry.which}")
    return [put(rows.TABLE, place, result), *_alarm(problems)]


def prove_one(world: World, owner: str) -> tuple[list[str], list[Write]]:
    """What is wrong with one owner's book, and the writes that follow from it."""
    problems = problems_of(world.store, owner)
    if problems is None:
        return [f"{owner}: the book would not hold still; ask again"], []
    log.info("books.proved", run="by hand", owners=1, problems=len(problems))
    return problems, _alarm(problems)


def last_result(store: Store) -> Result | None:
    """How the last proof stands; None before the first."""
    row = store.get(rows.TABLE, LAST)
    if row is None:
        return None
    chunks = store.query(rows.TABLE, under(_run(row["run"]), "chunk#")).items
    problems: list[Any] = [*row["problems"], *(problem for chunk in chunks for problem in chunk["problems"])]
    proved = sum(chunk["owners"] for chunk in chunks)
    return Result(row["run"], row["started_at"], row["owners"], proved, tuple(problems))


def _moved_since_yesterday(world: World) -> list[str]:
    days = [clock.day(world.now() - timedelta(days=1)), clock.day(world.now())]
    moved = (transfer for day in days for transfer in rows.transfers_on(world.store, day))
    return sorted({owner for transfer in moved for owner in transfer.private_owners})


def _alarm(problems: Sequence[str]) -> list[Write]:
    """Say what is wrong, in the lines that the alarm counts; and no money leaves until somebody has looked."""
    for problem in problems:
        log.warning("books.broken", problem=problem)
    if not problems:
        return []
    because = f"The proof of the books failed: {problems[0]}"
    return [deployment.set_switches(payouts_paused=True, payouts_paused_because=because)]


def _run(run: str) -> str:
    return f"house#proof#{run}"


JOBS: Mapping[str, agenda.Job] = {
    PROVE.name: prove_owners,
    PROVE_DAY.name: lambda world, entry: begin(world),
}
