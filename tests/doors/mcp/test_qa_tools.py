"""Jobs as tools: the two of the seed, and the two beside them (rulings 4, 29, 33)."""

import json
from dataclasses import replace
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from mcp_types import methods

from chalicelib.core import waiting
from chalicelib.products.qa.tools import looks
from chalicelib.products.qa.words import jobs as words
from chalicelib.tools import qa
from tests.core.slots import held
from tests.doors.mcp.client import HANDSHAKE, MODERN, PATH, QA, Client, behind_url, of
from tests.doors.sleeper import Sleeper
from tests.harness import House
from tests.products.qa import people
from tests.products.qa.people import ORDER, SAID, Customer, Test, customer

SCHEMAS = {one["name"]: one["outputSchema"] for one in json.loads(qa.TOOLBOX.listed())}
BOTH = pytest.mark.parametrize("version", [MODERN, HANDSHAKE])
WANTED = {"works": {"type": "boolean", "description": "Does it work?"}}
TASKS = "io.modelcontextprotocol/tasks"


def _tools(someone: Customer, version: str = MODERN, **capabilities: Any) -> Client:
    return of(someone.agent, version, QA, **capabilities)


def _checked(client: Client, tool: str, **arguments: Any) -> dict[str, Any]:
    """What a tool answers, held against its own schema and against the protocol's."""
    result = client.call(tool, **arguments)
    methods.validate_server_result("tools/call", client.version, result)
    Draft202012Validator(SCHEMAS[tool]).validate(result["structuredContent"])
    assert ("byhand/untrusted" in result.get("_meta", {})) == (tool in ("wait_for_result", "get_job", "list_jobs"))
    return dict(result["structuredContent"])


@BOTH
@pytest.mark.promise("qa.mcp.create")
def test_the_main_job_can_be_done_by_tools_alone(house: House, version: str) -> None:
    client, someone = _tools(customer(house, deposit=None), version), people.tester(house)
    assert _checked(client, "fund_account", amount_usdc="100.00", tx_hash=f"0x{version}")["amount_usd"] == 100
    made = _checked(client, "create_job", **ORDER, outputSchema=WANTED, screenSize="mobile")
    job_id = made["jobId"]
    assert (made["id"], made["status"], "wait_for_result" in made["message"]) == (job_id, "pending", True)
    house.drain()
    early = _checked(client, "get_job", jobId=job_id)
    assert (early["status"], early["screenSize"]["width"], "result" in early) == ("waiting", 375, False)
    someone.claim(job_id)
    house.advance(seconds=220)
    someone.submit(job_id, answers={"works": True}, passed=True, testDurationSeconds=220)
    house.drain()
    done = _checked(client, "wait_for_result", jobId=job_id)
    assert (done["isDone"], done["status"], done["costUsd"]) == (True, "completed", 0.396)
    assert (done["result"]["success"], done["result"]["data"]) == (True, {"works": True})
    assert (done["testerResponse"], done["testDurationSeconds"]) == (SAID, 220)
    assert done["testerAlias"].startswith("Tester ")
    assert "nextWaitSeconds" not in done
    assert _checked(client, "get_job", jobId=job_id)["result"] == done["result"]
    assert [row["jobId"] for row in _checked(client, "list_jobs", status="completed")["data"]] == [job_id]
    assert _checked(client, "get_balance") == {"deposit_balance": 99.604, "escrow_balance": 0, "currency": "USD"}
    house.prove()


@BOTH
@pytest.mark.promise("qa.mcp.wait")
def test_it_looks_every_five_seconds_and_answers_when_the_job_has_ended(
    house: House, sleeper: Sleeper, version: str
) -> None:
    made = people.test_of(house).claimed()

    def end() -> None:
        made.tester.reject(made.job_id, "The page wants a password.")

    sleeper.happens_at, sleeper.happens = 12, end
    told = _checked(_tools(made.customer, version), "wait_for_result", jobId=made.job_id)
    assert (told["isDone"], told["status"], sleeper.now) == (True, "rejected", 15)
    assert (told["error"], "create_job" in told["message"]) == ("The page wants a password.", True)


@pytest.mark.promise("qa.mcp.advice")
def test_a_wait_that_comes_to_its_end_advises_a_longer_one(house: House, sleeper: Sleeper) -> None:
    made = people.test_of(house)
    client = _tools(made.customer, HANDSHAKE)
    told = _checked(client, "wait_for_result", jobId=made.job_id, waitSeconds=20)
    assert (told["isDone"], told["waitedSeconds"], told["nextWaitSeconds"], sleeper.now) == (False, 20, 35, 20)
    assert told["message"].endswith("Call wait_for_result again with waitSeconds 35.")
    assert "only" not in told["message"]


@pytest.mark.parametrize(("asked", "advised"), [(1, 30), (30, 45), (45, 60), (60, 75), (290, 300), (300, 300)])
def test_each_wait_is_longer_than_the_one_before(asked: int, advised: int) -> None:
    assert looks.next_wait_seconds(asked) == advised


def test_a_wait_that_its_door_ends_says_so(house: House, sleeper: Sleeper) -> None:
    """API Gateway gives up after 29 seconds; who asked for 45 hears after 25 how things stand."""
    made = people.test_of(house)
    told = _checked(_tools(made.customer, HANDSHAKE), "wait_for_result", jobId=made.job_id, waitSeconds=45)
    assert (told["waitedSeconds"], told["nextWaitSeconds"], sleeper.now) == (25, 60, 25)
    assert "This call could wait for 25 s only." in told["message"]


@pytest.mark.parametrize(("asked", "waited"), [(30, 30), (58, 58), (60, 58), (90, 88), (300, 298)])
def test_who_asks_for_a_minute_hears_before_a_client_gives_up(
    house: House, sleeper: Sleeper, asked: int, waited: int
) -> None:
    made = people.test_of(house)
    with house.living_in(patience=replace(house.world.patience, exchange_seconds=600)):
        told = _checked(_tools(made.customer, HANDSHAKE), "wait_for_result", jobId=made.job_id, waitSeconds=asked)
    assert (told["waitedSeconds"], sleeper.now, "only" in told["message"]) == (waited, waited, False)


def test_a_modern_client_comes_back_by_itself_and_hears_how_long_it_was_in_all(house: House, sleeper: Sleeper) -> None:
    made = people.test_of(house)
    client, state = _tools(made.customer), None
    while True:
        params = {"name": "wait_for_result", "arguments": {"jobId": made.job_id, "waitSeconds": 60}}
        asked = {**params, "requestState": state} if state else params
        result = client.ask("tools/call", asked).json["result"]
        if result["resultType"] == "complete":
            break
        state = result["requestState"]
    told = result["structuredContent"]
    assert (told["isDone"], told["waitedSeconds"], told["nextWaitSeconds"], sleeper.now) == (False, 58, 75, 58)


def test_the_sixth_wait_at_once_is_answered_at_once(house: House, sleeper: Sleeper) -> None:
    made = people.test_of(house)
    with held(house.world, made.customer.agent.id, waiting.SLOTS):
        told = _checked(_tools(made.customer, HANDSHAKE), "wait_for_result", jobId=made.job_id)
    assert (told["isDone"], told["waitedSeconds"], told["nextWaitSeconds"], sleeper.now) == (False, 0, 45, 0)


def test_a_client_that_knows_tasks_gets_one_that_is_good_at_this_endpoint_alone(house: House, sleeper: Sleeper) -> None:
    made = people.test_of(house)
    client = _tools(made.customer, extensions={TASKS: {}})
    params = {"name": "wait_for_result", "arguments": {"jobId": made.job_id}}
    task = client.ask("tools/call", params).json["result"]
    assert (task["status"], sleeper.now) == ("working", 0)
    asked = {"taskId": task["taskId"]}
    elsewhere = of(made.customer.agent, MODERN, PATH, extensions={TASKS: {}}).ask("tasks/get", asked)
    assert (elsewhere.status, elsewhere.json["error"]["code"]) == (400, -32602)
    made.completed()
    found = client.ask("tasks/get", asked).json["result"]
    assert (found["status"], found["result"]["structuredContent"]["status"]) == ("completed", "completed")


def test_progress_is_told_to_whoever_asked_to_be_told(house: House, sleeper: Sleeper) -> None:
    made = people.test_of(house)
    words_of_it = {"jobId": made.job_id, "waitSeconds": 12}
    params = {"name": "wait_for_result", "arguments": words_of_it, "_meta": {"progressToken": "p"}}
    reply = _tools(made.customer, HANDSHAKE).ask("tools/call", params)
    told = [json.loads(line.removeprefix("data: ")) for line in reply.text.splitlines() if line.startswith("data: ")]
    assert [one["params"]["progress"] for one in told[:-1]] == [0, 5, 10]
    assert {one["params"]["message"] for one in told[:-1]} == {"The job is waiting."}


# Refusals and repeats -------------------------------------------------------------------------------------------------


def test_a_field_that_does_not_exist_is_refused_since_a_model_has_just_read_which_do(house: House) -> None:
    told = _tools(customer(house)).refused("create_job", **ORDER, schema=WANTED, deviceClass="mobile")
    assert [fault["field"] for fault in told["details"]["fields"]] == ["schema", "deviceClass"]


@pytest.mark.parametrize(
    ("field", "value"),
    [("url", "javascript:alert(1)"), ("description", " "), ("targetDurationMinutes", 61),
     ("targetDurationMinutes", "5"), ("maxExtensionMinutes", True), ("screenSize", "watch"), ("repoName", "nobody"),
     ("outputSchema", {"works": "boolean"})],
)  # fmt: skip
def test_what_is_wrong_is_named(house: House, field: str, value: Any) -> None:
    told = _tools(customer(house)).refused("create_job", **{**ORDER, field: value})
    assert (told["code"], told["details"]["field"].partition(".")[0]) == ("invalid", field)


@pytest.mark.parametrize("seconds", [0, 301, "soon"])
def test_a_wait_is_one_to_three_hundred_seconds(house: House, seconds: Any) -> None:
    told = _tools(customer(house)).refused("wait_for_result", jobId="job_1", waitSeconds=seconds)
    assert told["details"]["field"] == "waitSeconds"


def test_a_refusal_names_the_tool_to_call_next(house: House) -> None:
    poor, rich = _tools(customer(house, deposit=None)), _tools(customer(house))
    assert "fund_account" in poor.refused("create_job", **ORDER)["next_action"]
    for tool in ("wait_for_result", "get_job"):
        told = rich.refused(tool, jobId="job_1")
        assert (told["code"], "list_jobs" in told["next_action"]) == ("job_not_found", True)
    granted = rich.refused("create_job", **ORDER, repoName="octocat/hello", canCreateGithubIssues=True)
    assert (granted["code"], "without canCreateGithubIssues" in granted["next_action"]) == ("repo_not_allowed", True)


def test_looking_at_a_job_may_be_done_ten_times_as_often(house: House) -> None:
    made = people.test_of(house)
    client = _tools(made.customer)
    with house.living_in(settings=house.world.settings.model_copy(update={"rate_limit_per_minute": 1})):
        looks_at_it = [client.call("get_job", jobId=made.job_id)["isError"] for _ in range(11)]
        lists = [client.call("list_jobs")["isError"] for _ in range(2)]
    assert (looks_at_it, lists) == ([False] * 10 + [True], [False, True])


def test_a_job_of_another_account_is_not_there(house: House) -> None:
    made, stranger = people.test_of(house), _tools(customer(house))
    for tool in ("wait_for_result", "get_job"):
        assert stranger.refused(tool, jobId=made.job_id)["code"] == "job_not_found"
    assert stranger.done("list_jobs")["data"] == []


def test_a_repeat_is_the_same_job_by_its_key_or_by_its_words(house: House) -> None:
    someone = customer(house)
    client = _tools(someone)
    first, again = (client.call("create_job", **ORDER, idempotency_key="one") for _ in range(2))
    assert again["structuredContent"] == first["structuredContent"]
    assert again["_meta"]["byhand/replayed"] is True
    assert client.refused("create_job", url="https://b.example.com", description="Else", idempotency_key="one")[
        "code"
    ] == "key_reused"  # fmt: skip
    without = [client.done("create_job", **ORDER)["jobId"] for _ in range(2)]
    assert without[0] == without[1] != first["structuredContent"]["jobId"]
    assert len(client.done("list_jobs")["data"]) == 2


# What is recorded -----------------------------------------------------------------------------------------------------


def test_of_what_was_recorded_a_model_is_shown_what_it_can_use(house: House) -> None:
    lines = [{"type": "log", "message": "x" * 2_000, "timestamp": "2026-11-22T00:00:00Z"} for _ in range(60)]
    clicks = [{"x": 1, "y": 2, "timestamp": "2026-11-22T00:00:00Z"}]
    made = people.test_of(house).completed(
        testerData={"consoleMessages": lines, "clicks": clicks}, testDurationSeconds=60
    )
    client = _tools(made.customer)
    for tool in ("wait_for_result", "get_job"):
        told = _checked(client, tool, jobId=made.job_id)
        shown = told["testerData"]["consoleMessages"]
        assert (len(shown), len(shown[0]["message"])) == (looks.ENTRIES_MAX, looks.ENTRY_CHARACTERS_MAX + 1)
        assert told["testerDataLeftOut"] == {"consoleMessages": 10}
        assert (told["testerData"]["clicks"], told["testerData"]["testDurationSeconds"]) == (clicks, 60)
    assert len(made.job["testerData"]["consoleMessages"]) == 60


# Both doors -----------------------------------------------------------------------------------------------------------


@BOTH
def test_it_is_served_at_the_waiting_door_too(house: House, version: str) -> None:
    someone = customer(house)
    client = behind_url(someone.agent, house.app.handler_map["wait"], version, QA)
    job_id = client.done("create_job", **ORDER)["jobId"]
    assert client.done("get_job", jobId=job_id)["status"] == "pending"
    assert {tool["name"] for tool in client.ask("tools/list").json["result"]["tools"]} == set(SCHEMAS)


def test_each_endpoint_has_its_own_tools_and_says_who_it_is(house: House) -> None:
    someone = customer(house)
    hello = {"protocolVersion": HANDSHAKE, "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}
    said = _tools(someone, HANDSHAKE).ask("initialize", hello).json["result"]
    assert (said["serverInfo"]["name"], "create_job" in said["instructions"]) == ("byhand-qa", True)
    params = {"name": "create_job", "arguments": ORDER}
    assert of(someone.agent, HANDSHAKE).ask("tools/call", params).json["error"]["code"] == -32602
    params = {"name": "post_task", "arguments": {}}
    assert _tools(someone, HANDSHAKE).ask("tools/call", params).json["error"]["code"] == -32602


def test_over_http_the_same_field_is_ignored_since_programs_of_many_ages_send_theirs(house: House) -> None:
    assert customer(house).create(deviceClass="mobile").status == 201
    assert set(words.JobOrder.model_fields) < set(qa.jobs.TOOLS[0].words.model_fields)


def test_what_is_under_test_is_read_by_its_own_tester(house: House) -> None:
    """A job by tool is a job: it is on the board, and whoever tests sees what was written."""
    someone, worker = customer(house), people.tester(house)
    job_id = _tools(someone).done("create_job", **ORDER)["jobId"]
    house.drain()
    Test(house, someone, worker, job_id).completed()
