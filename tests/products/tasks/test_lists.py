"""GET /tasks: the account's own list (ruling 7)."""

from urllib.parse import quote

import pytest

from tests.harness import Agent, House, task_ids
from tests.products.tasks.stages import PHOTOS, STATES, scene


def _posted(agent: Agent, number: int) -> list[str]:
    """The ids of some new tasks, newest first."""
    return sorted((agent.posted(reward_usd=10, title=f"Task {n}") for n in range(number)), reverse=True)


@pytest.mark.promise("tasks.list.shape")
def test_a_list_has_the_seeds_rows_and_its_pagination(house: House) -> None:
    stage = scene(house)
    found = stage.agent.page("/tasks")
    task = stage.task
    assert found == {
        "data": [
            {
                "task_id": stage.task_id, "title": "Verify storefront signage", "status": "PENDING",
                "task_type": "VERIFICATION", "reward_usd": 25, "operator": None, "created_at": task["created_at"],
                "deadline": task["deadline"],
            }
        ],
        "pagination": {"limit": 20, "offset": 0, "total": 1},
    }  # fmt: skip
    stage.accept()
    assert stage.agent.page("/tasks")["data"][0]["operator"] == {
        "id": stage.operator.id,
        "name": "Jane D.",
        "rating": None,
    }


@pytest.mark.promise("tasks.list.newest_first", "lists.offset")
def test_newest_come_first_and_limit_and_offset_cut_the_list(house: House) -> None:
    agent = house.agent(deposit=1_000)
    ids = _posted(agent, 7)
    assert task_ids(agent.page("/tasks")) == ids
    for limit, offset in ((3, 0), (3, 3), (3, 6), (3, 7), (100, 5), (1, 1_000)):
        page = agent.page(f"/tasks?limit={limit}&offset={offset}")
        assert task_ids(page) == ids[offset : offset + limit]
        told = page["pagination"]
        assert (told["limit"], told["offset"], told["total"]) == (limit, offset, 7)


@pytest.mark.promise("lists.bounds")
def test_out_of_range_is_400_and_not_silence(house: House) -> None:
    agent, operator = house.agent(), house.operator()
    for caller, path in ((agent, "/tasks"), (operator, "/operator/tasks")):
        for name, value in (
            ("limit", "0"), ("limit", "101"), ("limit", "-1"), ("limit", "1.5"), ("limit", "many"), ("limit", ""),
            ("offset", "-1"), ("offset", "1001"), ("offset", "x"), ("cursor", "c" * 1_001), ("cursor", "strange"),
            ("cursor", "é"),
        ):  # fmt: skip
            refused = caller.get(f"{path}?{name}={quote(value)}")
            assert (path, name, value, refused.status) == (path, name, value, 400)
            assert refused.json["details"]["field"] == name
        for query in ("limit=1", "limit=100", "offset=0", "offset=1000"):
            assert caller.get(f"{path}?{query}").status == 200


@pytest.mark.promise("lists.offset_names_cursor")
def test_an_offset_beyond_1000_is_400_and_names_the_cursor(house: House) -> None:
    for caller, path in ((house.agent(), "/tasks"), (house.operator(), "/operator/tasks")):
        refused = caller.get(f"{path}?offset=1001")
        assert refused.status == 400
        assert "cursor" in refused.json["details"]["problem"]


@pytest.mark.promise("tasks.list.status", "lifecycle.no_expired")
def test_a_list_can_be_of_one_status_and_a_strange_status_is_400(house: House) -> None:
    agent = house.agent(deposit=1_000)
    kept, cancelled = agent.posted(), agent.posted()
    agent.cancel(cancelled)
    assert task_ids(agent.page("/tasks?status=PENDING")) == [kept]
    assert task_ids(agent.page("/tasks?status=CANCELLED")) == [cancelled]
    assert agent.page("/tasks?status=DISPUTED") == {"data": [], "pagination": {"limit": 20, "offset": 0, "total": 0}}
    for status in ("pending", "EXPIRED", "", "PENDING,CANCELLED"):
        refused = agent.get(f"/tasks?status={status}")
        assert (status, refused.status, refused.json["details"]["field"]) == (status, 400, "status")


@pytest.mark.promise("lists.total_exact")
def test_the_total_of_every_status_is_exact_through_every_move(house: House) -> None:
    stage = scene(house, auto_complete_after_seconds=3_600)
    agent = stage.agent
    agent.posted(reward_usd=10)

    def totals() -> dict[str, int]:
        counted = {status: agent.page(f"/tasks?status={status}")["pagination"]["total"] for status in STATES}
        assert sum(counted.values()) == agent.page("/tasks")["pagination"]["total"] == 2
        return {status: total for status, total in counted.items() if total}

    assert totals() == {"PENDING": 2}
    stage.accept()
    assert totals() == {"PENDING": 1, "ACCEPTED": 1}
    stage.submit()
    assert totals() == {"PENDING": 1, "SUBMITTED": 1}
    stage.judged(20)
    assert totals() == {"PENDING": 1, "DISPUTED": 1}
    stage.operator.submit(stage.task_id, photos=PHOTOS)
    stage.judged(70)
    assert totals() == {"PENDING": 1, "MANUAL_REVIEW": 1}
    agent.verify(stage.task_id, "REJECT")
    assert totals() == {"PENDING": 1, "DISPUTED": 1}
    house.advance(days=6)
    assert totals() == {"CANCELLED": 1, "DISPUTED": 1}


@pytest.mark.promise("lists.total_exact")
def test_verified_and_completed_tasks_are_counted_too(house: House) -> None:
    stage = scene(house, "VERIFIED")
    assert stage.agent.page("/tasks?status=VERIFIED")["pagination"]["total"] == 1
    house.advance(hours=1)
    assert stage.agent.page("/tasks?status=VERIFIED")["pagination"]["total"] == 0
    assert stage.agent.page("/tasks?status=COMPLETED")["pagination"]["total"] == 1
    house.advance(days=7)
    assert stage.agent.page("/tasks?status=COMPLETED")["pagination"]["total"] == 1


@pytest.mark.promise("lists.cursor")
@pytest.mark.parametrize("status", ["", "&status=PENDING"])
def test_a_cursor_walks_the_whole_list_and_is_stable_under_inserts(house: House, status: str) -> None:
    agent = house.agent(deposit=1_000)
    ids = _posted(agent, 5)
    page = agent.page(f"/tasks?limit=2{status}")
    walked = task_ids(page)
    while cursor := page["pagination"].get("next_cursor"):
        agent.posted(reward_usd=10)
        page = agent.page(f"/tasks?limit=2{status}&cursor={cursor}")
        assert set(page["pagination"]) - {"next_cursor"} == {"limit"}, "a cursor page has no offset and no total"
        walked += task_ids(page)
    assert walked == ids


@pytest.mark.promise("lists.cursor_tamper")
def test_a_cursor_opens_only_the_list_that_gave_it_out(house: House) -> None:
    agent, other = house.agent(deposit=1_000), house.agent(deposit=1_000)
    _posted(agent, 3)
    _posted(other, 3)
    cursor = agent.page("/tasks?limit=1")["pagination"]["next_cursor"]
    middle = len(cursor) // 2
    tampered = cursor[:middle] + ("A" if cursor[middle] != "A" else "B") + cursor[middle + 1 :]
    for asker, query in (
        (agent, f"cursor={tampered}"), (agent, f"cursor={cursor[:-4]}"), (agent, f"cursor={cursor}&status=PENDING"),
        (other, f"cursor={cursor}"), (agent, f"cursor={cursor}&offset=1"),
    ):  # fmt: skip
        refused = asker.get(f"/tasks?{query}")
        assert (query, refused.status, refused.json["details"]["field"]) == (query, 400, "cursor")
    operator = house.operator()
    assert operator.get(f"/operator/tasks?cursor={cursor}").status == 400
    assert agent.get(f"/tasks?cursor={cursor}").status == 200


@pytest.mark.promise("tasks.list.own")
def test_a_list_has_the_callers_own_tasks_and_no_others(house: House) -> None:
    agent, other = house.agent(deposit=1_000), house.agent(deposit=1_000)
    mine, _ = agent.posted(), other.posted()
    assert task_ids(agent.page("/tasks")) == [mine]


@pytest.mark.promise("lists.consistent")
def test_an_unfiltered_list_shows_a_task_right_after_its_201(house: House) -> None:
    agent = house.agent(deposit=1_000)
    for _ in range(5):
        task_id = agent.posted(reward_usd=10)
        assert task_ids(agent.page("/tasks?limit=1")) == [task_id]
