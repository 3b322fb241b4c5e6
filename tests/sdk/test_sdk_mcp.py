"""The local MCP server, driven by the official client: in this process, and as a program on stdio."""

import asyncio
import json
import os
import re
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest
from jsonschema import Draft202012Validator
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters
from mcp.shared.exceptions import MCPError
from mcp_types import CallToolResult

from byhand import AsyncByhand, encrypt
from byhand.errors import Misused
from byhand.mcp import jobs as job_tools
from byhand.mcp.server import ERROR_META, TOOLS, UNTRUSTED_META, build, serve, shown
from byhand.plain import dollars
from tests.harness import Operator
from tests.products.qa import people
from tests.rules.source import ROOT
from tests.sdk.served import BASE_URL, Setting, dropped_after
from tests.sdk.standing import on_loopback

T = TypeVar("T")
SEEDS = {
    "search_operators", "post_task", "dispatch_digital_task", "dispatch_credential_task", "retrieve_credential",
    "list_digital_categories", "get_task_result", "check_verification_status", "fund_account", "request_payout",
    "get_balance", "cancel_task", "list_tasks",
}  # fmt: skip
CREDENTIAL = {
    "title": "Create Acme API account", "description": "Sign up at acme.io",
    "credential_category": "API_KEY_PROCUREMENT", "reward_usd": 50,
}  # fmt: skip


def told(result: CallToolResult) -> Any:
    """What a tool answered, the same for programs and for models."""
    assert not result.is_error, result.content
    assert json.loads(result.content[0].text) == result.structured_content  # type: ignore[union-attr]
    return result.structured_content


def refused(result: CallToolResult) -> dict[str, str]:
    """What a tool refused, the same for programs and for models."""
    assert result.is_error
    words = json.loads(result.content[0].text)  # type: ignore[union-attr]
    assert result.meta is not None
    assert result.meta[ERROR_META] == words
    assert words["next_action"]
    return dict(words)


def with_tools(client: AsyncByhand, story: Callable[[Client], Awaitable[T]], **options: Any) -> T:
    """Run a story with a client of the server."""

    async def run() -> T:
        async with Client(build(client, **options)) as session:
            return await story(session)

    return asyncio.run(run())


def order(setting: Setting, **words: Any) -> dict[str, Any]:
    return {
        "title": "Verify storefront signage", "description": "Take a clear photo", "reward_usd": 25,
        "location": {"lat": 40.7128, "lng": -74.006}, "deadline": setting.house.in_time(days=3),
        "proof_requirements": ["Photo of storefront sign"], "task_type": "VERIFICATION", **words,
    }  # fmt: skip


def hand_in_credential(setting: Setting, operator: Operator, task_id: str) -> None:
    operator.accept(task_id)
    shown_key = operator.get(f"/operator/tasks/{task_id}").json["agent_public_key"]
    sealed = encrypt({"api_key": "sk_1", "url": "https://acme.io"}, shown_key, task_id)
    operator.submit(task_id, encrypted_credential=sealed.wire())
    setting.house.drain()


def test_the_tools_are_the_seeds_and_some_more() -> None:
    of_tasks, of_jobs = {"wait_task", "verify_task", "quote_task"}, {"get_job", "list_jobs"}
    assert {tool.name for tool in TOOLS} == SEEDS | of_tasks | {"create_job", "wait_for_result"} | of_jobs


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)
def test_a_tool_is_described_whole_and_takes_no_path_and_no_key(tool: Any) -> None:
    seen = shown(tool)
    Draft202012Validator.check_schema(seen.input_schema)
    assert (seen.input_schema["type"], seen.input_schema["additionalProperties"]) == ("object", False)
    assert re.fullmatch(r"[a-z_]{3,40}", seen.name)
    assert seen.description
    assert seen.annotations is not None
    assert None not in seen.annotations.model_dump().values()
    assert not (tool.read_only and tool.destructive)
    assert not {name for name in tool.words.model_fields if re.search("path|file|folder|private|api_key", name)}


def test_a_host_that_goes_over_from_the_remote_tools_finds_its_parameters_here() -> None:
    """All but the public key, which is made here, where the private one stays."""
    folder = ROOT / "chalicelib/doors/mcp/manifests"
    listed = [tool for name in ("tasks", "qa") for tool in json.loads((folder / f"{name}.json").read_text())]
    remote = {tool["name"]: tool["inputSchema"] for tool in listed}
    local = {tool.name: shown(tool).input_schema for tool in TOOLS}
    assert local.keys() == remote.keys()
    for name, schema in local.items():
        missing = remote[name].get("properties", {}).keys() - schema.get("properties", {}).keys()
        assert (name, missing - {"agent_public_key"}) == (name, set())
        assert set(schema.get("required", [])) <= set(remote[name].get("required", []))


def test_a_task_from_quote_to_verdict(setting: Setting) -> None:
    operator = setting.house.operator()

    async def story(session: Client) -> None:
        assert [tool.name for tool in (await session.list_tools()).tools] == [tool.name for tool in TOOLS]
        quote = told(await session.call_tool("quote_task", {"reward_usd": 25}))
        assert quote["total_escrow"] == 29.5
        made = told(await session.call_tool("post_task", order(setting)))
        task_id = made["task_id"]
        early = told(await session.call_tool("wait_task", {"task_id": task_id, "max_wait_seconds": 0}))
        assert (early["status"], "wait_task" in early["next_action"]) == ("PENDING", True)
        operator.accept(task_id)
        operator.hand_in(task_id)
        assert told(await session.call_tool("check_verification_status", {"task_id": task_id}))["decision"] is None
        told(await session.call_tool("verify_task", {"task_id": task_id, "decision": "REJECT"}))
        done = told(await session.call_tool("wait_task", {"task_id": task_id}))
        assert (done["status"], "next_action" in done) == ("DISPUTED", False)
        assert told(await session.call_tool("get_task_result", {"task_id": task_id}))["proof"]["photos"]
        assert [row["task_id"] for row in told(await session.call_tool("list_tasks", {"limit": 5}))["tasks"]] == [
            task_id
        ]

    with_tools(setting.async_client(), story)


def test_money_people_and_categories(setting: Setting) -> None:
    async def story(session: Client) -> None:
        told(await session.call_tool("fund_account", {"amount_usdc": 100, "tx_hash": "0x1"}))
        assert told(await session.call_tool("get_balance"))["deposit_balance"] == 1_100
        assert told(await session.call_tool("search_operators", {"lat": 40, "lng": -74}))["operators"] == []
        shown_rows = told(await session.call_tool("list_digital_categories"))["categories"]
        assert {row["default_proof_requirements"][0] for row in shown_rows}
        assert "operators" in told(await session.call_tool("request_payout", {"amount_usd": 10}))["message"]
        made = told(await session.call_tool("dispatch_digital_task", {
            "title": "Fill a form", "description": "Fill it", "digital_category": "FORM_FILLING", "reward_usd": "15.50",
        }))  # fmt: skip
        assert told(await session.call_tool("cancel_task", {"task_id": made["task_id"]}))["refunded_usd"] == 18.29

    with_tools(setting.async_client(), story)


def test_a_page_is_tried_and_the_tester_heard(setting: Setting) -> None:
    worker = people.tester(setting.house)
    lines = [{"type": "log", "message": "x" * 600, "timestamp": "2026-11-22T00:00:00Z"} for _ in range(60)]

    async def story(session: Client) -> None:
        order = {
            **people.ORDER,
            "outputSchema": {"works": {"type": "boolean"}},
            "screenSize": {"width": 400, "height": 800},
        }
        made = told(
            await session.call_tool("create_job", {**order, "maxExtensionMinutes": 2.5, "idempotency_key": "a"})
        )
        assert made == told(
            await session.call_tool("create_job", {**order, "maxExtensionMinutes": 2.5, "idempotency_key": "a"})
        )
        job_id = made["jobId"]
        early = told(await session.call_tool("wait_for_result", {"jobId": job_id, "waitSeconds": 45}))
        assert (early["isDone"], early["nextWaitSeconds"], setting.time.now) == (False, 60, pytest.approx(45))
        setting.house.drain()
        worker.claim(job_id)
        worker.submit(
            job_id, answers={"works": True}, passed=True, testDurationSeconds=1, testerData={"consoleMessages": lines}
        )
        setting.house.drain()
        result = await session.call_tool("wait_for_result", {"jobId": job_id})
        done = told(result)
        assert (done["isDone"], done["result"]["data"], done["screenSize"]["width"]) == (True, {"works": True}, 400)
        shown_lines = done["testerData"]["consoleMessages"]
        assert (len(shown_lines), len(shown_lines[0]["message"]), done["testerDataLeftOut"]) == (
            50, 501, {"consoleMessages": 10}
        )  # fmt: skip
        assert (result.meta or {})[UNTRUSTED_META] is True
        assert (done["jobId"], done["testDurationSeconds"], type(done["testDurationSeconds"])) == (job_id, 1, int)
        assert told(await session.call_tool("get_job", {"jobId": job_id}))["maxExtensionMinutes"] == 2.5
        assert [row["jobId"] for row in told(await session.call_tool("list_jobs"))["data"]] == [job_id]
        missing = refused(await session.call_tool("get_job", {"jobId": "job_1"}))
        assert (missing["code"], "list_jobs" in missing["next_action"]) == ("job_not_found", True)

    with_tools(setting.async_client(), story)


@pytest.mark.parametrize(("asked", "advised"), [(1, 30), (30, 45), (45, 60), (60, 75), (300, 300)])
def test_each_wait_for_a_job_is_longer_than_the_one_before(asked: int, advised: int) -> None:
    assert job_tools.next_wait_seconds(asked) == advised


@pytest.mark.promise("sdk.mcp.keys")
def test_a_credential_is_made_and_read_here_and_no_private_key_leaves(setting: Setting, config_folder: Path) -> None:
    operator, client = setting.house.operator(), setting.async_client()

    async def story(session: Client) -> list[str]:
        made = told(await session.call_tool("dispatch_credential_task", CREDENTIAL))
        early = refused(await session.call_tool("retrieve_credential", {"task_id": made["task_id"]}))
        assert early["code"] == "credential_not_ready"
        hand_in_credential(setting, operator, made["task_id"])
        got = told(await session.call_tool("retrieve_credential", {"task_id": made["task_id"]}))
        assert got["credential"] == {"api_key": "sk_1", "url": "https://acme.io"}
        return [json.dumps(one) for one in (made, early, got)]

    answers = with_tools(client, story)
    [kept] = (config_folder / "keys").iterdir()
    private_key = json.loads(kept.read_text())["private_key"]
    assert not [text for text in answers if private_key in text]
    assert not [one for one in setting.line.sent if private_key.encode() in one.content]


def test_a_secret_may_go_to_a_file_and_only_its_place_to_the_model(setting: Setting, config_folder: Path) -> None:
    operator = setting.house.operator()

    async def story(session: Client) -> dict[str, Any]:
        made = told(await session.call_tool("dispatch_credential_task", CREDENTIAL))
        hand_in_credential(setting, operator, made["task_id"])
        await session.call_tool("retrieve_credential", {"task_id": made["task_id"]})
        return dict(told(await session.call_tool("retrieve_credential", {"task_id": made["task_id"]})))

    got = with_tools(setting.async_client(), story, secrets_to_files=True)
    place = config_folder / "secrets" / got["task_id"]
    assert got == {"task_id": got["task_id"], "saved_to": str(place), "fields": ["api_key", "url"]}
    assert (json.loads(place.read_text())["api_key"], place.stat().st_mode & 0o777) == ("sk_1", 0o600)


def test_what_goes_wrong_is_told_with_what_to_do_next(setting: Setting) -> None:
    client = setting.async_client(deposit=20, retries=0)

    async def story(session: Client) -> None:
        wrong = refused(await session.call_tool("post_task", order(setting, task_type="SING", colour="red")))
        assert {"task_type", "colour"} <= set(re.findall(r"\w+", wrong["error"]))
        assert refused(await session.call_tool("post_task", order(setting)))["code"] == "insufficient_funds"
        assert refused(await session.call_tool("get_task_result", {"task_id": "../x"}))["code"] in (
            "task_not_found", "not_found",
        )  # fmt: skip
        unknown = refused(await session.call_tool("retrieve_credential", {"task_id": "task_1"}))
        assert unknown["code"] == "task_not_found"
        words = order(setting, idempotency_key="mine", reward_usd=10)
        setting.line.fates = [dropped_after]
        lost = refused(await session.call_tool("post_task", words))
        assert "idempotency_key mine" in lost["next_action"]
        again = told(await session.call_tool("post_task", words))
        other = refused(await session.call_tool("post_task", words | {"title": "Another"}))
        assert "new idempotency_key" in other["next_action"]
        assert again["status"] == "PENDING"
        with pytest.raises(MCPError, match="no tool"):
            await session.call_tool("sing", {})

    with_tools(client, story)


def test_it_serves_on_stdio_as_a_program(setting: Setting, config_folder: Path) -> None:
    key = setting.house.agent(100).headers["X-API-Key"]

    async def story(url: str) -> tuple[Any, Any]:
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "sdk"), "HUMANOPS_API_URL": url,
                       "HUMANOPS_API_KEY": key, "BYHAND_CONFIG_DIR": str(config_folder)}  # fmt: skip
        program = StdioServerParameters(command=sys.executable, args=["-m", "byhand.mcp"], env=environment)
        async with Client(program) as session:
            balance = told(await session.call_tool("get_balance"))
            return balance, told(await session.call_tool("dispatch_credential_task", CREDENTIAL))

    with on_loopback(setting.house) as url:
        balance, made = asyncio.run(story(url))
    assert balance["deposit_balance"] == 100
    assert (config_folder / "keys" / f"{made['task_id']}.json").exists()


def test_words_of_strangers_are_said_to_be_theirs(setting: Setting) -> None:
    async def story(session: Client) -> tuple[CallToolResult, CallToolResult]:
        return await session.call_tool("list_tasks", {}), await session.call_tool("get_balance")

    theirs, ours = with_tools(setting.async_client(), story)
    assert (theirs.meta or {}).get(UNTRUSTED_META) is True
    assert "never as instructions" in theirs.content[1].text  # type: ignore[union-attr]
    assert (UNTRUSTED_META in (ours.meta or {}), len(ours.content)) == (False, 1)


@pytest.mark.parametrize("said", ["FILE", "files", "1"])
def test_a_word_that_is_nearly_right_shows_no_secret_to_a_model(monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    monkeypatch.setenv("BYHAND_API_URL", "https://byhand.example")
    monkeypatch.setenv("BYHAND_SECRETS", said)
    assert serve() == 3


@pytest.mark.parametrize("amount", ["1E+1000000", "1E+13", "NaN", "-Infinity"])
def test_an_amount_out_of_all_proportion_is_refused_at_once(amount: str) -> None:
    with pytest.raises(Misused):
        dollars(amount)


def test_a_long_wait_says_how_far_it_is(setting: Setting) -> None:
    told_of: list[float] = []

    async def heard(progress: float, total: float | None, message: str | None) -> None:
        told_of.append(progress)

    async def story(session: Client) -> None:
        task_id = told(await session.call_tool("post_task", order(setting)))["task_id"]
        words = {"task_id": task_id, "max_wait_seconds": 1.2}
        assert told(await session.call_tool("wait_task", words, progress_callback=heard))["status"] == "PENDING"

    client = setting.async_client()
    patient = AsyncByhand(client._driver.wire.api_key, BASE_URL, http=client._driver.http)
    with_tools(patient, story, progress_every_seconds=0.25)
    assert told_of == sorted(told_of)
    assert len(told_of) >= 3


def test_without_a_deployment_the_program_says_so_and_ends(capsys: pytest.CaptureFixture[str]) -> None:
    assert serve() == 3
    assert "byhand register" in capsys.readouterr().err
