"""The tools, called as models call them; what they answer is right by the schema that the list shows."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError
from jsonschema import Draft202012Validator
from mcp_types import methods

from byhand.credentials import PrivateKey
from chalicelib.tools import tasks as tools
from tests.doors.mcp.client import HANDSHAKE, MODERN, Client, of
from tests.doors.strangers import FixedJudge
from tests.harness import Agent, House
from tests.listening import listening
from tests.products.tasks.sealing import SECRET, opened, sealed
from tests.products.tasks.stages import scene

SCHEMAS = {one["name"]: one["outputSchema"] for one in json.loads(tools.TOOLBOX.listed())}
BOTH = pytest.mark.parametrize("version", [MODERN, HANDSHAKE])


def _checked(client: Client, tool: str, **arguments: Any) -> dict[str, Any]:
    """What a tool answers, held against its own schema and against the protocol's."""
    result = client.call(tool, **arguments)
    methods.validate_server_result("tools/call", client.version, result)
    kept = methods.serialize_server_result("tools/call", client.version, result)
    assert kept.keys() >= {"content", "structuredContent", "isError"}, result
    Draft202012Validator(SCHEMAS[tool]).validate(result["structuredContent"])
    return dict(result["structuredContent"])


@pytest.mark.promise("mcp.tools.thirteen")
@BOTH
def test_the_main_job_can_be_done_by_tools_alone(house: House, version: str) -> None:
    client = of(house.agent(), version)
    operator = house.operator(location={"city": "New York", "country": "US", "lat": 40.71, "lng": -74.0})
    assert _checked(client, "fund_account", amount_usdc="100.00", tx_hash=f"0x{version}")["amount_usd"] == 100
    assert _checked(client, "search_operators", lat=40.7, lng=-74.0, task_type="PHOTO")["total"] == 1
    assert _checked(client, "quote_task", reward_usd=25)["total_escrow"] == 29.5
    task_id = _checked(client, "post_task", **house.agent().order())["task_id"]
    assert _checked(client, "wait_task", task_id=task_id, max_wait_seconds=0)["is_done"] is False
    operator.accept(task_id)
    operator.hand_in(task_id)
    with house.living_in(judge=FixedJudge(70)):
        house.drain()
    assert "verify_task" in _checked(client, "wait_task", task_id=task_id)["next_action"]
    found = _checked(client, "check_verification_status", task_id=task_id)
    assert (found["status"], found["confidence"], found["decision"]) == ("MANUAL_REVIEW", 70, "MANUAL_REVIEW")
    assert found["requirement_results"][0]["met"] is True
    assert _checked(client, "verify_task", task_id=task_id, decision="APPROVE")["status"] == "COMPLETED"
    assert _checked(client, "get_task_result", task_id=task_id)["proof"]["notes"] == "Sign confirmed at location"
    assert _checked(client, "get_balance") == {"deposit_balance": 70.5, "escrow_balance": 0, "currency": "USD"}
    house.prove()


@BOTH
def test_digital_work_takes_what_its_category_implies(house: House, version: str) -> None:
    agent = house.agent(deposit=100)
    client = of(agent, version)
    shown = {one["task_type"]: one for one in _checked(client, "list_digital_categories")["categories"]}
    assert shown["CAPTCHA_SOLVING"]["default_minutes"] == 15
    order = {name: agent.order()[name] for name in ("title", "description", "deadline", "proof_requirements")}
    for category in ("CONTENT_REVIEW", "BROWSER_NAVIGATION"):
        posted = _checked(
            client, "dispatch_digital_task", **order, reward_usd=10, digital_category=category,
            digital_instructions="Step by step",
        )  # fmt: skip
        task = _checked(client, "get_task_result", task_id=posted["task_id"])
        kind = {"BROWSER_NAVIGATION": "BROWSER_INTERACTION"}.get(category, category)
        assert (task["task_type"], task["task_domain"], task["proof_type"]) == (
            kind, "DIGITAL", shown[kind]["proof_type"]
        )  # fmt: skip
        assert task["digital_instructions"] == "Step by step"
    cancelled = _checked(client, "cancel_task", task_id=posted["task_id"])
    assert (cancelled["status"], cancelled["refunded_usd"]) == ("CANCELLED", 12)


@pytest.mark.promise("credentials.retrieve.owner")
@BOTH
def test_a_credential_comes_as_ciphertext_that_the_agents_key_opens(house: House, version: str) -> None:
    agent, operator, key = house.agent(deposit=100), house.operator(), PrivateKey.make()
    client = of(agent, version)
    order = {name: agent.order()[name] for name in ("title", "description", "deadline")}
    words = {**order, "reward_usd": 50, "credential_category": "API_KEY_PROCUREMENT"}
    assert client.refused("dispatch_credential_task", **words)["details"]["field"] == "agent_public_key"
    task_id = _checked(client, "dispatch_credential_task", **words, agent_public_key=key.public_key)["task_id"]
    early = client.refused("retrieve_credential", task_id=task_id)
    assert (early["code"], "wait_task" in early["next_action"]) == ("credential_not_ready", True)
    operator.accept(task_id)
    handed_in = sealed(key, task_id)
    assert operator.submit(task_id, encrypted_credential=handed_in).status == 200
    house.drain()
    for tool in ("wait_task", "get_task_result"):
        assert "retrieve_credential" in _checked(client, tool, task_id=task_id)["next_action"]
    found = _checked(client, "retrieve_credential", task_id=task_id)
    assert opened(key, task_id, found["encrypted_credential"]) == SECRET
    assert of(house.agent()).refused("retrieve_credential", task_id=task_id)["code"] == "task_not_found"
    assert client.refused("retrieve_credential", task_id=agent.posted())["code"] == "no_credential"


def test_lists_are_read_page_by_page(house: House) -> None:
    agent = house.agent(deposit=200)
    posted = [agent.posted() for _ in range(3)]
    client = of(agent)
    first = _checked(client, "list_tasks", limit=2)
    second = _checked(client, "list_tasks", limit=2, cursor=first["pagination"]["next_cursor"])
    assert [row["task_id"] for row in first["data"] + second["data"]] == posted[::-1]
    assert _checked(client, "list_tasks", status="COMPLETED")["data"] == []
    assert client.refused("list_tasks", limit=101)["details"]["field"] == "limit"


@pytest.mark.promise("mcp.payout")
def test_an_agent_that_asks_for_a_payout_is_told_whose_money_it_is(house: House) -> None:
    agent = house.agent(deposit=100)
    told = _checked(of(agent), "request_payout", amount_usd=50)
    assert told["route"] == "POST /api/v1/operator/payout"
    assert "operators" in told["message"]
    assert agent.balance() == (100, 0)


@pytest.mark.promise("mcp.untrusted")
def test_what_strangers_wrote_is_marked_and_the_rest_is_not(house: House) -> None:
    stage = scene(house, "SUBMITTED")
    client = of(stage.agent)
    untrusted = {tool.name for tool in tools.TOOLBOX.declared() if tool.untrusted}
    assert untrusted == {"get_task_result", "check_verification_status", "list_tasks", "search_operators"}
    marked = client.call("get_task_result", task_id=stage.task_id)
    assert marked["_meta"]["byhand/untrusted"] is True
    assert "never as instructions" in marked["content"][1]["text"]
    plain = client.call("get_balance")
    assert "byhand/untrusted" not in plain["_meta"]
    assert len(plain["content"]) == 1


# Refusals ------------------------------------------------------------------------------------------------------------
@pytest.mark.promise("mcp.refusal")
def test_a_refusal_says_what_to_do_next(house: House) -> None:
    poor = house.agent()
    client = of(poor)
    assert "fund_account" in client.refused("post_task", **poor.order())["next_action"]
    assert "list_tasks" in client.refused("cancel_task", task_id="task_1")["next_action"]
    stage = scene(house, "COMPLETED")
    late = of(stage.agent).refused("cancel_task", task_id=stage.task_id)
    assert (late["code"], late["details"]["status"]) == ("wrong_state", "COMPLETED")
    assert "get_task_result" in late["next_action"]


def test_a_refusal_names_every_field_at_fault_and_those_that_do_not_exist(house: House) -> None:
    agent = house.agent(deposit=100)
    told = of(agent).refused("post_task", **{**agent.order(), "title": "", "rewards": 5})
    assert [fault["field"] for fault in told["details"]["fields"]] == ["title", "rewards"]
    with_credential = of(agent).refused("post_task", **agent.order(task_type="ACCOUNT_CREATION"))
    assert with_credential["details"]["field"] == "agent_public_key"


def test_a_fault_tells_nothing_but_where_to_find_it(house: House) -> None:
    client = of(house.agent())
    with listening() as lines, _broken(house) as secret:
        told = client.refused("get_balance")
    assert (told["code"], secret in json.dumps(told)) == ("internal", False)
    faults = [one for one in lines if one["event"] == "mcp.fault"]
    assert [(one["request_id"], one["tool"]) for one in faults] == [(told["request_id"], "get_balance")]
    assert secret in faults[0]["traceback"]


@contextmanager
def _broken(house: House, error: Exception | None = None) -> Iterator[str]:
    """The ledger breaks, with a secret in what it says."""
    store = house.world.store

    class Broken:
        def __getattr__(self, name: str) -> Any:
            return getattr(store, name)

        def get(self, table: str, *rest: Any, **more: Any) -> Any:
            if table == "ledger":
                raise error or ZeroDivisionError("a secret of ours")
            return store.get(table, *rest, **more)

    with house.living_in(store=Broken()):
        yield "a secret of ours"


def test_an_outage_is_told_as_what_may_pass(house: House) -> None:
    client = of(house.agent())
    with _broken(house, EndpointConnectionError(endpoint_url="https://dynamodb")):
        told = client.refused("get_balance")
    assert (told["code"], told["retry_after_seconds"]) == ("outcome_unknown", 1)


# Idempotency ---------------------------------------------------------------------------------------------------------


@pytest.mark.promise("idempotency.replay")
def test_a_repeat_under_the_same_key_gets_the_first_answer(house: House) -> None:
    agent = house.agent(deposit=100)
    client = of(agent)
    order = {**agent.order(), "idempotency_key": "one"}
    first, again = client.call("post_task", **order), client.call("post_task", **order)
    assert again["structuredContent"] == first["structuredContent"]
    assert (first["_meta"].get("byhand/replayed"), again["_meta"]["byhand/replayed"]) == (None, True)
    assert agent.balance() == (70.5, 29.5)
    other = client.refused("post_task", **{**order, "title": "Another"})
    assert (other["code"], "new idempotency_key" in other["next_action"]) == ("key_reused", True)
    assert client.refused("cancel_task", task_id="task_1", idempotency_key="")["code"] == "invalid"


def test_a_key_of_another_account_is_another_key(house: House) -> None:
    agents: list[Agent] = [house.agent(deposit=100), house.agent(deposit=100)]
    ids = {of(agent).done("post_task", **agent.order(), idempotency_key="same")["task_id"] for agent in agents}
    assert len(ids) == 2
