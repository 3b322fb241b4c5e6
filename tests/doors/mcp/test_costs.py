"""A tool asks of AWS what its twin over HTTP asks, and not a call more."""

from collections.abc import Iterator

import pytest

from bench.walk import MeteredHouse, metered
from chalicelib.kit.clock import Patience
from tests.doors.mcp.client import HANDSHAKE, MODERN, PATH, QA, of
from tests.harness import House, Reply
from tests.products.qa.people import ORDER, customer
from tests.products.tasks.sealing import Errand
from tests.products.tasks.stages import scene

BOTH = pytest.mark.parametrize("version", [MODERN, HANDSHAKE])


@pytest.fixture
def measured(house: House) -> Iterator[MeteredHouse]:
    with metered(house) as counting:
        yield counting


def _calls(house: MeteredHouse, method: str, path: str) -> int:
    """What the last such request asked."""
    return house.costs[f"{method} {path}"][-1].count


def _tool_calls(house: MeteredHouse, path: str = PATH) -> int:
    return _calls(house, "POST", path)


@BOTH
def test_a_tool_costs_what_its_twin_over_http_costs(measured: MeteredHouse, version: str) -> None:
    agent = measured.agent(deposit=500)
    client, task_id = of(agent, version), agent.posted()
    order = agent.order()
    twins: dict[str, tuple[dict[str, object], str, str, Reply]] = {
        "get_balance": ({}, "GET", "/api/v1/agents/balance", agent.get("/agents/balance")),
        "list_tasks": ({}, "GET", "/api/v1/tasks", agent.get("/tasks")),
        "post_task": (order, "POST", "/api/v1/tasks", agent.send("/tasks", order)),
        "get_task_result": (
            {"task_id": task_id}, "GET", "/api/v1/tasks/{task_id}", agent.get(f"/tasks/{task_id}")
        ),
        "quote_task": (
            {"reward_usd": 25}, "GET", "/api/v1/tasks/quote", agent.get("/tasks/quote?reward_usd=25")
        ),
    }  # fmt: skip
    for tool, (words, method, path, twin) in twins.items():
        assert twin.status in (200, 201)
        client.done(tool, **words)
        assert (tool, _tool_calls(measured)) == (tool, _calls(measured, method, path))
    assert agent.cancel(agent.posted()).status == 200
    client.done("cancel_task", task_id=task_id)
    assert _tool_calls(measured) == _calls(measured, "POST", "/api/v1/tasks/{task_id}/cancel")


@BOTH
def test_so_does_a_tool_that_comes_later_in_a_tasks_life(measured: MeteredHouse, version: str) -> None:
    errand = Errand(measured, measured.agent(deposit=5_000), measured.operator())
    agent, client = errand.agent, of(errand.agent, version)
    order = {name: agent.order()[name] for name in ("title", "description", "deadline", "proof_requirements")}
    digital = {**order, "reward_usd": 15}
    assert agent.send("/tasks", {**digital, "task_type": "FORM_FILLING"}).status == 201
    client.done("dispatch_digital_task", **digital, digital_category="FORM_FILLING")
    assert _tool_calls(measured) == _calls(measured, "POST", "/api/v1/tasks")
    assert agent.deposit(50).status == 200
    client.done("fund_account", tx_hash="0xanother", amount_usdc=50)
    assert _tool_calls(measured) == _calls(measured, "POST", "/api/v1/agents/deposit/usdc")
    stages = [scene(measured, "MANUAL_REVIEW") for _ in range(2)]
    assert stages[0].agent.verify(stages[0].task_id, "APPROVE").status == 200
    of(stages[1].agent, version).done("verify_task", task_id=stages[1].task_id, decision="APPROVE")
    assert _tool_calls(measured) == _calls(measured, "POST", "/api/v1/tasks/{task_id}/verify")
    assert errand.posted().completed().retrieve().status == 200
    client.done("retrieve_credential", task_id=errand.task_id)
    assert _tool_calls(measured) == _calls(measured, "POST", "/api/v1/tasks/{task_id}/retrieve-credential")


@BOTH
def test_a_tool_of_qa_costs_what_its_twin_over_http_costs(measured: MeteredHouse, version: str) -> None:
    someone = customer(measured)
    client, job_id = of(someone.agent, version, QA), someone.ordered()
    twins: dict[str, tuple[dict[str, object], str, str, Reply]] = {
        "get_job": ({"jobId": job_id}, "GET", "/api/job/{job_id}", someone.get(f"/job/{job_id}")),
        "list_jobs": ({}, "GET", "/api/jobs", someone.get("/jobs")),
        "create_job": (
            {**ORDER, "idempotency_key": "k"}, "POST", "/api/jobs", someone.create(key="j")
        ),
    }  # fmt: skip
    for tool, (words, method, path, twin) in twins.items():
        assert twin.status in (200, 201)
        client.done(tool, **words)
        assert (tool, _tool_calls(measured, QA)) == (tool, _calls(measured, method, path))


@BOTH
def test_a_list_of_tools_costs_no_more_than_knowing_who_asks(measured: MeteredHouse, version: str) -> None:
    client = of(measured.agent(), version)
    client.done("get_balance")
    assert client.ask("tools/list").status == 200
    assert _tool_calls(measured) == 2


def test_a_wait_costs_its_looks_and_two_calls_more(measured: MeteredHouse) -> None:
    """Who calls, the rate, a look; and then a slot, the last look, and the slot again."""
    agent = measured.agent(deposit=500)
    client, task_id = of(agent, HANDSHAKE), agent.posted()
    slept: list[float] = []
    patience = Patience(sleep=slept.append, elapsed=lambda: sum(slept))
    with measured.living_in(patience=patience):
        client.done("wait_task", task_id=task_id, max_wait_seconds=0)
        assert _tool_calls(measured) == 3
        client.done("wait_task", task_id=task_id, max_wait_seconds=5)
        assert (_tool_calls(measured), slept) == (6, [5])
