"""What each route may ask of AWS: counts, which are the same on every machine."""

import pytest

import app
from bench.budgets import BUDGETS, EXCEPTIONS, KINDS
from bench.meter import Cost
from bench.walk import Costs

pytestmark = pytest.mark.slow

T, O = "/api/v1/tasks", "/api/v1/operator/tasks"  # noqa: E741 the rows below stay readable
J, F = "/api/jobs", "/api/tester/jobs"
EXACTLY = {
    f"GET {T}/{{task_id}}": 3,
    f"GET {T}": 4,
    f"GET {T}, behind a cursor": 3,
    f"GET {O}": 4,
    f"GET {O}, behind a cursor": 3,
    f"POST {T}": 4,
    f"POST {O}/{{task_id}}/accept": 4,
    f"POST {O}/{{task_id}}/submit": 5,
    f"GET {J}/{{job_id}}": 3,
    f"GET {J}": 4,
    f"GET {J}, behind a cursor": 3,
    f"GET {F}": 4,
    f"GET {F}, behind a cursor": 3,
    f"POST {F}/{{job_id}}/claim": 5,
    f"POST {F}/{{job_id}}/submit": 5,
}
# What changes nothing that has to be changed together: each reads or asks, and writes by itself what it must.
NO_COMMIT = {
    "POST /api/v1/agents/deposit/status", "POST /api/v1/test/clock", "POST /api/analyze-issue", "POST /api/pr-analyzer",
}  # fmt: skip
MORE_WRITES = {"POST /api/v1/agents/deposit", "POST /api/run"}
WRITES = ("dynamodb.PutItem", "dynamodb.UpdateItem", "dynamodb.DeleteItem", "dynamodb.BatchWriteItem")


def _routes(walked: Costs) -> list[str]:
    return [name for name in walked if name.partition(" ")[0] in ("GET", "POST", "PATCH", "DELETE")]


def test_the_table_of_budgets_names_every_route_once_and_nothing_else(walked: Costs) -> None:
    named = [route for budget in (*KINDS, *EXCEPTIONS) for route in budget.routes]
    assert sorted(named) == sorted(_routes(walked))
    assert {f"{route.method} {route.path}" for route in app.ROUTES} <= set(named)
    assert all(budget.kind for budget in KINDS)
    assert all(budget.reason for budget in EXCEPTIONS)


def test_no_route_asks_more_than_its_budget(walked: Costs) -> None:
    over = {name: cost for name in _routes(walked) for cost in walked[name] if cost.count > BUDGETS[name].calls}
    assert over == {}


@pytest.mark.parametrize("route", EXACTLY)
def test_the_requests_of_the_main_job_ask_as_little_as_they_can(walked: Costs, route: str) -> None:
    assert {cost.count for cost in walked[route]} == {EXACTLY[route]}


def test_a_submission_with_a_photo_keeps_a_clean_copy_and_what_is_known_of_it_and_rings_for_the_guardian(
    walked: Costs,
) -> None:
    costs = walked[f"POST {O}/{{task_id}}/submit"]
    assert {cost.files for cost in costs} == {0, 4}, "looked for, read, and two written"
    assert {cost.bells for cost in costs} == {1}


def test_a_run_is_one_commit_and_a_place_taken_and_given_back(walked: Costs) -> None:
    for cost in walked["POST /api/run"]:
        assert (cost.calls["dynamodb.TransactWriteItems"], _writes(cost)) == (1, 3)


def test_a_deed_is_one_commit_and_writes_nothing_beside_it_but_the_rate_counter(walked: Costs) -> None:
    deeds = [name for name in _routes(walked) if not name.startswith("GET ") and name not in NO_COMMIT | MORE_WRITES]
    wrong = {name: cost.calls for name in deeds for cost in walked[name] if not _is_one_commit(cost)}
    assert wrong == {}


def test_reading_writes_nothing_but_the_rate_counter(walked: Costs) -> None:
    reads = [name for name in _routes(walked) if name.startswith("GET ")]
    wrong = {name: cost.calls for name in reads for cost in walked[name] if _writes(cost) != 1}
    assert wrong == {}


def test_a_bell_is_rung_only_where_something_is_due_now(walked: Costs) -> None:
    ringing = {name for name in _routes(walked) if any(cost.bells for cost in walked[name])}
    assert ringing - {"GET /api/health"} == {
        f"POST {O}/{{task_id}}/submit", "POST /api/v1/operator/payout", "POST /api/v1/webhooks/dlocal",
        "POST /api/v1/webhooks/endpoints", "POST /api/v1/webhooks/endpoints/{endpoint_id}/test",
        "POST /api/v1/webhooks/endpoints/{endpoint_id}/deliveries/{delivery_id}/redeliver",
        "POST /api/v1/admin/agents/{agent_id}/suspend", "POST /api/v1/admin/agenda/rerun",
        "POST /api/v1/admin/payouts/{payout_id}/release", "POST /api/v1/admin/books/prove",
        "POST /api/jobs", "POST /api/run", f"POST {F}/{{job_id}}/submit",
    }  # fmt: skip


def _is_one_commit(cost: Cost) -> bool:
    return cost.calls["dynamodb.TransactWriteItems"] == 1 and _writes(cost) == 1


def _writes(cost: Cost) -> int:
    return sum(cost.calls[name] for name in WRITES)
