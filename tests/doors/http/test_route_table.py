"""What can be said of all routes at once."""

import pytest

from app import ROUTES
from chalicelib.doors.http.routes import Elsewhere, Who
from tests.harness import House, Reply
from tests.products.tasks.stages import scene

# A read that the original spells as a POST: it moves nothing, and no claim may keep what it answers.
RETRIEVE = "/api/v1/tasks/{task_id}/retrieve-credential"
# Questions that are too long for a query.
ASKED = {"/api/analyze-issue", "/api/pr-analyzer"}


@pytest.mark.promise("idempotency.every_post")
def test_every_post_of_a_known_caller_honours_the_idempotency_key() -> None:
    posts = [route for route in ROUTES if route.method == "POST"]
    assert {route.path for route in posts if not route.once} == {
        "/api/v1/agents/register", "/api/v1/operator/register", "/api/v1/test/clock", "/api/v1/webhooks/kyc",
        "/api/v1/webhooks/dlocal", RETRIEVE, *ASKED,
    }  # fmt: skip
    assert all(route.once for route in posts if route.who is not Who.ANYONE and route.path not in {RETRIEVE, *ASKED})


def test_routes_that_repeat_each_other_under_a_key_read_the_same_words() -> None:
    by_deed = {(route.method, route.path): route for route in ROUTES}
    for route in ROUTES:
        other = by_deed[route.deed]
        assert (other.words, other.who, other.once) == (route.words, route.who, route.once), route.name


def test_every_route_names_the_words_it_reads_and_answers() -> None:
    for route in ROUTES:
        assert route.path.startswith(("/api/", "/operator")) or route.path == "/llms.txt", route.name
        assert route.words.__doc__, route.name
        assert all(one.__doc__ for one in route.answer), route.name
        assert route.status in ((302,) if Elsewhere in route.answer else (200, 201)), route.name


def _refusals(house: House) -> dict[int, Reply]:
    """One refusal of each kind, by the status that the seed's table gives it."""
    stage, gone = scene(house, "ACCEPTED"), scene(house)
    agent, poor = stage.agent, house.agent()
    late = agent.posted(deadline=house.in_time(minutes=1))
    own = house.agent(deposit=100, email="jane@example.com").posted()
    dealer = house.operator(email="jane@example.com")
    house.advance(minutes=2)
    with house.living_in(clock=None):
        fault = agent.get("/agents/balance")
    one_a_minute = house.world.settings.model_copy(update={"rate_limit_per_minute": 1})
    with house.living_in(settings=one_a_minute):
        busy = [agent.get("/agents/keys") for _ in range(3)][-1]
    return {
        400: agent.send("/tasks", {}), 401: house.request("GET", "/api/v1/tasks"), 402: poor.post(),
        403: dealer.accept(own), 404: agent.get("/tasks/task_1"), 409: stage.operator.accept(stage.task_id),
        410: gone.operator.accept(late), 429: busy, 500: fault,
    }  # fmt: skip


@pytest.mark.promise("errors.table", "errors.shape")
def test_every_status_of_the_seeds_table_occurs_and_has_its_shape(house: House) -> None:
    codes = set()
    for status, refused in _refusals(house).items():
        assert (status, refused.status) == (status, status)
        assert set(refused.json) >= {"error", "code", "request_id"}
        assert isinstance(refused.json["error"], str)
        assert isinstance(refused.json["details"], dict)
        codes.add(refused.json["code"])
    assert len(codes) == 9, "each has a code of its own"
    assert all(code == code.lower() and " " not in code for code in codes)
