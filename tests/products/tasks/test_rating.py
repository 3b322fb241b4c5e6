"""POST /tasks/:id/rate: what an agent says of the work, once (ruling 20)."""

import pytest

from chalicelib.core.identity.model import average_tenths
from tests.harness import House
from tests.products.tasks.stages import scene
from tests.proofs import order


@pytest.mark.promise("tasks.rate.once")
def test_a_completed_task_is_rated_once_and_the_operators_average_follows(house: House) -> None:
    first = scene(house, "COMPLETED")
    operator = {"id": first.operator.id, "name": "Jane D."}
    rated = first.agent.rate(first.task_id, 4, key="rate", comment=" well done ")
    assert (rated.status, rated.json) == (
        200,
        {"task_id": first.task_id, "rating": 4, "comment": "well done", "operator": {**operator, "rating": 4.0}},
    )
    assert first.agent.rate(first.task_id, 4, key="rate", comment=" well done ").text == rated.text
    task = first.task
    assert (task["status"], task["rating"], task["rating_comment"]) == ("COMPLETED", 4, "well done")
    assert task["operator"]["rating"] == 4.0
    refused = first.agent.rate(first.task_id, 5)
    assert (refused.status, refused.json["code"]) == (409, "already_rated")
    second = first.next("COMPLETED")
    assert second.task["operator"]["rating"] == 4.0
    assert second.task["rating"] is None
    assert second.agent.rate(second.task_id, 5).json["operator"]["rating"] == 4.5
    third = second.next("ACCEPTED")
    listed = {row["task_id"]: row["operator"]["rating"] for row in first.agent.get("/tasks").json["data"]}
    assert listed == {first.task_id: 4.0, second.task_id: 4.5, third.task_id: 4.5}
    assert house.operator().accept(third.next().task_id).status == 200
    order.check(house)


@pytest.mark.promise("tasks.rate.completed")
@pytest.mark.parametrize("status", ["PENDING", "ACCEPTED", "VERIFIED", "CANCELLED"])
def test_only_completed_work_is_rated(house: House, status: str) -> None:
    stage = scene(house, status)
    refused = stage.agent.rate(stage.task_id, 5)
    assert (refused.status, refused.json["code"], refused.json["details"]["allowed_statuses"]) == (
        409, "wrong_state", ["COMPLETED"]
    )  # fmt: skip


@pytest.mark.promise("tasks.rate.words")
def test_a_rating_is_one_to_five_and_a_comment_has_a_limit(house: House) -> None:
    stage = scene(house, "COMPLETED")
    for rating in (0, 6, -1, 4.5, "good", None):
        refused = stage.agent.rate(stage.task_id, rating)
        assert (rating, refused.status, refused.json["details"]["field"]) == (rating, 400, "rating")
    refused = stage.agent.rate(stage.task_id, 5, comment="x" * 501)
    assert (refused.status, refused.json["details"]["field"]) == (400, "comment")
    assert house.agent().rate(stage.task_id, 5).status == 404
    assert stage.task["rating"] is None


def test_work_of_somebody_suspended_meanwhile_is_rated_as_any_other(house: House) -> None:
    stage = scene(house, "COMPLETED")
    house.admin.do(f"/operators/{stage.operator.id}/suspend", reason="for another task")
    assert stage.agent.rate(stage.task_id, 2).status == 200


@pytest.mark.parametrize(("total", "count", "tenths"), [(0, 0, None), (5, 1, 50), (9, 2, 45), (14, 3, 47), (13, 4, 33)])
def test_an_average_is_rounded_half_up_to_a_tenth(total: int, count: int, tenths: int | None) -> None:
    assert average_tenths(total, count) == tenths
