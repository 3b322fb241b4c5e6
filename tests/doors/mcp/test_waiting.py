"""Waiting: never long in one exchange, and yet as long as it takes (docs/mcp.md)."""

import base64
import json
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.core import waiting
from chalicelib.doors.mcp import waits
from tests.core.slots import held
from tests.doors.mcp.client import HANDSHAKE, MODERN, Client, of
from tests.doors.sleeper import Sleeper
from tests.doors.strangers import FixedJudge, StillClock
from tests.harness import House
from tests.products.tasks.stages import Scene, scene

TASKS = "io.modelcontextprotocol/tasks"
DECLARED = {"extensions": {TASKS: {}}}


@pytest.fixture
def stage(house: House) -> Scene:
    return scene(house, "SUBMITTED")


def _judged_at(stage: Scene, sleeper: Sleeper, seconds: float) -> None:
    sleeper.happens_at, sleeper.happens = seconds, lambda: stage.judged(20)


def _ask(client: Client, task_id: str, seconds: int, state: str | None = None) -> dict[str, Any]:
    params: dict[str, Any] = {"name": "wait_task", "arguments": {"task_id": task_id, "max_wait_seconds": seconds}}
    if state is not None:
        params["requestState"] = state
    reply = client.ask("tools/call", params)
    return dict(reply.json.get("result") or reply.json["error"])


def test_what_is_over_is_answered_at_once(house: House, sleeper: Sleeper) -> None:
    stage = scene(house, "COMPLETED")
    assert of(stage.agent).done("wait_task", task_id=stage.task_id)["is_done"] is True
    assert sleeper.now == 0


@pytest.mark.parametrize("version", [MODERN, HANDSHAKE])
def test_what_happens_meanwhile_ends_the_wait(stage: Scene, sleeper: Sleeper, version: str) -> None:
    _judged_at(stage, sleeper, 12)
    waited = of(stage.agent, version).done("wait_task", task_id=stage.task_id)
    assert (waited["status"], waited["is_done"], sleeper.now) == ("DISPUTED", True, 15)


@pytest.mark.promise("mcp.wait")
def test_before_the_modern_era_an_exchange_ends_after_25_seconds_with_what_to_do(
    stage: Scene, sleeper: Sleeper
) -> None:  # fmt: skip
    waited = of(stage.agent, HANDSHAKE).done("wait_task", task_id=stage.task_id, max_wait_seconds=240)
    assert (waited["is_done"], sleeper.now) == (False, 25)
    assert "wait_task again" in waited["next_action"]
    of(stage.agent, HANDSHAKE).done("wait_task", task_id=stage.task_id, max_wait_seconds=7)
    assert sleeper.now == 32


def test_a_modern_client_comes_back_by_itself_and_the_model_sees_one_call(stage: Scene, sleeper: Sleeper) -> None:
    _judged_at(stage, sleeper, 60)
    client, legs, state = of(stage.agent), 0, None
    while (result := _ask(client, stage.task_id, 120, state))["resultType"] == "input_required":
        assert "inputRequests" not in result
        state, legs = result["requestState"], legs + 1
    assert (legs, sleeper.now) == (2, 60)
    assert result["structuredContent"]["status"] == "DISPUTED"


@pytest.mark.parametrize(("seconds", "legs"), [(0, 0), (25, 0), (26, 1), (100, 3), (240, 9)])
def test_its_patience_counts_over_all_that_it_comes_back(
    house: House, stage: Scene, sleeper: Sleeper, seconds: int, legs: int
) -> None:
    client, state, seen = of(stage.agent), None, 0
    sleeper.wall = StillClock()
    with house.living_in(clock=sleeper.wall):
        while (result := _ask(client, stage.task_id, seconds, state))["resultType"] == "input_required":
            state, seen = result["requestState"], seen + 1
    assert (seen, sleeper.now) == (legs, seconds)
    assert seen <= waits.ROUNDS_MAX
    assert result["structuredContent"]["is_done"] is False


def test_a_state_is_good_for_its_caller_its_words_and_a_quarter_of_an_hour(
    house: House, stage: Scene, sleeper: Sleeper
) -> None:  # fmt: skip
    client = of(stage.agent)
    state = _ask(client, stage.task_id, 100)["requestState"]
    raw = bytearray(base64.urlsafe_b64decode(state + "=" * (-len(state) % 4)))
    raw[-1] ^= 1
    changed = base64.urlsafe_b64encode(bytes(raw)).decode().rstrip("=")
    for strange in (changed, state[:-4], "", "x", "é", state + "A" * 400):
        assert _ask(client, stage.task_id, 100, strange)["code"] == -32602
    assert _ask(client, stage.task_id, 99, state)["code"] == -32602
    assert _ask(of(house.agent()), stage.task_id, 100, state)["code"] == -32602
    numbers = {"name": "wait_task", "arguments": {"task_id": stage.task_id}, "requestState": 7}
    assert client.ask("tools/call", numbers).json["error"]["code"] == -32602
    clock = StillClock()
    clock.wait(minutes=16)
    with house.living_in(clock=clock):
        assert _ask(client, stage.task_id, 100, state)["code"] == -32602


def test_progress_is_told_to_whoever_asked_to_be_told(stage: Scene, sleeper: Sleeper) -> None:
    client = of(stage.agent, HANDSHAKE)
    words = {"task_id": stage.task_id, "max_wait_seconds": 12}
    params = {"name": "wait_task", "arguments": words, "_meta": {"progressToken": "p"}}
    reply = client.ask("tools/call", params)
    assert reply.headers["content-type"] == "text/event-stream"
    told = [json.loads(line.removeprefix("data: ")) for line in reply.text.splitlines() if line.startswith("data: ")]
    assert [one["params"]["progress"] for one in told[:-1]] == [0, 5, 10]
    assert {one["params"]["progressToken"] for one in told[:-1]} == {"p"}
    assert told[-1]["result"]["structuredContent"]["is_done"] is False
    as_json = client.ask("tools/call", params, Accept="application/json")
    assert as_json.json["result"]["structuredContent"]["is_done"] is False


# How many may wait ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", [MODERN, HANDSHAKE])
def test_the_sixth_at_once_is_answered_at_once_and_the_next_one_waits_again(
    stage: Scene, sleeper: Sleeper, version: str
) -> None:
    """While each sleeps, the next begins; the sixth finds no slot, and all five give theirs back."""
    client, sixth = of(stage.agent, version), []

    def wait_too(deep: int) -> None:
        if deep > waiting.SLOTS:
            began = sleeper.now
            sixth.append((client.done("wait_task", task_id=stage.task_id, max_wait_seconds=100), sleeper.now - began))
            return
        sleeper.happens_at, sleeper.happens = sleeper.now, lambda: wait_too(deep + 1)
        _ask(client, stage.task_id, 25)

    wait_too(1)
    [(answer, slept)] = sixth
    assert (answer["is_done"], slept) == (False, 0)
    assert "wait_task again" in answer["next_action"]
    began = sleeper.now
    _ask(client, stage.task_id, 25)
    assert sleeper.now == began + 25


def test_a_longer_door_lets_older_clients_wait_as_long_as_they_ask(
    house: House, stage: Scene, sleeper: Sleeper
) -> None:  # fmt: skip
    """Who comes back by itself is let go before it gives up, and hears no sooner or later for that."""
    patience = replace(house.world.patience, exchange_seconds=600)
    with house.living_in(patience=patience):
        waited = of(stage.agent, HANDSHAKE).done("wait_task", task_id=stage.task_id, max_wait_seconds=240)
        assert (waited["is_done"], sleeper.now) == (False, 240)
        assert _ask(of(stage.agent), stage.task_id, 240)["resultType"] == "input_required"
        assert sleeper.now == 240 + waits.LEG_SECONDS_MAX


def test_looking_without_waiting_needs_no_slot(house: House, sleeper: Sleeper) -> None:
    over = scene(house, "COMPLETED")
    client, pending = of(over.agent), over.agent.posted()
    with held(house.world, over.agent.id, waiting.SLOTS):
        for task_id, seconds in ((over.task_id, 240), (pending, 0)):
            assert _ask(client, task_id, seconds)["resultType"] == "complete"
    assert sleeper.now == 0


# The tasks extension -------------------------------------------------------------------------------------------------


def test_a_client_that_knows_tasks_gets_one_at_once_and_asks_when_it_likes(
    house: House, stage: Scene, sleeper: Sleeper
) -> None:  # fmt: skip
    client = of(stage.agent, **DECLARED)
    made = _ask(client, stage.task_id, 100)
    assert (made["resultType"], made["status"], sleeper.now) == ("task", "working", 0)
    asked = {"taskId": made["taskId"]}
    assert client.ask("tasks/get", asked).json["result"]["status"] == "working"
    assert client.ask("tasks/update", {**asked, "inputResponses": {}}).status == 200
    with house.living_in(judge=FixedJudge(20)):
        house.drain()
    found = client.ask("tasks/get", asked).json["result"]
    assert (found["status"], found["resultType"]) == ("completed", "complete")
    assert found["result"]["structuredContent"]["status"] == "DISPUTED"
    assert client.ask("tasks/cancel", asked).status == 200


def test_what_is_over_is_no_task(house: House, sleeper: Sleeper) -> None:
    stage = scene(house, "COMPLETED")
    assert _ask(of(stage.agent, **DECLARED), stage.task_id, 100)["resultType"] == "complete"
    refused = _ask(of(stage.agent, **DECLARED), "task_1", 100)
    assert (refused["resultType"], refused["isError"]) == ("complete", True)


def test_a_task_is_its_callers_and_asking_for_it_must_be_declared(
    house: House, stage: Scene, sleeper: Sleeper
) -> None:  # fmt: skip
    client = of(stage.agent, **DECLARED)
    asked = {"taskId": _ask(client, stage.task_id, 100)["taskId"]}
    for method in ("tasks/get", "tasks/update", "tasks/cancel"):
        for stranger, wanted in ((of(house.agent(), **DECLARED), -32602), (of(stage.agent), -32021)):
            refused = stranger.ask(method, asked)
            assert (refused.status, refused.json["error"]["code"]) == (400, wanted)
        assert client.ask(method, {"taskId": "x"}).json["error"]["code"] == -32602
    missing = of(stage.agent).ask("tasks/get", asked).json["error"]["data"]
    assert missing == {"requiredCapabilities": DECLARED}


def test_a_look_that_fails_for_now_does_not_end_a_task(house: House, stage: Scene, sleeper: Sleeper) -> None:
    client = of(stage.agent, **DECLARED)
    asked = {"taskId": _ask(client, stage.task_id, 100)["taskId"]}
    one_a_minute = house.world.settings.model_copy(update={"rate_limit_per_minute": 1})
    with house.living_in(settings=one_a_minute):
        replies = [client.ask("tasks/get", asked) for _ in range(2)]
    assert replies[-1].status == 429
    assert client.ask("tasks/get", asked).json["result"]["status"] == "working"
