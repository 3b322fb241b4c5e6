"""The official Python client of the previous major, in an environment of its own: python sdk1.py URL KEY

What the current major does is in `make test` (tests/doors/mcp/test_official_client.py).
"""

import asyncio
import json
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client

ORDER = {
    "title": "Read a page", "description": "Read it and say what it is about.", "digital_category": "CONTENT_REVIEW",
    "reward_usd": 10, "deadline": (datetime.now(UTC) + timedelta(days=1)).isoformat(),
    "proof_requirements": ["What it is about"],
}  # fmt: skip


async def main(url: str, key: str) -> None:
    """Connect, and do what a host does with a server it is given."""
    async with (
        httpx.AsyncClient(headers={"Authorization": f"Bearer {key}"}, timeout=30, trust_env=False) as http,
        streamable_http_client(url, http_client=http) as (reads, writes, _),
        ClientSession(reads, writes) as client,
    ):
        hello = await client.initialize()
        assert hello.protocolVersion == "2025-11-25"
        qa = "/api/qa/" in url
        assert ("wait_for_result" if qa else "wait_task") in (hello.instructions or "")
        print(f"It did all it was asked to, with {await (visit_qa if qa else visit)(client)} tools.")


async def visit(client: ClientSession) -> int:
    """Everything but connecting, at the tools of tasks. Answers how many tools there are."""
    tools = (await client.list_tools()).tools
    assert len(tools) >= 14
    posted = await _done(client, "dispatch_digital_task", **ORDER)
    task_id = posted["task_id"]
    assert posted["status"] == "PENDING"
    # Nobody takes the task, and an exchange lasts two seconds here: it is answered before the five that were asked for.
    began = time.monotonic()
    waited = await _done(client, "wait_task", task_id=task_id, max_wait_seconds=5)
    assert 1.9 <= time.monotonic() - began < 4.9
    assert waited["is_done"] is False
    assert "wait_task" in waited["next_action"]
    refused = await client.call_tool("get_task_result", {"task_id": "task_1"})
    assert refused.isError
    assert "list_tasks" in json.loads(refused.content[0].text)["next_action"]
    assert (await _done(client, "cancel_task", task_id=task_id))["status"] == "CANCELLED"
    return len(tools)


async def visit_qa(client: ClientSession) -> int:
    """The same at the tools of qa, as far as it can be seen that somebody waits and is told so."""
    tools = (await client.list_tools()).tools
    made = await _done(client, "create_job", url="https://shop.example.com", description="Buy a pencil.")
    told: list[str | None] = []

    async def heard(progress: float, total: float | None, message: str | None) -> None:
        told.append(message)

    words = {"jobId": made["jobId"], "waitSeconds": 5}
    waited = await client.call_tool("wait_for_result", words, progress_callback=heard)
    assert waited.structuredContent is not None
    assert (waited.structuredContent["isDone"], waited.structuredContent["nextWaitSeconds"]) == (False, 30)
    assert told
    refused = await client.call_tool("get_job", {"jobId": "job_1"})
    assert refused.isError
    assert "list_jobs" in json.loads(refused.content[0].text)["next_action"]
    return len(tools)


async def _done(client: ClientSession, tool: str, **words: Any) -> dict[str, Any]:
    result = await client.call_tool(tool, words)
    assert not result.isError, result
    assert result.structuredContent == json.loads(result.content[0].text)
    return dict(result.structuredContent)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
