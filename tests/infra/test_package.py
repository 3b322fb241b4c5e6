"""The package itself, as Lambda would unpack it: complete, clean, and alive.

The package is made before these tests start (`make package`), in build/package or where BYHAND_PACKAGE says, because
making it needs the package index and these tests need no network.
"""

import csv
import io
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.moto_api._internal.models import moto_api_backend
from moto.server import ThreadedMotoServer

from infra import templates
from tests.doors import urls

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / os.environ.get("BYHAND_PACKAGE", "build/package")
CHALICE = {"chalice/__init__.py", "chalice/app.py"}
SDK = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "urllib3", "six.py")
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": templates.REGION,
    "AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled",
}
PATHS = ("/api/health", "/operator")
# What Lambda does: only the unpacked code and the runtime's own SDK can be imported.
BOOTSTRAP = """
import json, sys
sys.path[:0] = sys.argv[1:3]
import app
event = json.loads(sys.stdin.read())
class Context:
    aws_request_id = "11111111-2222-3333-4444-555555555555"
    function_name = "api_handler"
    function_version = "1"
    memory_limit_in_mb = 1024
    def get_remaining_time_in_millis(self):
        return 29000
print("\\n" + json.dumps(getattr(app, sys.argv[3])(event, Context())))
"""


@pytest.fixture(scope="module")
def package() -> Path:
    if not (PACKAGE / "sam.json").exists() or not (PACKAGE / "deployment.zip").exists():
        pytest.fail(f"There is no package in {PACKAGE}. Run `make package` first; these tests look at what it made.")
    return PACKAGE


@pytest.fixture(scope="module")
def template(package: Path) -> templates.Template:
    made: templates.Template = json.loads((package / "sam.json").read_text())
    return made


@pytest.fixture(scope="module")
def unpacked(package: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("task")
    with zipfile.ZipFile(package / "deployment.zip") as made:
        made.extractall(folder)
    return folder


@pytest.fixture(scope="module")
def sdk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with boto3 and what it needs, and nothing else of this environment."""
    folder = tmp_path_factory.mktemp("runtime")
    installed = Path(boto3.__file__).parents[1]
    for name in SDK:
        (folder / name).symlink_to(installed / name)
    return folder


@pytest.fixture
def store() -> Iterator[str]:
    # The server's data are the process's: other tests left theirs, and must not find ours.
    moto_api_backend.reset()
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()
    moto_api_backend.reset()


def files_of(folder: Path) -> set[str]:
    return {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()}


def test_it_holds_the_code_its_dependencies_and_nothing_else(unpacked: Path) -> None:
    recorded = set(CHALICE)
    for record in unpacked.glob("*.dist-info/RECORD"):
        recorded |= {row[0] for row in csv.reader(io.StringIO(record.read_text())) if row}
        recorded |= {record.relative_to(unpacked).as_posix()}
    packed = {name for name in files_of(unpacked) if "__pycache__" not in name}
    ours = {name for name in packed - recorded if name.partition("/")[0] in {"app.py", "chalicelib", "web"}}
    # An installer leaves a note or two of its own beside a distribution's metadata.
    strangers = {name for name in packed - recorded - ours if ".dist-info/" not in name}
    assert strangers == set()
    assert {"app.py", "chalicelib/__init__.py", "web/index.html"} <= ours


def test_its_code_is_the_code(unpacked: Path) -> None:
    code = [ROOT / "app.py", *sorted((ROOT / "chalicelib").rglob("*.py")), *sorted((ROOT / "web").iterdir())]
    stale = [file.name for file in code if (unpacked / file.relative_to(ROOT)).read_bytes() != file.read_bytes()]
    assert stale == [], "The code has changed since it was packaged. Run `make package` again."


def test_the_sdk_is_left_to_the_runtime(unpacked: Path) -> None:
    assert not {path.name for path in unpacked.iterdir()} & {"boto3", "botocore", "moto", "pytest", "tests", "infra"}


def test_every_module_is_compiled_for_the_runtime(unpacked: Path, template: templates.Template) -> None:
    tag = "cpython-" + templates.runtime_of(template).removeprefix("python").replace(".", "")
    ours = [unpacked / "app.py", *(unpacked / "chalicelib").rglob("*.py"), *(unpacked / "pydantic").rglob("*.py")]
    assert [p for p in ours if not (p.parent / "__pycache__" / f"{p.stem}.{tag}.pyc").exists()] == []


@pytest.mark.slow
def test_no_reader_finds_fault_with_the_template(template: templates.Template, tmp_path: Path) -> None:
    templates.write(templates.translate(template), tmp_path / "translated.json")
    templates.lint(tmp_path / "translated.json")
    templates.lint(PACKAGE / "sam.json")


def test_requests_go_to_the_alias(template: templates.Template) -> None:
    assert templates.UNPUBLISHED not in json.dumps(template)
    paths = template["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]["paths"]
    assert templates.PUBLISHED in json.dumps(paths["/api/health"]["get"])
    assert template["Resources"]["APIHandler"]["Properties"]["AutoPublishAlias"] == "live"


def test_the_overlay_met_the_functions_it_was_meant_for(template: templates.Template) -> None:
    """A function that was renamed would leave its overlay behind, as a resource without a handler."""
    functions = templates.functions_of(template)
    assert set(functions) == {"APIHandler", "Timers", "Courier", "Judge", "Sweep", "Prove", "Wait"}
    for function in functions.values():
        assert function["Handler"]
        assert len(function.get("Events", {"": None})) == 1


def test_it_answers_a_health_check_and_serves_the_page(
    unpacked: Path, sdk: Path, template: templates.Template, store: str
) -> None:
    environment = CREDENTIALS | literal_environment(template) | raised_environment(store)
    environment |= {"AWS_ENDPOINT_URL": store}
    health, page = (invoke(unpacked, sdk, interpreter(template), environment, path) for path in PATHS)
    assert health["statusCode"] == 200, health
    assert page["statusCode"] == 200, page
    assert page["body"].startswith("<!doctype html>")


def test_its_waiting_door_knows_its_callers_and_their_paths(
    unpacked: Path, sdk: Path, template: templates.Template, store: str
) -> None:
    environment = CREDENTIALS | literal_environment(template) | raised_environment(store)
    environment |= {"AWS_ENDPOINT_URL": store}
    for path, status in (("//api/v1/mcp", 401), ("/api/v1/tasks", 404)):
        asked = urls.event("POST", path, body="{}")
        answer = invoke(unpacked, sdk, interpreter(template), environment, path, ("wait", asked))
        assert answer["statusCode"] == status, answer


@pytest.mark.parametrize(("endpoint", "tool"), [("tasks", "post_task"), ("qa", "create_job")])
def test_it_can_list_its_tools(
    unpacked: Path, sdk: Path, template: templates.Template, endpoint: str, tool: str
) -> None:  # fmt: skip
    """The list is a file beside the code, and no module: a package could be without it and still start."""
    look = f"import sys; sys.path[:0] = sys.argv[1:3]; from chalicelib.tools import {endpoint} as tools; "
    done = subprocess.run(
        [interpreter(template), "-I", "-S", "-c", look + "print(tools.TOOLBOX.listed())", str(unpacked), str(sdk)],
        capture_output=True, text=True, env={"BYHAND_MODE": "live"}, cwd="/", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert tool in [one["name"] for one in json.loads(done.stdout)]


def raised_environment(store: str) -> dict[str, str]:
    """Raise the stack and read the functions' environment from it, by the same Refs that AWS resolves."""
    session = boto3.Session("testing", "testing", region_name=templates.REGION)
    formation = session.client("cloudformation", endpoint_url=store)
    body = (templates.FOLDER / "resources.yaml").read_text()
    formation.create_stack(StackName="byhand", TemplateBody=body)
    formation.get_waiter("stack_create_complete").wait(StackName="byhand", WaiterConfig={"Delay": 1, "MaxAttempts": 30})
    raised = formation.describe_stack_resources(StackName="byhand")["StackResources"]
    physical = {resource["LogicalResourceId"]: resource["PhysicalResourceId"] for resource in raised}
    variables = templates.load("lambda.yaml")["Globals"]["Function"]["Environment"]["Variables"]
    return {name: physical[value["Ref"]] for name, value in variables.items()}


def literal_environment(template: templates.Template) -> dict[str, str]:
    variables = template["Resources"]["APIHandler"]["Properties"]["Environment"]["Variables"]
    return {name: value for name, value in variables.items() if isinstance(value, str)}


def interpreter(template: templates.Template) -> str:
    runtime = templates.runtime_of(template)
    if runtime == f"python{sys.version_info.major}.{sys.version_info.minor}":
        return sys.executable
    found = shutil.which(runtime)
    if found is None:
        pytest.fail(f"The package is for {runtime}, which is not on the PATH. Package with this Python, or install it.")
    return found


def invoke(
    unpacked: Path, sdk: Path, python: str, environment: dict[str, str], path: str,
    asked: tuple[str, dict[str, Any]] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """One event through a packaged handler, in an interpreter that sees nothing else; unless told, a REST request."""
    handler, given = asked or ("app", event(path))
    done = subprocess.run(
        [python, "-I", "-S", "-c", BOOTSTRAP, str(unpacked), str(sdk), handler],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        env=environment,
        cwd="/",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def event(path: str) -> dict[str, Any]:
    headers = {"Host": "example.test", "Accept": "*/*"}
    return {
        "resource": path,
        "path": path,
        "httpMethod": "GET",
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": None,
        "stageVariables": None,
        "body": None,
        "isBase64Encoded": False,
        "requestContext": {
            "resourcePath": path,
            "httpMethod": "GET",
            "path": f"/live{path}",
            "stage": "live",
            "requestId": "11111111-2222-3333-4444-555555555555",
            "identity": {"sourceIp": "192.0.2.1", "userAgent": "test"},
        },
    }
