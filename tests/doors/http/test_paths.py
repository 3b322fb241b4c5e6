"""Ids in paths: whatever is not ours is 404, and never a fault (rulings 3, 4)."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest

from tests.doors.strangers import MeasuringClient
from tests.harness import House, Reply
from tests.products.tasks.stages import scene

HOSTILE = [
    "..%2f..%2fetc%2fpasswd", "%2e%2e", "TASK_" + "0" * 26, "task_" + "0" * 25, quote("🦄"), "%00", "%ff", "%zz",
    "x" * 3_000, "task_" + "0" * 3_000, quote("' OR 1=1 --"), "task_*", quote("proof#1"), "%20",
    quote("task_" + "0" * 26 + "\n"), "task_" + "%EF%BC%90" * 26,
]  # fmt: skip


@pytest.fixture
def measured(house: House) -> Iterator[House]:
    """A house whose store faults on keys that are too long, as DynamoDB does."""
    store = house.world.store
    client: Any = MeasuringClient(store.client)
    with house.living_in(store=replace(store, client=client)):
        yield house


def _plain(reply: Reply) -> tuple[int, set[str]]:
    return reply.status, set(reply.json)


@pytest.mark.promise("wire.ids.hostile")
def test_a_hostile_id_is_404_at_every_route_that_takes_one(measured: House) -> None:
    agent, operator = measured.agent(), measured.operator()
    shape = {"error", "details", "code", "request_id"}
    photos = {"photos": ["https://example.com/1.jpg"]}
    for hostile in HOSTILE:
        replies = {
            "find": agent.get(f"/tasks/{hostile}"),
            "cancel": agent.send(f"/tasks/{hostile}/cancel"),
            "verify": agent.send(f"/tasks/{hostile}/verify", {"decision": "APPROVE"}),
            "revoke": agent.send(f"/agents/keys/{hostile}", method="DELETE"),
            "accept": operator.send(f"/operator/tasks/{hostile}/accept"),
            "submit": operator.send(f"/operator/tasks/{hostile}/submit", photos),
            "payout": operator.get(f"/operator/payout/status/{hostile}"),
        }
        assert {name: (hostile, *_plain(reply)) for name, reply in replies.items()} == dict.fromkeys(
            replies, (hostile, 404, shape)
        )


@pytest.mark.promise("wire.ids.hostile")
def test_the_ids_of_other_rows_of_ours_open_nothing(house: House) -> None:
    stage = scene(house, "ACCEPTED")
    agent, operator = stage.agent, stage.operator
    for known in (agent.id, operator.id, f"agent_{stage.task_id[5:]}", "counts", "deployment"):
        assert agent.get(f"/tasks/{known}").status == 404
        assert agent.cancel(known).status == 404
        assert operator.accept(known).status == 404
        assert operator.get(f"/operator/payout/status/{known}").status == 404


@pytest.mark.promise("wire.ids.prefixed")
def test_ids_are_prefixed_and_sort_by_the_moment_they_were_made(house: House) -> None:
    agent = house.agent(deposit=1_000)
    ids = [agent.posted(reward_usd=10) for _ in range(5)]
    assert ids == sorted(ids)
    assert all(set(one) <= set("abcdefghijklmnopqrstuvwxyz0123456789_") for one in ids)


@pytest.mark.promise("wire.ids.escaped")
def test_an_escaped_id_is_the_id(house: House) -> None:
    stage = scene(house)
    escaped = stage.task_id.replace("_", "%5f")
    assert stage.agent.get(f"/tasks/{escaped}").json["task_id"] == stage.task_id
