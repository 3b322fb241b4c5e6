"""Raises infra/resources.yaml, the same file that is deployed, and answers with the functions' environment.

The environment is not written down a second time: the expressions of infra/lambda.yaml are handed to CloudFormation as
outputs of the raised stack, so that Ref, Fn::GetAtt and Fn::Sub are resolved by whoever resolves them in the cloud.
Works against moto in our process, moto's server and MiniStack alike. Raising a stack that is there already brings it
up to the template; MiniStack adds tables and indexes in place and keeps the data.
"""

import json
import time
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import yaml
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudformation.type_defs import StackTypeDef
    from mypy_boto3_dynamodb import DynamoDBClient

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE = ROOT / "infra" / "resources.yaml"
OVERLAY = ROOT / "infra" / "lambda.yaml"
REGION = "us-east-1"
LONGEST_RAISE_SECONDS = 60.0


class StackFailed(RuntimeError):
    """The stack could not be raised; the message names the resource and the reason."""


def raise_stack(
    endpoint_url: str | None, stage: str = "local", template: Path = TEMPLATE, overlay: Path = OVERLAY
) -> dict[str, str]:
    """Create the stack or bring it up to date, wait for it, and return the environment of the functions.

    Raises StackFailed. With no endpoint the calls go where boto3 sends them, which must be moto in this process.
    """
    cloudformation: CloudFormationClient = _client("cloudformation", endpoint_url)
    resources = _described(template)
    variables = _environment_of(overlay)
    name = f"byhand-{stage}"
    _create_or_update(cloudformation, name, stage, _with_outputs(resources, variables))
    stack = _wait(cloudformation, name)
    _switch_expiry_on(endpoint_url, cloudformation, name, resources)
    outputs = {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}
    return {variable: outputs[_output(variable)] for variable in variables}


def _environment_of(overlay: Path) -> dict[str, Any]:
    variables: dict[str, Any] = _described(overlay)["Globals"]["Function"]["Environment"]["Variables"]
    return variables


@lru_cache
def _client(service: str, endpoint_url: str | None) -> Any:
    return boto3.client(service, region_name=REGION, endpoint_url=endpoint_url)  # type: ignore[call-overload]


@lru_cache
def _described(file: Path) -> dict[str, Any]:
    """A template, read once per process: tests raise it a thousand times, and YAML is slow to read."""
    read: dict[str, Any] = yaml.safe_load(file.read_text())
    return read


def _output(variable: str) -> str:
    """Output names are letters and digits only; ours are letters, digits and underscores."""
    return "Variable" + variable.replace("_", "0x")


def _with_outputs(resources: dict[str, Any], variables: dict[str, Any]) -> str:
    asked = {_output(variable): {"Value": expression} for variable, expression in variables.items()}
    return json.dumps({**resources, "Outputs": {**resources.get("Outputs", {}), **asked}})


def _create_or_update(cloudformation: "CloudFormationClient", name: str, stage: str, body: str) -> None:
    parameters: Any = [{"ParameterKey": "Stage", "ParameterValue": stage}]
    try:
        cloudformation.create_stack(StackName=name, TemplateBody=body, Parameters=parameters)
    except cloudformation.exceptions.AlreadyExistsException:
        _update(cloudformation, name, body, parameters)
    except ClientError as error:
        raise StackFailed(_start_again(name, str(error))) from error


def _update(cloudformation: "CloudFormationClient", name: str, body: str, parameters: Any) -> None:
    try:
        cloudformation.update_stack(StackName=name, TemplateBody=body, Parameters=parameters)
    except ClientError as error:
        if "No updates are to be performed" in str(error):
            return
        raise StackFailed(_start_again(name, str(error))) from error


def _wait(cloudformation: "CloudFormationClient", name: str) -> "StackTypeDef":
    until = time.monotonic() + LONGEST_RAISE_SECONDS
    while (stack := cloudformation.describe_stacks(StackName=name)["Stacks"][0])["StackStatus"].endswith("IN_PROGRESS"):
        if time.monotonic() > until:
            raise StackFailed(f"The stack {name} is still {stack['StackStatus']} after {LONGEST_RAISE_SECONDS:.0f} s.")
        time.sleep(0.05)
    if stack["StackStatus"] not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
        raise StackFailed(_start_again(name, _what_failed(cloudformation, name, stack)))
    return stack


def _what_failed(cloudformation: "CloudFormationClient", name: str, stack: "StackTypeDef") -> str:
    """The first failure, which is the cause; the ones after it are resources that were cancelled with it."""
    events = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
    failed = [event for event in events if event.get("ResourceStatus", "").endswith("_FAILED")]
    own = [event for event in failed if event.get("LogicalResourceId") != name] or failed
    if not own:
        return f"{stack['StackStatus']}: {stack.get('StackStatusReason', 'no reason was given')}"
    first = min(own, key=lambda event: event["Timestamp"])
    return f"{first.get('LogicalResourceId')} ({first.get('ResourceType')}): {first.get('ResourceStatusReason')}"


def _start_again(name: str, reason: str) -> str:
    return (
        f"The stack {name} could not be raised. {reason}. If this is state of an earlier run that the template has "
        "outgrown, start from nothing: rm -rf .byhand/state"
    )


def _switch_expiry_on(
    endpoint_url: str | None, cloudformation: "CloudFormationClient", name: str, resources: dict[str, Any]
) -> None:
    """MiniStack raises a table without its time to live, and a state folder kept for weeks would only grow."""
    dynamodb: DynamoDBClient = _client("dynamodb", endpoint_url)
    raised = cloudformation.describe_stack_resources(StackName=name)["StackResources"]
    tables = {resource["LogicalResourceId"]: resource.get("PhysicalResourceId", "") for resource in raised}
    for logical, resource in resources["Resources"].items():
        expiry = resource.get("Properties", {}).get("TimeToLiveSpecification")
        if not expiry:
            continue
        now = dynamodb.describe_time_to_live(TableName=tables[logical])["TimeToLiveDescription"]
        if now.get("TimeToLiveStatus") not in ("ENABLED", "ENABLING"):
            dynamodb.update_time_to_live(TableName=tables[logical], TimeToLiveSpecification=expiry)
