"""What `tools/list` shows is what the code is: drawn once, kept, and right by the standard of schemas."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from chalicelib import tools
from chalicelib.doors.mcp import manifest
from chalicelib.kit.words import ToolWords
from chalicelib.products.tasks import rules
from docs import build, tools_page
from tests.rules.test_words import _unlimited

DRAWN = tools_page.files()
SHOWN: dict[str, dict[str, Any]] = {one["name"]: one for one in json.loads(tools.TOOLBOX.listed())}
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
COMPUTED = {"fee", "platform_fee", "platform_fee_usd", "total_escrow", "total", "price", "account_id", "agent_id"}
ALL = pytest.mark.parametrize("name", SHOWN)


@pytest.mark.parametrize("place", DRAWN, ids=lambda place: place.name)
def test_what_is_kept_is_as_it_would_be_drawn_now(place: Path) -> None:
    assert place.read_text() == DRAWN[place], "Run: python -m docs.build"


def test_every_snapshot_is_of_a_tool_that_is_there() -> None:
    assert {place.stem for place in tools_page.SNAPSHOTS.glob("*.json")} == set(SHOWN)


def test_the_manifest_lists_every_tool_once_in_the_order_of_the_code() -> None:
    declared = [tool.name for tool in tools.TOOLBOX.declared()]
    assert list(SHOWN) == declared
    assert len(set(declared)) == len(declared)
    assert len(manifest.read("tasks")) < 40_000


@pytest.mark.promise("mcp.tools.thirteen")
@pytest.mark.parametrize("name", SEED)
def test_the_tools_of_the_seed_take_what_it_says(name: str) -> None:
    schema = SHOWN[name]["inputSchema"]
    words = SEED[name].split()
    assert {word.rstrip("?") for word in words} <= set(schema["properties"])
    assert {word for word in words if not word.endswith("?")} == set(schema.get("required", []))


@ALL
def test_schemas_are_draft_2020_12_and_objects_at_the_root(name: str) -> None:
    for part in ("inputSchema", "outputSchema"):
        Draft202012Validator.check_schema(SHOWN[name][part])
        assert SHOWN[name][part]["type"] == "object"
    assert SHOWN[name]["inputSchema"]["additionalProperties"] is False


@ALL
def test_every_hint_is_said(name: str) -> None:
    hints = SHOWN[name]["annotations"]
    assert set(hints) == {"title", "readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint"}
    assert all(isinstance(hints[hint], bool) for hint in hints if hint != "title")
    assert not (hints["readOnlyHint"] and hints["destructiveHint"])
    assert hints["title"] == SHOWN[name]["title"]


@ALL
def test_a_name_is_a_verb_and_a_noun_and_a_description_is_whole_sentences(name: str) -> None:
    assert re.fullmatch("[a-z]+(_[a-z]+)+", name)
    assert len(name) <= 64
    told = SHOWN[name]["description"]
    assert re.fullmatch(r"[A-Z].{80,1100}\.", told, re.S), len(told)
    assert set(re.findall(r"(?i:call) ([a-z]+_[a-z_]+)", told)) <= set(SHOWN)


@ALL
def test_no_tool_takes_an_amount_that_we_compute_or_an_account(name: str) -> None:
    assert not COMPUTED & set(SHOWN[name]["inputSchema"]["properties"])


@pytest.mark.parametrize("tool", tools.TOOLBOX.declared(), ids=lambda tool: tool.name)
def test_every_text_and_list_that_a_tool_reads_has_a_limit(tool: Any) -> None:
    schema = tool.words.model_json_schema()
    assert list(_unlimited(schema, schema.get("$defs", {}), tool.name)) == []
    assert issubclass(tool.words, ToolWords)


def test_every_advice_is_for_a_refusal_that_exists_and_names_tools_that_exist() -> None:
    assert set(tools.ADVICE) <= {refusal.code for refusal in build.refusals()}
    told = " ".join([*tools.ADVICE.values(), tools.INSTRUCTIONS])
    named = set(re.findall(r"\b(?:get|list|fund|wait|post|dispatch|verify|cancel|quote)_[a-z_]+\b", told))
    assert named <= set(SHOWN)
    assert len(named) > 6


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
