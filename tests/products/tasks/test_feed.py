"""GET /operator/tasks: what an operator can take."""

from urllib.parse import quote

import pytest

from chalicelib.kit import ids
from tests.harness import House, task_ids
from tests.products.tasks.stages import STATES, scene


@pytest.mark.promise("feed.shape", "feed.no_address")
def test_the_feed_shows_what_there_is_to_do_and_where_but_no_address(house: House) -> None:
    agent, operator = house.agent(deposit=100), house.operator()
    task = agent.task(agent.posted())
    page = operator.page("/operator/tasks")
    row = page["data"][0]
    seeds = {
        "task_id", "title", "description", "task_type", "location", "reward_usd", "deadline", "proof_requirements",
        "created_at",
    }  # fmt: skip
    assert {name: row[name] for name in seeds - {"location"}} == {name: task[name] for name in seeds - {"location"}}
    assert row["location"] == {"lat": 40.7128, "lng": -74.006}
    assert "Main St, New York" not in str(row)
    assert page["pagination"] == {"limit": 20, "offset": 0, "total": 1}


@pytest.mark.promise("feed.secrets")
def test_the_feed_tells_nothing_of_the_agent_or_its_webhook(house: House) -> None:
    agent, operator = house.agent(deposit=100), house.operator()
    agent.posted(
        callback_url="https://agent.example/hook", callback_secret="very-secret", digital_instructions="after accepting"
    )
    told = str(operator.page("/operator/tasks"))
    for secret in ("agent.example", "very-secret", "after accepting", agent.id, "agent-1@example.com"):
        assert secret not in told


@pytest.mark.promise("feed.pending_only")
def test_only_pending_tasks_can_be_taken_and_so_only_they_are_shown(house: House) -> None:
    first = scene(house, "PENDING")
    stages = {"PENDING": first, **{status: first.next(status) for status in STATES[1:]}}
    assert task_ids(house.operator().page("/operator/tasks")) == [stages["PENDING"].task_id]


@pytest.mark.promise("feed.type")
def test_the_feed_can_be_of_one_type(house: House) -> None:
    agent, operator = house.agent(deposit=1_000), house.operator()
    photo = agent.posted(task_type="PHOTO")
    form = agent.posted(task_type="FORM_FILLING", location=None)
    clicks = agent.posted(task_type="BROWSER_INTERACTION", location=None)
    assert task_ids(operator.page("/operator/tasks")) == [clicks, form, photo]
    assert task_ids(operator.page("/operator/tasks?task_type=PHOTO")) == [photo]
    assert task_ids(operator.page("/operator/tasks?task_type=BROWSER_NAVIGATION")) == [clicks]
    page = operator.page("/operator/tasks?task_type=FORM_FILLING")
    assert (task_ids(page), page["data"][0]["location"]) == ([form], {"address": "Remote/Digital"})
    assert operator.page("/operator/tasks?task_type=DELIVERY")["pagination"]["total"] == 0
    refused = operator.get("/operator/tasks?task_type=HACKING")
    assert (refused.status, refused.json["details"]["field"]) == (400, "task_type")


@pytest.mark.promise("feed.pages")
@pytest.mark.parametrize("of_type", ["", "&task_type=VERIFICATION"])
def test_the_feed_is_newest_first_in_pages_and_its_cursor_is_stable_under_inserts(house: House, of_type: str) -> None:
    agent, operator = house.agent(deposit=1_000), house.operator()
    ids = sorted((agent.posted(reward_usd=10) for _ in range(5)), reverse=True)
    assert task_ids(operator.page(f"/operator/tasks?limit=2&offset=2{of_type}")) == ids[2:4]
    page = operator.page(f"/operator/tasks?limit=2{of_type}")
    assert page["pagination"]["total"] == 5
    walked = task_ids(page)
    while cursor := page["pagination"].get("next_cursor"):
        agent.posted(reward_usd=10)
        page = operator.page(f"/operator/tasks?limit=2{of_type}&cursor={quote(cursor)}")
        assert "total" not in page["pagination"]
        walked += task_ids(page)
    assert walked == ids


@pytest.mark.promise("feed.total_capped")
@pytest.mark.slow
def test_the_feed_counts_to_1000_and_then_says_so(house: House) -> None:
    agent, operator = house.agent(deposit=100), house.operator()
    agent.posted(reward_usd=10)
    assert "total_capped" not in operator.page("/operator/tasks")["pagination"]
    _copy_opening(house, 1_002)
    page = operator.page("/operator/tasks?limit=1")
    assert (page["pagination"]["total"], page["pagination"]["total_capped"]) == (1_000, True)
    last = operator.page("/operator/tasks?limit=100&offset=1000&task_type=VERIFICATION")
    assert (len(last["data"]), last["pagination"]["total_capped"]) == (3, True)


def _copy_opening(house: House, times: int) -> None:
    """Put copies of the one opening on the board, row by row: a thousand orders would take a minute."""
    table, client = house.world.store.names["board"], house.world.store.client
    opening = next(row for row in client.scan(TableName=table)["Items"] if row["sk"]["S"] == "opening")
    for start in range(0, times, 25):
        copies = [{**opening, "pk": {"S": ids.new("task")}} for _ in range(start, min(start + 25, times))]
        client.batch_write_item(RequestItems={table: [{"PutRequest": {"Item": copy}} for copy in copies]})


@pytest.mark.promise("feed.given_up")
def test_a_task_leaves_the_feed_when_it_is_taken_and_when_it_is_cancelled(house: House) -> None:
    agent, operator, other = house.agent(deposit=1_000), house.operator(), house.operator()
    taken, cancelled = agent.posted(), agent.posted()
    operator.accept(taken)
    agent.cancel(cancelled)
    assert task_ids(other.page("/operator/tasks")) == []
    agent.cancel(taken)
    assert task_ids(other.page("/operator/tasks")) == []
