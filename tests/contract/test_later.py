"""What is not served yet does not answer as if it were."""

import pytest

from tests.contract import promises
from tests.harness import Caller, House

ROUTES = sorted({route for promise in promises.later() for route in promise.routes})


def test_no_route_of_a_later_version_is_there(house: House) -> None:
    there = {f"{method} {path}" for path, methods in house.app.routes.items() for method in methods}
    assert set(ROUTES) & there == set()


def test_no_route_of_a_later_version_answers_as_if_it_existed(house: House) -> None:
    agent, operator = house.agent(deposit=100), house.operator()
    task_id = agent.posted()
    for route in ROUTES:
        method, _, template = route.partition(" ")
        path = template.replace("{task_id}", task_id).replace("{dispute_id}", task_id).replace("{payout_id}", task_id)
        answers = {_status(caller, method, path) for caller in (agent, operator)}
        assert (route, answers - {401, 403, 404, 405}) == (route, set())
        assert (route, answers) != (route, {401})


@pytest.mark.parametrize("route", ROUTES)
def test_a_route_of_a_later_version_is_written_as_a_method_and_a_path(route: str) -> None:
    method, _, path = route.partition(" ")
    assert method in ("GET", "POST", "PATCH", "PUT", "DELETE")
    assert path.startswith("/")


def _status(caller: Caller, method: str, path: str) -> int:
    """The status of an answer; what has no route is answered by API Gateway itself, with 403."""
    try:
        return caller.house.request(method, path, {}, headers=caller.headers).status
    except LookupError:
        return 403
