"""The official Python client against the endpoint over loopback, in both eras: what hosts are built on."""

import asyncio
import json
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from chalicelib.kit.clock import Patience
from docs.drawing import ROOT
from tests.conformance.bridge import bridge
from tests.doors.mcp.client import PATH, QA
from tests.doors.strangers import FixedJudge
from tests.harness import Agent, House
from tests.products.qa import people
from tests.products.qa.people import ORDER, Customer, Test
from tests.products.tasks.stages import scene

Use = Callable[[Client], Coroutine[Any, Any, None]]


@pytest.fixture
def url(house: House) -> Iterator[str]:
    with bridge(house.app, PATH, {}) as place:
        yield place


def _connected(url: str, agent: Agent, mode: Any, use: Use) -> None:
    """Let the client connect with an agent's key, and use it."""

    async def connect() -> None:
        async with (
            httpx2.AsyncClient(headers=agent.headers, timeout=30, trust_env=False) as http,
            Client(streamable_http_client(url, http_client=http), mode=mode) as client,
        ):
            await use(client)

    asyncio.run(connect())


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_it_connects_lists_calls_and_is_refused(house: House, url: str, mode: str) -> None:
    agent = house.agent(deposit=100)

    async def use(client: Client) -> None:
        listed = await client.list_tools()
        assert len(listed.tools) >= 14
        posted = await client.call_tool("post_task", {**agent.order(), "idempotency_key": "k"})
        assert posted.is_error is False
        task_id = posted.structured_content["task_id"]
        shown = await client.call_tool("get_task_result", {"task_id": task_id})
        assert shown.structured_content["status"] == "PENDING"
        refused = await client.call_tool("verify_task", {"task_id": task_id, "decision": "APPROVE"})
        assert refused.is_error is True
        assert "next_action" in refused.content[0].text

    _connected(url, agent, mode, use)
    assert agent.balance() == (70.5, 29.5)


@pytest.fixture
def brief(house: House) -> Iterator[None]:
    """Exchanges of a fifth of a second, so that the client meets the end of one."""
    with house.living_in(patience=Patience(exchange_seconds=0.2, look_every_seconds=0.05)):
        yield


@pytest.mark.usefixtures("brief")
def test_a_wait_that_lasts_longer_than_an_exchange_is_one_call_to_it(house: House, url: str) -> None:
    stage = scene(house, "SUBMITTED")

    def judge() -> None:
        with house.living_in(judge=FixedJudge(20)):
            house.drain()

    async def use(client: Client) -> None:
        threading.Timer(0.7, judge).start()
        waited = await client.call_tool("wait_task", {"task_id": stage.task_id, "max_wait_seconds": 60})
        assert waited.structured_content["status"] == "DISPUTED"

    _connected(url, stage.agent, "auto", use)


@pytest.mark.usefixtures("brief")
@pytest.mark.parametrize(("mode", "asked", "least", "most"), [("auto", 1, 1, 20), ("legacy", 30, 0.2, 20)])
def test_a_wait_without_news_ends_with_what_to_do_next(
    house: House, url: str, mode: str, asked: int, least: float, most: float
) -> None:
    """In the modern era the client comes back until what it asked for is over; before, the exchange ends it."""
    agent = house.agent(deposit=100)
    task_id = agent.posted()

    async def use(client: Client) -> None:
        began = time.monotonic()
        waited = await client.call_tool("wait_task", {"task_id": task_id, "max_wait_seconds": asked})
        assert least <= time.monotonic() - began < most
        assert waited.is_error is False
        assert waited.structured_content["is_done"] is False
        assert "wait_task again" in waited.structured_content["next_action"]

    _connected(url, agent, mode, use)


@pytest.mark.usefixtures("brief")
@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_a_job_is_ordered_waited_for_and_read(house: House, mode: str) -> None:
    agent, told = house.agent(deposit=100), list[str | None]()

    async def heard(progress: float, total: float | None, message: str | None) -> None:
        told.append(message)

    async def use(client: Client) -> None:
        made = (await client.call_tool("create_job", ORDER)).structured_content
        words = {"jobId": made["jobId"], "waitSeconds": 1}
        waited = (await client.call_tool("wait_for_result", words, progress_callback=heard)).structured_content
        assert (waited["isDone"], waited["nextWaitSeconds"]) == (False, 30)
        house.drain()
        Test(house, Customer(agent), people.tester(house), made["jobId"]).completed()
        done = (await client.call_tool("wait_for_result", words)).structured_content
        assert (done["isDone"], done["status"], done["result"]["success"]) == (True, "completed", True)
        refused = await client.call_tool("get_job", {"jobId": "job_1"})
        assert refused.is_error is True
        assert "list_jobs" in refused.content[0].text

    with bridge(house.app, QA, {}) as url:
        _connected(url, agent, mode, use)
    assert set(told) == {"The job is pending."}


def test_without_a_key_it_does_not_connect(house: House, url: str) -> None:
    nobody = Agent(house, {}, "")

    async def use(client: Client) -> None:
        await client.list_tools()

    with pytest.raises(BaseExceptionGroup) as failed:
        _connected(url, nobody, "auto", use)
    assert "401" in repr(failed.value.exceptions) or "API key" in repr(failed.value.exceptions)


def test_the_page_names_the_clients_as_they_are_pinned() -> None:
    page = (ROOT / "docs" / "mcp.md").read_text()
    conformance = ROOT / "tests" / "conformance"
    packages = json.loads((conformance / "node" / "package.json").read_text())["dependencies"]
    for name in ("@modelcontextprotocol/client", "@modelcontextprotocol/sdk"):
        assert f"`{name}` {packages[name]}" in page
    assert f"Inspector {packages['@modelcontextprotocol/inspector']}" in page
    for pins in (ROOT / "requirements-dev.txt", conformance / "python" / "requirements.txt"):
        (version,) = [pin[5:] for pin in pins.read_text().splitlines() if pin.startswith("mcp==")]
        assert f"Python `mcp` {version}" in page
