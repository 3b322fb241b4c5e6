"""Endpoints, events and signatures: what the real app signs is accepted, and nothing else is."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from byhand import verify_webhook, webhooks
from byhand.errors import BadSignature, NotFound
from tests.doors.strangers import Postman
from tests.sdk.served import Setting, order

BODY = b'{"type":"task.completed","created_at":"2026-02-10T12:00:00.000Z","data":{"task_id":"task_1"}}'
SECRETS = ["a secret of a callback", "whsec_c2VjcmV0IGJ5dGVzIG9mIGFuIGVuZHBvaW50IQ=="]


def _signed(secret: str, *, age: int = 0) -> dict[str, str]:
    return webhooks.sign(BODY, secret, "evt_1", int(time.time()) - age)


@pytest.mark.parametrize("secret", SECRETS)
def test_what_is_signed_is_taken_and_read(secret: str) -> None:
    taken = verify_webhook(BODY, _signed(secret), secret)
    assert (taken.id, taken.type, taken.task_id) == ("evt_1", "task.completed", "task_1")


@pytest.mark.promise("sdk.webhooks.verify")
@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize(
    "change",
    [{"webhook-id": "evt_2"}, {"webhook-signature": "v1,AAAA"}, {"webhook-timestamp": "soon"},
     {"webhook-timestamp": "1"}, {"webhook-signature": ""}, {"webhook-signature": "v1a,ü"}],
)  # fmt: skip
def test_a_changed_delivery_is_refused_even_with_the_other_signature_right(secret: str, change: dict[str, str]) -> None:
    with pytest.raises(BadSignature):
        verify_webhook(BODY, _signed(secret) | change, secret)


def test_an_old_delivery_is_refused_and_the_tolerance_can_be_told() -> None:
    headers = _signed(SECRETS[1], age=400)
    with pytest.raises(BadSignature, match="300 s"):
        verify_webhook(BODY, headers, SECRETS[1])
    assert verify_webhook(BODY, headers, SECRETS[1], tolerance_seconds=600).id == "evt_1"


def test_another_secret_or_none_or_another_body_is_refused() -> None:
    for secret in ("another", "", SECRETS[1], "whsec_%%", "whsec_"):
        with pytest.raises(BadSignature):
            verify_webhook(BODY, _signed(SECRETS[0]), secret)
    with pytest.raises(BadSignature):
        verify_webhook(BODY + b" ", _signed(SECRETS[0]), SECRETS[0])


def test_the_original_services_signature_alone_is_enough_unless_told_otherwise() -> None:
    headers = {"x-humanops-signature": webhooks.plain_mark(SECRETS[0], BODY)}
    assert verify_webhook(BODY, headers, SECRETS[0]).type == "task.completed"
    with pytest.raises(BadSignature):
        verify_webhook(BODY, headers, SECRETS[0], standard_only=True)
    with pytest.raises(BadSignature):
        verify_webhook(BODY, {}, SECRETS[0])


@pytest.mark.promise("sdk.webhooks.verify")
def test_a_delivery_to_an_endpoint_from_which_a_signature_was_taken_is_refused() -> None:
    recorded = {"X-HumanOps-Signature": webhooks.plain_mark(SECRETS[1], BODY), "webhook-id": "evt_brand_new"}
    with pytest.raises(BadSignature):
        verify_webhook(BODY, recorded, SECRETS[1])
    unsigned = {"X-HumanOps-Signature": webhooks.plain_mark(SECRETS[0], BODY), "webhook-id": "evt_brand_new"}
    assert verify_webhook(BODY, unsigned, SECRETS[0]).id is None, "nobody has signed this id"


@pytest.mark.parametrize("timestamp", ["9" * 400, "9" * 5_000, "٣٣٣"])
def test_no_header_of_a_stranger_is_more_than_a_bad_signature(timestamp: str) -> None:
    with pytest.raises(BadSignature):
        verify_webhook(BODY, _signed(SECRETS[1]) | {"webhook-timestamp": timestamp}, SECRETS[1])


@pytest.mark.parametrize("body", [b"[]", b"{}", b"no json"])
def test_a_signed_body_that_is_no_event_is_refused(body: bytes) -> None:
    with pytest.raises(BadSignature, match="no event"):
        verify_webhook(body, webhooks.sign(body, SECRETS[0], "evt_1", int(time.time())), SECRETS[0])


@pytest.fixture
def postman(setting: Setting) -> Iterator[Postman]:
    postman = Postman()
    with setting.house.living_in(courier=postman):
        yield postman


@pytest.mark.promise("sdk.webhooks.verify")
def test_what_the_app_sends_to_a_callback_is_taken(setting: Setting, postman: Postman) -> None:
    client, operator = setting.client(), setting.house.operator()
    words = {"callback_url": "https://agent.example/hook", "callback_secret": SECRETS[0]}
    task = client.tasks.post(**order(setting.house, **words))
    operator.accept(task.task_id)
    operator.hand_in(task.task_id)
    setting.house.drain()
    [letter] = postman.carried
    taken = client.webhooks.verify(letter.body, letter.headers, SECRETS[0])
    assert (taken.type, taken.task_id) == ("task.verified", task.task_id)
    assert client.webhooks.verify(letter.body, letter.headers, SECRETS[0], standard_only=True)


def test_an_endpoint_is_made_told_turned_and_taken_away(setting: Setting, postman: Postman) -> None:
    client = setting.client()
    made = client.webhooks.create("https://agent.example/hooks", events=["task.*"], description="mine")
    assert made.secret not in repr(made)
    client.webhooks.test(made.id)
    setting.house.drain()
    [letter] = postman.carried
    assert client.webhooks.verify(letter.body, letter.headers, made.secret).type == "webhook.test"
    turned = client.webhooks.rotate(made.id, overlap_hours=1)
    [delivery] = client.webhooks.deliveries(made.id)
    assert (delivery.type, delivery.status_code) == ("webhook.test", 204)
    client.webhooks.redeliver(made.id, delivery.id)
    setting.house.drain()
    for secret in (made.secret, turned.secret):
        assert client.webhooks.verify(postman.carried[-1].body, postman.carried[-1].headers, secret)
    assert client.webhooks.update(made.id, status="disabled").status == "disabled"
    assert [one.id for one in client.webhooks.list()] == [made.id]
    assert client.webhooks.get(made.id).events == ["task.*"]
    assert client.webhooks.delete(made.id).deleted
    with pytest.raises(NotFound):
        client.webhooks.get(made.id)


@pytest.mark.slow
def test_events_are_listed_and_followed(setting: Setting, monkeypatch: pytest.MonkeyPatch) -> None:
    client = setting.client()
    cursor = client.events.page().pagination.next_cursor
    task = client.tasks.post(**order(setting.house))
    client.tasks.cancel(task.task_id)
    told: list[str] = []
    following = client.events.follow(cursor=cursor, type="task.*", on_cursor=told.append)

    def meanwhile() -> Any:
        # The list ends five seconds before now, by the wall clock, which no test can move.
        yield time.sleep(5.5)

    setting.time.meanwhile = meanwhile()
    assert [next(following).type for _ in range(2)] == ["task.created", "task.cancelled"]
    assert told
    assert all(told)
    assert [event.type for event in client.events.list(subject=task.task_id)] == ["task.created", "task.cancelled"]
