"""POST /api/jobs: what a job may be ordered with, and what it sets aside."""

import json
import logging
from typing import Any

import pytest

from tests.harness import House
from tests.products.qa.people import ORDER, Customer, customer

TEXT, WHOLE = "x", "must be a number"
MINUTES = "must be 1 to 60"
EXTENSION = "must be false, for as long as a test may take, or 0 to 60"
SCREENS = "must be one of desktop, laptop, tablet, mobile, or {width, height}"
FIELD = "outputSchema.works"

# What is wrong, the field that the refusal names, and what it says would be right.
WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"url": ""}, "url", "not be empty"), ({"url": 7}, "url", "text"), ({"url": None}, "url", "is required"),
    ({"url": "shop.example.com"}, "url", "https://"), ({"url": "javascript:alert(1)"}, "url", "https://"),
    ({"url": "file:///etc/passwd"}, "url", "https://"), ({"url": "https://e.com/" + "u" * 2_000}, "url", "2000"),
    ({"description": ""}, "description", "not be empty"), ({"description": " \n"}, "description", "not be empty"),
    ({"description": "d" * 10_001}, "description", "10000"), ({"description": ["x"]}, "description", "text"),
    ({"description": "a\x00b"}, "description", "U+0000"),
    ({"targetDurationMinutes": 0}, "targetDurationMinutes", MINUTES),
    ({"targetDurationMinutes": 0.5}, "targetDurationMinutes", MINUTES),
    ({"targetDurationMinutes": 60.1}, "targetDurationMinutes", MINUTES),
    ({"targetDurationMinutes": 61}, "targetDurationMinutes", MINUTES),
    ({"targetDurationMinutes": -5}, "targetDurationMinutes", MINUTES),
    ({"targetDurationMinutes": "5"}, "targetDurationMinutes", WHOLE),
    ({"targetDurationMinutes": True}, "targetDurationMinutes", WHOLE),
    ({"allowDurationExtension": "yes"}, "allowDurationExtension", "true or false"),
    ({"allowDurationExtension": 1}, "allowDurationExtension", "true or false"),
    ({"maxExtensionMinutes": True}, "maxExtensionMinutes", EXTENSION),
    ({"maxExtensionMinutes": -1}, "maxExtensionMinutes", EXTENSION),
    ({"maxExtensionMinutes": 61}, "maxExtensionMinutes", EXTENSION),
    ({"maxExtensionMinutes": "10"}, "maxExtensionMinutes", EXTENSION),
    ({"additionalValidationInstructions": "i" * 4_001}, "additionalValidationInstructions", "4000"),
    ({"additionalValidationInstructions": 3}, "additionalValidationInstructions", "text"),
    ({"screenSize": "phone"}, "screenSize", SCREENS), ({"screenSize": "Desktop"}, "screenSize", SCREENS),
    ({"screenSize": 7}, "screenSize", SCREENS), ({"screenSize": {"width": 800}}, "screenSize.height", "required"),
    ({"screenSize": {"width": 199, "height": 900}}, "screenSize.width", "200"),
    ({"screenSize": {"width": 800, "height": 7_681}}, "screenSize.height", "7680"),
    ({"screenSize": {"width": "800", "height": 900}}, "screenSize.width", "whole number"),
    ({"repoName": "octocat"}, "repoName", "owner/name"), ({"repoName": "a/b/c"}, "repoName", "owner/name"),
    ({"repoName": "https://github.com/a/b"}, "repoName", "owner/name"), ({"githubRepo": "nope"}, "repoName", "owner"),
    ({"canCreateGithubIssues": "true"}, "canCreateGithubIssues", "true or false"),
    ({"canCreateGithubIssues": True}, "canCreateGithubIssues", "repoName"),
    ({"outputSchema": []}, "outputSchema", "object"), ({"outputSchema": "boolean"}, "outputSchema", "object"),
    ({"outputSchema": {"works": "boolean"}}, FIELD, "must be an object such as"),
    ({"outputSchema": {"works": {"description": "?"}}}, f"{FIELD}.type", "boolean, string, number, array, object"),
    ({"outputSchema": {"works": {"type": "date"}}}, f"{FIELD}.type", "boolean, string, number, array, object"),
    ({"outputSchema": {"works": {"type": "boolean", "description": 1}}}, f"{FIELD}.description", "text"),
    ({"outputSchema": {"works": {"type": "string", "enum": [1, 2]}}}, f"{FIELD}.enum.0", "must be a text"),
    ({"outputSchema": {"works": {"type": "number", "minimum": 5, "maximum": 1}}}, f"{FIELD}.minimum", "at most 1"),
    ({"outputSchema": {"works": {"type": "array", "items": {"type": "thing"}}}}, f"{FIELD}.items.type", "one of"),
    ({"outputSchema": {"works": {"type": "string", "minLength": "x"}}}, f"{FIELD}.minLength", "whole number"),
    ({"outputSchema": {"properties": {}, "required": []}}, "outputSchema.type", 'add "type": "object" at the top'),
    ({"outputSchema": {"type": "object", "properties": []}}, "outputSchema.properties", "object"),
    ({"outputSchema": {"type": "object", "properties": {}, "required": ["a"]}}, "outputSchema.required", "names a"),
    ({"outputSchema": {str(n): {"type": "string"} for n in range(51)}}, "outputSchema", "at most 50"),
]  # fmt: skip

# What is right, and how the job shows it.
RIGHT: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"url": "  http://127.0.0.1:3000/a?b=c#d "}, {"url": "http://127.0.0.1:3000/a?b=c#d"}),
    ({"description": "d" * 10_000}, {"description": "d" * 10_000}),
    ({"targetDurationMinutes": 1}, {"targetDurationMinutes": 1}),
    ({"targetDurationMinutes": 60.0}, {"targetDurationMinutes": 60}),
    ({"targetDurationMinutes": 5.5}, {"targetDurationMinutes": 5.5}),
    ({"allowDurationExtension": False}, {"allowDurationExtension": False}),
    ({"maxExtensionMinutes": 0}, {"maxExtensionMinutes": 0}),
    ({"maxExtensionMinutes": 60}, {"maxExtensionMinutes": 60}),
    ({"maxExtensionMinutes": False}, {"maxExtensionMinutes": False}),
    ({"additionalValidationInstructions": "i" * 4_000}, {"additionalValidationInstructions": "i" * 4_000}),
    ({"screenSize": {"width": 1440, "height": 900}}, {"screenSize": {"width": 1440, "height": 900}}),
    ({"repoName": "octo-cat/Hello_World.js"}, {"repoName": "octo-cat/Hello_World.js"}),
    ({"repoName": " octocat/hello\n"}, {"repoName": "octocat/hello"}),
    ({"githubRepo": "octocat/hello"}, {"repoName": "octocat/hello"}),
    ({"repoName": "octocat/hello", "githubRepo": "else/where"}, {"repoName": "octocat/hello"}),
    ({"outputSchema": {}}, {}), ({"outputSchema": None, "screenSize": None, "repoName": None}, {}),
    ({"targetDurationMinutes": None, "canCreateGithubIssues": None}, {"targetDurationMinutes": 5}),
]  # fmt: skip

# Presets and dimensions of the seed, "screenSize".
PRESETS = {"desktop": (1920, 1080), "laptop": (1366, 768), "tablet": (768, 1024), "mobile": (375, 667)}

# What clients in the wild send beside the seed's fields.
FOREIGN: dict[str, Any] = {
    "metadata": {"source": "github-action", "sourceCreatedAt": "2026-02-10T12:00:00Z", "githubAction": {"runId": "1"}},
    "githubRepos": ["a/b"], "deviceClass": "mobile", "autoCreateGithubIssues": True, "template": "x", "prNumbers": [1],
    "autoCreateGithubIssuesRepo": "a/b", "requiresRunhumanApkInstall": False, "issueNumbers": None, "projectId": 7,
}  # fmt: skip


@pytest.fixture
def somebody(house: House) -> Customer:
    return customer(house, deposit=1_000)


@pytest.mark.promise("qa.job.created", "qa.money.held")
def test_a_new_job_is_pending_and_the_most_that_it_can_cost_is_set_aside(house: House, somebody: Customer) -> None:
    made = somebody.create()
    job_id = made.json["jobId"]
    assert (made.status, made.json) == (201, {
        "jobId": job_id, "id": job_id, "status": "pending",
        "message": "Job created successfully. Use GET /api/job/:id to check status.",
    })  # fmt: skip
    assert job_id.startswith("job_")
    assert somebody.job(job_id)["status"] == "pending", "it is there at once"
    assert somebody.balance() == (993.52, 6.48), "an hour, since an extension has no limit of its own"
    house.drain()
    assert somebody.job(job_id)["status"] == "waiting"
    house.prove()


@pytest.mark.promise("qa.money.held")
@pytest.mark.parametrize(
    ("order", "held"),
    [
        ({"allowDurationExtension": False}, 0.54), ({"maxExtensionMinutes": 0}, 0.54),
        ({"maxExtensionMinutes": 10}, 1.62), ({"maxExtensionMinutes": 10, "allowDurationExtension": False}, 0.54),
        ({"targetDurationMinutes": 60}, 6.48), ({"targetDurationMinutes": 60, "maxExtensionMinutes": 60}, 12.96),
        ({"targetDurationMinutes": 1.01, "maxExtensionMinutes": 0.01}, 0.1116),
    ],
)  # fmt: skip
def test_what_is_set_aside_is_target_and_extension_by_the_second(
    somebody: Customer, order: dict[str, Any], held: float
) -> None:
    assert somebody.create(**order).status == 201
    assert somebody.balance()[1] == held


@pytest.mark.promise("qa.money.insufficient")
def test_who_has_less_than_that_is_told_how_much_is_needed(house: House) -> None:
    poor = customer(house, deposit=6)
    refused = poor.create()
    assert (refused.status, refused.json["code"]) == (402, "insufficient_funds")
    told = "up to 60 minutes: deposit, or lower targetDurationMinutes or maxExtensionMinutes."
    assert told in refused.json["message"]
    assert told in refused.json["error"]
    short = poor.create(targetDurationMinutes=60, allowDurationExtension=False)
    assert short.json["message"].endswith("up to 60 minutes: deposit, or lower targetDurationMinutes.")
    assert "6.48" in refused.json["message"]
    assert poor.create(allowDurationExtension=False).status == 201
    assert poor.balance() == (5.46, 0.54)


@pytest.mark.promise("qa.order.required", "qa.errors.shape")
def test_the_two_required_fields_are_asked_for_by_name(somebody: Customer) -> None:
    empty = somebody.send("/jobs", {})
    assert [fault["field"] for fault in empty.json["fields"]] == ["url", "description"]
    for field in ORDER:
        refused = somebody.send("/jobs", {name: value for name, value in ORDER.items() if name != field})
        assert (refused.status, refused.json["field"]) == (400, field)
    assert somebody.balance() == (1_000, 0)


@pytest.mark.promise("qa.order.ranges", "qa.errors.shape", "qa.schema.refused", "qa.order.issues_need_repo")
def test_wrong_words_are_named_with_what_would_be_right_and_cost_nothing(somebody: Customer) -> None:
    for words, field, right in WRONG:
        refused = somebody.create(**words)
        assert (words, refused.status, refused.json.get("field")) == (words, 400, field)
        assert refused.json["code"] == "invalid"
        assert right in refused.json["message"], (words, refused.json)
        # Clients show one of the two alone.
        assert refused.json["error"].startswith("Bad Request: ")
        assert field in refused.json["error"]
        assert field in refused.json["message"]
    assert somebody.balance() == (1_000, 0)


@pytest.mark.promise("qa.order.ranges", "qa.order.older_repo")
def test_right_words_are_kept_as_they_are(somebody: Customer) -> None:
    for words, shown in RIGHT:
        made = somebody.create(**words)
        assert (words, made.status) == (words, 201)
        job = somebody.job(made.json["jobId"])
        assert {name: job.get(name) for name in shown} == shown


@pytest.mark.promise("qa.order.defaults")
def test_what_is_left_out_is_as_the_seed_says(somebody: Customer) -> None:
    job = somebody.job(somebody.ordered())
    assert {name: job[name] for name in (
        "targetDurationMinutes", "allowDurationExtension", "maxExtensionMinutes", "canCreateGithubIssues",
    )} == {
        "targetDurationMinutes": 5, "allowDurationExtension": True, "maxExtensionMinutes": False,
        "canCreateGithubIssues": False,
    }  # fmt: skip
    assert {"outputSchema", "screenSize", "repoName", "additionalValidationInstructions"}.isdisjoint(job)


@pytest.mark.promise("qa.order.screens")
@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_stands_for_the_seeds_dimensions(somebody: Customer, preset: str) -> None:
    width, height = PRESETS[preset]
    assert somebody.job(somebody.ordered(screenSize=preset))["screenSize"] == {"width": width, "height": height}


@pytest.mark.promise("qa.order.unknown_fields")
def test_what_other_clients_send_too_changes_nothing(somebody: Customer) -> None:
    plain = somebody.job(somebody.ordered())
    told = somebody.job(somebody.ordered(**FOREIGN))
    own = {"id", "jobId", "createdAt", "waitingAt", "responseDeadline", "jobUrl"}
    assert told.keys() == plain.keys()
    assert {name: told[name] for name in told.keys() - own} == {name: plain[name] for name in plain.keys() - own}


@pytest.mark.promise("qa.schema.flat", "qa.schema.json_schema")
def test_both_spellings_of_a_schema_ask_the_same_of_a_tester(house: House, somebody: Customer) -> None:
    fields = {
        "works": {"type": "boolean", "description": "Does it work?", "example": True},
        "count": {"type": "number", "description": "How many?"},
    }
    asked = {"type": "object", "properties": fields, "required": ["works"]}
    tester = house.operator()

    def form(schema: dict[str, Any]) -> list[tuple[str, str, bool]]:
        job_id = somebody.ordered(outputSchema=schema)
        assert somebody.job(job_id)["outputSchema"] == schema, "it is shown as it was given"
        headers = tester.headers
        shown = house.request("POST", f"/api/tester/jobs/{job_id}/claim", headers=headers).json["form"]
        assert house.request("POST", f"/api/tester/jobs/{job_id}/abandon", headers=headers).status == 200
        return [(field["name"], field["type"], field["required"]) for field in shown]

    assert form(fields) == [("works", "boolean", True), ("count", "number", True)]
    assert form(asked) == [("works", "boolean", True), ("count", "number", False)]
    assert form({"type": {"type": "string"}, "properties": {"type": "array"}}) == [
        ("type", "string", True), ("properties", "array", True),
    ]  # fmt: skip


@pytest.mark.promise("qa.order.token_dropped")
def test_a_githubs_token_in_the_body_is_kept_nowhere_and_told_to_nobody(
    house: House, somebody: Customer, caplog: pytest.LogCaptureFixture
) -> None:
    token = "ghp_" + "made0up" * 5
    logging.getLogger("byhand").addHandler(caplog.handler)
    try:
        with caplog.at_level(logging.DEBUG, logger="byhand"):
            made = somebody.create(githubToken=token, key="once")
            again = somebody.create(githubToken=f"{token}2", key="once")
            wrong = somebody.create(githubToken=token, url="nowhere")
            stored = _everything_stored(house)
            house.drain()
            stored += _everything_stored(house)
    finally:
        logging.getLogger("byhand").removeHandler(caplog.handler)
    assert (made.status, again.json, wrong.status) == (201, made.json, 400)
    assert made.json["jobId"] in stored, "the scan sees what is stored"
    told = [reply.text for reply in (made, again, wrong, somebody.get(f"/job/{made.json['jobId']}"))]
    events = somebody.agent.get("/events").text
    for place in (stored, caplog.text, *told, events):
        assert token not in place


def _everything_stored(house: House) -> str:
    """Every row of every table, every message of a queue, and every file."""
    world = house.world
    pages = world.store.client.get_paginator("scan")
    rows = [page["Items"] for name in world.store.names.values() for page in pages.paginate(TableName=name)]
    messages = [
        world.queues.client.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0)
        for url in world.queues.urls.values()
    ]
    client, bucket = world.bucket.client, world.bucket.name
    files = [
        client.get_object(Bucket=bucket, Key=one["Key"])["Body"].read().decode(errors="replace")
        for one in client.list_objects_v2(Bucket=bucket).get("Contents", [])
    ]
    return json.dumps([rows, messages, files], default=str)
