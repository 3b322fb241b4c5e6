"""Closings: what every kind of account held at the end of a UTC day.

    closing of a day = closing of the day before + what that day's transfers moved

So a trial balance costs one day, however old the books are. Private accounts are summed by kind (`agents/deposit`),
because a row for each of them would have no bound. A closing is computed from transfers alone: writing it again, after
a night that broke off, writes the same.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from chalicelib.core.identity import deployment
from chalicelib.core.ledger import chart
from chalicelib.core.ledger import store as rows
from chalicelib.core.ledger.model import HOUSE, Account, Transfer
from chalicelib.kit import clock
from chalicelib.kit.commit import commit
from chalicelib.kit.conditions import Key as Condition
from chalicelib.kit.store import Store
from chalicelib.kit.table import Key, put

CLOSINGS = "house#closing"
# A commit that began before midnight may end a little behind it, and the index of the day trails a little more.
SETTLED_AFTER = timedelta(minutes=10)
# Days without a closing that are still summed up for somebody who waits.
GAP_DAYS_MAX = 31
DAYS_AT_ONCE = 400

Sums = dict[str, int]


@dataclass(frozen=True)
class TrialBalance:
    """What a day moved, and what there was before and after it; unknown while too many days before are not closed."""

    day: str
    transfers: int
    moved: Sums
    opening: Sums | None

    @property
    def closing(self) -> Sums | None:
        return None if self.opening is None else together(self.opening, self.moved)

    @property
    def in_balance(self) -> bool:
        """Whether what left accounts entered others, on this day and in all days."""
        return sum(self.moved.values()) == 0 == sum((self.opening or {}).values())


def trial_balance(store: Store, day: str) -> TrialBalance:
    """The trial balance of a UTC day."""
    transfers = rows.transfers_on(store, day)
    return TrialBalance(day, len(transfers), moved(transfers), _opening(store, day))


def close_days(store: Store, now: datetime) -> Sums:
    """Write the closing of every day that is over and has none; what there was at the end of the last one."""
    last, sums = _last_closing(store, clock.day(now))
    over = clock.day(now - SETTLED_AFTER)
    for day in _days_between(last, over)[:DAYS_AT_ONCE]:
        sums = together(sums, moved(rows.transfers_on(store, day)))
        commit(store, [put(rows.TABLE, Key(CLOSINGS, day), {"sums": sums, "closed_at": clock.iso(now)})])
    return sums


def house_problems(sums: Mapping[str, int]) -> list[str]:
    """House accounts that are below zero and must not be."""
    return [
        f"{path} is below zero: {amount}"
        for path, amount in sorted(sums.items())
        if amount < 0 and path.startswith(f"{HOUSE}/") and path not in chart.BELOW_ZERO
    ]


def moved(transfers: Iterable[Transfer]) -> Sums:
    """What some transfers moved, by kind of account."""
    sums: Sums = defaultdict(int)
    for transfer in transfers:
        sums[_kind(transfer.debit)] -= transfer.amount_micros
        sums[_kind(transfer.credit)] += transfer.amount_micros
    return dict(sums)


def together(some: Mapping[str, int], more: Mapping[str, int]) -> Sums:
    """Two sums as one."""
    return {path: some.get(path, 0) + more.get(path, 0) for path in sorted({*some, *more})}


def _kind(account: Account) -> str:
    if not account.is_private:
        return account.path
    return f"{'agents' if account.owner.startswith('agent_') else 'operators'}/{account.name}"


def _opening(store: Store, day: str) -> Sums | None:
    last, sums = _last_closing(store, day)
    between = _days_between(last, day)
    if len(between) > GAP_DAYS_MAX:
        return None
    for one in between:
        sums = together(sums, moved(rows.transfers_on(store, one)))
    return sums


def _last_closing(store: Store, before: str) -> tuple[str, Sums]:
    """The last day before another that is closed, and its sums; with none, the day before the deployment began."""
    where = Condition("pk").eq(CLOSINGS) & Condition("sk").lt(before)
    found = store.query(rows.TABLE, where, limit=1, newest_first=True).items
    if found:
        return found[0]["sk"], dict(found[0]["sums"])
    facts = store.get(deployment.TABLE, deployment.FACTS) or {}
    began = date.fromisoformat(str(facts["started_at"])[:10]) if facts else date.fromisoformat(before)
    return (began - timedelta(days=1)).isoformat(), {}


def _days_between(last: str, before: str) -> list[str]:
    """The days behind one and before another."""
    first, end = date.fromisoformat(last) + timedelta(days=1), date.fromisoformat(before)
    return [(first + timedelta(days=number)).isoformat() for number in range((end - first).days)]
