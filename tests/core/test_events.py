"""Events and their webhooks: signed so that a stranger can check it, told as often as needed, never of what was not."""

import base64
import hashlib
import hmac
import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from chalicelib.core.agenda import service as agenda
from chalicelib.core.agenda import store as agenda_rows
from chalicelib.core.events import service as events
from chalicelib.core.events import store as rows
from chalicelib.core.ports.courier import Receipt
from chalicelib.core.world import World
from chalicelib.kit import table
from chalicelib.kit.commit import commit
from chalicelib.kit.errors import Conflict
from chalicelib.kit.seal import Seal, Sealed
from chalicelib.kit.store import under
from chalicelib.kit.table import Key
from tests.core.on_the_agenda import entry, is_gone, sweep
from tests.core.stand_ins import Hands, Notebook
from tests.listening import listening

URL = "https://agent.example/webhook"
SECRET = "your-random-secret"
PLACE = "task_1/callback_secret"
BODY = '{"event":"task.verified","task_id":"task_abc123"}'


def _as_the_seed_verifies(secret: str, headers: dict[str, str], body: bytes) -> bool:
    """The seed's sample for Node.js, line by line."""
    sig = headers.get("X-HumanOps-Signature") or ""
    computed = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return len(sig) == len(computed) and hmac.compare_digest(sig.encode(), computed.encode())


def _as_standard_webhooks_verify(secret: str, headers: dict[str, str], body: bytes, now: int) -> bool:
    """What a library for Standard Webhooks does with the three headers and the raw bytes of the key."""
    if abs(now - int(headers["webhook-timestamp"])) > 300:
        return False
    signed = b".".join([headers["webhook-id"].encode(), headers["webhook-timestamp"].encode(), body])
    expected = base64.b64encode(hmac.digest(secret.encode(), signed, "sha256")).decode()
    versions = [one.partition(",") for one in headers["webhook-signature"].split(" ")]
    return any(version == "v1" and hmac.compare_digest(sig, expected) for version, _, sig in versions)


def _deliver(world: World, secret: str | None = SECRET, body: str = BODY) -> str:
    """Have a webhook delivered; the id of its entry."""
    sealed = world.seal.seal(secret, PLACE) if secret else None
    write = events.deliver(world, URL, body, sealed_secret=sealed, place=PLACE)
    (bell,) = commit(world.store, [write])
    return str(json.loads(bell.message)["entry"])


def _carried(world: World, *receipts: Receipt) -> tuple[World, Notebook]:
    notebook = Notebook(list(receipts))
    return replace(world, courier=notebook), notebook


def test_the_signatures_of_a_fixed_message_are_those_that_openssl_makes() -> None:
    # printf '%s' "$body" | openssl dgst -sha256 -hmac "$secret", and the same of "$id.$timestamp.$body" in base64.
    headers = events.signatures(SECRET, "msg_1", 1_770_724_800, BODY.encode())
    assert headers == {
        "X-HumanOps-Signature": "00fddbdddad414ed4fc0b4d14c9507a9840670e86207b85965ebb4b9db130f66",
        "webhook-id": "msg_1",
        "webhook-timestamp": "1770724800",
        "webhook-signature": "v1,2yb7BhX0e6mSG9uRgRs1cisr3ilzRzR+8V1dfZVbNsA=",
    }
    umlaut = events.signatures("schlüssel", "msg_1", 1, BODY.encode())["X-HumanOps-Signature"]
    assert umlaut == "b4c2568680d0f3c54805eee187f06bfc5afbe05c970eea5b0418ec36b49c087c"


@given(some.text(min_size=1, max_size=40), some.binary(max_size=200), some.integers(0, 2**33))
def test_whatever_is_signed_both_kinds_of_receivers_accept_it(secret: str, body: bytes, timestamp: int) -> None:
    headers = events.signatures(secret, "msg_1", timestamp, body)
    assert _as_the_seed_verifies(secret, headers, body)
    assert _as_standard_webhooks_verify(secret, headers, body, timestamp)
    assert not _as_the_seed_verifies(secret + "x", headers, body)
    assert not _as_the_seed_verifies(secret, headers, body + b" ")
    assert not _as_standard_webhooks_verify(secret, headers | {"webhook-id": "msg_2"}, body, timestamp)
    later = headers | {"webhook-timestamp": str(timestamp + 1)}
    assert not _as_standard_webhooks_verify(secret, later, body, timestamp)


def test_a_webhook_is_carried_signed_over_exactly_the_bytes_that_are_sent(world: World) -> None:
    world, notebook = _carried(world)
    entry_id = _deliver(world)
    agenda.work(world, events.JOBS, entry_id)
    ((url, headers, body),) = notebook.carried
    assert (url, body) == (URL, BODY.encode())
    assert headers["Content-Type"] == "application/json"
    assert _as_the_seed_verifies(SECRET, headers, body)
    assert _as_standard_webhooks_verify(SECRET, headers, body, world.wall_seconds())
    assert is_gone(world, entry_id)


def test_without_a_secret_nothing_is_signed(world: World) -> None:
    world, notebook = _carried(world)
    agenda.work(world, events.JOBS, _deliver(world, secret=None))
    assert set(notebook.carried[0][1]) == {"Content-Type", "User-Agent"}


@pytest.mark.parametrize("receipt", [Receipt(500), Receipt(301), Receipt(404), Receipt(199), Receipt(None, "refused")])
def test_what_is_not_accepted_is_carried_again_with_the_same_id_and_bytes_and_a_fresh_time(
    world: World, hands: Hands, receipt: Receipt
) -> None:
    world, notebook = _carried(world, receipt, receipt, Receipt(204))
    entry_id = _deliver(world)
    agenda.work(world, events.JOBS, entry_id)
    for _ in range(2):
        assert not is_gone(world, entry_id)
        hands.pass_by(seconds=(entry(world, entry_id).due_at - hands.now()).total_seconds())
        assert len(sweep(world)) == 1
        agenda.work(world, events.JOBS, entry_id)
    assert is_gone(world, entry_id)
    assert len(notebook.carried) == 3
    assert len({body for _, _, body in notebook.carried}) == 1
    assert len({headers["webhook-id"] for _, headers, _ in notebook.carried}) == 1
    assert len({headers["webhook-timestamp"] for _, headers, _ in notebook.carried}) == 3
    assert all(_as_the_seed_verifies(SECRET, headers, body) for _, headers, body in notebook.carried)


def test_why_a_try_failed_is_kept_with_the_entry_and_logged_without_the_address_or_the_secret(world: World) -> None:
    world, _ = _carried(world, Receipt(503))
    entry_id = _deliver(world)
    with listening() as lines:
        agenda.work(world, events.JOBS, entry_id)
    row = world.store.get("agenda", agenda_rows.row(entry_id))
    assert row is not None
    assert row["why"] == "HTTP 503"
    assert [(line["event"], line["status"]) for line in lines] == [("webhook.tried", 503)]
    assert URL not in repr(lines)
    assert SECRET not in repr(lines)


def test_a_secret_lies_sealed_in_its_row_and_a_webhook_that_cannot_be_signed_is_never_sent(world: World) -> None:
    world, notebook = _carried(world)
    entry_id = _deliver(world)
    assert SECRET not in repr(world.store.get("agenda", agenda_rows.row(entry_id)))
    elsewhere = replace(world, seal=Seal(lambda: ("k1", b"x" * 32)))
    with pytest.raises(Sealed):
        agenda.work(elsewhere, events.JOBS, entry_id)
    assert notebook.carried == []
    assert not is_gone(world, entry_id)


def test_every_delivery_is_a_message_of_its_own_even_for_the_same_words(world: World) -> None:
    assert _deliver(world) != _deliver(world)


def test_an_event_is_told_to_its_account_as_it_was_and_expires_after_30_days_on_the_wall(
    world: World, hands: Hands
) -> None:
    hands.business += timedelta(days=100)
    facts = {"task_id": "task_1", "reward_usd": Decimal("0.1")}
    commit(world.store, [events.record(world, "task.accepted", "agent_1", "task_1", facts)])
    (row,) = world.store.query(rows.TABLE, under("agent_1")).items
    told = rows.read(row)
    assert told.pop("id").startswith("evt_")
    assert told == {"type": "task.accepted", "subject": "task_1", "at": "2026-05-21T12:00:00.000Z", "data": facts}
    assert row["expires_at"] == int((hands.wall() + timedelta(days=30)).timestamp())


def test_nothing_is_told_of_a_deed_that_was_not_done(world: World) -> None:
    commit(world.store, [table.add("tasks", Key("x", "y"), {})])
    news = events.deliver(world, URL, BODY, sealed_secret=None, place=PLACE)
    deed = table.add("tasks", Key("x", "y"), {}, refusal=Conflict("there already"))
    with pytest.raises(Conflict, match="there already"):
        commit(world.store, [deed, news])
    assert world.store.get("agenda", news.key) is None
