"""Who may come in by the door of tools: agents, with the keys they have over HTTP, and nobody else."""

import pytest

from tests.doors.mcp.client import HANDSHAKE, MODERN, Client, of
from tests.harness import Agent, House, Reply
from tests.products.tasks.stages import scene

ONE_TASK = ("get_task_result", "check_verification_status", "wait_task", "cancel_task")


@pytest.fixture
def agent(house: House) -> Agent:
    return house.agent(deposit=100)


def _refused(house: House, **headers: str) -> Reply:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Client(house, named).ask("tools/list")


def _told(reply: Reply) -> tuple[int, str]:
    return reply.status, reply.json["error"]["data"]["code"]


@pytest.mark.promise("auth.key.headers", "auth.key.wrong")
def test_a_key_opens_as_bearer_and_as_header_and_anything_else_is_401(house: House, agent: Agent) -> None:
    key = agent.headers["X-API-Key"]
    for headers in ({"X_API_Key": key}, {"Authorization": f"Bearer {key}"}):
        assert _refused(house, **headers).status == 200
    for headers in (
        {}, {"X_API_Key": key[:-1]}, {"Authorization": f"Basic {key}"}, {"Authorization": "Bearer"},
        {"X_Admin_Key": key}, {"X_API_Key": agent.id},
    ):  # fmt: skip
        refused = _refused(house, **headers)
        assert (headers, _told(refused)) == (headers, (401, "invalid_api_key"))
        assert refused.headers["www-authenticate"].startswith("Bearer ")
        assert refused.json["id"] is None


@pytest.mark.promise("auth.two_credentials", "auth.wrong_door")
def test_two_keys_and_an_operators_credentials_are_401(house: House, agent: Agent) -> None:
    key, operator = agent.headers["X-API-Key"], house.operator()
    other = house.agent().headers["X-API-Key"]
    assert _told(_refused(house, X_API_Key=key, Authorization=f"Bearer {other}")) == (401, "two_credentials")
    assert _told(_refused(house, X_Operator_Id=operator.id)) == (401, "invalid_api_key")
    assert _told(_refused(house, X_Operator_Id=operator.id, X_API_Key=key)) == (401, "two_credentials")
    assert _told(_refused(house, Authorization="Bearer ey.a.b")) == (401, "invalid_api_key")


def test_a_revoked_key_opens_nothing_and_a_suspended_account_is_403(house: House, agent: Agent) -> None:
    made = agent.send("/agents/keys", {"name": "second"}).json
    assert _refused(house, X_API_Key=made["api_key"]).status == 200
    agent.send(f"/agents/keys/{agent.page('/agents/keys')['data'][0]['id']}", method="DELETE")
    assert _told(_refused(house, X_API_Key=made["api_key"])) == (401, "invalid_api_key")
    assert house.admin.do(f"/agents/{agent.id}/suspend").status == 200
    status, _ = _told(_refused(house, X_API_Key=agent.headers["X-API-Key"]))
    assert status == 403


def test_ending_a_session_needs_a_key_too(house: House, agent: Agent) -> None:
    assert Client(house, {}, HANDSHAKE).send(b"", "DELETE").status == 401
    assert of(agent, HANDSHAKE).send(b"", "DELETE").status == 204


@pytest.mark.parametrize("version", [MODERN, HANDSHAKE])
def test_another_accounts_task_looks_like_none(house: House, version: str) -> None:
    theirs, other = scene(house, "SUBMITTED"), of(house.agent(deposit=100), version)
    for tool in ONE_TASK:
        mine, none = other.refused(tool, task_id=theirs.task_id), other.refused(tool, task_id="task_" + "0" * 26)
        assert (tool, mine["code"], mine["error"]) == (tool, "task_not_found", none["error"])
    assert other.refused("verify_task", task_id=theirs.task_id, decision="APPROVE")["code"] == "task_not_found"
    assert other.done("list_tasks")["data"] == []
    assert theirs.agent.task(theirs.task_id)["status"] == "SUBMITTED"


@pytest.mark.promise("mcp.rate")
def test_a_tool_is_counted_by_itself_and_its_429_is_told_to_the_model(house: House, agent: Agent) -> None:
    two_a_minute = house.world.settings.model_copy(update={"rate_limit_per_minute": 2})
    client = of(agent)
    with house.living_in(settings=two_a_minute):
        told = [client.call("get_balance") for _ in range(3)][-1]
        assert told["isError"] is True
        busy = told["_meta"]["byhand/error"]
        assert busy["code"] == "rate_limited"
        assert 1 <= busy["retry_after_seconds"] <= 60
        assert client.call("list_tasks")["isError"] is False
        # Names that no tool has are counted together, or each would be a fresh allowance.
        statuses = [client.ask("tools/call", {"name": f"nope_{number}"}).status for number in range(3)]
        assert statuses == [400, 400, 429]


def test_wrong_keys_are_counted_like_right_ones(house: House) -> None:
    two_a_minute = house.world.settings.model_copy(update={"rate_limit_per_minute": 2})
    with house.living_in(settings=two_a_minute):
        refused = [_refused(house, X_API_Key="ho_live_wrong") for _ in range(3)]
    assert [one.status for one in refused] == [401, 401, 429]
    assert int(refused[-1].headers["retry-after"]) >= 1
