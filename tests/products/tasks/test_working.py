"""The operator's day: start, give back, list and read one's own work (rulings 19, 20)."""

from datetime import timedelta
from urllib.parse import quote

import pytest

from chalicelib.kit.clock import iso, next_day
from chalicelib.kit.table import Key
from tests.contract.described import problems, response_schema
from tests.doors.strangers import StillClock
from tests.harness import House
from tests.products.tasks.stages import scene
from tests.proofs import order


@pytest.mark.promise("operators.start.in_progress")
def test_starting_makes_a_task_in_progress_and_the_agent_can_cancel_no_more(house: House) -> None:
    stage = scene(house, "ACCEPTED")
    assert house.operator().start(stage.task_id).status == 404
    started = stage.operator.start(stage.task_id, key="start")
    assert (started.status, started.json) == (
        200, {"task_id": stage.task_id, "status": "IN_PROGRESS", "started_at": stage.task["started_at"]}
    )  # fmt: skip
    assert stage.operator.start(stage.task_id, key="start").text == started.text
    for refused in (stage.operator.start(stage.task_id), stage.agent.cancel(stage.task_id)):
        assert (refused.status, refused.json["details"]["status"]) == (409, "IN_PROGRESS")
    order.check(house)
    stage.submit()
    assert stage.status == "SUBMITTED"


@pytest.mark.promise("operators.start.in_progress")
def test_work_cannot_begin_when_it_is_too_late(house: House) -> None:
    clock = StillClock()
    with house.living_in(clock=clock):
        stage = scene(house, "ACCEPTED", deadline=iso(clock.now() + timedelta(days=1)))
        clock.pass_by(days=1, hours=1)
        refused = stage.operator.start(stage.task_id)
        assert (refused.status, refused.json["code"]) == (410, "task_expired")


@pytest.mark.promise("operators.release.pending")
@pytest.mark.parametrize("status", ["ACCEPTED", "IN_PROGRESS"])
def test_work_that_is_given_back_is_open_to_all_at_its_old_place(house: House, status: str) -> None:
    stage = scene(house, status)
    newer, other = stage.next(), house.operator()
    assert other.release(stage.task_id).status == 404
    released = stage.operator.release(stage.task_id, key="release", reason="I am ill")
    assert (released.status, released.json["status"]) == (200, "PENDING")
    assert set(released.json) == {"task_id", "status", "message"}
    assert stage.operator.release(stage.task_id, key="release").json["code"] == "key_reused"
    assert stage.operator.release(stage.task_id, key="release", reason="I am ill").text == released.text
    task = stage.task
    gone = ("operator", "accepted_at", "started_at", "estimate")
    assert (task["status"], *(task[name] for name in gone)) == ("PENDING", None, None, None, None)
    shown = other.get("/operator/tasks").json["data"]
    assert [row["task_id"] for row in shown] == [newer.task_id, stage.task_id]
    order.check(house)
    for refused in (
        stage.operator.release(stage.task_id), stage.operator.start(stage.task_id),
        stage.operator.submit(stage.task_id, photos=["https://example.com/1.jpg"]),
    ):  # fmt: skip
        assert (refused.status, refused.json["code"]) == (409, "not_claimed")
    assert other.accept(stage.task_id).status == 200
    assert stage.operator.submit(stage.task_id, photos=["https://example.com/1.jpg"]).status == 404
    order.check(house)


@pytest.mark.promise("operators.release.again")
def test_who_gave_work_back_may_take_it_again_and_finish_it(house: House) -> None:
    stage = scene(house, "IN_PROGRESS")
    assert stage.operator.release(stage.task_id).status == 200
    stage.accept()
    assert (stage.status, stage.task["started_at"]) == ("ACCEPTED", None)
    order.check(house)
    stage.submit()
    assert stage.judged(95)["status"] == "COMPLETED"
    house.advance(days=6)
    assert stage.status == "COMPLETED"
    order.check(house)


@pytest.mark.promise("operators.release.pending")
def test_what_was_handed_in_or_was_only_estimated_is_not_given_back(house: House) -> None:
    first = scene(house, "SUBMITTED")
    for stage in (first, first.next("ESTIMATE_PENDING")):
        refused = stage.operator.release(stage.task_id)
        assert (refused.status, refused.json["details"]["allowed_statuses"]) == (409, ["ACCEPTED", "IN_PROGRESS"])


@pytest.mark.promise("operators.release.ten_a_day")
def test_work_is_given_back_ten_times_a_day_and_tomorrow_again(house: House) -> None:
    clock = StillClock()
    clock.stand_at(clock.now().replace(hour=12))
    with house.living_in(clock=clock):
        stage = scene(house)
        for _ in range(10):
            stage.accept()
            assert stage.operator.release(stage.task_id).status == 200
        stage.accept()
        refused = stage.operator.release(stage.task_id)
        assert (refused.status, refused.json["code"], refused.json["details"]) == (
            409, "too_many_give_backs", {"most": 10, "again_at": iso(next_day(clock.now()))}
        )  # fmt: skip
        assert stage.status == "ACCEPTED"
        order.check(house)
        clock.pass_by(hours=12)
        assert stage.operator.release(stage.task_id).status == 200
        load = house.world.store.get("board", Key(stage.operator.id, "load"))
        assert load is not None
        assert {name: load[name] for name in load if name.startswith("gave_back_")} == {
            f"gave_back_{iso(clock.now())[:10]}": 1
        }


@pytest.mark.promise("operators.release.ten_a_day")
@pytest.mark.parametrize("settings", [{"GIVE_BACKS_PER_DAY": "1"}])
def test_how_often_is_configuration_and_what_the_agent_takes_back_does_not_count(house: House) -> None:
    stage = scene(house, "ESTIMATE_PENDING")
    for _ in range(2):
        assert stage.agent.estimate(stage.task_id, "reject").status == 200
        stage.give_estimate()
    stage.agent.estimate(stage.task_id, "approve")
    assert stage.operator.release(stage.task_id).status == 200
    other = stage.next("ACCEPTED")
    assert other.operator.release(other.task_id).json["details"]["most"] == 1


@pytest.mark.promise("operators.release.late")
def test_work_that_is_given_back_past_its_deadline_expires_at_once(house: House) -> None:
    stage = scene(house, "ACCEPTED")
    house.advance(days=5, minutes=1)
    assert stage.status == "ACCEPTED"
    assert stage.operator.release(stage.task_id).status == 200
    house.drain()
    assert (stage.status, stage.task["cancel_reason"]) == ("CANCELLED", "EXPIRED")
    assert stage.agent.balance() == (10_000, 0)
    house.advance(hours=2)
    order.check(house)


@pytest.mark.promise("operators.release.late")
def test_work_that_is_given_back_in_time_expires_at_its_deadline(house: House) -> None:
    stage = scene(house, "ACCEPTED")
    assert stage.operator.release(stage.task_id).status == 200
    house.advance(days=5)
    assert stage.status == "CANCELLED"
    order.check(house)


@pytest.mark.promise("operators.tasks.mine")
def test_an_operator_lists_what_they_have_newest_first(house: House) -> None:
    clock = StillClock()
    with house.living_in(clock=clock):
        first = scene(house, "SUBMITTED")
        stages = [first]
        for status in ("IN_PROGRESS", "ESTIMATE_PENDING", "ACCEPTED", "CANCELLED"):
            clock.pass_by(seconds=1)
            stages.append(first.next(status))
        given_back, cancelled = stages[3], stages[4]
        cancelled.operator.accept(cancelled.task_id)
        given_back.operator.release(given_back.task_id)
        other = house.operator()
        other.accept(given_back.task_id)
        page = first.operator.get("/operator/tasks?scope=mine").json
        assert [(row["task_id"], row["state"], row["status"]) for row in page["data"]] == [
            (stages[2].task_id, "claimed", "ESTIMATE_PENDING"),
            (stages[1].task_id, "claimed", "IN_PROGRESS"), (stages[0].task_id, "submitted", "SUBMITTED"),
        ]  # fmt: skip
        row = page["data"][2]
        assert (row["title"], row["reward_usd"], row["task_type"]) == ("Verify storefront signage", 25, "VERIFICATION")
        assert page["pagination"] == {"limit": 20, "offset": 0, "total": 3}
        seen, cursor = [], ""
        while True:
            page = first.operator.get(f"/operator/tasks?scope=mine&limit=2{cursor}").json
            seen += [row["task_id"] for row in page["data"]]
            if "next_cursor" not in page["pagination"]:
                break
            cursor = f"&cursor={quote(page['pagination']['next_cursor'])}"
        assert seen == [stages[number].task_id for number in (2, 1, 0)]
        assert [row["task_id"] for row in other.get("/operator/tasks?scope=mine").json["data"]] == [given_back.task_id]
        assert other.get(f"/operator/tasks?scope=mine{cursor}").status == 400
        for query in ("scope=theirs", "scope=mine&task_type=PHOTO"):
            assert other.get(f"/operator/tasks?{query}").status == 400


@pytest.mark.promise("operators.tasks.read")
def test_whoever_has_a_task_reads_all_that_the_work_needs_and_others_what_the_feed_shows(house: House) -> None:
    stage = scene(house, digital_instructions="Ring twice", callback_url="https://agent.example/hook")
    operator, other = stage.operator, house.operator()
    open_to_all = other.get(f"/operator/tasks/{stage.task_id}")
    assert (open_to_all.status, open_to_all.json) == (200, other.get("/operator/tasks").json["data"][0])
    assert "Main St, New York" not in open_to_all.text
    stage.accept()
    mine = operator.get(f"/operator/tasks/{stage.task_id}").json
    assert mine["location"]["address"] == "123 Main St, New York, NY"
    assert (mine["digital_instructions"], mine["status"], mine["state"]) == ("Ring twice", "ACCEPTED", "claimed")
    assert mine["deadline"] == stage.task["deadline"]
    assert "agent.example" not in str(mine)
    assert other.get(f"/operator/tasks/{stage.task_id}").status == 404
    stage.submit()
    stage.judged(20)
    mine = operator.get(f"/operator/tasks/{stage.task_id}").json
    assert (mine["status"], mine["guardian_result"]["decision"]) == ("DISPUTED", "REJECT")
    assert mine["guardian_result"]["requirement_results"]
    assert mine["resubmit_until"]
    released = stage.next("ACCEPTED")
    operator.release(released.task_id)
    shown = operator.get(f"/operator/tasks/{released.task_id}")
    assert (shown.status, "digital_instructions" in shown.json) == (200, False)
    other.accept(released.task_id)
    for caller, task_id in ((operator, released.task_id), (other, "task_1"), (other, "load")):
        assert caller.get(f"/operator/tasks/{task_id}").status == 404


@pytest.mark.promise("operators.tasks.read")
def test_work_that_was_cancelled_under_an_operator_can_still_be_read(house: House) -> None:
    stage = scene(house, "ACCEPTED")
    stage.agent.cancel(stage.task_id)
    mine = stage.operator.get(f"/operator/tasks/{stage.task_id}").json
    assert (mine["status"], mine["state"], mine["cancel_reason"]) == ("CANCELLED", "withdrawn", "AGENT")


def test_reading_costs_what_it_may_cost(house: House) -> None:
    """The caller, the rate limit, and as few reads of the thing itself as there can be."""
    calls: list[str] = []
    with house.living_in(clock=StillClock()) as world:
        stage = scene(house, "ACCEPTED")
        pending, events = stage.next(), world.store.client.meta.events
        stage.operator.accept(stage.next().task_id)
        events.register("provide-client-params.dynamodb.*", lambda model, **_: calls.append(model.name), "counting")
        for caller, path, most in (
            (stage.agent, f"/tasks/{stage.task_id}", 3), (stage.agent, "/tasks", 4),
            (stage.agent, "/tasks/quote?reward_usd=20&task_type=PHOTO", 3), (stage.agent, "/tasks/categories", 2),
            (stage.operator, f"/operator/tasks/{stage.task_id}", 4),
            (stage.operator, f"/operator/tasks/{pending.task_id}", 3),
            (stage.operator, "/operator/tasks?scope=mine", 4),
        ):  # fmt: skip
            calls.clear()
            assert caller.get(path).status == 200
            assert (path, len(calls)) == (path, most), calls
        events.unregister("provide-client-params.dynamodb.*", unique_id="counting")


def test_what_a_route_may_answer_in_several_shapes_is_described_in_each(house: House) -> None:
    open_one, mine = scene(house), scene(house, "ACCEPTED")
    estimated = open_one.next(estimate_required=True)
    read = "GET /api/v1/operator/tasks/{task_id}"
    answers = [
        ("GET /api/v1/operator/tasks", mine.operator.get("/operator/tasks")),
        ("GET /api/v1/operator/tasks", mine.operator.get("/operator/tasks?scope=mine")),
        (read, mine.operator.get(f"/operator/tasks/{mine.task_id}")),
        (read, mine.operator.get(f"/operator/tasks/{open_one.task_id}")),
        ("POST /api/v1/operator/tasks/{task_id}/accept", open_one.operator.accept(estimated.task_id, estimate_hours=2)),
    ]
    for route, answer in answers:
        assert (answer.status, problems(response_schema(route, 200), answer.json)) == (200, []), route
