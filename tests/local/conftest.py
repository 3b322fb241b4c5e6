"""What the tests of the local stack stand on: moto made strict, in this process, and a small app to run."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest

from local import strict
from local.settings import laptop
from local.stack import ROOT
from local.store import open_store

APP = """
import functools, json, os, boto3
from chalice.app import Chalice, Rate

app = Chalice(app_name="toy")


@functools.cache
def table():
    return boto3.resource("dynamodb").Table(os.environ["TASKS_TABLE"])


@functools.cache
def sqs():
    return boto3.client("sqs")


@app.route("/api/health")
def health():
    return {"mode": os.environ["BYHAND_MODE"], "of_the_stage": os.environ["OF_THE_STAGE"]}


@app.route("/ring/{entry}", methods=["POST"])
def ring(entry):
    sqs().send_message(QueueUrl=os.environ["TIMERS_QUEUE_URL"], MessageBody=json.dumps({"entry": entry}))
    return {}


@app.route("/seen")
def seen():
    return sorted(item["sk"] for item in table().scan()["Items"])


@app.on_sqs_message(queue="timers", batch_size=10, name="timers")
def timers(event):
    failed = []
    for record in event:
        entry = json.loads(record.body)["entry"]
        if entry == "bad":
            failed.append({"itemIdentifier": record.to_dict()["messageId"]})
        else:
            table().put_item(Item={"pk": "seen", "sk": "timers " + entry})
    return {"batchItemFailures": failed}


@app.schedule(Rate(1, unit=Rate.MINUTES), name="sweep")
def sweep(event):
    table().put_item(Item={"pk": "seen", "sk": "sweep by " + event.source})
    return "swept"
"""


@pytest.fixture(scope="session")
def session() -> None:
    """A boto3 session that knows moto. One for all tests, since each reads the models of its services again."""
    strict.install()
    boto3.setup_default_session()


@pytest.fixture
def aws(session: None) -> Iterator[None]:
    """An empty AWS in this process, strict, with a laptop's environment around it."""
    with laptop(), open_store("memory", Path()):
        yield


@pytest.fixture
def toy(tmp_path: Path) -> Path:
    """A Chalice project with one queue and one schedule, on the real infrastructure."""
    project = tmp_path / "toy"
    (project / ".chalice").mkdir(parents=True)
    stages = {"test": {"environment_variables": {"OF_THE_STAGE": "config.json", "BYHAND_MODE": "live"}}}
    (project / ".chalice" / "config.json").write_text(
        json.dumps({"version": "2.0", "app_name": "toy", "stages": stages})
    )
    (project / "app.py").write_text(APP)
    shutil.copytree(ROOT / "infra", project / "infra", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return project
