"""The protocol, row by row: what each era sends, and what it is answered (docs/mcp.md)."""

import json
from typing import Any

import pytest
from mcp_types import methods

from tests.doors.mcp.client import HANDSHAKE, MODERN, Client, of
from tests.harness import House

VERSION, CAPABILITIES = "io.modelcontextprotocol/protocolVersion", "io.modelcontextprotocol/clientCapabilities"
INITIALIZE = {"protocolVersion": HANDSHAKE, "capabilities": {}, "clientInfo": {"name": "a test", "version": "1"}}


@pytest.fixture
def modern(house: House) -> Client:
    return of(house.agent(deposit=100))


@pytest.fixture
def old(house: House) -> Client:
    return of(house.agent(deposit=100), HANDSHAKE)


def _error(reply: Any) -> tuple[int, int]:
    return reply.status, reply.json["error"]["code"]


# Beginning -----------------------------------------------------------------------------------------------------------


def test_a_modern_client_discovers(modern: Client) -> None:
    found = modern.ask("server/discover")
    assert found.status == 200
    result = found.json["result"]
    methods.validate_server_result("server/discover", MODERN, result)
    assert result["supportedVersions"] == [MODERN]
    assert result["resultType"] == "complete"
    assert result["ttlMs"] > 0
    assert result["cacheScope"] == "public"
    assert "mcp-session-id" not in found.headers


@pytest.mark.parametrize("version", ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"])
def test_a_handshake_is_answered_with_the_revision_it_asks_for(old: Client, version: str) -> None:
    found = old.ask("initialize", {**INITIALIZE, "protocolVersion": version}, MCP_Protocol_Version=None)
    assert found.status == 200
    methods.validate_server_result("initialize", version, found.json["result"])
    assert found.json["result"]["protocolVersion"] == version
    assert found.json["result"]["capabilities"] == {"tools": {}}


def test_a_revision_that_nobody_knows_is_answered_with_the_newest_that_has_a_handshake(old: Client) -> None:
    found = old.ask("initialize", {**INITIALIZE, "protocolVersion": "1999-01-01"}, MCP_Protocol_Version=None)
    assert found.json["result"]["protocolVersion"] == HANDSHAKE


@pytest.mark.promise("mcp.session")
def test_a_session_id_is_given_taken_back_and_not_needed(old: Client) -> None:
    given = old.ask("initialize", INITIALIZE).headers["mcp-session-id"]
    other = old.ask("initialize", INITIALIZE).headers["mcp-session-id"]
    assert given != other
    for session in (given, "one we never gave", None):
        assert old.ask("tools/list", Mcp_Session_Id=session).status == 200
    assert old.send(b"", "DELETE", Mcp_Session_Id=given).status == 204
    assert old.ask("ping", Mcp_Session_Id=given).json["result"] == {}


def test_the_list_is_right_in_both_eras_and_differs_only_in_what_the_modern_one_adds(
    modern: Client, old: Client
) -> None:  # fmt: skip
    lists = {}
    for client in (modern, old):
        lists[client.version] = client.ask("tools/list").json["result"]
        methods.validate_server_result("tools/list", client.version, lists[client.version])
    assert set(lists[HANDSHAKE]) == {"tools"}
    assert set(lists[MODERN]) == {"tools", "resultType", "ttlMs", "cacheScope", "_meta"}
    assert lists[MODERN]["tools"] == lists[HANDSHAKE]["tools"]


# Notifications, other verbs ------------------------------------------------------------------------------------------


def test_what_wants_no_answer_gets_none(modern: Client, old: Client) -> None:
    notification = json.dumps({"jsonrpc": "2.0", "method": "notifications/initialized"}).encode()
    for client in (modern, old):
        heard = client.send(notification, MCP_Protocol_Version=client.version)
        assert (heard.status, heard.text) == (202, "")
    answer = json.dumps({"jsonrpc": "2.0", "id": 1, "result": {}}).encode()
    assert old.send(answer, MCP_Protocol_Version=HANDSHAKE).status == 202
    assert _error(modern.send(notification, MCP_Protocol_Version="2099-01-01")) == (400, -32022)


@pytest.mark.promise("mcp.verbs")
def test_there_is_no_stream_to_get(modern: Client, old: Client) -> None:
    for client in (modern, old):
        refused = client.send(b"", "GET", MCP_Protocol_Version=client.version, Accept="text/event-stream")
        assert (refused.status, refused.headers["allow"]) == (405, "POST, DELETE")
    assert modern.send(b"", "DELETE", MCP_Protocol_Version=MODERN).status == 405


# Errors of the protocol ----------------------------------------------------------------------------------------------


def test_an_unknown_method_tool_or_parameter_is_an_error_of_the_protocol(modern: Client, old: Client) -> None:
    for asked, code, status in (
        (("nope", {}), -32601, 404), (("tools/call", {"name": "nope"}), -32602, 400),
        (("tools/call", {}), -32602, 400), (("tools/call", {"name": "get_balance", "arguments": []}), -32602, 400),
        (("tools/list", {"cursor": "x"}), -32602, 400),
    ):  # fmt: skip
        assert (asked, _error(modern.ask(*asked))) == (asked, (status, code))
        assert (asked, _error(old.ask(*asked))) == (asked, (200, code))


def test_what_left_the_protocol_is_unknown_to_the_modern_era_and_the_other_way_round(
    modern: Client, old: Client
) -> None:  # fmt: skip
    for method in ("initialize", "ping", "logging/setLevel", "resources/subscribe", "subscriptions/listen"):
        assert _error(modern.ask(method, INITIALIZE)) == (404, -32601)
    for method in ("server/discover", "tasks/get"):
        assert _error(old.ask(method)) == (200, -32601)


def test_a_modern_request_must_say_who_speaks_and_how(modern: Client) -> None:
    for meta in ({}, {VERSION: MODERN}, {CAPABILITIES: {}}):
        body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {"_meta": meta}}
        refused = modern.send(json.dumps(body).encode(), **modern.routing("tools/list", {}))
        assert _error(refused) == (400, -32602)
    assert _error(modern.ask("tools/list", {"_meta": {CAPABILITIES: []}})) == (400, -32602)


def test_a_revision_we_do_not_speak_is_refused_with_those_we_do(modern: Client) -> None:
    refused = modern.ask("tools/list", {"_meta": {VERSION: "2099-01-01"}}, MCP_Protocol_Version="2099-01-01")
    assert _error(refused) == (400, -32022)
    assert refused.json["error"]["data"] == {"supported": [MODERN], "requested": "2099-01-01"}


@pytest.mark.parametrize(
    "headers",
    [
        {"MCP_Protocol_Version": None}, {"MCP_Protocol_Version": "2099-01-01"}, {"Mcp_Method": None},
        {"Mcp_Method": "tools/list"}, {"Mcp_Name": None}, {"Mcp_Name": "list_tasks"}, {"Mcp_Name": "=?base64?!?="},
    ],
    ids=str,
)  # fmt: skip
def test_headers_and_body_must_say_the_same(modern: Client, headers: dict[str, str | None]) -> None:
    assert _error(modern.ask("tools/call", {"name": "get_balance"}, **headers)) == (400, -32020)


def test_a_name_may_be_wrapped_as_base64(modern: Client) -> None:
    wrapped = modern.ask("tools/call", {"name": "get_balance"}, Mcp_Name="=?base64?Z2V0X2JhbGFuY2U=?=")
    assert wrapped.json["result"]["isError"] is False


def test_a_routing_header_that_is_there_twice_is_refused(house: House, modern: Client) -> None:
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": modern.params({})}).encode()
    headers = {**modern.headers, "MCP-Protocol-Version": MODERN, "Mcp-Method": "tools/list"}
    event = house._event("POST", "/api/v1/mcp", None, headers, body, "127.0.0.1")
    assert house.app(event, None)["statusCode"] == 200
    event["multiValueHeaders"]["Mcp-Method"] = ["tools/call", "tools/list"]
    answer = house.app(event, None)
    assert (answer["statusCode"], json.loads(answer["body"])["error"]["code"]) == (400, -32020)


# Bodies --------------------------------------------------------------------------------------------------------------

REQUEST = b'{"jsonrpc":"2.0","id":1,"method":"ping"}'
BODIES = {
    "nothing": (b"", -32700), "no json": (b"{'a'}", -32700), "half": (b'{"jsonrpc":', -32700),
    "no text": (b"\xff\xfe", -32700), "far too deep": (b"[" * 50_000, -32700), "NaN": (b'{"a":NaN}', -32700),
    "five thousand digits": (b'{"jsonrpc":"2.0","id":' + b"9" * 5_000 + b"}", -32700),
    "a batch": (b"[" + REQUEST + b"]", -32600), "a number": (b"7", -32600), "null": (b"null", -32600),
    "another version": (b'{"jsonrpc":"1.0","id":1,"method":"ping"}', -32600),
    "no method": (b'{"jsonrpc":"2.0","id":1}', -32600),
    "a strange id": (REQUEST.replace(b'"id":1', b'"id":{}'), -32600),
    "an id of null": (REQUEST.replace(b'"id":1', b'"id":null'), -32600),
    "half a character as id": (REQUEST.replace(b'"id":1', rb'"id":"\ud800"'), -32600),
    "half a character as method": (REQUEST.replace(b"ping", rb"\ud800"), -32600),
    "half a character as name": (
        rb'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"\ud800"}}', -32600
    ),
    "an id without end": (REQUEST.replace(b'"id":1', b'"id":"' + b"i" * 3_000 + b'"'), -32600),
    "a token without end": (
        b'{"jsonrpc":"2.0","id":1,"method":"ping","params":{"_meta":{"progressToken":"' + b"t" * 3_000 + b'"}}}', -32600
    ),
    "a token that is none": (
        b'{"jsonrpc":"2.0","id":1,"method":"ping","params":{"_meta":{"progressToken":{}}}}', -32600
    ),
    "a boolean id": (REQUEST.replace(b'"id":1', b'"id":true'), -32600),
}  # fmt: skip


@pytest.mark.promise("bodies.hostile")
@pytest.mark.parametrize("body", BODIES)
def test_a_body_without_sense_is_400_in_every_era(modern: Client, old: Client, body: str) -> None:
    raw, code = BODIES[body]
    for client in (modern, old):
        refused = client.send(raw, MCP_Protocol_Version=client.version)
        assert (_error(refused), refused.json["id"]) == ((400, code), None)
        assert refused.text.encode(), "it can be sent"


def test_a_body_may_be_a_megabyte_and_not_a_byte_more(old: Client) -> None:
    whole = REQUEST + b" " * (1024 * 1024 - len(REQUEST))
    assert old.send(whole, MCP_Protocol_Version=HANDSHAKE).status == 200
    assert _error(old.send(whole + b" ", MCP_Protocol_Version=HANDSHAKE)) == (413, -32600)


def test_another_content_type_is_415_and_a_client_that_takes_no_json_406(old: Client) -> None:
    assert old.send(REQUEST, Content_Type="text/plain").status == 415
    assert _error(old.send(REQUEST, Accept="text/html")) == (406, -32600)
    for accepted in ("*/*", "application/*", "application/json", "text/event-stream, application/json"):
        assert old.send(REQUEST, Accept=accepted).status == 200


@pytest.mark.promise("bodies.hostile")
def test_hostile_arguments_are_told_to_the_model_and_do_nothing(house: House) -> None:
    agent = house.agent(deposit=100)
    client = of(agent, HANDSHAKE)
    deep: Any = 1
    for _ in range(40):
        deep = [deep]
    for words in (
        {"task_id": "a\x00b"}, {"task_id": "\u202e"}, {"task_id": deep}, {"task_id": {"$gt": ""}},
        {"task_id": "x" * 5_000}, {"task_id": "../../x"}, {"task_id": None}, {}, {"task_id": "t", "extra": 1},
    ):  # fmt: skip
        for tool in ("get_task_result", "cancel_task", "wait_task", "check_verification_status"):
            told = client.refused(tool, **words)
            assert told["code"] in ("invalid", "task_not_found"), (tool, words, told)
    order = agent.order()
    for wrong in ("1e3", "0x10", -5, True, [], "25.0000001"):
        assert client.refused("post_task", **{**order, "reward_usd": wrong})["details"]["field"] == "reward_usd"
    assert agent.balance() == (100, 0)


# Origin --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("settings", [{"BYHAND_MCP_ORIGINS": "https://one.example, https://two.example"}])
def test_a_page_may_call_only_if_its_origin_is_named_or_of_this_machine(old: Client) -> None:
    for origin in ("https://one.example", "https://two.example", "http://localhost:6274", "http://[::1]:80", None):
        assert old.send(REQUEST, Origin=origin).status == 200
    for origin in ("https://three.example", "http://localhost.evil.example", "null", "", "http://127.0.0.1.evil:80"):
        refused = old.send(REQUEST, Origin=origin)
        assert (_error(refused), refused.json["error"]["data"]["code"]) == ((403, -32600), "foreign_origin")


def test_in_live_not_even_a_page_of_this_machine_may(house: House, old: Client) -> None:
    with house.living_in(settings=house.world.settings.model_copy(update={"byhand_mode": "live"})):
        for origin in ("http://localhost:6274", ""):
            assert old.send(REQUEST, Origin=origin).status == 403
