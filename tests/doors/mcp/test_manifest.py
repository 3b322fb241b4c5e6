"""What `tools/list` shows is what the code is: drawn once, kept, and right by the standard of schemas."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from chalicelib.doors.mcp import manifest
from chalicelib.kit.words import ToolWords
from chalicelib.products.tasks import rules
from chalicelib.tools import qa, tasks
from docs import build, tools_page
from tests.rules.test_words import _unlimited

DRAWN = tools_page.files()
ENDPOINTS = {endpoint.TOOLBOX.manifest_name: endpoint for endpoint in (tasks, qa)}
LISTED: dict[str, dict[str, dict[str, Any]]] = {
    name: {one["name"]: one for one in json.loads(endpoint.TOOLBOX.listed())} for name, endpoint in ENDPOINTS.items()
}
SHOWN = LISTED["tasks"]
# The thirteen of the seed, with what it says they are called with; all of it is there, and more may be. The seed's
# server runs beside the agent and makes the key pair; ours runs elsewhere, so it is given the public half.
SEED = {
    "search_operators": "lat lng radius_km? task_type? min_rating?",
    "post_task": "title description location reward_usd deadline proof_requirements task_type callback_url? "
    "callback_secret? idempotency_key?",
    "dispatch_digital_task": "title description digital_category reward_usd deadline proof_requirements "
    "digital_instructions? callback_url? callback_secret? idempotency_key?",
    "dispatch_credential_task": "title description credential_category reward_usd deadline agent_public_key "
    "digital_instructions? callback_url?",
    "retrieve_credential": "task_id",
    "list_digital_categories": "",
    "get_task_result": "task_id",
    "check_verification_status": "task_id",
    "fund_account": "amount_usdc tx_hash",
    "request_payout": "amount_usd",
    "get_balance": "",
    "cancel_task": "task_id",
    "list_tasks": "status? limit? offset?",
}
# The two of the other seed, and the two beside them.
SEED_OF_QA = {
    "create_job": "url description outputSchema? targetDurationMinutes? allowDurationExtension? maxExtensionMinutes? "
    "additionalValidationInstructions? screenSize? repoName? canCreateGithubIssues? idempotency_key?",
    "wait_for_result": "jobId waitSeconds?",
    "get_job": "jobId",
    "list_jobs": "status? limit? offset? cursor?",
}
COMPUTED = {"fee", "platform_fee", "platform_fee_usd", "total_escrow", "total", "price", "account_id", "agent_id"}
EVERY = [(endpoint, name) for endpoint, shown in LISTED.items() for name in shown]
ALL = pytest.mark.parametrize(("endpoint", "name"), EVERY)


@pytest.mark.parametrize("place", DRAWN, ids=lambda place: place.name)
def test_what_is_kept_is_as_it_would_be_drawn_now(place: Path) -> None:
    assert place.read_text() == DRAWN[place], "Run: python -m docs.build"


def test_every_snapshot_is_of_a_tool_that_is_there() -> None:
    assert {(place.parent.name, place.stem) for place in tools_page.SNAPSHOTS.glob("*/*.json")} == set(EVERY)


@pytest.mark.parametrize("endpoint", LISTED)
def test_the_manifest_lists_every_tool_once_in_the_order_of_the_code(endpoint: str) -> None:
    declared = [tool.name for tool in ENDPOINTS[endpoint].TOOLBOX.declared()]
    assert list(LISTED[endpoint]) == declared
    assert len(set(declared)) == len(declared)
    assert len(manifest.read(endpoint)) < 40_000


@pytest.mark.promise("mcp.tools.thirteen")
@pytest.mark.parametrize("name", SEED)
def test_the_tools_of_the_seed_take_what_it_says(name: str) -> None:
    schema = SHOWN[name]["inputSchema"]
    words = SEED[name].split()
    assert {word.rstrip("?") for word in words} <= set(schema["properties"])
    assert {word for word in words if not word.endswith("?")} == set(schema.get("required", []))


@pytest.mark.parametrize("name", SEED_OF_QA)
def test_the_tools_of_qa_take_what_their_seed_says_with_its_defaults(name: str) -> None:
    schema = LISTED["qa"][name]["inputSchema"]
    words = SEED_OF_QA[name].split()
    assert {word.rstrip("?") for word in words} == set(schema["properties"])
    assert {word for word in words if not word.endswith("?")} == set(schema.get("required", []))
    said = {
        "targetDurationMinutes": 5, "allowDurationExtension": True, "maxExtensionMinutes": False,
        "canCreateGithubIssues": False, "waitSeconds": 30,
    }  # fmt: skip
    told = {field: schema["properties"][field]["default"] for field in said if field in schema["properties"]}
    assert told == {field: said[field] for field in told}


@ALL
def test_schemas_are_draft_2020_12_and_objects_at_the_root(endpoint: str, name: str) -> None:
    shown = LISTED[endpoint][name]
    for part in ("inputSchema", "outputSchema"):
        Draft202012Validator.check_schema(shown[part])
        assert shown[part]["type"] == "object"
    assert shown["inputSchema"]["additionalProperties"] is False


@ALL
def test_a_default_is_what_its_own_schema_takes(endpoint: str, name: str) -> None:
    for field, schema in LISTED[endpoint][name]["inputSchema"].get("properties", {}).items():
        if "default" in schema:
            whole = {**schema, "$defs": LISTED[endpoint][name]["inputSchema"].get("$defs", {})}
            assert Draft202012Validator(whole).is_valid(schema["default"]), (field, schema["default"])


@ALL
def test_every_hint_is_said(endpoint: str, name: str) -> None:
    hints = LISTED[endpoint][name]["annotations"]
    assert set(hints) == {"title", "readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint"}
    assert all(isinstance(hints[hint], bool) for hint in hints if hint != "title")
    assert not (hints["readOnlyHint"] and hints["destructiveHint"])
    assert hints["title"] == LISTED[endpoint][name]["title"]


@ALL
def test_a_name_is_a_verb_and_a_noun_and_a_description_is_whole_sentences(endpoint: str, name: str) -> None:
    assert re.fullmatch("[a-z]+(_[a-z]+)+", name)
    assert len(name) <= 64
    told = LISTED[endpoint][name]["description"]
    assert re.fullmatch(r"[A-Z].{80,1100}\.", told, re.S), len(told)
    assert set(re.findall(r"(?i:call) ([a-z]+_[a-z_]+)", told)) <= set(LISTED[endpoint])


@ALL
def test_no_tool_takes_an_amount_that_we_compute_or_an_account(endpoint: str, name: str) -> None:
    assert not COMPUTED & set(LISTED[endpoint][name]["inputSchema"]["properties"])


@pytest.mark.parametrize(
    "tool", [tool for one in ENDPOINTS.values() for tool in one.TOOLBOX.declared()], ids=lambda tool: tool.name
)
def test_every_text_and_list_that_a_tool_reads_has_a_limit(tool: Any) -> None:
    schema = tool.words.model_json_schema()
    assert list(_unlimited(schema, schema.get("$defs", {}), tool.name)) == []
    assert issubclass(tool.words, ToolWords)


@pytest.mark.parametrize("endpoint", LISTED)
def test_every_advice_is_for_a_refusal_that_exists_and_names_tools_that_exist(endpoint: str) -> None:
    module = ENDPOINTS[endpoint]
    assert set(module.ADVICE) <= {refusal.code for refusal in build.refusals()}
    told = " ".join([*module.ADVICE.values(), module.INSTRUCTIONS])
    named = set(re.findall(r"\b(?:get|list|fund|wait|post|create|dispatch|verify|cancel|quote)_[a-z_]+\b", told))
    assert named <= set(LISTED[endpoint])
    assert len(named) > 4


@pytest.mark.promise("mcp.categories.default_duration")
def test_a_digital_task_can_be_of_every_digital_type_whose_result_is_no_credential() -> None:
    asked = SHOWN["dispatch_digital_task"]["inputSchema"]["properties"]["digital_category"]["enum"]
    digital = {kind for kind, one in rules.CATEGORIES.items() if one.domain == "DIGITAL" and not one.credential}
    assert set(asked) == digital
    asked = SHOWN["dispatch_credential_task"]["inputSchema"]["properties"]["credential_category"]["enum"]
    assert set(asked) == {kind for kind, one in rules.CATEGORIES.items() if one.credential}


def test_the_thirteen_are_thirteen() -> None:
    assert len(SEED) == 13
    assert set(SHOWN) - set(SEED) == {"wait_task", "verify_task", "quote_task"}
