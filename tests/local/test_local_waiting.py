"""The second port: real requests, real threads, and the function that is deployed behind the Function URL."""

import http.client
import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import pytest

from chalicelib.core import waiting
from chalicelib.doors import wiring
from chalicelib.doors.http import function_url
from chalicelib.doors.http.function_url import FunctionUrl
from chalicelib.kit.table import Key
from local.runner import LocalStack, PortUnusable
from local.waiting import BODY_BYTES_MAX, WaitingServer
from tests.core.slots import held
from tests.doors.errands import ERRANDS

Asked = Future[httpx.Response]


@pytest.fixture
def stack() -> Iterator[LocalStack]:
    with LocalStack("memory", background=False) as running:
        yield running


@pytest.fixture
def errands(stack: LocalStack) -> Iterator[str]:
    """Another waiting door of the same stack, whose routes are those of tests."""
    served = FunctionUrl(function_url.places(ERRANDS, wiring.world))
    with WaitingServer(("127.0.0.1", 0), served.answer) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def test_links_that_are_passed_on_lead_to_the_port_that_is_served(stack: LocalStack) -> None:
    assert wiring.world().settings.byhand_public_url == stack.url


class Agent:
    """Somebody with a key and money, over HTTP."""

    def __init__(self, stack: LocalStack) -> None:
        self.url = stack.url
        words = {"name": "waiter", "email": f"{uuid4().hex}@example.com"}
        made = httpx.post(f"{stack.url}/api/v1/agents/register", json=words).json()
        self.id, self.headers = made["agent_id"], {"X-API-Key": made["api_key"]}
        self.post("/agents/deposit/usdc", {"tx_hash": uuid4().hex, "amount_usdc": "500"})

    def post(self, path: str, words: Any = None) -> httpx.Response:
        return httpx.post(f"{self.url}/api/v1{path}", json=words or {}, headers=self.headers)

    def order(self) -> dict[str, Any]:
        return {
            "title": "Read a chart", "description": "The highest bar", "task_type": "CONTENT_REVIEW", "reward_usd": 10,
            "task_domain": "DIGITAL", "proof_requirements": ["Words"],
            "deadline": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 86_400)),
        }  # fmt: skip

    def posted(self) -> str:
        made = self.post("/tasks", self.order())
        assert made.status_code == 201, made.text
        return str(made.json()["task_id"])

    def waits(self, url: str, task_id: str, seconds: int) -> httpx.Response:
        """One call of wait_task, by a client of the handshake era."""
        arguments = {"task_id": task_id, "max_wait_seconds": seconds}
        words = {
            "jsonrpc": "2.0",
            "id": 1,
            "method": "tools/call",
            "params": {"name": "wait_task", "arguments": arguments},
        }
        headers = {**self.headers, "Accept": "application/json", "MCP-Protocol-Version": "2025-11-25"}
        return httpx.post(f"{url}//api/v1/mcp", json=words, headers=headers, timeout=60)


def _standing(answer: httpx.Response) -> Any:
    return answer.json()["result"]["structuredContent"]


def _until_waiting(agent: Agent, count: int) -> None:
    """Until so many slots are held."""
    keys, until = [Key(f"wait#{agent.id}#{number}", "slot") for number in range(waiting.SLOTS)], time.monotonic() + 10
    while time.monotonic() < until:
        rows = wiring.world().store.get_many(waiting.TABLE, keys)
        if sum(row is not None and row["expires_at"] > time.time() for row in rows) >= count:
            return
        time.sleep(0.05)
    raise AssertionError("nobody waits")


@pytest.mark.slow
def test_the_end_of_a_task_wakes_who_waits_and_nobody_else_has_waited(stack: LocalStack) -> None:
    agent = Agent(stack)
    task_id = agent.posted()
    with ThreadPoolExecutor() as pool:
        asked = [pool.submit(agent.waits, stack.waiting_url, task_id, 60) for _ in range(waiting.SLOTS)]
        _until_waiting(agent, waiting.SLOTS)
        began = time.monotonic()
        sixth = _standing(agent.waits(stack.waiting_url, task_id, 60))
        assert httpx.get(f"{stack.url}/api/health").status_code == 200
        assert agent.post(f"/tasks/{task_id}/cancel").status_code == 200
        assert (sixth["is_done"], time.monotonic() - began < 4) == (False, True)
        found = [_standing(one.result(15)) for one in asked]
    assert [one["status"] for one in found] == ["CANCELLED"] * waiting.SLOTS
    with held(wiring.world(), agent.id, waiting.SLOTS):
        pass


def test_an_errand_is_waited_for_over_the_second_port(stack: LocalStack, errands: str) -> None:
    agent = Agent(stack)
    brief = httpx.post(f"{errands}/api/v1/errands", json=agent.order(), headers={**agent.headers, "Prefer": "wait=1"})
    assert (brief.status_code, brief.headers["preference-applied"]) == (408, "wait=1")
    task_id = brief.json()["details"]["task_id"]
    with ThreadPoolExecutor() as pool:
        place = f"{errands}//api/v1//errands/{task_id}?a=1&a=2"
        asked: Asked = pool.submit(httpx.get, place, headers=agent.headers, timeout=60)
        _until_waiting(agent, 1)
        assert agent.post(f"/tasks/{task_id}/cancel").status_code == 200
        assert (asked.result(15).status_code, asked.result().json()["status"]) == (200, "CANCELLED")


def test_the_sixth_is_refused_with_when_to_come_back(stack: LocalStack, errands: str) -> None:
    agent = Agent(stack)
    with held(wiring.world(), agent.id, waiting.SLOTS):
        refused = httpx.post(f"{errands}/api/v1/errands", json=agent.order(), headers=agent.headers)
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_waits")
    assert refused.headers["retry-after"] == str(waiting.RETRY_SECONDS)


def test_when_the_stack_ends_who_waits_is_told_to_look_again(stack: LocalStack) -> None:
    agent = Agent(stack)
    task_id = agent.posted()
    with ThreadPoolExecutor() as pool:
        asked: Asked = pool.submit(agent.waits, stack.waiting_url, task_id, 60)
        _until_waiting(agent, 1)
        began = time.monotonic()
        stack.stop()
        told = asked.result(10).json()["result"]
    assert (told["isError"], json.loads(told["content"][0]["text"])["code"]) == (True, "outcome_unknown")
    assert time.monotonic() - began < 10


# The port itself ------------------------------------------------------------------------------------------------------


def _raw(url: str, headers: dict[str, str], body: bytes = b"") -> tuple[int, dict[str, Any]]:
    """A request whose headers are exactly these."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
    connection.putrequest("POST", "/api/v1/mcp")
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders(body)
    answer = connection.getresponse()
    found = answer.status, json.loads(answer.read())
    connection.close()
    return found


def test_it_refuses_what_lambda_would(stack: LocalStack) -> None:
    for headers, status, code in (
        ({"Content-Length": str(BODY_BYTES_MAX + 1)}, 413, "too_large"),
        ({"Content-Length": "-1"}, 400, "invalid"),
        ({"Transfer-Encoding": "chunked"}, 400, "invalid"),
    ):
        found, words = _raw(stack.waiting_url, headers)
        assert (found, words["code"]) == (status, code)


def test_bytes_cookies_and_headers_that_come_twice_travel_as_on_aws(stack: LocalStack) -> None:
    heard: list[dict[str, Any]] = []

    def invoke(event: dict[str, Any]) -> dict[str, Any]:
        heard.append(event)
        return {"statusCode": 204, "headers": {}, "body": ""}

    headers = [("X-One", "1"), ("x-one", "2"), ("Cookie", "a=1; b=2"), ("Content-Type", "image/png")]
    with WaitingServer(("127.0.0.1", 0), invoke) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        place = f"http://127.0.0.1:{server.server_address[1]}/a//b?c=%20&c=2"
        assert httpx.post(place, content=b"\x00\xff", headers=headers).status_code == 204
    [event] = heard
    assert (event["rawPath"], event["rawQueryString"]) == ("/a//b", "c=%20&c=2")
    assert (event["headers"]["x-one"], event["cookies"]) == ("1,2", ["a=1", "b=2"])
    assert (event["body"], event["isBase64Encoded"]) == ("AP8=", True)
    assert event["requestContext"]["http"]["sourceIp"] == "127.0.0.1"


def test_a_doubled_slash_is_one_at_the_first_port_too(stack: LocalStack) -> None:
    assert httpx.get(f"{stack.url}//api//health?a=//").status_code == 200


def test_both_ports_listen_on_loopback_alone_and_a_taken_one_is_a_sentence(stack: LocalStack) -> None:
    assert {urlsplit(url).hostname for url in (stack.url, stack.waiting_url)} == {"127.0.0.1"}
    stack.stop()
    with WaitingServer(("127.0.0.1", 0), lambda event: event) as other:
        taken = other.server_address[1]
        with pytest.raises(PortUnusable, match=f"Port {taken} is taken.*WAITING_PORT={taken + 1} make run"):
            LocalStack("memory", background=False, waiting_port=taken).start()


def test_unless_told_otherwise_it_is_the_next_port() -> None:
    assert [LocalStack(port=port).waiting_port for port in (0, 8_000, 65_535)] == [0, 8_001, 0]
    assert LocalStack(port=8_000, waiting_port=9).waiting_port == 9
