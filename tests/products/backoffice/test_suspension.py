"""POST /admin/agents/:id/suspend and /admin/operators/:id/suspend (ruling 3)."""

import pytest

from app import ROUTES
from chalicelib.core.agenda import walks
from chalicelib.core.identity import service as identity
from chalicelib.doors.http.routes import Who
from tests.harness import Agent, House
from tests.products.tasks.stages import scene

AGENTS_ROUTES = [route for route in ROUTES if route.who is Who.AGENT]


def _codes(house: House, agent: Agent) -> set[tuple[int, str]]:
    """What a suspended agent hears at each of its routes."""
    replies = [
        house.request(route.method, route.path.replace("{", "x").replace("}", ""), {}, headers=agent.headers)
        for route in AGENTS_ROUTES
    ]
    return {(reply.status, reply.json["code"]) for reply in replies}


@pytest.mark.promise("admin.accounts.suspended")
def test_a_suspended_agent_is_403_everywhere_with_every_key_until_it_may_go_on(house: House) -> None:
    agent = house.agent(deposit=100)
    second = Agent(house, {"X-API-Key": agent.send("/agents/keys").json["api_key"]}, agent.id)
    for _ in range(2):
        told = house.admin.do(f"/agents/{agent.id}/suspend", "fraud")
        assert (told.status, told.json) == (200, {"id": agent.id, "suspended": True})
    assert len(AGENTS_ROUTES) > 8
    assert _codes(house, agent) == _codes(house, second) == {(403, "account_suspended")}
    assert house.admin.get(f"/admin/agents/{agent.id}").json["suspended_since"] is not None
    for _ in range(2):
        told = house.admin.do(f"/agents/{agent.id}/unsuspend", "a mistake")
        assert (told.status, told.json) == (200, {"id": agent.id, "suspended": False})
    assert agent.balance() == second.balance() == (100, 0)
    assert house.admin.get(f"/admin/agents/{agent.id}").json["suspended_since"] is None
    assert second.send("/agents/keys").status == 201


@pytest.mark.promise("admin.accounts.suspended")
def test_a_suspended_operator_is_403_until_they_may_go_on(house: House) -> None:
    operator, agent = house.operator(), house.agent(deposit=100)
    task_id = agent.posted()
    assert house.admin.do(f"/operators/{operator.id}/suspend").json == {"id": operator.id, "suspended": True}
    for refused in (operator.accept(task_id), operator.get("/operator/earnings"), operator.payout(10)):
        assert (refused.status, refused.json["code"]) == (403, "account_suspended")
    assert house.admin.do(f"/operators/{operator.id}/unsuspend").json == {"id": operator.id, "suspended": False}
    assert operator.accept(task_id).status == 200


@pytest.mark.promise("admin.accounts.suspended")
def test_nobody_can_be_suspended_who_is_not_there_or_without_a_reason(house: House) -> None:
    nobody = "0" * 26
    for path in (f"/agents/agent_{nobody}", "/agents/op_1", f"/operators/op_{nobody}", "/operators/agent_1"):
        for verb in ("suspend", "unsuspend"):
            refused = house.admin.do(f"{path}/{verb}")
            assert (refused.status, refused.json["code"]) == (404, "account_not_found")
    assert house.admin.get(f"/admin/agents/agent_{nobody}").status == 404
    assert house.admin.do(f"/agents/agent_{nobody}/suspend", reason="  ").status == 400


@pytest.mark.promise("admin.accounts.board_cleared")
def test_open_work_leaves_the_board_with_a_full_refund_and_work_at_hand_stays(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walks, "AT_ONCE", 2)
    agent, operator, other = house.agent(deposit=1000), house.operator(), house.agent(deposit=100)
    accepted, others = agent.posted(), other.posted()
    operator.accept(accepted)
    opened = [agent.posted() for _ in range(5)]
    house.admin.do(f"/agents/{agent.id}/suspend")
    house.drain()
    assert [row["task_id"] for row in operator.get("/operator/tasks").json["data"]] == [others]
    house.advance(minutes=2)
    house.admin.do(f"/agents/{agent.id}/unsuspend")
    shown = [agent.task(task_id) for task_id in opened]
    assert {(one["status"], one["cancel_reason"], one["refunded_usd"]) for one in shown} == {
        ("CANCELLED", "ADMIN", 29.5)
    }
    assert agent.task(accepted)["status"] == "ACCEPTED"
    assert agent.balance() == (970.5, 29.5)
    house.prove()


def test_who_may_go_on_again_keeps_what_is_on_the_board(house: House) -> None:
    agent = house.agent(deposit=100)
    task_id = agent.posted()
    house.admin.do(f"/agents/{agent.id}/suspend")
    house.admin.do(f"/agents/{agent.id}/unsuspend")
    house.drain()
    house.advance(minutes=2)
    assert agent.task(task_id)["status"] == "PENDING"


@pytest.mark.promise("admin.accounts.halted")
@pytest.mark.parametrize("whose", ["agents", "operators"])
def test_nothing_is_completed_or_freed_while_one_of_the_two_is_suspended(house: House, whose: str) -> None:
    stage = scene(house, "VERIFIED")
    path = f"/{whose}/{stage.agent.id if whose == 'agents' else stage.operator.id}"
    house.admin.do(f"{path}/suspend")
    house.advance(days=1, hours=1)
    house.admin.do(f"{path}/unsuspend")
    assert stage.task["status"] == "VERIFIED"
    house.advance(days=1, hours=1)
    assert stage.task["status"] == "COMPLETED"
    house.admin.do(f"{path}/suspend")
    house.advance(days=9)
    house.admin.do(f"{path}/unsuspend")
    assert stage.operator.earnings() == (25, 0, 25)
    house.advance(days=1, hours=1)
    assert stage.operator.earnings() == (0, 25, 25)
    house.prove()


def test_any_suspended_looks_at_agents_and_operators_alike(house: House) -> None:
    agent, operator, store = house.agent(), house.operator(), house.world.store
    assert not identity.any_suspended(store, [agent.id, operator.id, "op_nobody"])
    house.admin.do(f"/operators/{operator.id}/suspend")
    assert identity.any_suspended(store, [agent.id, operator.id])
    assert not identity.any_suspended(store, [agent.id])


@pytest.mark.promise("admin.accounts.board_cleared")
def test_work_that_is_given_back_to_a_suspended_agent_leaves_the_board_too(house: House) -> None:
    agent, operator = house.agent(deposit=100), house.operator()
    task_id = agent.posted()
    assert operator.accept(task_id).status == 200
    house.admin.do(f"/agents/{agent.id}/suspend")
    house.advance(minutes=2)
    assert operator.release(task_id).status == 200
    house.drain()
    assert operator.get("/operator/tasks").json["data"] == []
    house.admin.do(f"/agents/{agent.id}/unsuspend")
    assert (agent.task(task_id)["status"], agent.balance()) == ("CANCELLED", (100, 0))


def test_an_agent_rates_what_somebody_did_who_is_suspended_by_now(house: House) -> None:
    done = scene(house, "COMPLETED")
    house.admin.do(f"/operators/{done.operator.id}/suspend")
    assert done.agent.rate(done.task_id, 4).status == 200
