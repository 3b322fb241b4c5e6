"""Account-level webhook endpoints: made, changed, told of everything, signed, logged, disabled (ruling 22)."""

import base64
import json

import pytest

from chalicelib.core.events.catalogue import NAMES
from tests.core.stand_ins import Ahead
from tests.doors.strangers import Hook
from tests.harness import House
from tests.listening import listening
from tests.products.accounts.hooks import made, pump, types, verifies, verifies_as_the_seed
from tests.products.tasks.stages import scene

URL = "https://agent.example/hooks"


@pytest.mark.promise("webhooks.endpoints.made")
def test_an_endpoint_is_made_listed_read_and_deleted_and_its_secret_is_shown_once(house: House) -> None:
    agent, other = house.agent(), house.agent()
    order = {"url": URL, "events": ["task.*", "payout.sent"], "description": "ledger"}
    reply = agent.send("/webhooks/endpoints", order, key="k1")
    endpoint = dict(reply.json)
    secret = endpoint.pop("secret")
    assert reply.status == 201
    assert len(base64.b64decode(secret.removeprefix("whsec_"))) == 32
    assert endpoint == {
        "id": endpoint["id"], **order, "status": "enabled", "disabled_reason": None,
        "created_at": endpoint["created_at"],
    }  # fmt: skip
    assert endpoint["id"].startswith("we_")
    again = agent.send("/webhooks/endpoints", order, key="k1")
    assert (again.status, again.json["code"]) == (409, "secret_already_shown")
    assert agent.get("/webhooks/endpoints").json == {"data": [endpoint]}
    place = f"/webhooks/endpoints/{endpoint['id']}"
    assert agent.get(place).json == endpoint
    for refused in (
        other.get(place), other.send(place, {}, method="PATCH"), other.send(place, method="DELETE"),
        other.send(f"{place}/rotate"), other.send(f"{place}/test"), other.get(f"{place}/deliveries"),
        agent.get("/webhooks/endpoints/we_1"),
    ):  # fmt: skip
        assert (refused.status, refused.json["code"]) == (404, "endpoint_not_found")
    assert agent.send(place, method="DELETE").json == {"deleted": True}
    assert agent.get(place).status == agent.send(place, method="DELETE").status == 404


@pytest.mark.promise("webhooks.endpoints.made")
def test_wrong_words_are_400_and_say_what_would_be_right(house: House) -> None:
    agent = house.agent()
    wrong = [
        ({}, "url"), ({"url": "http://10.0.0.1/"}, "url"), ({"url": "ftp://agent.example"}, "url"),
        ({"url": URL, "events": []}, "events"), ({"url": URL, "events": ["*", "task.exploded"]}, "events.1"),
        ({"url": URL, "events": ["nothing.*"]}, "events.0"), ({"url": URL, "secret": "short"}, "secret"),
        ({"url": URL, "secret": "whsec_c2hvcnQ="}, "secret"),
    ]  # fmt: skip
    for order, field in wrong:
        refused = agent.send("/webhooks/endpoints", order)
        assert (order, refused.status, refused.json["details"]["field"]) == (order, 400, field)
    refused = agent.send("/webhooks/endpoints", {"url": URL, "events": ["task.exploded"]})
    assert all(name in refused.json["details"]["problem"] for name in NAMES)
    endpoint = made(agent, URL)
    place = f"/webhooks/endpoints/{endpoint['id']}"
    assert agent.send(place, {"url": "http://169.254.169.254/"}, method="PATCH").status == 400
    assert agent.send(f"{place}/rotate", {"overlap_hours": 169}).status == 400


@pytest.mark.promise("webhooks.endpoints.ten")
def test_an_account_has_at_most_ten_endpoints(house: House) -> None:
    agent = house.agent()
    ids = [made(agent, URL)["id"] for _ in range(10)]
    refused = agent.send("/webhooks/endpoints", {"url": URL})
    assert (refused.status, refused.json["code"], refused.json["details"]) == (409, "too_many_endpoints", {"most": 10})
    agent.send(f"/webhooks/endpoints/{ids[0]}", method="DELETE")
    made(agent, URL)
    assert agent.send("/webhooks/endpoints", {"url": URL}).status == 409


@pytest.mark.promise("webhooks.endpoints.all_events", "webhooks.endpoints.signed")
def test_an_endpoint_gets_every_event_whoever_caused_it_and_can_check_it(house: House) -> None:
    stage = scene(house)
    with Hook() as all_of_it, Hook() as some:
        endpoint = made(stage.agent, all_of_it.url)
        made(stage.agent, some.url, events=["task.accepted", "task.expired"])
        stage.accept()
        stage.submit()
        stage.judged(70)
        expiring = stage.next()
        house.advance(days=1)
        pump(house)
        stage.agent.verify(stage.task_id, "APPROVE")
        house.advance(days=20)
        pump(house)
        told = [json.loads(one.body) for one in all_of_it.received]
        assert types(all_of_it) == sorted([
            "task.accepted", "task.submitted", "task.manual_review", "task.created", "task.completed",
            "task.earnings_available", "task.expired",
        ])  # fmt: skip
        assert types(some) == ["task.accepted", "task.expired"]
        for received, event in zip(all_of_it.received, told, strict=True):
            assert list(event) == ["id", "type", "created_at", "data"]
            assert received.headers["webhook-id"] == event["id"]
            assert verifies(endpoint["secret"], received, house.world.wall_seconds())
            assert verifies_as_the_seed(endpoint["secret"], received)
        assert {event["data"]["task_id"] for event in told} == {stage.task_id, expiring.task_id}
        assert len({event["id"] for event in told}) == len(told)
        with house.living_in(clock=Ahead(house.world.clock)):
            listed = {one["id"]: one for one in stage.agent.get("/events?limit=100").json["data"]}
        for event in told:
            assert listed[event["id"]]["data"] == event["data"]


@pytest.mark.promise("webhooks.endpoints.rotated")
def test_both_secrets_sign_during_the_overlap_and_only_the_new_one_after_it(house: House) -> None:
    agent = house.agent()
    with Hook() as hook:
        endpoint = made(agent, hook.url, secret="whsec_" + base64.b64encode(b"k" * 32).decode())
        place = f"/webhooks/endpoints/{endpoint['id']}"
        assert endpoint["secret"] == "whsec_" + base64.b64encode(b"k" * 32).decode()
        rotated = agent.send(f"{place}/rotate", {"overlap_hours": 1}, key="r1")
        assert rotated.status == 200
        assert rotated.json["secret"] != endpoint["secret"]
        assert agent.send(f"{place}/rotate", {"overlap_hours": 1}, key="r1").json["code"] == "secret_already_shown"
        agent.send(f"{place}/test")
        house.drain()
        (received,) = hook.received
        now = house.world.wall_seconds()
        assert verifies(endpoint["secret"], received, now)
        assert verifies(rotated.json["secret"], received, now)
        assert verifies_as_the_seed(rotated.json["secret"], received)
        at_once = agent.send(f"{place}/rotate", {"overlap_hours": 0}).json["secret"]
        agent.send(f"{place}/test")
        house.drain()
        assert [verifies(one, hook.received[1], now) for one in (endpoint["secret"], rotated.json["secret"])] == [
            False, False
        ]  # fmt: skip
        assert verifies(at_once, hook.received[1], now)


def test_secrets_are_sealed_and_never_logged(house: House) -> None:
    agent = house.agent()
    with listening() as lines, Hook() as hook:
        endpoint = made(agent, hook.url)
        rotated = agent.send(f"/webhooks/endpoints/{endpoint['id']}/rotate").json
        agent.send(f"/webhooks/endpoints/{endpoint['id']}/test")
        house.drain()
    rows = [house.world.store.client.scan(TableName=name) for name in house.world.store.names.values()]
    for secret in (endpoint["secret"], rotated["secret"]):
        assert secret.removeprefix("whsec_") not in json.dumps([rows, lines], default=str)


@pytest.mark.promise("webhooks.endpoints.test")
def test_a_trial_goes_to_one_endpoint_only(house: House) -> None:
    agent = house.agent()
    with Hook() as one, Hook() as two:
        first = made(agent, one.url)
        made(agent, two.url)
        assert agent.send(f"/webhooks/endpoints/{first['id']}/test").json["status"] == "pending"
        pump(house)
        assert types(one) == ["webhook.test"]
        assert two.received == []


@pytest.mark.promise("webhooks.redeliver.by_call", "webhooks.endpoints.retried")
def test_every_delivery_is_logged_tried_again_and_made_again_by_a_call(house: House) -> None:
    stage = scene(house)
    with Hook(500, 204) as hook:
        endpoint = made(stage.agent, hook.url)
        place = f"/webhooks/endpoints/{endpoint['id']}/deliveries"
        assert stage.agent.get(place).json == {"data": [], "pagination": {"limit": 20, "next_cursor": None}}
        stage.accept()
        pump(house)
        (row,) = stage.agent.get(place).json["data"]
        assert (row["status"], row["attempts"], row["status_code"], row["type"]) == ("pending", 1, 500, "task.accepted")
        house.advance(minutes=2)
        (row,) = stage.agent.get(place).json["data"]
        assert (row["status"], row["attempts"], row["status_code"], row["problem"]) == ("delivered", 2, 204, None)
        assert row["duration_ms"] >= 0
        assert row["answer_bytes"] == 0
        again = stage.agent.send(f"{place}/{row['id']}/redeliver")
        assert again.status == 200
        house.drain()
        assert len({one.headers["webhook-id"] for one in hook.received}) == 1
        assert len({one.body for one in hook.received}) == 1
        assert len(hook.received) == 3
        first = stage.agent.get(f"{place}?limit=1").json
        assert first["data"][0]["id"] == again.json["delivery_id"]
        rest = stage.agent.get(f"{place}?limit=1&cursor={first['pagination']['next_cursor']}").json
        assert [one["id"] for one in rest["data"]] == [row["id"]]
        unknown = stage.agent.send(f"{place}/dlv_{'0' * 26}/redeliver")
        assert (unknown.status, unknown.json["code"]) == (404, "delivery_not_found")


@pytest.mark.promise("webhooks.endpoints.disabled")
@pytest.mark.parametrize("settings", [{"WEBHOOK_DISABLE_AFTER": "2"}])
def test_an_endpoint_that_takes_nothing_is_disabled_and_the_others_are_told(house: House) -> None:
    stage = scene(house)
    with Hook(500) as broken, Hook() as well:
        endpoint = made(stage.agent, broken.url)
        made(stage.agent, well.url, events=["webhook.*"])
        place = f"/webhooks/endpoints/{endpoint['id']}"
        stage.accept()
        stage.next()
        pump(house)
        for _ in range(9):
            house.advance(days=2)
        assert len(broken.received) >= 16
        shown = stage.agent.get(place).json
        assert (shown["status"], shown["disabled_reason"]) == ("disabled", "failing")
        assert {one["status"] for one in stage.agent.get(f"{place}/deliveries").json["data"]} <= {"failed", "dropped"}
        pump(house)
        assert types(well) == ["webhook.endpoint_disabled"]
        assert json.loads(well.received[0].body)["data"]["endpoint_id"] == endpoint["id"]
        count = len(broken.received)
        refused = stage.agent.send(f"{place}/test")
        assert (refused.status, refused.json["code"]) == (409, "endpoint_disabled")
        stage.next()
        pump(house)
        broken.statuses = [204]
        enabled = stage.agent.send(place, {"status": "enabled"}, method="PATCH").json
        assert (enabled["status"], enabled["disabled_reason"]) == ("enabled", None)
        stage.agent.cancel(stage.next().task_id)
        pump(house)
        new = [json.loads(one.body)["type"] for one in broken.received[count:]]
        assert sorted(new) == ["task.cancelled", "task.created"], "what happened while it was disabled is not told"


@pytest.mark.promise("webhooks.endpoints.disabled")
def test_an_endpoint_that_is_gone_or_switched_off_gets_nothing_more(house: House) -> None:
    stage = scene(house)
    with Hook(410) as gone, Hook(500) as off:
        first, second = made(stage.agent, gone.url), made(stage.agent, off.url)
        stage.accept()
        pump(house)
        shown = stage.agent.get(f"/webhooks/endpoints/{first['id']}").json
        assert (shown["status"], shown["disabled_reason"]) == ("disabled", "gone")
        place = f"/webhooks/endpoints/{second['id']}"
        for status in ("disabled", "enabled"):
            changed = stage.agent.send(place, {"status": status, "description": status}, method="PATCH").json
            assert (changed["status"], changed["description"]) == (status, status)
            assert stage.agent.get(place).json == changed
        house.advance(days=4)
        assert [len(gone.received), len(off.received)] == [1, 1], (
            "what was on its way is dropped, even when it is on again"
        )
        assert [one["status"] for one in stage.agent.get(f"{place}/deliveries").json["data"]] == ["dropped"]


def test_an_account_without_endpoints_has_no_pump(house: House) -> None:
    stage = scene(house, "COMPLETED")
    rows = house.world.store.client.scan(TableName=house.world.store.names["agenda"])["Items"]
    assert [row for row in rows if row["kind"]["S"] == "events.pump"] == []
    endpoint = made(stage.agent, URL)
    house.advance(minutes=3)
    stage.agent.send(f"/webhooks/endpoints/{endpoint['id']}", method="DELETE")
    house.advance(minutes=10)
    house.advance(minutes=10)
    rows = house.world.store.client.scan(TableName=house.world.store.names["agenda"])["Items"]
    assert [row for row in rows if row["kind"]["S"] == "events.pump"] == [], "the pump ends with the last endpoint"
