"""The description of the world, read as data: emulators ignore most of what it promises, so the template is asked."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from chalicelib.core.settings import Settings
from infra import templates
from infra.errors import PackageError

ROOT = Path(__file__).resolve().parents[2]
POLICIES = sorted((ROOT / ".chalice").glob("policy-*.json"))
DURABLE = {"Identity", "Ledger", "Agenda", "Board", "Tasks", "Qa", "Files", "Deposits", "Payouts"}
EPHEMERAL = {"Events", "Ephemeral"}
CONSUMERS = {"Timers": 5, "Courier": 1, "Judge": 1}
INDEXES = {
    "Identity": {"by_cell": ("region", "place"), "by_kyc": ("kyc", "created_at")},
    "Ledger": {"by_day": ("day_shard", "sk"), "by_time": ("pk", "made")},
    "Payouts": {"waiting": ("waits", "sk")},
    "Agenda": {"due": ("shard", "due_at"), "dead": ("dead", "due_at")},
    "Board": {
        "feed": ("feed", "posted"),
        "feed_by_kind": ("feed_kind", "posted"),
        "feed_in_words": ("feed", "posted"),
        "feed_by_kind_in_words": ("feed_kind", "posted"),
        "by_operator": ("operator_id", "claimed"),
        "by_worker": ("worker", "claimed"),
    },
    "Qa": {"by_status": ("account_status", "sk")},
    "Tasks": {"by_status": ("account_status", "sk"), "disputes": ("dispute_state", "opened")},
}
# AWS lets nobody name a resource for these.
NAMELESS = {"xray:PutTelemetryRecords", "xray:PutTraceSegments"}


@pytest.fixture(scope="module")
def resources() -> dict[str, Any]:
    described: dict[str, Any] = templates.load("resources.yaml")["Resources"]
    return described


@pytest.fixture(scope="module")
def overlay() -> templates.Template:
    return templates.overlay("live")


def statements(path: Path) -> list[dict[str, Any]]:
    policy: list[dict[str, Any]] = json.loads(path.read_text())["Statement"]
    return policy


def keys_of(schema: list[dict[str, str]]) -> tuple[str, ...]:
    return tuple(key["AttributeName"] for key in schema)


def references(value: Any) -> set[str]:
    """Every resource or parameter that an intrinsic inside `value` names."""
    if isinstance(value, list):
        return set().union(*map(references, value))
    if not isinstance(value, dict):
        return set()
    if "Ref" in value:
        return {value["Ref"]}
    if "Fn::GetAtt" in value:
        return {value["Fn::GetAtt"][0]}
    if isinstance(value.get("Fn::Sub"), str):
        return set(re.findall(r"\$\{([A-Za-z0-9]+)", value["Fn::Sub"]))
    return references(list(value.values()))


class TestResources:
    def test_cfn_lint_finds_no_fault(self) -> None:
        templates.lint(templates.FOLDER / "resources.yaml")

    def test_these_are_all_the_tables(self, resources: dict[str, Any]) -> None:
        tables = {name for name, resource in resources.items() if resource["Type"] == "AWS::DynamoDB::Table"}
        assert tables == {f"{name}Table" for name in DURABLE | EPHEMERAL}

    @pytest.mark.parametrize("name", sorted(DURABLE | EPHEMERAL))
    def test_every_table_is_encrypted_and_paid_by_request(self, resources: dict[str, Any], name: str) -> None:
        table = resources[f"{name}Table"]["Properties"]
        assert table["SSESpecification"] == {"SSEEnabled": True}
        assert table["BillingMode"] == "PAY_PER_REQUEST"
        assert keys_of(table["KeySchema"]) == ("pk", "sk")

    @pytest.mark.parametrize("name", sorted(DURABLE))
    def test_money_and_work_can_be_recovered_and_not_deleted(self, resources: dict[str, Any], name: str) -> None:
        table = resources[f"{name}Table"]
        assert table["Properties"]["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
        assert table["Properties"]["DeletionProtectionEnabled"] is True
        assert table["DeletionPolicy"] == table["UpdateReplacePolicy"] == "Retain"
        assert "TimeToLiveSpecification" not in table["Properties"]

    @pytest.mark.parametrize("name", sorted(EPHEMERAL))
    def test_what_is_ephemeral_expires(self, resources: dict[str, Any], name: str) -> None:
        table = resources[f"{name}Table"]["Properties"]
        assert table["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}

    @pytest.mark.parametrize("name", sorted(DURABLE | EPHEMERAL))
    def test_indexes(self, resources: dict[str, Any], name: str) -> None:
        described = resources[f"{name}Table"]["Properties"].get("GlobalSecondaryIndexes", [])
        assert {index["IndexName"]: keys_of(index["KeySchema"]) for index in described} == INDEXES.get(name, {})

    def test_the_sweeper_reads_a_thin_index(self, resources: dict[str, Any]) -> None:
        indexes = {i["IndexName"]: i for i in resources["AgendaTable"]["Properties"]["GlobalSecondaryIndexes"]}
        assert indexes["due"]["Projection"] == {
            "ProjectionType": "INCLUDE",
            "NonKeyAttributes": ["kind", "queue", "attempts"],
        }
        assert indexes["dead"]["Projection"] == {"ProjectionType": "ALL"}

    @pytest.mark.parametrize("name", sorted(CONSUMERS))
    def test_every_queue_gives_up_into_its_own_dead_letters(self, resources: dict[str, Any], name: str) -> None:
        queue, dead = (resources[f"{name}{kind}"]["Properties"] for kind in ("Queue", "DeadLetters"))
        assert queue["RedrivePolicy"] == {
            "deadLetterTargetArn": {"Fn::GetAtt": [f"{name}DeadLetters", "Arn"]},
            "maxReceiveCount": 5,
        }
        assert dead["MessageRetentionPeriod"] == 14 * 24 * 3600
        assert queue["SqsManagedSseEnabled"] is dead["SqsManagedSseEnabled"] is True

    def test_the_bucket_is_private_encrypted_and_forgets(self, resources: dict[str, Any]) -> None:
        bucket = resources["FilesBucket"]["Properties"]
        assert all(bucket["PublicAccessBlockConfiguration"].values())
        assert len(bucket["PublicAccessBlockConfiguration"]) == 4
        assert "BucketEncryption" in bucket
        assert "VersioningConfiguration" not in bucket
        rules = bucket["LifecycleConfiguration"]["Rules"]
        assert {"Prefix": "uploads/", "ExpirationInDays": 2}.items() <= rules[0].items()
        assert rules[1]["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 1}
        # What was frozen, and texts that rows lead to, are never removed by their age.
        assert [rule["Prefix"] for rule in rules if "ExpirationInDays" in rule] == ["uploads/"]
        assert bucket["CorsConfiguration"]["CorsRules"][0]["AllowedMethods"] == ["GET", "PUT"]

    def test_the_key_rotates_and_outlives_its_stack(self, resources: dict[str, Any]) -> None:
        assert resources["DataKey"]["Properties"]["EnableKeyRotation"] is True
        assert resources["DataKey"]["DeletionPolicy"] == "Retain"

    def test_every_name_carries_the_stage(self, resources: dict[str, Any]) -> None:
        for resource in resources.values():
            for key in {"TableName", "QueueName", "BucketName"} & resource["Properties"].keys():
                assert resource["Properties"][key]["Fn::Sub"].startswith("byhand-${Stage}-")


class TestOverlay:
    def test_every_variable_of_the_environment_names_a_resource(self, resources: dict[str, Any]) -> None:
        variables = templates.load("lambda.yaml")["Globals"]["Function"]["Environment"]["Variables"]
        assert [name for name, value in variables.items() if set(value) != {"Ref"}] == []
        assert {value["Ref"] for value in variables.values()} <= resources.keys()
        tables = {f"{name.upper()}_TABLE" for name in DURABLE | EPHEMERAL}
        queues = {f"{name.upper()}_QUEUE_URL" for name in CONSUMERS}
        assert variables.keys() == tables | queues | {"FILES_BUCKET", "DATA_KEY_ID"}

    def test_whoever_waits_has_time_and_takes_nobodys_place(self, overlay: templates.Template) -> None:
        wait, api = (overlay["Resources"][name]["Properties"] for name in ("Wait", "APIHandler"))
        seconds = int(wait["Environment"]["Variables"]["BYHAND_WAIT_SECONDS"])
        assert seconds == 600
        assert seconds + 60 == wait["Timeout"] <= 900
        assert Settings.model_fields["byhand_wait_seconds"].default + 4 == api["Timeout"]
        assert wait["FunctionUrlConfig"] == {"AuthType": "NONE", "InvokeMode": "BUFFERED"}
        assert {"Ref": "WaitConcurrency"} in wait["ReservedConcurrentExecutions"]["Fn::If"]
        assert overlay["Parameters"]["WaitConcurrency"]["Default"] > 0

    @pytest.mark.parametrize("name", sorted(CONSUMERS))
    def test_consumers_report_single_failures_and_have_time(self, overlay: templates.Template, name: str) -> None:
        function = overlay["Resources"][name]["Properties"]
        source = function["Events"][f"{name}SqsEventSource"]["Properties"]
        assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        assert source["Queue"] == {"Fn::Sub": f"${{{name}Queue.Arn}}"}
        visibility = overlay["Resources"][f"{name}Queue"]["Properties"]["VisibilityTimeout"]
        assert visibility == 6 * function["Timeout"]

    def test_files_travel_over_tls_only(self, overlay: templates.Template) -> None:
        statement = overlay["Resources"]["FilesBucketPolicy"]["Properties"]["PolicyDocument"]["Statement"][0]
        assert statement["Effect"] == "Deny"
        assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}

    @pytest.mark.parametrize(
        ("kind", "status", "code"),
        [
            ("MISSING_AUTHENTICATION_TOKEN", "404", "not_found"),
            ("REQUEST_TOO_LARGE", "413", "too_large"),
            ("THROTTLED", "429", "rate_limited"),
            ("DEFAULT_4XX", None, "invalid"),
            ("DEFAULT_5XX", None, "internal"),
        ],
    )
    def test_the_gateway_refuses_in_our_words(
        self, overlay: templates.Template, kind: str, status: str | None, code: str
    ) -> None:
        body = overlay["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]
        answer = body["x-amazon-apigateway-gateway-responses"][kind]
        assert answer.get("statusCode") == status
        words = json.loads(answer["responseTemplates"]["application/json"])
        sentence = words["error"]
        assert words == {
            "error": sentence, "message": sentence, "details": {}, "code": code, "request_id": "$context.requestId",
        }  # fmt: skip
        headers = answer["responseParameters"]
        assert headers["gatewayresponse.header.X-Request-Id"] == "context.requestId"
        assert headers["gatewayresponse.header.Access-Control-Allow-Origin"] == "'*'"
        assert ("gatewayresponse.header.Retry-After" in headers) == (status == "429")

    def test_somebody_is_woken(self) -> None:
        described = templates.load("alarms.yaml")["Resources"].items()
        alarms = {name: what["Properties"] for name, what in described if what["Type"] == "AWS::CloudWatch::Alarm"}
        for name in CONSUMERS:
            assert {f"{name}DeadLettersAlarm", f"{name}QueueAgeAlarm", f"{name}ErrorsAlarm"} <= alarms.keys()
        assert {"DeadEntriesAlarm", "UnresolvedDisputesAlarm"} <= alarms.keys()
        assert {"WaitErrorsAlarm", "WaitThrottlesAlarm", "WaitServerErrorsAlarm"} <= alarms.keys()
        assert all(alarm["AlarmActions"] == [{"Ref": "AlarmTopic"}] for alarm in alarms.values())
        names = [alarm["AlarmName"]["Fn::Sub"] for alarm in alarms.values()]
        assert len(set(names)) == len(names)

    def test_merging_leaves_both_sides_alone(self) -> None:
        below = {"a": {"b": 1, "c": [1]}, "d": 2}
        assert templates.merge(below, {"a": {"c": [3]}}) == {"a": {"b": 1, "c": [3]}, "d": 2}
        assert below == {"a": {"b": 1, "c": [1]}, "d": 2}

    def test_a_template_without_the_known_integration_is_refused(self) -> None:
        with pytest.raises(PackageError, match="point_at_alias"):
            templates.point_at_alias({"Resources": {}})

    def test_a_template_that_aws_could_not_translate_is_refused(self) -> None:
        function = {"Type": "AWS::Serverless::Function", "Properties": {"Handler": "app.app"}}
        with pytest.raises(PackageError, match="SAM translator"):
            templates.translate({"Transform": "AWS::Serverless-2016-10-31", "Resources": {"Bare": function}})

    def test_a_template_with_a_fault_is_refused(self, tmp_path: Path) -> None:
        faulty = tmp_path / "faulty.json"
        templates.write({"Resources": {"Queue": {"Type": "AWS::SQS::Queue", "Properties": {"Nmae": "q"}}}}, faulty)
        with pytest.raises(PackageError, match="Nmae"):
            templates.lint(faulty)


class TestPolicies:
    def test_every_function_has_its_own(self) -> None:
        config = json.loads((ROOT / ".chalice" / "config.json").read_text())
        assert config["autogen_policy"] is False
        named = [function["iam_policy_file"] for function in config["lambda_functions"].values()]
        assert sorted(named) == [path.name for path in POLICIES]

    @pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.stem)
    def test_no_action_is_a_wildcard_and_nobody_may_scan(self, path: Path) -> None:
        actions = [action for statement in statements(path) for action in statement["Action"]]
        assert not [action for action in actions if "*" in action]
        assert "dynamodb:Scan" not in actions

    @pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.stem)
    def test_every_permission_names_resources_that_exist(self, path: Path, overlay: templates.Template) -> None:
        for statement in statements(path):
            if statement["Resource"] == "*":
                assert set(statement["Action"]) <= NAMELESS
            else:
                assert all(isinstance(resource, dict) for resource in statement["Resource"])
                known = overlay["Resources"].keys() | overlay["Parameters"].keys() | {"AWS"}
                assert references(statement["Resource"]) <= known

    def test_nobody_may_delete_from_the_ledger(self) -> None:
        deleting = [s for path in POLICIES for s in statements(path) if "dynamodb:DeleteItem" in s["Action"]]
        assert deleting
        assert "LedgerTable" not in set().union(*(references(s["Resource"]) for s in deleting))


def test_every_variable_of_the_functions_is_a_setting(overlay: templates.Template) -> None:
    """A variable that nothing reads is a door that somebody believes to be open."""
    places = [overlay["Globals"]["Function"], *(one.get("Properties", {}) for one in overlay["Resources"].values())]
    named = {name for place in places for name in place.get("Environment", {}).get("Variables", {})}
    assert "BYHAND_REGISTRATION_KEY_HASHES" in named
    assert {name.lower() for name in named} <= set(Settings.model_fields)
