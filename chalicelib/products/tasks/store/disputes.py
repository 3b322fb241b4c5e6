"""Rows of disputes, beside the sheets of their tasks.

pk          sk             what
task_…      dispute#<n>    the dispute about what was handed in the n-th time; in the index `disputes`
dispute_…   task           which task it is about
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalicelib.core.disputes import DisputeNotFound, Outcome
from chalicelib.core.ledger.postings import Shares
from chalicelib.kit import clock, ids
from chalicelib.kit.conditions import Attr
from chalicelib.kit.conditions import Key as Condition
from chalicelib.kit.store import Rows, Store
from chalicelib.kit.table import Item, Key, Write, add, update
from chalicelib.products.tasks.model.disputes import Dispute, DisputeState

TABLE = "tasks"


def name_of(number: int) -> str:
    """What the dispute about the n-th submission is called under its task."""
    return f"dispute#{number}"


def add_dispute(dispute: Dispute) -> list[Write]:
    """The rows of a new dispute."""
    place = {"account_id": dispute.account_id, "task_id": dispute.task_id}
    item = {
        **dispute.model_dump(exclude={"task_id", "state"}, exclude_none=True),
        "dispute_state": dispute.state.value, "opened": f"{clock.iso(dispute.opened_at)}#{dispute.dispute_id}",
    }  # fmt: skip
    return [add(TABLE, _row(dispute.task_id, dispute.number), item), add(TABLE, _place(dispute.dispute_id), place)]


def resubmitted(task_id: str, number: int) -> Write:
    """Better proof was handed in. The head of the task decides whether it may be; this expects an open dispute."""
    return _end(task_id, number, {"dispute_state": DisputeState.RESUBMITTED.value})


def resolved(
    dispute: Dispute, outcome: Outcome, shares: Shares, *, by: str, resolution: str, now: datetime
) -> Write:  # fmt: skip
    """It has ended for good. Here too the head decides."""
    changes = {
        "dispute_state": DisputeState.RESOLVED.value, "outcome": outcome.value, "resolved_by": by,
        "resolution": resolution, "resolved_at": clock.iso(now), "operator_micros": shares.operator,
        "house_micros": shares.house, "refunded_micros": shares.reward_back + shares.fee_back,
    }  # fmt: skip
    return _end(dispute.task_id, dispute.number, changes)


def find_place(store: Store, dispute_id: str) -> tuple[str, str]:
    """The account and the task that a dispute is about. Raises DisputeNotFound."""
    place = store.get(TABLE, _place(dispute_id)) if ids.looks_like(dispute_id, "dispute") else None
    if place is None:
        raise DisputeNotFound
    return place["account_id"], place["task_id"]


def list_disputes(store: Store, state: DisputeState, limit: int, after: Mapping[str, Any] | None) -> Rows:
    """Disputes in a state, newest first."""
    where = Condition("dispute_state").eq(state.value)
    return store.query(TABLE, where, index="disputes", limit=limit, newest_first=True, after=after)


def read_dispute(item: Item) -> Dispute:
    """A dispute from its row."""
    return Dispute.model_validate({**item, "task_id": item["pk"], "state": item["dispute_state"]})


def _end(task_id: str, number: int, changes: Item) -> Write:
    is_open = Attr("dispute_state").eq(DisputeState.OPEN.value)
    return update(TABLE, _row(task_id, number), put=changes, where=is_open)


def _row(task_id: str, number: int) -> Key:
    return Key(task_id, name_of(number))


def _place(dispute_id: str) -> Key:
    return Key(dispute_id, "task")
