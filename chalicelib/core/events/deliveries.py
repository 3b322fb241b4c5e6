"""Deliveries: one event on its way to one endpoint.

    pending ──► delivered            any 2xx
       │  ╰──► pending               tried again, eight times over about three days
       ├─────► failed                out of tries, or 410 Gone; enough of them in a row disable the endpoint
       └─────► dropped               the endpoint was disabled or deleted meanwhile

The agenda entry does the work; the row in the log says how it went. A try that failed is written to the log by itself,
since its entry stays; the end is written in the transaction that removes the entry.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from chalicelib.core.agenda import service as agenda
from chalicelib.core.agenda.model import COURIER, Entry, Kind
from chalicelib.core.events import endpoint_rows as rows
from chalicelib.core.events import service as events
from chalicelib.core.events import store as event_rows
from chalicelib.core.events.endpoints import (
    DeliveryNotFound,
    Endpoint,
    EndpointDisabled,
    EndpointNotFound,
    EventGone,
    Reason,
    Status,
    signatures,
)
from chalicelib.core.events.store import TABLE
from chalicelib.core.ports.courier import Receipt
from chalicelib.core.world import World
from chalicelib.kit import clock, ids, log
from chalicelib.kit.conditions import Attr
from chalicelib.kit.table import Item, Key, Write, update
from chalicelib.kit.words import dumps

CARRY = Kind("webhook.endpoint", COURIER)
GONE = 410


@dataclass(frozen=True)
class _Way:
    """A delivery as its entry knows it."""

    delivery_id: str
    account_id: str
    endpoint_id: str
    event_id: str
    epoch: int

    @property
    def log_row(self) -> Key:
        return rows.log_row(self.account_id, self.endpoint_id, self.delivery_id)


def deliver(world: World, endpoint: Endpoint, event: Item) -> tuple[str, list[Write]]:
    """The id of a new delivery of an event, given as its row, and the writes that send it on its way."""
    delivery_id, now = ids.new("dlv"), world.now()
    data = {
        "account_id": endpoint.account_id, "endpoint_id": endpoint.endpoint_id, "event_id": event["sk"],
        "epoch": endpoint.epoch,
    }  # fmt: skip
    return delivery_id, [
        rows.add_delivery(endpoint.account_id, endpoint.endpoint_id, delivery_id, event, now, world.wall()),
        agenda.at(CARRY, delivery_id, now, now, data=data),
    ]


def trial(world: World, endpoint: Endpoint) -> tuple[str, list[Write]]:
    """The same for a `webhook.test`, which no other endpoint gets. Raises EndpointDisabled."""
    if not endpoint.enabled:
        raise EndpointDisabled
    event_id, data = ids.new("evt"), {"endpoint_id": endpoint.endpoint_id}
    written = event_rows.write(
        "webhook.test", endpoint.account_id, endpoint.endpoint_id, data, world.now(), world.wall(), event_id
    )
    delivery_id, writes = deliver(world, endpoint, {"sk": event_id, "type": "webhook.test"})
    return delivery_id, [written, *writes]


def again(world: World, account_id: str, endpoint_id: str, delivery_id: str) -> tuple[str, list[Write]]:
    """The same for the event of an earlier delivery, under the same `webhook-id`.

    Raises EndpointNotFound, DeliveryNotFound, EventGone, EndpointDisabled.
    """
    places = [rows.row(account_id, endpoint_id), rows.log_row(account_id, endpoint_id, delivery_id)]
    endpoint_item, logged = world.store.get_many(TABLE, places)
    if endpoint_item is None:
        raise EndpointNotFound
    if logged is None:
        raise DeliveryNotFound
    event = world.store.get(TABLE, Key(account_id, logged["event_id"]))
    if event is None:
        raise EventGone
    endpoint = rows.read(endpoint_item)
    if not endpoint.enabled:
        raise EndpointDisabled
    return deliver(world, endpoint, event)


def carry(world: World, entry: Entry) -> list[Write]:
    """One try: the job of `webhook.endpoint`."""
    way = _Way(delivery_id=entry.subject, **entry.data)
    places = [rows.row(way.account_id, way.endpoint_id), Key(way.account_id, way.event_id)]
    endpoint_item, event = world.store.get_many(TABLE, places)
    endpoint = rows.read(endpoint_item) if endpoint_item else None
    if endpoint is None or not endpoint.enabled or endpoint.epoch != way.epoch:
        return [_logged(way, {"status": "dropped"})]
    if event is None:
        raise agenda.Orphan(f"there is no event {way.event_id}")
    receipt = _post(world, endpoint, event)
    outcome = _outcome(world, entry, receipt)
    if receipt.accepted:
        return [_logged(way, {**outcome, "status": "delivered"}), *_well_again(endpoint)]
    over = receipt.status == GONE or entry.attempts >= entry.temper.tries
    world.store.update(TABLE, way.log_row, put={**outcome, "status": "failed" if over else "pending"})
    if not over:
        raise agenda.TryLater(receipt.problem or f"HTTP {receipt.status}")
    return _disabled(world, endpoint, gone=receipt.status == GONE)


def body_of(event: Item) -> str:
    """What is sent of an event: the same bytes at every try."""
    told = event_rows.read(event)
    return dumps({"id": told["id"], "type": told["type"], "created_at": told["at"], "data": told["data"]})


def disabling(world: World, endpoint: Endpoint, reason: Reason) -> list[Write]:
    """The writes after which an endpoint is told nothing more. They refuse EndpointNotFound, MovedOn."""
    put = {"status": Status.DISABLED.value, "disabled_reason": reason.value}
    writes = [rows.change(endpoint, put)]
    if reason is not Reason.BY_CALL:
        facts = {"endpoint_id": endpoint.endpoint_id, "url": endpoint.url, "reason": reason.value}
        told = events.record(
            world, "webhook.endpoint_disabled", endpoint.account_id, endpoint.endpoint_id, facts
        )  # fmt: skip
        writes.append(told)
    return writes


def _post(world: World, endpoint: Endpoint, event: Item) -> Receipt:
    body = body_of(event).encode()
    headers = {"Content-Type": "application/json", "User-Agent": "Byhand-Webhooks/1"}
    headers |= signatures(world, endpoint, event["sk"], body)
    receipt = world.courier.post(endpoint.url, headers, body)
    log.info("webhook.tried", message=event["sk"], status=receipt.status, problem=receipt.problem)
    return receipt


def _outcome(world: World, entry: Entry, receipt: Receipt) -> Item:
    """What the log keeps of a try; never a body, which may hold anything."""
    return {
        "attempts": entry.attempts, "tried_at": clock.iso(world.now()), "status_code": receipt.status,
        "problem": receipt.problem[:200] or None, "answer_bytes": receipt.answer_bytes,
        "duration_ms": receipt.duration_ms,
    }  # fmt: skip


def _logged(way: _Way, put: Item) -> Write:
    return update(TABLE, way.log_row, put=put)


def _well_again(endpoint: Endpoint) -> list[Write]:
    """Failures are counted in a row: a delivery that went well ends the row."""
    if not endpoint.failed_in_row:
        return []
    place = rows.row(endpoint.account_id, endpoint.endpoint_id)
    return [update(TABLE, place, put={"failed_in_row": 0}, where=Attr("pk").exists(), refusal=EndpointNotFound())]


def _disabled(world: World, endpoint: Endpoint, *, gone: bool) -> list[Write]:
    """What follows for an endpoint that did not take a delivery in all its tries, or that says it is gone."""
    if gone:
        return _settled(disabling(world, endpoint, Reason.GONE))
    if rows.count_failure(world.store, endpoint) < world.settings.webhook_disable_after:
        return []
    return _settled(disabling(world, endpoint, Reason.FAILING))


def _settled(writes: list[Write]) -> list[Write]:
    """The same, but an endpoint that moved on meanwhile is a no, and not a reason to look, and to call, again."""
    return [
        replace(write, refusal=lambda old: EndpointDisabled() if old else EndpointNotFound())
        if write.refusal
        else write
        for write in writes
    ]


JOBS: Mapping[str, agenda.Job] = {CARRY.name: carry}
