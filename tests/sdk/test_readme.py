"""The three ways in of the README are taken as they are written there, against the real app."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import httpx2
import pytest
from mcp import Client
from mcp.client.stdio import StdioServerParameters
from mcp.client.streamable_http import streamable_http_client

from tests.harness import Agent, House
from tests.rules.source import ROOT
from tests.sdk.standing import on_loopback
from tests.sdk.test_sdk_page import ADDRESS, blocks, people_at_work

README = (ROOT / "README.md").read_text()
KEY = "ho_live_..."
REMOTE, LOCAL = (json.loads(block)["mcpServers"]["byhand"] for block in blocks(README, "json"))


def _here(words: Any, url: str, agent: Agent) -> Any:
    """The same words with the address and the key that `make run` would have printed."""
    return json.loads(json.dumps(words).replace(ADDRESS, url).replace(KEY, agent.headers["X-API-Key"]))


async def _balance(client: Client) -> Any:
    told = await client.call_tool("get_balance", {})
    assert not told.is_error, told
    return told.structured_content


def test_a_host_comes_in_over_http(house: House) -> None:
    agent = house.agent(deposit=100)

    async def come_in(way: dict[str, Any]) -> Any:
        assert way["type"] == "http"
        async with (
            httpx2.AsyncClient(headers=way["headers"], timeout=30, trust_env=False) as http,
            Client(streamable_http_client(way["url"], http_client=http)) as client,
        ):
            return await _balance(client)

    with on_loopback(house) as url:
        balance = asyncio.run(come_in(_here(REMOTE, url, agent)))
    assert (balance["deposit_balance"], balance["escrow_balance"]) == (100, 0)


def test_a_host_comes_in_by_a_server_of_its_own(house: House) -> None:
    agent = house.agent(deposit=100)

    async def come_in(way: dict[str, Any]) -> Any:
        installed = Path(sys.executable).with_name(way["command"])
        async with Client(StdioServerParameters(command=str(installed), env=way["env"])) as client:
            return await _balance(client)

    with on_loopback(house) as url:
        balance = asyncio.run(come_in(_here(LOCAL, url, agent)))
    assert float(balance["deposit_balance"]) == 100


def test_a_program_comes_in(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    agent = house.agent(deposit=100)
    with on_loopback(house) as url, people_at_work(house, answer="The third one is the highest."):
        for block in blocks(README, "python"):
            program = block.replace(ADDRESS, url).replace(KEY, agent.headers["X-API-Key"])
            exec(compile(program, "README.md", "exec"), {})  # noqa: S102 our own page
    said, tested = capsys.readouterr().out.splitlines()
    assert said == "COMPLETED The third one is the highest."
    assert tested.startswith("True ")
