"""GET /events: oldest first behind a cursor, and nothing ever appears behind one (ruling 22)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.core.events import service as events
from chalicelib.kit.commit import commit
from tests.core.stand_ins import Ahead
from tests.faults import FlakyClient, never
from tests.harness import House
from tests.products.tasks.stages import scene


def _types(page: dict[str, Any]) -> list[str]:
    return [event["type"] for event in page["data"]]


@pytest.mark.promise("events.list.pages")
def test_events_are_followed_page_by_page_and_an_empty_page_says_where_to_go_on(house: House) -> None:
    stage = scene(house, "COMPLETED")
    young = stage.agent.page("/events")
    assert (young["data"], young["pagination"]["has_more"]) == ([], False), "a page ends 5 s before now"
    with house.living_in(clock=Ahead(house.world.clock)):
        whole = stage.agent.page(f"/events?cursor={young['pagination']['next_cursor']}")
        assert _types(whole) == [
            "task.created", "task.accepted", "task.submitted", "task.verified", "task.completed"
        ]  # fmt: skip
        assert set(whole["data"][0]) == {"id", "type", "created_at", "subject", "data"}
        assert {event["subject"] for event in whole["data"]} == {stage.task_id}
        seen, cursor = [], ""
        while True:
            page = stage.agent.page(f"/events?limit=2{cursor}")
            seen += page["data"]
            cursor = f"&cursor={page['pagination']['next_cursor']}"
            if not page["data"]:
                break
        assert seen == whole["data"]
        stage.next()
    with house.living_in(clock=Ahead(house.world.clock, 12)):
        assert _types(stage.agent.page(f"/events?{cursor}")) == ["task.created"]


@pytest.mark.promise("events.list.filtered")
def test_events_are_filtered_and_a_page_looks_at_a_bounded_number(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = scene(house, "ACCEPTED")
    other = stage.next("ACCEPTED")
    with house.living_in(clock=Ahead(house.world.clock)):
        assert _types(stage.agent.page("/events?type=task.accepted")) == ["task.accepted"] * 2
        assert _types(stage.agent.page("/events?type=task.*&limit=3")) == [
            "task.created",
            "task.accepted",
            "task.created",
        ]
        assert _types(stage.agent.page(f"/events?subject={other.task_id}")) == ["task.created", "task.accepted"]
        monkeypatch.setattr(events, "FILTERED_ROWS", 2)
        first = stage.agent.page(f"/events?subject={other.task_id}")
        assert (first["data"], first["pagination"]["has_more"]) == ([], True)
        rest = stage.agent.page(f"/events?subject={other.task_id}&cursor={first['pagination']['next_cursor']}")
        assert _types(rest) == ["task.created", "task.accepted"]
        assert _types(stage.agent.page("/events?from=now")) == []
    for query in ("type=task.exploded", "from=then", "limit=0", "limit=101", "cursor=strange"):
        assert (query, stage.agent.get(f"/events?{query}").status) == (query, 400)


@pytest.mark.promise("events.list.own")
def test_everybody_reads_their_own_events_only(house: House) -> None:
    stage, other = scene(house, "COMPLETED"), house.agent()
    house.advance(days=8)
    stage.operator.payout(10)
    house.advance(minutes=2)
    with house.living_in(clock=Ahead(house.world.clock)):
        assert other.page("/events")["data"] == []
        own = stage.operator.page("/operator/events")
        assert set(_types(own)) == {"payout.requested", "payout.completed"}
        cursor = stage.agent.page("/events")["pagination"]["next_cursor"]
        assert other.get(f"/events?cursor={cursor}").status == 400
        assert stage.operator.get("/events").status == 401


@pytest.mark.promise("events.list.pages")
def test_nothing_appears_behind_a_cursor_though_a_commit_takes_four_seconds(house: House) -> None:
    stage = scene(house, "ACCEPTED")
    late = events.record(house.world, "task.accepted", stage.agent.id, "task_late", {})
    stage.next()
    seen: list[str] = []
    with house.living_in(clock=Ahead(house.world.clock, 4)):
        page = stage.agent.page("/events")
        seen += [event["subject"] for event in page["data"]]
        commit(house.world.store, [late])
    with house.living_in(clock=Ahead(house.world.clock, 10)):
        page = stage.agent.page(f"/events?cursor={page['pagination']['next_cursor']}")
        seen += [event["subject"] for event in page["data"]]
    assert "task_late" in seen
    assert len(seen) == 4


def test_events_are_kept_for_thirty_days(house: House) -> None:
    stage = scene(house)
    with house.living_in(clock=Ahead(house.world.clock, timedelta(days=29).total_seconds())):
        assert _types(stage.agent.page("/events")) == ["task.created"]
    with house.living_in(clock=Ahead(house.world.clock, timedelta(days=31).total_seconds())):
        assert _types(stage.agent.page("/events")) == []


def test_a_page_of_events_costs_three_calls(house: House) -> None:
    stage = scene(house, "ACCEPTED")
    client = FlakyClient(house.world.store.client, never)
    store = replace(house.world.store, client=client)  # type: ignore[arg-type]
    with house.living_in(store=store, clock=Ahead(house.world.clock)):
        stage.agent.page("/events")
        calls = client.count
        stage.agent.page("/events?type=task.accepted")
    assert (calls, client.count) == (3, 6)
