"""The proof of the books: what the legs say must be what the books say, owner by owner, and all of it sums to zero.

A plain look at everything under load would see halves of transfers. So a proof goes owner by owner: book, that owner's
legs (consistent reads), book again; a version that moved in between means looking again.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from chalicelib.core.ledger import store as rows
from chalicelib.core.ledger.model import HOUSE, WORLD, Code, Transfer
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
    for _ in range(LOOKS_MAX):
        before = rows.find_book(store, owner)
        transfers = rows.legs_of(store, owner)
        if rows.find_book(store, owner).version == before.version:
            break
    else:
        return [f"{owner}: the book would not hold still for {LOOKS_MAX} looks"]
    sums = balances(transfers)
    problems = [f"{owner}/{name} is below zero: {amount}" for name, amount in before.balances.items() if amount < 0]
    for name, amount in before.balances.items():
        due = _earned(transfers, owner) if name == "earned" else sums.get(f"{owner}/{name}", 0)
        if due != amount:
            problems.append(f"{owner}/{name}: the book says {amount}, the legs say {due}")
    return problems


def prove(store: Store) -> Proof:
    """Prove every owner, and that what left one account entered another. Reads everything: for tests and by night."""
    owners, transfers = _everything(store)
    problems = [problem for owner in owners for problem in prove_owner(store, owner)]
    sums = balances(transfers)
    if (total := sum(sums.values())) != 0:
        problems.append(f"all accounts together are {total}, not 0")
    problems += [
        f"{path} is below zero: {amount}"
        for path, amount in sums.items()
        if amount < 0 and not path.startswith(f"{WORLD}/")
    ]
    return Proof(len(owners), sums, tuple(problems))


def balances(transfers: Iterable[Transfer]) -> dict[str, int]:
    """What each account holds after some transfers."""
    sums: dict[str, int] = defaultdict(int)
    for transfer in transfers:
        sums[transfer.debit.path] -= transfer.amount_micros
        sums[transfer.credit.path] += transfer.amount_micros
    return dict(sums)


def _earned(transfers: Iterable[Transfer], owner: str) -> int:
    return sum(t.amount_micros for t in transfers if t.code is Code.PAY and t.credit.owner == owner)


def _everything(store: Store) -> tuple[list[str], list[Transfer]]:
    """Every owner with a book, and every transfer once. The one place that scans a table."""
    owners: list[str] = []
    found: dict[str, Transfer] = {}
    for page in store.client.get_paginator("scan").paginate(TableName=store.names[rows.TABLE], ConsistentRead=True):
        for item in map(unpack, page["Items"]):
            if item["sk"] == "book":
                owners.append(item["pk"])
            elif item["sk"].startswith("leg#"):
                transfer = rows.read_transfer(item)
                found[transfer.id] = transfer
    assert HOUSE not in owners, "the house has no book: it is a sum over transfers"  # noqa: S101
    return owners, list(found.values())
