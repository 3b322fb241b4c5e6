"""Rows of webhook endpoints, which stand in the events table.

pk                    sk       what
hooks#agent_…         state    how many endpoints, how far events are passed on, and which pump does it
hooks#agent_…         we_…     one endpoint, with its secrets sealed
log#agent_…#we_…      dlv_…    one event on its way to one endpoint, and how its last try went; gone after 30 days
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.core.events.endpoints import (
    ENDPOINTS_MAX,
    Endpoint,
    EndpointNotFound,
    OldSecret,
    Reason,
    Status,
    TooManyEndpoints,
)
from chalicelib.core.events.store import KEPT, TABLE
from chalicelib.kit import clock
from chalicelib.kit.conditions import Attr, ConditionBase
from chalicelib.kit.errors import Conflict
from chalicelib.kit.lifecycle import MovedOn
from chalicelib.kit.store import Rows, Store, under
from chalicelib.kit.table import Item, Key, Write, add, delete, update

STATE = "state"


class NotCurrentPump(Conflict):
    """Another pump passes on the events of this account, or none is needed."""

    code = "not_current_pump"

    def __init__(self) -> None:
        super().__init__("This pump is not the current one.")


@dataclass(frozen=True)
class State:
    """How far the events of an account are passed on, and by which pump; None while nobody is to be told."""

    pump: str | None
    passed: str | None


def row(account_id: str, endpoint_id: str) -> Key:
    """Where an endpoint stands."""
    return Key(f"hooks#{account_id}", endpoint_id)


def log_row(account_id: str, endpoint_id: str, delivery_id: str) -> Key:
    """Where a delivery stands."""
    return Key(f"log#{account_id}#{endpoint_id}", delivery_id)


def find_all(store: Store, account_id: str) -> tuple[State, list[Endpoint]]:
    """The state and every endpoint of an account, oldest first, in one consistent read."""
    items = store.query(TABLE, under(f"hooks#{account_id}")).items
    state: Item = next((item for item in items if item["sk"] == STATE), {})
    found = [read(item) for item in items if item["sk"] != STATE]
    return State(state.get("pump"), state.get("passed")), found


def find(store: Store, account_id: str, endpoint_id: str) -> Endpoint:
    """One endpoint of an account. Raises EndpointNotFound."""
    item = store.get(TABLE, row(account_id, endpoint_id))
    if item is None:
        raise EndpointNotFound
    return read(item)


def add_endpoint(endpoint: Endpoint) -> Write:
    """The row of a new endpoint."""
    item: Item = {
        "url": endpoint.url, "events": list(endpoint.events), "status": endpoint.status.value,
        "created_at": clock.iso(endpoint.created_at), "sealed": endpoint.sealed, "epoch": endpoint.epoch,
        "since": endpoint.since, "description": endpoint.description, "failed_in_row": 0,
    }  # fmt: skip
    return add(TABLE, row(endpoint.account_id, endpoint.endpoint_id), item)


def change(before: Endpoint, put: Item, drop: Sequence[str] = (), where: ConditionBase | None = None) -> Write:
    """A change of an endpoint that is as it was read. It refuses EndpointNotFound, MovedOn."""
    same = Attr("status").eq(before.status.value) & Attr("epoch").eq(before.epoch)
    return update(
        TABLE, row(before.account_id, before.endpoint_id), put=put, drop=drop,
        where=same & where if where else same, refusal=lambda old: MovedOn() if old else EndpointNotFound(),
    )  # fmt: skip


def replace_secret(before: Endpoint, sealed: str, old: Sequence[OldSecret]) -> Write:
    """A new secret, and the old ones that still sign. It refuses EndpointNotFound, MovedOn."""
    kept = [{"sealed": one.sealed, "until": clock.iso(one.until)} for one in old]
    return change(before, {"sealed": sealed, "old": kept}, where=Attr("sealed").eq(before.sealed))


def remove(endpoint: Endpoint) -> list[Write]:
    """The removal of an endpoint. It refuses EndpointNotFound."""
    place = row(endpoint.account_id, endpoint.endpoint_id)
    return [
        delete(TABLE, place, where=Attr("pk").exists(), refusal=EndpointNotFound()),
        update(TABLE, row(endpoint.account_id, STATE), plus={"endpoints": -1}),
    ]


def start_pump(account_id: str, before: State, pump: str, passed: str, *, plus: int) -> Write:
    """Another pump from here on, and with `plus` one endpoint more. It refuses TooManyEndpoints, MovedOn."""
    put = {"pump": pump, **({} if before.passed else {"passed": passed})}
    same = Attr("pump").eq(before.pump) if before.pump else Attr("pump").not_exists()
    room = Attr("endpoints").not_exists() | Attr("endpoints").lt(ENDPOINTS_MAX)

    def refusal(old: Item) -> Exception:
        return TooManyEndpoints() if plus and old.get("endpoints", 0) >= ENDPOINTS_MAX else MovedOn()

    return update(
        TABLE, row(account_id, STATE), put=put, plus={"endpoints": plus}, where=same & room if plus else same,
        refusal=refusal,
    )  # fmt: skip


def pass_on(account_id: str, before: State, passed: str) -> Write:
    """Events are passed on up to an id, once. It refuses NotCurrentPump."""
    where = Attr("pump").eq(before.pump) & Attr("passed").eq(before.passed)
    return update(TABLE, row(account_id, STATE), put={"passed": passed}, where=where, refusal=NotCurrentPump())


def stop_pump(account_id: str, before: State) -> Write:
    """Nobody is to be told any more. It refuses NotCurrentPump."""
    where = Attr("pump").eq(before.pump)
    return update(TABLE, row(account_id, STATE), drop=["pump", "passed"], where=where, refusal=NotCurrentPump())


def count_failure(store: Store, endpoint: Endpoint) -> int:
    """One delivery more in a row that ran out of tries; how many that are. 0 for an endpoint that is gone."""
    changed = store.update(
        TABLE, row(endpoint.account_id, endpoint.endpoint_id), plus={"failed_in_row": 1}, where=Attr("pk").exists()
    )  # fmt: skip
    return int(changed["failed_in_row"]) if changed else 0


def add_delivery(
    account_id: str, endpoint_id: str, delivery_id: str, event: Item, now: datetime, wall: datetime
) -> Write:  # fmt: skip
    """The row of a delivery that nobody has tried yet."""
    item: Item = {
        "event_id": event["sk"], "type": event["type"], "created_at": clock.iso(now), "status": "pending",
        "attempts": 0, "expires_at": int((wall + KEPT).timestamp()),
    }  # fmt: skip
    return add(TABLE, log_row(account_id, endpoint_id, delivery_id), item)


def log_of(store: Store, account_id: str, endpoint_id: str, limit: int, after: Any) -> Rows:
    """Deliveries to an endpoint, newest first."""
    place = under(f"log#{account_id}#{endpoint_id}")
    return store.query(TABLE, place, limit=limit, newest_first=True, after=after)


def read(item: Item) -> Endpoint:
    """An endpoint from its row."""
    reason = item.get("disabled_reason")
    return Endpoint(
        endpoint_id=item["sk"], account_id=item["pk"].removeprefix("hooks#"), url=item["url"],
        events=tuple(item["events"]), status=Status(item["status"]), created_at=clock.parse(item["created_at"]),
        sealed=item["sealed"], epoch=item["epoch"], since=item["since"], description=item.get("description"),
        disabled_reason=Reason(reason) if reason else None, failed_in_row=item["failed_in_row"],
        old=tuple(OldSecret(one["sealed"], clock.parse(one["until"])) for one in item.get("old", ())),
    )  # fmt: skip
