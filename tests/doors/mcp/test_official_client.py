"""The official Python client against the endpoint over loopback, in both eras: what hosts are built on."""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from tests.conformance.bridge import bridge
from tests.doors.mcp.client import PATH
from tests.doors.strangers import FixedJudge
from tests.harness import Agent, House
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


def test_a_wait_that_lasts_longer_than_an_exchange_is_one_call_to_it(
    house: House, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With exchanges of a fifth of a second, the client comes back several times by itself."""
    from dataclasses import replace

    from chalicelib import tools
    from chalicelib.doors.mcp.server import Patience

    patience = Patience(exchange_seconds=0.2, look_every_seconds=0.05)
    monkeypatch.setattr(tools, "SERVER", replace(tools.SERVER, patience=patience))
    stage = scene(house, "SUBMITTED")

    def judge() -> None:
        with house.living_in(judge=FixedJudge(20)):
            house.drain()

    async def use(client: Client) -> None:
        threading.Timer(0.7, judge).start()
        waited = await client.call_tool("wait_task", {"task_id": stage.task_id, "max_wait_seconds": 60})
        assert waited.structured_content["status"] == "DISPUTED"

    _connected(url, stage.agent, "auto", use)


def test_without_a_key_it_does_not_connect(house: House, url: str) -> None:
    nobody = Agent(house, {}, "")

    async def use(client: Client) -> None:
        await client.list_tools()

    with pytest.raises(BaseExceptionGroup) as failed:
        _connected(url, nobody, "auto", use)
    assert "401" in repr(failed.value.exceptions) or "API key" in repr(failed.value.exceptions)
