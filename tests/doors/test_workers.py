"""Queue consumers and the sweep: a bell may be lost, repeated or nonsense; the row is the job."""

import json
from typing import Any

import pytest

from chalicelib.core.agenda import service as agenda
from chalicelib.core.agenda.model import TIMERS, Kind
from chalicelib.kit.commit import commit
from chalicelib.kit.queue import Queues
from tests.doors.strangers import Postman
from tests.harness import House
from tests.products.tasks.stages import Scene, scene


def _event(*bodies: str) -> dict[str, Any]:
    """What Lambda hands to a consumer."""
    return {
        "Records": [
            {"messageId": f"message-{number}", "receiptHandle": "r", "body": body, "attributes": {}}
            for number, body in enumerate(bodies)
        ]
    }


def _failed(house: House, queue: str, *bodies: str) -> list[str]:
    """Which messages a consumer wants again."""
    answer = house.invoke(queue, _event(*bodies))
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def _judgement(stage: Scene) -> str:
    """The bell for the judgement of a task's first proof."""
    return json.dumps({"entry": f"task.judge:{stage.agent.id}/{stage.task_id}:1"})


def _entries(house: House, kind: str) -> list[dict[str, Any]]:
    rows = house.world.store.client.scan(TableName=house.world.store.names["agenda"])["Items"]
    return [row for row in rows if row["kind"]["S"] == kind]


class SilentQueues(Queues):
    """Queues that lose every bell."""

    def __init__(self, queues: Queues) -> None:
        super().__init__(queues.client, {name: f"{url}-gone" for name, url in queues.urls.items()})


def test_a_message_that_cannot_be_read_comes_again_and_takes_no_other_with_it(house: House) -> None:
    stage = scene(house, "SUBMITTED")
    failed = _failed(house, "judge", "not json", _judgement(stage), '{"entry": 7', "[]", "{}")
    assert failed == ["message-0", "message-2", "message-3", "message-4"]
    assert stage.status == "MANUAL_REVIEW"


def test_a_bell_that_rings_twice_does_the_work_once(house: House) -> None:
    with house.living_in(courier=(postman := Postman())):
        stage = scene(house, "SUBMITTED", callback_url="https://example.com/hook")
        assert _failed(house, "judge", _judgement(stage), _judgement(stage)) == []
        assert _failed(house, "judge", _judgement(stage)) == []
        house.drain()
    assert stage.status == "MANUAL_REVIEW"
    assert len(postman.carried) == 1


def test_a_bell_for_what_is_done_or_never_was_is_nothing(house: House) -> None:
    bells = ['{"entry": "task.judge:agent_1/task_1:1"}', '{"entry": "webhook.deliver:msg_1"}', '{"entry": "é"}']
    assert _failed(house, "timers", *bells) == []


def test_a_lost_bell_is_made_up_for_by_the_sweep_after_the_first_pause(house: House) -> None:
    with house.living_in(queues=SilentQueues(house.world.queues)):
        stage = scene(house, "SUBMITTED")
        assert house.drain() == 0
        assert stage.status == "SUBMITTED"
    house.advance(minutes=2)
    assert stage.status == "SUBMITTED", "a Guardian who was asked may still be at it"
    house.advance(seconds=61)
    assert stage.status == "MANUAL_REVIEW"


def test_an_entry_of_a_kind_that_nobody_knows_is_dead_and_not_done(house: House) -> None:
    now = house.now()
    commit(house.world.store, [agenda.at(Kind("task.unheard_of", TIMERS), "agent_1/task_1", now, now)])
    assert _failed(house, "timers", '{"entry": "task.unheard_of:agent_1/task_1"}') == []
    assert [row["dead"]["S"] for row in _entries(house, "task.unheard_of")] == ["dead"]


def test_an_entry_without_its_task_is_dead_and_not_done(house: House) -> None:
    now, nowhere = house.now(), f"agent_{'0' * 26}/task_{'0' * 26}"
    for kind in ("task.expire", "task.judge_overdue"):
        commit(house.world.store, [agenda.at(Kind(kind, TIMERS), nowhere, now, now, which="1")])
        assert _failed(house, "timers", json.dumps({"entry": f"{kind}:{nowhere}:1"})) == []
        assert [row["dead"]["S"] for row in _entries(house, kind)] == ["dead"]


def test_the_sweep_rings_for_what_is_due_and_leaves_the_rest(house: House) -> None:
    early, late = scene(house, deadline=house.in_time(hours=1)), scene(house, deadline=house.in_time(hours=9))
    house.request("POST", "/api/v1/test/clock", {"advance_seconds": 7_200})
    house.sweep()
    assert (early.status, late.status) == ("CANCELLED", "PENDING")
    assert house.drain() == 0


@pytest.mark.promise("lifecycle.late_timers")
def test_the_timer_of_a_deadline_that_is_no_longer_the_tasks_does_nothing(house: House) -> None:
    stage = scene(house, "ACCEPTED", deadline=house.in_time(hours=1))
    house.advance(hours=1, minutes=30)
    assert stage.status == "ACCEPTED"
    assert len(_entries(house, "task.expire")) == 1, "the first one fired and is gone; the hour's own is left"
