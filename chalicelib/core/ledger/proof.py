"""The proof of the books: what the legs say must be what the books say, and every transfer must have all of its legs.

A plain look at everything under load would see halves of transfers. So a proof goes owner by owner: book, that owner's
legs (consistent reads), book again; a version that moved in between means looking again.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from chalicelib.core.ledger import chart
from chalicelib.core.ledger import store as rows
from chalicelib.core.ledger.model import HOUSE, Code, Transfer
from chalicelib.kit.store import Store
from chalicelib.kit.table import unpack

LOOKS_MAX = 5


@dataclass(frozen=True)
class Proof:
    """What a proof of everything found. `problems` are sentences; there are none when the books are right."""

    owners: int
    balances: dict[str, int]
    problems: tuple[str, ...]


def prove_owner(store: Store, owner: str) -> list[str]:
    """What is wrong with one owner's book; nothing when it is right."""
    found = problems_of(store, owner)
    return [f"{owner}: the book would not hold still for {LOOKS_MAX} looks"] if found is None else found


def problems_of(store: Store, owner: str) -> list[str] | None:
    """The same; None when the book moved so fast that nothing can be said of it now."""
    for _ in range(LOOKS_MAX):
        before = rows.find_book(store, owner)
        transfers = rows.legs_of(store, owner)
        if rows.find_book(store, owner).version == before.version:
            break
    else:
        return None
    mine, sums = f"{owner}/", balances(transfers)
    due = {path.removeprefix(mine): sums[path] for path in sums if path.startswith(mine)} | _earned(transfers, owner)
    problems = [f"{owner}/{name} is below zero: {amount}" for name, amount in before.balances.items() if amount < 0]
    counted = _rewards(transfers, owner)
    # A day that no longer counts may have left the book; a day that is there must be right.
    problems += [
        f"{owner}: the book says {amount} of rewards on {day}, the legs say {counted.get(day, 0)}"
        for day, amount in before.rewards_by_day.items()
        if counted.get(day, 0) != amount
    ]
    if before.legs != len(transfers):
        problems.append(f"{owner}: the book counts {before.legs} transfers, there are {len(transfers)}")
    return problems + [
        f"{owner}/{name}: the book says {before[name]}, the legs say {due.get(name, 0)}"
        for name in sorted({*before.balances, *due})
        if before[name] != due.get(name, 0)
    ]


def prove(store: Store) -> Proof:
    """Prove every owner, and that each transfer has its legs: then what left one account has entered another.

    Reads everything: for tests and by night.
    """
    owners, legs = _everything(store)
    problems = [problem for owner in owners for problem in prove_owner(store, owner)]
    problems += [problem for transfer_id in legs for problem in _disagreement(store, legs[transfer_id])]
    sums = balances(next(iter(sides.values())) for sides in legs.values())
    problems += [
        f"{path} is below zero: {amount}"
        for path, amount in sums.items()
        if amount < 0 and path.startswith(f"{HOUSE}/") and path not in chart.BELOW_ZERO
    ]
    return Proof(len(owners), sums, tuple(problems))


def balances(transfers: Iterable[Transfer]) -> dict[str, int]:
    """What each account holds after some transfers."""
    sums: dict[str, int] = defaultdict(int)
    for transfer in transfers:
        sums[transfer.debit.path] -= transfer.amount_micros
        sums[transfer.credit.path] += transfer.amount_micros
    return dict(sums)


def _earned(transfers: Iterable[Transfer], owner: str) -> dict[str, int]:
    """What work has paid an owner in all, less what a dispute took back; nothing for an owner whom no work has paid."""
    amount = sum(t.amount_micros for t in transfers if t.code in (Code.PAY, Code.WAGE) and t.credit.owner == owner)
    back = (Code.TAKE_BACK, Code.WAGE_BACK)
    amount -= sum(t.amount_micros for t in transfers if t.code in back and t.debit.owner == owner)
    return {"earned": amount} if amount else {}


def _rewards(transfers: Iterable[Transfer], owner: str) -> dict[str, int]:
    """What an agent's work paid by the day on which it counts for the fee tier (ruling 17)."""
    days: dict[str, int] = defaultdict(int)
    for one in transfers:
        if one.code is Code.PAY and one.debit.owner == owner:
            days[one.day] += one.amount_micros
        elif one.code is Code.TAKE_BACK and one.credit.owner == owner:
            days[one.day] -= one.amount_micros
    return days


def _disagreement(store: Store, sides: dict[str, Transfer]) -> list[str]:
    """What is wrong with the legs of one transfer: each private owner has one, and all of them say the same.

    The scan may have passed an owner before the transfer came, so a leg that it has not seen is looked for again.
    """
    transfer, *others = sides.values()
    problems = [f"{transfer.id}: its legs do not say the same"] if any(other != transfer for other in others) else []
    return problems + [
        f"{transfer.id}: {owner} has no leg of it"
        for owner in transfer.private_owners
        if owner not in sides and not store.get(rows.TABLE, rows.leg_row(owner, transfer.id))
    ]


def _everything(store: Store) -> tuple[list[str], dict[str, dict[str, Transfer]]]:
    """Every owner with a book or a leg, and the legs of every transfer by its id and their owner.

    The one place that scans a table.
    """
    owners: dict[str, None] = {}
    legs: dict[str, dict[str, Transfer]] = defaultdict(dict)
    for page in store.client.get_paginator("scan").paginate(TableName=store.names[rows.TABLE], ConsistentRead=True):
        for item in map(unpack, page["Items"]):
            if item["sk"] == "book" or item["sk"].startswith("leg#"):
                if not item["pk"].startswith(f"{HOUSE}#"):
                    owners[item["pk"]] = None
                if item["sk"] != "book":
                    legs[item["sk"]][item["pk"]] = rows.read_transfer(item)
    assert HOUSE not in owners, "the house has no book: it is a sum over transfers"  # noqa: S101
    return list(owners), legs
