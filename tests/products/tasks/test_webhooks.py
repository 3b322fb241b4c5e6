"""The callback of a task: the seed's three events, to the byte (ruling 22)."""

import base64
import hashlib
import hmac
import json
from datetime import timedelta

import pytest

from chalicelib.kit.clock import iso, parse
from tests.doors.strangers import AbsentJudge, FixedJudge, Hook, Received
from tests.harness import House
from tests.products.tasks.stages import scene

SECRET = "your-random-secret"
REASONING = 'The sign "42" can be read: größer als nötig.'
SIGNED = {"x-humanops-signature", "webhook-id", "webhook-timestamp", "webhook-signature"}
EVENTS = {
    95: ("task.verified", "APPROVE"),
    70: ("task.manual_review", "MANUAL_REVIEW"),
    20: ("task.disputed", "REJECT"),
}


def _sent(house: House, hook: Hook, confidence: int = 95, secret: str | None = SECRET) -> Received:
    """What a task's callback was sent when the Guardian looked at it."""
    scene(house, "SUBMITTED", callback_url=hook.url, callback_secret=secret).judged(confidence)
    assert len(hook.received) == 1
    return hook.received[0]


@pytest.mark.promise("webhooks.events", "webhooks.payload")
def test_a_decision_of_the_guardian_is_told_in_the_seeds_words(house: House) -> None:
    for confidence, (event, decision) in EVENTS.items():
        with Hook() as hook:
            stage = scene(house, "SUBMITTED", callback_url=hook.url, callback_secret=SECRET)
            before = house.now()
            stage.judged(FixedJudge(confidence, reasoning=REASONING))
        assert [received.path for received in hook.received] == ["/webhook?from=byhand"]
        told = json.loads(hook.received[0].body)
        moment = told["timestamp"]
        assert told == {
            "event": event, "task_id": stage.task_id,
            "guardian_result": {"decision": decision, "confidence": confidence, "reasoning": REASONING},
            "timestamp": moment,
        }  # fmt: skip
        assert list(told) == ["event", "task_id", "guardian_result", "timestamp"]
        assert list(told["guardian_result"]) == ["decision", "confidence", "reasoning"]
        assert iso(parse(moment)) == moment
        assert timedelta(0) <= parse(moment) - before < timedelta(minutes=5)


@pytest.mark.promise("webhooks.signature")
def test_the_seeds_signature_is_the_hex_hmac_sha256_of_the_raw_body(house: House) -> None:
    with Hook() as hook:
        received = _sent(house, hook)
    computed = hmac.new(SECRET.encode(), received.body, hashlib.sha256).hexdigest()
    assert received.headers["x-humanops-signature"] == computed
    assert received.headers["content-type"] == "application/json"


@pytest.mark.promise("webhooks.standard")
def test_the_standard_webhooks_headers_sign_id_and_time_as_well(house: House) -> None:
    with Hook() as hook:
        received = _sent(house, hook)
    message_id, timestamp = received.headers["webhook-id"], received.headers["webhook-timestamp"]
    signed = f"{message_id}.{timestamp}.".encode() + received.body
    computed = base64.b64encode(hmac.new(SECRET.encode(), signed, hashlib.sha256).digest()).decode()
    assert received.headers["webhook-signature"] == f"v1,{computed}"
    assert abs(int(timestamp) - house.world.wall_seconds()) < 300


@pytest.mark.promise("webhooks.secret_bytes")
def test_the_key_is_the_secrets_utf8_bytes_whatever_they_are(house: House) -> None:
    for secret in ("ключ 🔑", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", " ", "s" * 500):
        with Hook() as hook:
            received = _sent(house, hook, secret=secret)
        computed = hmac.new(secret.encode(), received.body, hashlib.sha256).hexdigest()
        assert received.headers["x-humanops-signature"] == computed


@pytest.mark.promise("webhooks.unsigned")
def test_without_a_secret_the_same_is_sent_unsigned(house: House) -> None:
    with Hook() as hook:
        received = _sent(house, hook, secret=None)
    assert json.loads(received.body)["event"] == "task.verified"
    assert set(received.headers) & SIGNED == set()


@pytest.mark.promise("webhooks.none_without_url")
def test_without_a_url_nothing_is_sent_and_a_secret_alone_is_400(house: House) -> None:
    stage = scene(house, "COMPLETED")
    rows = house.world.store.client.scan(TableName=house.world.store.names["agenda"])["Items"]
    assert [row["kind"]["S"] for row in rows if row["kind"]["S"].startswith("webhook")] == []
    refused = stage.agent.post(callback_secret=SECRET)
    assert (refused.status, refused.json["details"]["field"]) == (400, "callback_secret")


@pytest.mark.promise("webhooks.guardian_only")
def test_what_people_and_the_clock_decide_is_not_told_to_the_callback(house: House) -> None:
    with Hook() as hook:
        stage = scene(house, "SUBMITTED", callback_url=hook.url)
        stage.agent.verify(stage.task_id, "APPROVE")
        house.drain()
        cancelled = scene(house, "ACCEPTED", callback_url=hook.url)
        cancelled.agent.cancel(cancelled.task_id)
        scene(house, "PENDING", callback_url=hook.url)
        house.advance(days=10)
    assert hook.received == []


@pytest.mark.promise("webhooks.events")
def test_each_decision_about_better_proof_is_told_again(house: House) -> None:
    with Hook() as hook:
        stage = scene(house, "DISPUTED", callback_url=hook.url)
        stage.submit()
        stage.judged(95)
    assert [json.loads(one.body)["event"] for one in hook.received] == ["task.disputed", "task.verified"]


@pytest.mark.promise("webhooks.payload")
def test_a_guardian_without_a_verdict_is_told_as_a_manual_review(house: House) -> None:
    with Hook() as hook:
        scene(house, "SUBMITTED", callback_url=hook.url).judged(AbsentJudge())
    told = json.loads(hook.received[0].body)
    assert (told["event"], told["guardian_result"]["confidence"]) == ("task.manual_review", None)


# Written as an attacker would: plainly, with a user name, mapped into IPv6, and by schemes that are none of ours.
UNSAFE = [
    "http://169.254.169.254/latest/meta-data/", "http://10.0.0.1/", "http://192.168.1.1:8080/", "http://172.16.0.1/",
    "http://0.0.0.0/", "http://[::]/", "http://[::ffff:169.254.169.254]/", "http://[::ffff:10.0.0.1]/",
    "http://[64:ff9b::10.0.0.1]/", "http://[2002:0a00:0001::]/", "http://[fd00::1]/", "http://[fe80::1]/",
    "http://[::10.0.0.1]/", "http://100.64.0.1/", "http://224.0.0.1/", "http://255.255.255.255/",
    "https://user:secret@example.com/", "https://user@example.com/", "ftp://example.com/", "file:///etc/passwd",
    "gopher://example.com/", "javascript:alert(1)", "example.com/hook", "//example.com/hook", "https://", "https:///a",
    "http://example.com:99999/", "http://[::1", "not a url",
]  # fmt: skip


@pytest.mark.promise("webhooks.ssrf")
def test_a_url_into_somebody_elses_network_is_400_that_names_callback_url(house: House) -> None:
    agent = house.agent(deposit=100)
    for url in UNSAFE:
        refused = agent.post(callback_url=url)
        assert (url, refused.status, refused.json["details"].get("field")) == (url, 400, "callback_url")
    assert agent.balance() == (100, 0)


@pytest.mark.promise("webhooks.ssrf")
@pytest.mark.parametrize("settings", [{"BYHAND_ALLOW_LOOPBACK_URLS": "false"}])
def test_where_loopback_is_not_allowed_it_is_refused_by_address_and_not_called_by_name(house: House) -> None:
    agent = house.agent(deposit=100)
    for url in ("http://127.0.0.1/", "http://[::1]/", "http://127.1.2.3:80/", "http://[::ffff:127.0.0.1]/"):
        refused = agent.post(callback_url=url)
        assert (url, refused.status, refused.json["details"]["field"]) == (url, 400, "callback_url")
    with Hook() as hook:
        for name in ("localhost", "2130706433", "0x7f000001", "127.1"):
            url = hook.url.replace("127.0.0.1", name)
            scene(house, "SUBMITTED", callback_url=url).judged(95)
    assert hook.received == []


@pytest.mark.promise("webhooks.no_redirects")
def test_a_redirect_is_not_followed(house: House) -> None:
    with Hook(302, 204) as hook:
        scene(house, "SUBMITTED", callback_url=hook.url).judged(95)
        assert len(hook.received) == 1
        house.advance(minutes=2)
    assert [received.path for received in hook.received] == ["/webhook?from=byhand"] * 2
