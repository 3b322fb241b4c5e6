"""Write down what happened, and have it delivered to the address that a caller gave.

The delivery is an agenda entry, written in the transaction of what it tells: news is never lost in a crash between the
deed and its telling, and never told of a deed that was not done.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chalicelib.core.agenda import service as agenda
from chalicelib.core.agenda.model import COURIER, Entry, Kind
from chalicelib.core.events import store as rows
from chalicelib.core.events.catalogue import wants
from chalicelib.core.heads import Ref
from chalicelib.core.identity.model import Admin
from chalicelib.core.world import World
from chalicelib.kit import ids, log
from chalicelib.kit.lifecycle import Move
from chalicelib.kit.signed import signature, standard_webhook
from chalicelib.kit.table import Item, Write

DELIVER = Kind("webhook.deliver", COURIER)

# How many rows a page with a filter looks at, at most: one call, and not as many as there are.
FILTERED_ROWS = 500


def record(world: World, name: str, account_id: str, subject: str, data: Mapping[str, Any]) -> Write:
    """The write that says that something happened. `name` is in the past tense, such as `task.accepted`."""
    return rows.write(name, account_id, subject, dict(data), world.now(), world.wall())


def moved(world: World, ref: Ref, move: Move, id_field: str, facts: Mapping[str, Any]) -> Write:
    """The event of a move: what is called so in the table of moves, with the states before and after."""
    data = {id_field: ref.id, "status": move.end, "previous_status": move.start, **facts}
    return record(world, str(move.announced), ref.account_id, ref.id, data)


def audit(world: World, admin: Admin, act: str, subject: str, reason: str, **facts: Any) -> Write:
    """The write that keeps what an admin did, and why: every verb of the backoffice has one (ruling 2).

    `act` is in the past tense, such as `admin.dispute_resolved`.
    """
    return rows.write_audit(act, admin.name, subject, reason, facts, world.now())


def deliver(world: World, url: str, body: str, *, sealed_secret: str | None, place: str) -> Write:
    """The write that has a webhook delivered. The body is kept as text, so that every try sends the same bytes.

    `place` is where the sealed secret belongs; it is opened only at the moment of signing.
    """
    message_id = ids.new("msg")
    data = {"url": url, "body": body, "secret": sealed_secret, "place": place}
    return agenda.at(DELIVER, message_id, world.now(), world.now(), data=data)


def carry(world: World, entry: Entry) -> list[Write]:
    """Deliver one webhook: the job of `webhook.deliver`. Its only effect here is that it is done."""
    body = str(entry.data["body"]).encode()
    headers = {"Content-Type": "application/json", "User-Agent": "Byhand-Webhooks/1"}
    if entry.data["secret"]:
        secret = world.seal.open(entry.data["secret"], entry.data["place"])
        headers |= signatures(secret, entry.subject, world.wall_seconds(), body)
    receipt = world.courier.post(entry.data["url"], headers, body)
    log.info("webhook.tried", message=entry.subject, status=receipt.status, problem=receipt.problem)
    if not receipt.accepted:
        raise agenda.TryLater(receipt.problem or f"HTTP {receipt.status}")
    return []


def signatures(secret: str, message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The headers that prove a webhook is ours: the seed's, and those of Standard Webhooks (ruling 22).

    X-HumanOps-Signature signs the body alone, as the seed says. The key of both is the secret's UTF-8 bytes.
    """
    standard = standard_webhook([secret.encode()], message_id, timestamp, body)
    return {"X-HumanOps-Signature": signature(secret, body), **standard}


@dataclass(frozen=True)
class Happenings:
    """Some events of an account, and the id to go on after: there always is one, so that a reader can follow."""

    events: list[Item]
    last: str
    more: bool


def list_events(
    world: World, account_id: str, after: str, limit: int, patterns: Sequence[str] = (), subject: str | None = None
) -> Happenings:  # fmt: skip
    """Events behind an id, oldest first. A filter looks at a bounded number of rows and says where it stopped, so a
    page may be short, or empty, while there is more.
    """
    filtered = bool(patterns) or subject is not None
    page = rows.behind(world.store, account_id, after, world.wall(), FILTERED_ROWS if filtered else limit)
    found: list[Item] = []
    for item in page.items:
        if len(found) == limit:
            return Happenings(found, after, more=True)
        after = item["sk"]
        if (not patterns or wants(patterns, item["type"])) and subject in (None, item["subject"]):
            found.append(rows.read(item))
    return Happenings(found, after, more=page.last is not None)


JOBS: Mapping[str, agenda.Job] = {DELIVER.name: carry}
