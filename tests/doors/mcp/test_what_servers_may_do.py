"""What the door can do beyond what our own tools ask of it, with the tools of the conformance suites."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from chalice.app import Chalice

from chalicelib.doors import wiring
from chalicelib.doors.http.mount import prepare
from chalicelib.doors.mcp.mount import mount_tools
from tests.conformance import library
from tests.doors.mcp.client import HANDSHAKE, PATH, Client, of
from tests.harness import House

TASKS = {"extensions": {"io.modelcontextprotocol/tasks": {}}}


@pytest.fixture
def served(house: House) -> Iterator[House]:
    """The same house, with another app in front of it."""
    fixtures = Chalice("conformance", configure_logs=False)
    prepare(fixtures)
    mount_tools(fixtures, PATH, lambda: library.SERVER, wiring.world)
    agent = house.agent()
    yield House(fixtures, house.world)
    assert agent.get("/agents/balance").status == 200, "nothing here touched the house"


@pytest.fixture
def modern(house: House, served: House) -> Client:
    return _in_front(served, of(house.agent()))


def _in_front(served: House, client: Client) -> Client:
    return Client(served, client.headers, client.version, client.capabilities)


def _asked(client: Client, tool: str, words: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    reply = client.ask("tools/call", {"name": tool, "arguments": words or {}, **more})
    return dict(reply.json.get("result") or reply.json["error"])


def test_a_tool_may_ask_the_client_and_go_on_with_its_answer(modern: Client) -> None:
    asked = _asked(modern, "test_input_required_result_multi_round")
    assert (asked["resultType"], list(asked["inputRequests"])) == ("input_required", ["step1"])
    answer = {"step1": {"action": "accept", "content": {"name": "Ada"}}}
    asked = _asked(
        modern, "test_input_required_result_multi_round", inputResponses=answer, requestState=asked["requestState"]
    )
    assert list(asked["inputRequests"]) == ["step2"]
    answer = {"step2": {"action": "accept", "content": {"color": "red"}}}
    told = _asked(
        modern, "test_input_required_result_multi_round", inputResponses=answer, requestState=asked["requestState"]
    )
    assert told["content"][0]["text"] == "Ada likes red"


def test_before_the_modern_era_a_tool_cannot_ask(house: House, served: House) -> None:
    old = _in_front(served, of(house.agent(), HANDSHAKE))
    assert _asked(old, "test_input_required_result_elicitation")["code"] == -32603


def test_an_argument_may_be_repeated_in_a_header_and_must_be_the_same_there(modern: Client) -> None:
    params = {"name": "test_x_mcp_header", "arguments": {"region": "eu-west", "n": 7}}
    right = {"Mcp_Param_Region": "eu-west", "Mcp_Param_N": "7"}
    for headers, status in (
        (right, 200), ({**right, "Mcp_Param_N": "7.0"}, 200), ({**right, "Mcp_Param_N": "8"}, 400),
        ({**right, "Mcp_Param_Region": "=?base64?ZXUtd2VzdA==?="}, 200), ({**right, "Mcp_Param_Region": "us"}, 400),
        ({"Mcp_Param_Region": "eu-west"}, 400), ({**right, "Mcp_Param_N": "seven"}, 400),
    ):  # fmt: skip
        assert (headers, modern.ask("tools/call", params, **headers).status) == (headers, status)
    without = {"name": "test_x_mcp_header", "arguments": {}}
    assert modern.ask("tools/call", without).status == 200
    assert modern.ask("tools/call", without, Mcp_Param_N="7").json["error"]["code"] == -32020


def test_the_modern_era_hears_a_log_only_if_it_asked(modern: Client, house: House, served: House) -> None:
    params: dict[str, Any] = {"name": "test_logging_tool"}
    assert modern.ask("tools/call", params).headers["content-type"] == "application/json"
    params["_meta"] = {"io.modelcontextprotocol/logLevel": "info"}
    heard = modern.ask("tools/call", params)
    assert heard.headers["content-type"] == "text/event-stream"
    first = json.loads(heard.text.splitlines()[1].removeprefix("data: "))
    assert (first["method"], first["params"]["data"]) == ("notifications/message", "hello")
    old = _in_front(served, of(house.agent(), HANDSHAKE))
    assert old.ask("tools/call", {"name": "test_logging_tool"}).headers["content-type"] == "text/event-stream"


def test_what_a_client_did_not_declare_is_named_to_it(modern: Client) -> None:
    refused = modern.ask("tools/call", {"name": "test_missing_capability", "arguments": {}})
    assert (refused.status, refused.json["error"]["code"]) == (400, -32021)
    assert refused.json["error"]["data"] == {"requiredCapabilities": {"sampling": {}}}


def test_a_task_may_ask_be_answered_and_be_cancelled(house: House, served: House) -> None:
    client = _in_front(served, of(house.agent(), **TASKS))
    made = _asked(client, "confirm_delete", {"filename": "x"})
    asked = {"taskId": made["taskId"]}
    assert list(client.ask("tasks/get", asked).json["result"]["inputRequests"]) == ["confirm"]
    answer = {"confirm": {"action": "accept", "content": {"confirm": "yes"}}}
    assert client.ask("tasks/update", {**asked, "inputResponses": answer}).status == 200
    assert client.ask("tasks/get", asked).json["result"]["status"] == "completed"
    slow = {"taskId": _asked(client, "slow_compute", {"seconds": 60})["taskId"]}
    assert client.ask("tasks/cancel", slow).status == 200
    assert client.ask("tasks/get", slow).json["result"]["status"] == "cancelled"


def test_prompts_and_resources_go_through_the_same_door(modern: Client) -> None:
    assert len(modern.ask("prompts/list").json["result"]["prompts"]) == 5
    assert modern.ask("resources/list").json["result"]["ttlMs"] > 0
    uri = "test://static-text"
    assert modern.ask("resources/read", {"uri": uri}, Mcp_Name=uri).json["result"]["contents"][0]["uri"] == uri
    assert modern.ask("resources/read", {"uri": uri}, Mcp_Name="test://x").json["error"]["code"] == -32020
