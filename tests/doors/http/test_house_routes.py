"""GET /api/health and the test clock; request ids; what the framework refuses by itself."""

from dataclasses import replace
from typing import Any

import pytest
from chalice.app import Chalice

from chalicelib import jobs
from chalicelib.core.world import World
from chalicelib.doors import schedules
from chalicelib.doors.http import house as house_routes
from chalicelib.doors.http.mount import mount, prepare
from chalicelib.kit.clock import parse
from tests.faults import FlakyClient
from tests.harness import House
from tests.products.tasks.stages import scene

CLOCK = "/api/v1/test/clock"


@pytest.mark.promise("house.health.ok")
def test_health_is_200_when_everything_answers(house: House) -> None:
    found = house.request("GET", "/api/health")
    assert (found.status, found.json) == (200, {"status": "ok", "mode": "test"})


def _elsewhere(world: World, missing: str) -> dict[str, Any]:
    """The part of the world that is not there: the same thing by a name that nothing has."""
    kind, _, name = missing.partition(" ")
    if kind == "table":
        return {"store": replace(world.store, names={**world.store.names, name: "gone"})}
    if kind == "queue":
        urls = {**world.queues.urls, name: f"{world.queues.urls[name]}-gone"}
        return {"queues": replace(world.queues, urls=urls)}
    return {"bucket": replace(world.bucket, name="gone")}


@pytest.mark.promise("house.health.missing")
def test_health_is_503_and_names_what_does_not_answer(house: House) -> None:
    tables = [name for name in house.world.store.names if name != "ephemeral"]
    parts = [*(f"table {name}" for name in tables), *(f"queue {name}" for name in house.world.queues.urls), "bucket"]
    assert len(parts) == 14
    for missing in parts:
        with house.living_in(**_elsewhere(house.world, missing)):
            found = house.request("GET", "/api/health")
        assert (found.status, found.json["code"], found.json["details"]) == (503, "not_ready", {"missing": missing})
        assert found.headers["retry-after"] == "2"
    assert house.request("GET", "/api/health").status == 200


@pytest.mark.promise("house.clock.forward")
def test_the_test_clock_moves_business_time_forward_and_says_where_it_is(house: House) -> None:
    before = house.now()
    moved = house.request("POST", CLOCK, {"advance_seconds": 3_600})
    assert moved.status == 200
    assert moved.json["offset_seconds"] == 3_600
    assert (parse(moved.json["now"]) - before).total_seconds() == pytest.approx(3_600, abs=60)
    again = house.request("POST", CLOCK, {"advance_seconds": 1})
    assert again.json["offset_seconds"] == 3_601
    assert (house.now() - before).total_seconds() == pytest.approx(3_601, abs=60)
    assert (house.world.wall() - before).total_seconds() < 60, "the wall stays where it is"


@pytest.mark.promise("house.clock.sweeps")
def test_what_is_due_is_done_before_the_clock_answers(house: House) -> None:
    stage = scene(house)
    moved = house.request("POST", CLOCK, {"advance_seconds": 5 * 86_400})
    assert moved.json["entries_rung"] == 1
    assert stage.status == "CANCELLED"


@pytest.mark.promise("house.clock.sweeps")
def test_what_is_due_is_done_though_the_scheduled_sweep_was_faster_to_take_it(house: House) -> None:
    stage, quiet, swept = scene(house), house.world, list[int]()

    def sweeps_behind_the_move(name: str, _: int) -> None:
        """The clock's row is the second that this request changes; the first counts it."""
        if name != "update_item" and watched.calls.count("update_item") == 2 and not swept:
            swept.append(schedules.sweep(quiet))

    watched = FlakyClient(quiet.store.client, sweeps_behind_the_move)
    with house.living_in(store=replace(quiet.store, client=watched)):
        moved = house.request("POST", CLOCK, {"advance_seconds": 5 * 86_400})
    assert (moved.status, swept, moved.json["entries_rung"]) == (200, [1], 0)
    assert stage.status == "CANCELLED"


@pytest.mark.promise("house.clock.bounds")
def test_the_test_clock_takes_1_second_to_366_days_and_never_goes_back(house: House) -> None:
    wrong: list[Any] = [0, -1, -3_600, 366 * 86_400 + 1, 10**30, 1.5, "60", True, None, [60]]
    for seconds in wrong:
        refused = house.request("POST", CLOCK, {"advance_seconds": seconds})
        assert (seconds, refused.status, refused.json["details"]["field"]) == (seconds, 400, "advance_seconds")
    assert house.request("POST", CLOCK).status == 400
    assert house.request("POST", CLOCK, {"advance_seconds": 366 * 86_400}).json["offset_seconds"] == 366 * 86_400


@pytest.mark.promise("house.clock.not_in_live")
def test_a_live_deployment_has_no_such_route(house: House) -> None:
    test, live = (
        {(route.method, route.path) for route in house_routes.routes(lambda: jobs.JOBS, test_mode=test_mode)}
        for test_mode in (True, False)
    )
    assert test - live == {("POST", CLOCK)}
    app = Chalice(app_name="live", configure_logs=False)
    prepare(app)
    mount(app, house_routes.routes(lambda: jobs.JOBS, test_mode=False), lambda: house.world)
    assert list(app.routes) == ["/api/health", "/api/files/{token}"]


@pytest.mark.promise("wire.request_id")
def test_every_answer_has_a_request_id_of_its_own(house: House) -> None:
    agent = house.agent(deposit=100)
    replies = [
        agent.get("/agents/balance"), agent.post(), agent.get("/tasks/task_1"), agent.send("/tasks", {}),
        house.request("GET", "/api/v1/agents/balance"), house.request("PUT", "/api/v1/tasks"),
        house.request("POST", "/api/v1/tasks", raw=b"x", headers={"Content-Type": "text/plain"}),
        house.request("GET", "/api/health"), agent.send("/tasks", _wrong()),
    ]  # fmt: skip
    ids = [reply.headers["x-request-id"] for reply in replies]
    assert len(set(ids)) == len(replies)
    for reply in replies:
        assert reply.headers["content-type"] == "application/json"
        if reply.status >= 400:
            assert reply.json["request_id"] == reply.headers["x-request-id"]


def _wrong() -> dict[str, Any]:
    """Words that are wrong in more than one place."""
    return {"title": "", "reward_usd": "much"}


@pytest.mark.promise("errors.framework")
def test_a_method_that_a_route_does_not_know_is_405_in_our_shape(house: House) -> None:
    for method in ("PUT", "PATCH", "DELETE"):
        refused = house.request(method, "/api/v1/tasks")
        assert (refused.status, refused.json["code"], refused.json["details"]) == (405, "method_not_allowed", {})
        assert set(refused.json) >= {"error", "code", "request_id"}
        assert set(refused.headers["allow"].split(", ")) == {"GET", "POST"}


@pytest.mark.promise("errors.internal")
def test_a_fault_of_ours_is_a_500_that_tells_nothing(house: House) -> None:
    agent = house.agent()
    with house.living_in(clock=None):
        found = agent.get("/agents/balance")
    assert found.status == 500
    assert set(found.json) >= {"error", "code", "request_id"}
    assert (found.json["error"], found.json["details"]) == ("Something went wrong on our side.", {})
    assert found.json["code"] == "internal"
    for told in ("NoneType", "Traceback", "clock", ".py"):
        assert told not in found.text


@pytest.mark.promise("errors.fields")
def test_wrong_words_list_every_field_at_fault_and_lead_with_the_first(house: House) -> None:
    refused = house.agent().send("/tasks", _wrong())
    faults = {fault["field"]: fault["problem"] for fault in refused.json["details"]["fields"]}
    assert {"title", "description", "reward_usd", "deadline", "proof_requirements", "task_type"} == set(faults)
    assert faults["description"] == "is required"
    assert refused.json["error"] == f"title: {faults['title']}"
