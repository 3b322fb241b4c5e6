"""One description of the world: what infra/ says is what stands here, and its names are the functions' environment."""

from pathlib import Path

import boto3
import pytest
import yaml

from local.ministack import MiniStack, store_python
from local.settings import laptop
from local.stack import OVERLAY, TEMPLATE, StackFailed, raise_stack

VARIABLES = yaml.safe_load(OVERLAY.read_text())["Globals"]["Function"]["Environment"]["Variables"]
needs_ministack = pytest.mark.skipif(not store_python().exists(), reason="MiniStack is not installed: make store")

# MiniStack raises nearly anything that has a type; this, it does refuse.
BROKEN = {
    "Type": "Custom::Thing",
    "Properties": {"ServiceToken": "arn:aws:lambda:us-east-1:000000000000:function:none"},
}


def template_without(resource: str, variable: str, folder: Path) -> dict[str, Path]:
    """An older template and overlay, from before a table existed."""
    resources, overlay = yaml.safe_load(TEMPLATE.read_text()), yaml.safe_load(OVERLAY.read_text())
    del resources["Resources"][resource]
    del overlay["Globals"]["Function"]["Environment"]["Variables"][variable]
    for name, words in (("resources.yaml", resources), ("lambda.yaml", overlay)):
        (folder / name).write_text(yaml.safe_dump(words))
    return {"template": folder / "resources.yaml", "overlay": folder / "lambda.yaml"}


def test_every_variable_of_the_functions_names_what_was_raised(aws: None) -> None:
    environment = raise_stack(None)
    assert environment.keys() == VARIABLES.keys()
    tables = set(boto3.client("dynamodb").list_tables()["TableNames"])
    queues = set(boto3.client("sqs").list_queues()["QueueUrls"])
    assert {value for name, value in environment.items() if name.endswith("_TABLE")} == tables
    assert {value for name, value in environment.items() if name.endswith("_QUEUE_URL")} < queues
    boto3.client("s3").head_bucket(Bucket=environment["FILES_BUCKET"])
    assert boto3.client("kms").describe_key(KeyId=environment["DATA_KEY_ID"])["KeyMetadata"]["Enabled"]


def test_expiry_and_recovery_are_as_the_template_says(aws: None) -> None:
    environment, dynamodb = raise_stack(None), boto3.client("dynamodb")
    raised = yaml.safe_load(TEMPLATE.read_text())["Resources"]
    for variable, expression in VARIABLES.items():
        if not variable.endswith("_TABLE"):
            continue
        properties, table = raised[expression["Ref"]]["Properties"], environment[variable]
        expiry = dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
        backups = dynamodb.describe_continuous_backups(TableName=table)["ContinuousBackupsDescription"]
        recovery = backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"]
        assert (expiry["TimeToLiveStatus"] == "ENABLED") == ("TimeToLiveSpecification" in properties)
        assert (recovery == "ENABLED") == ("PointInTimeRecoverySpecification" in properties)


def test_raising_it_again_changes_nothing(aws: None) -> None:
    environment = raise_stack(None)
    item = {"pk": {"S": "a"}, "sk": {"S": "b"}}
    boto3.client("dynamodb").put_item(TableName=environment["TASKS_TABLE"], Item=item)
    assert raise_stack(None) == environment
    assert boto3.client("dynamodb").scan(TableName=environment["TASKS_TABLE"])["Items"] == [item]


@pytest.mark.slow
@needs_ministack
def test_ministack_adds_what_the_template_has_gained_and_keeps_the_data(tmp_path: Path) -> None:
    with laptop(), MiniStack(tmp_path / "state") as store:
        old = raise_stack(store.url, **template_without("PayoutsTable", "PAYOUTS_TABLE", tmp_path))
        dynamodb = boto3.client("dynamodb", endpoint_url=store.url)
        item = {"pk": {"S": "a"}, "sk": {"S": "b"}}
        dynamodb.put_item(TableName=old["TASKS_TABLE"], Item=item)
        new = raise_stack(store.url)
        assert new.keys() - old.keys() == {"PAYOUTS_TABLE"}
        assert dynamodb.describe_table(TableName=new["PAYOUTS_TABLE"])["Table"]["TableStatus"] == "ACTIVE"
        assert dynamodb.scan(TableName=new["TASKS_TABLE"])["Items"] == [item]
        assert dynamodb.describe_time_to_live(TableName=new["EVENTS_TABLE"])["TimeToLiveDescription"]["AttributeName"]


@pytest.mark.slow
@needs_ministack
def test_what_cannot_be_raised_is_named(tmp_path: Path) -> None:
    files = template_without("PayoutsTable", "PAYOUTS_TABLE", tmp_path)
    resources = yaml.safe_load(files["template"].read_text())
    resources["Resources"]["Broken"] = BROKEN
    files["template"].write_text(yaml.safe_dump(resources))
    with laptop(), MiniStack(tmp_path / "state") as store, pytest.raises(StackFailed, match=r"Broken.*rm -rf"):
        raise_stack(store.url, **files)
