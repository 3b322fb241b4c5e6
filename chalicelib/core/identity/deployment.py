"""What this deployment is: agreed at its first start, and from then on the same for every process.

ledger table    pk            sk        what
                deployment    facts     mode, and the data key as KMS wrapped it
                deployment    clock     how far a test deployment's clock was moved, in seconds
                deployment    switches  what the backoffice has switched off
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from chalicelib.kit import clock, table
from chalicelib.kit.conditions import Attr
from chalicelib.kit.config import ConfigurationError
from chalicelib.kit.errors import Invalid
from chalicelib.kit.lifecycle import MovedOn
from chalicelib.kit.store import Store
from chalicelib.kit.table import Item, Key, Write

TABLE = "ledger"
FACTS = Key("deployment", "facts")
CLOCK = Key("deployment", "clock")
SWITCHES = Key("deployment", "switches")

ADVANCE_MAX_SECONDS = 366 * 86_400
# Far enough for any test, and far from the year 9999, where dates end.
OFFSET_MAX_SECONDS = 100 * ADVANCE_MAX_SECONDS


@dataclass(frozen=True)
class Switches:
    """What the backoffice has switched off while the deployment runs. Read it with a row that is read anyway."""

    payouts_paused: bool = False
    payouts_paused_because: str = ""
    disabled_task_types: frozenset[str] = frozenset()


def read_switches(row: Item | None) -> Switches:
    """The switches from their row; a deployment that never used one has none."""
    row = row or {}
    return Switches(
        payouts_paused=bool(row.get("payouts_paused")),
        payouts_paused_because=str(row.get("payouts_paused_because", "")),
        disabled_task_types=frozenset(row.get("disabled_task_types", ())),
    )


def switches(store: Store) -> Switches:
    """The switches as they are now."""
    return read_switches(store.get(TABLE, SWITCHES))


def set_switches(**changes: Any) -> Write:
    """The write that turns some switches, named as in Switches. Sets are kept as sorted lists."""
    put = {name: sorted(value) if isinstance(value, frozenset) else value for name, value in changes.items()}
    return table.update(TABLE, SWITCHES, put=put)


def switch_task_types(before: Switches, disabled: frozenset[str]) -> Write:
    """The write that turns task types off and on, if nobody else did since `before` was read: then look again."""
    same = Attr("disabled_task_types").eq(sorted(before.disabled_task_types))
    where = same if before.disabled_task_types else same | Attr("disabled_task_types").not_exists()
    return table.update(
        TABLE, SWITCHES, put={"disabled_task_types": sorted(disabled)}, where=where, refusal=lambda _: MovedOn()
    )  # fmt: skip


def agree(store: Store, mode: str, wrap_key: Callable[[], str], now: datetime) -> Item:
    """The facts of this deployment, written down at its first start.

    Raises ConfigurationError when this process was started in another mode: a test process must never write into
    live books, nor the other way round (ruling 2).
    """
    facts = store.get(TABLE, FACTS) or _write_down(store, mode, wrap_key, now)
    if facts["mode"] != mode:
        raise ConfigurationError(
            f"BYHAND_MODE is {mode}, but these tables belong to a {facts['mode']} deployment. "
            f"Start with BYHAND_MODE={facts['mode']}, or deploy a stack of its own."
        )
    return facts


def _write_down(store: Store, mode: str, wrap_key: Callable[[], str], now: datetime) -> Item:
    """Two processes may start first at once: the one that comes second takes the facts of the other."""
    mine = {"mode": mode, "data_key": wrap_key(), "started_at": clock.iso(now)}
    written = store.update(TABLE, FACTS, put=mine, where=Attr("pk").not_exists())
    facts = written or store.get(TABLE, FACTS)
    assert facts is not None, "the row that was in the way a moment ago cannot be gone: nobody deletes it"  # noqa: S101
    return facts


def clock_offset_seconds(store: Store) -> int:
    """How far business time is ahead of the wall in this test deployment."""
    row = store.get(TABLE, CLOCK)
    return int(row["offset_seconds"]) if row else 0


def moved_by(seconds: int) -> timedelta:
    """How far the clock is moved at once. Raises Invalid."""
    if not 1 <= seconds <= ADVANCE_MAX_SECONDS:
        raise Invalid("advance_seconds", f"must be 1 to {ADVANCE_MAX_SECONDS}: the clock only moves forward")
    return timedelta(seconds=seconds)


def advance_clock(store: Store, seconds: int) -> int:
    """Move business time forward for every process; the new offset in seconds. Raises Invalid."""
    moved_by(seconds)
    room = Attr("offset_seconds").not_exists() | Attr("offset_seconds").lte(OFFSET_MAX_SECONDS - seconds)
    row = store.update(TABLE, CLOCK, plus={"offset_seconds": seconds}, where=room)
    if row is None:
        raise Invalid("advance_seconds", f"would move the clock more than {OFFSET_MAX_SECONDS} s ahead in all")
    return int(row["offset_seconds"])
