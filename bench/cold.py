"""Cold start: the packaged app, from nothing to its first answer, against the least that any such function must do.

    yardstick   import boto3, make a client, get one item
    app         import app.py from the package, answer GET /api/v1/agents/balance for a known key

Each run is a fresh interpreter that sees the unpacked package and the runtime's SDK and nothing else; the two take
turns, and the medians are compared. The store is moto's server on loopback, so a call costs what it costs here: what
counts is the ratio. Lambda's own start and the network of AWS are in neither.
"""

import json
import logging
import os
import statistics
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from moto.server import ThreadedMotoServer

from local.settings import AWS
from local.stack import ROOT, raise_stack

PACKAGE = ROOT / "build" / "package" / "deployment.zip"
SDK = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "urllib3", "six.py")
RUNS = 15

YARDSTICK = """
import sys, time
sys.path[:0] = sys.argv[1:3]
began = time.perf_counter()
import os
import boto3
client = boto3.client("dynamodb")
client.get_item(TableName=os.environ["IDENTITY_TABLE"], Key={"pk": {"S": "a"}, "sk": {"S": "b"}}, ConsistentRead=True)
print("\\n" + repr(1000 * (time.perf_counter() - began)))
"""
APP = """
import json, sys, time
sys.path[:0] = sys.argv[1:3]
event = json.loads(sys.argv[3])
class Context:
    aws_request_id = "11111111-2222-3333-4444-555555555555"
    function_name, function_version, memory_limit_in_mb = "api_handler", "1", 1024
    def get_remaining_time_in_millis(self):
        return 29000
began = time.perf_counter()
from app import app
imported = time.perf_counter()
answer = app(event, Context())
ended = time.perf_counter()
assert answer["statusCode"] == int(sys.argv[4]), answer
print("\\n" + json.dumps([1000 * (ended - began), 1000 * (imported - began), answer["body"]]))
"""


@dataclass(frozen=True)
class ColdStart:
    """Medians in milliseconds, and their spread as the middle half of the runs."""

    yardstick_ms: float
    app_ms: float
    import_ms: float
    runs: int

    @property
    def ratio(self) -> float:
        return self.app_ms / self.yardstick_ms


def measure(runs: int = RUNS) -> ColdStart:
    """Run both in turns. Raises FileNotFoundError when there is no package (`make package`)."""
    with unpacked() as (task, sdk), _store() as environment:
        key = json.loads(_app(task, sdk, environment, _register(), 201)[2])["api_key"]
        balance = event("GET", "/api/v1/agents/balance", {"X-API-Key": key})
        yardsticks, apps = [], []
        for _ in range(runs):
            yardsticks.append(float(_run(YARDSTICK, [str(task), str(sdk)], environment)))
            apps.append(_app(task, sdk, environment, balance, 200))
    return ColdStart(
        statistics.median(yardsticks), statistics.median(one[0] for one in apps),
        statistics.median(one[1] for one in apps), runs,
    )  # fmt: skip


def measure_quietly() -> ColdStart:
    """The same, while the emulator's server does not tell of each of some hundred calls."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    return measure()


def _app(task: Path, sdk: Path, environment: Mapping[str, str], event: Mapping[str, Any], status: int) -> list[Any]:
    read: list[Any] = json.loads(_run(APP, [str(task), str(sdk), json.dumps(event), str(status)], environment))
    return read


def _run(program: str, arguments: list[str], environment: Mapping[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", program, *arguments], env=dict(environment), cwd="/", capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(done.stderr)
    return done.stdout.splitlines()[-1]


@contextmanager
def unpacked() -> Iterator[tuple[Path, Path]]:
    """The package as Lambda unpacks it, and a folder with the runtime's SDK."""
    with tempfile.TemporaryDirectory() as folder:
        task, sdk = Path(folder) / "task", Path(folder) / "sdk"
        with zipfile.ZipFile(PACKAGE) as packed:
            packed.extractall(task)
        sdk.mkdir()
        for name in SDK:
            (sdk / name).symlink_to(Path(boto3.__file__).parents[1] / name)
        yield task, sdk


@contextmanager
def _store() -> Iterator[dict[str, str]]:
    """A live deployment in moto's server; the environment of its functions."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    before = dict(os.environ)
    try:
        host, port = server.get_host_and_port()
        os.environ.update(AWS)
        url = f"http://{host}:{port}"
        live = {"BYHAND_MODE": "live", "BYHAND_REGISTRATION": "open", "AWS_ENDPOINT_URL": url}
        yield {**AWS, **raise_stack(url), **live}
    finally:
        server.stop()
        os.environ.clear()
        os.environ.update(before)


def _register() -> dict[str, Any]:
    return event("POST", "/api/v1/agents/register", {}, {"name": "bench", "email": "bench@example.com"})


def event(method: str, path: str, headers: dict[str, str], body: Any = None) -> dict[str, Any]:
    return {
        "resource": path, "path": path, "httpMethod": method, "headers": headers, "isBase64Encoded": False,
        "multiValueHeaders": {name: [value] for name, value in headers.items()}, "queryStringParameters": None,
        "multiValueQueryStringParameters": None, "pathParameters": None, "stageVariables": None,
        "body": json.dumps(body) if body else None,
        "requestContext": {
            "resourcePath": path, "httpMethod": method, "path": path, "stage": "live", "requestId": "bench",
            "identity": {"sourceIp": "192.0.2.1"},
        },
    }  # fmt: skip


if __name__ == "__main__":
    found = measure()
    print(f"{found}, ratio {found.ratio:.2f}")
