"""The templates: three files made one, what Chalice gets wrong put right, and two readers who must find no fault.

    resources.yaml + lambda.yaml + alarms.yaml ──merge──► overlay ──chalice package──► sam.json
    sam.json ──point_at_alias──► sam.json ──lint──► ──translate──► what CloudFormation will see ──lint──►

cfn-lint reads the result because emulators accept faulty templates. The SAM translator runs here as it would in AWS,
because a template that AWS cannot translate is only refused there in the middle of a deployment.
"""

import copy
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from infra.errors import PackageError

Template = dict[str, Any]

FOLDER = Path(__file__).resolve().parent
FILES = ("resources.yaml", "lambda.yaml", "alarms.yaml")
REGION = "us-east-1"
TEMPLATE_LIMIT_BYTES = 1_000_000
UNPUBLISHED = "${APIHandler.Arn}/invocations"
PUBLISHED = "${APIHandlerAliaslive}/invocations"


def load(name: str) -> Template:
    """One of the template files, as data."""
    template: Template = yaml.safe_load((FOLDER / name).read_text())
    return template


def merge(below: Any, above: Any) -> Any:
    """Lay one template over another as Chalice does: maps join, anything else is replaced."""
    if isinstance(below, dict) and isinstance(above, dict):
        return below | {key: merge(below.get(key), value) for key, value in above.items()}
    return above


def overlay(stage: str) -> Template:
    """All that is laid over Chalice's template, for one stage."""
    merged: Template = {}
    for name in FILES:
        merged = merge(merged, load(name))
    merged["Parameters"]["Stage"]["Default"] = stage
    return merged


def point_at_alias(template: Template) -> Template:
    """Send the API's requests to the alias. Chalice sends them to the unpublished code, whatever the alias says."""
    text = json.dumps(template)
    if UNPUBLISHED not in text:
        raise PackageError("Chalice no longer writes the API's integration as it did: look at point_at_alias.")
    repaired: Template = json.loads(text.replace(UNPUBLISHED, PUBLISHED))
    permission = repaired["Resources"]["APIHandlerInvokePermission"]["Properties"]
    permission["FunctionName"] = {"Ref": "APIHandlerAliaslive"}
    return repaired


def runtime_of(template: Template) -> str:
    """The one Lambda runtime of all functions, such as python3.13."""
    runtimes = {function["Runtime"] for function in functions_of(template).values()}
    if len(runtimes) != 1:
        raise PackageError(f"Every function must have the same runtime, not {sorted(runtimes)}.")
    return str(runtimes.pop())


def functions_of(template: Template) -> dict[str, Template]:
    """The properties of every Lambda function in a template that SAM has not translated yet, by logical name."""
    return {
        name: resource["Properties"]
        for name, resource in template["Resources"].items()
        if resource["Type"] == "AWS::Serverless::Function"
    }


def translate(template: Template) -> Template:
    """What CloudFormation will see once AWS has run its SAM transform."""
    # The translator is heavy and wanted by this one step only. It asks its environment which partition it writes for.
    os.environ.setdefault("AWS_DEFAULT_REGION", REGION)
    from samtranslator.model.exceptions import InvalidDocumentException
    from samtranslator.parser.parser import Parser
    from samtranslator.translator.translator import Translator

    uploaded = copy.deepcopy(template)
    for function in functions_of(uploaded).values():
        function["CodeUri"] = "s3://where-the-deployment-puts-it/deployment.zip"
    try:
        translated: Template = Translator({}, Parser()).translate(uploaded, {})
    except InvalidDocumentException as refusal:
        causes = "; ".join(str(cause.message) for cause in refusal.causes)
        raise PackageError(f"The SAM translator refuses the template: {causes}") from refusal
    return translated


def lint(path: Path) -> None:
    """Refuse a template in which cfn-lint finds anything, warnings too."""
    entry = "from cfnlint.runner import main; raise SystemExit(main())"
    command = [sys.executable, "-c", entry, "--regions", REGION, "--template", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise PackageError(f"cfn-lint finds fault with {path.name}:\n{done.stdout}{done.stderr}")


def write(template: Template, path: Path) -> None:
    """Write a template, refusing one that CloudFormation would not read even from S3."""
    text = json.dumps(template, indent=1)
    if len(text.encode()) > TEMPLATE_LIMIT_BYTES:
        raise PackageError(f"{path.name} is larger than the {TEMPLATE_LIMIT_BYTES} bytes that CloudFormation reads.")
    path.write_text(text + "\n")
