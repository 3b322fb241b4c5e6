"""A webhook that is not accepted is tried again: eight times, with the same bytes (ruling 22)."""

import socket
import time
from typing import Any

import pytest

from chalicelib.core.events.courier import HttpCourier, UrlRule
from tests.doors.strangers import Hook
from tests.harness import House
from tests.products.tasks.stages import scene

# What each try waits for at most, the jitter included: three days and a bit in all.
PAUSES_MINUTES = [1, 5, 30, 120, 8 * 60, 24 * 60, 36 * 60]
JITTER = 1.25


def _deliveries(house: House) -> list[dict[str, Any]]:
    """The entries of webhooks on the agenda, dead or alive."""
    rows = house.world.store.client.scan(TableName=house.world.store.names["agenda"])["Items"]
    return [row for row in rows if row["kind"]["S"] == "webhook.deliver"]


@pytest.mark.promise("webhooks.retried", "webhooks.same_bytes")
def test_after_a_500_the_same_bytes_come_again_under_the_same_id(house: House) -> None:
    with Hook(500, 503, 204) as hook:
        scene(house, "SUBMITTED", callback_url=hook.url, callback_secret="s").judged(95)
        assert len(hook.received) == 1
        house.advance(seconds=30)
        assert len(hook.received) == 1, "not before its time"
        house.advance(minutes=1)
        assert len(hook.received) == 2
        house.advance(minutes=7)
    first, *others = hook.received
    assert len(others) == 2
    assert {one.body for one in others} == {first.body}
    assert {one.headers["webhook-id"] for one in others} == {first.headers["webhook-id"]}
    assert {one.headers["x-humanops-signature"] for one in others} == {first.headers["x-humanops-signature"]}
    assert _deliveries(house) == []


@pytest.mark.promise("webhooks.eight_tries")
def test_after_eight_tries_over_three_days_a_webhook_is_dead_and_kept_for_a_person(house: House) -> None:
    with Hook(500) as hook:
        scene(house, "SUBMITTED", callback_url=hook.url).judged(95)
        for tries, minutes in enumerate(PAUSES_MINUTES, start=1):
            assert len(hook.received) == tries
            house.advance(minutes=minutes, seconds=-30)
            assert len(hook.received) == tries, "not before its time"
            house.advance(minutes=minutes * (JITTER - 1), seconds=31)
        assert len(hook.received) == 8
        assert "dead" not in _deliveries(house)[0]
        house.advance(days=3)
        assert len(hook.received) == 8
        entry = _deliveries(house)[0]
        assert (entry["dead"]["S"], "shard" in entry) == ("dead", False)
        house.advance(days=30)
    assert len(hook.received) == 8
    assert 3 * 24 * 60 * 0.9 <= sum(PAUSES_MINUTES) <= 3 * 24 * 60 * 1.1, "about three days"


@pytest.mark.promise("webhooks.accepted")
def test_any_2xx_is_accepted_and_nothing_comes_again(house: House) -> None:
    first = scene(house)
    for status in (200, 204, 299):
        with Hook(status) as hook:
            first.next("SUBMITTED", callback_url=hook.url).judged(95)
            assert (len(hook.received), _deliveries(house)) == (1, [])
            house.advance(hours=2)
        assert len(hook.received) == 1


@pytest.mark.promise("webhooks.retried")
def test_any_other_answer_is_tried_again(house: House) -> None:
    first = scene(house)
    for status in (400, 401, 404, 410, 429, 304):
        with Hook(status, 204) as hook:
            first.next("SUBMITTED", callback_url=hook.url).judged(95)
            house.advance(minutes=2)
        assert (status, len(hook.received)) == (status, 2)


@pytest.mark.promise("webhooks.ten_seconds")
def test_a_server_that_never_answers_is_given_up_when_the_exchange_has_lasted_too_long(house: House) -> None:
    assert HttpCourier.exchange_seconds == 10
    rule = UrlRule(https_only=False, loopback_allowed=True)
    with socket.create_server(("127.0.0.1", 0)) as mute:
        url = f"http://127.0.0.1:{mute.getsockname()[1]}/"
        with house.living_in(courier=HttpCourier(rule, exchange_seconds=0.2)):
            stage = scene(house, "SUBMITTED", callback_url=url)
            before = time.monotonic()
            assert stage.judged(95)["status"] == "COMPLETED"
            assert time.monotonic() - before < 5
    assert "0.2 s" in _deliveries(house)[0]["why"]["S"]


@pytest.mark.promise("webhooks.never_in_the_way")
def test_a_server_that_is_not_there_delays_nobody_and_gets_it_when_it_is_back(house: House) -> None:
    with Hook() as gone:
        url = gone.url
    stage = scene(house, "SUBMITTED", callback_url=url)
    assert stage.judged(95)["status"] == "COMPLETED"
    assert stage.operator.earnings() == (25, 0, 25)
    assert len(_deliveries(house)) == 1
