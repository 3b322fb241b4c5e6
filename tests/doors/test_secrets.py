"""Secrets are shown once and kept nowhere: not in a table, a queue, a log or an answer (rulings 1, 9, 11)."""

import base64
import json
import logging
from collections.abc import Iterator

import pytest

import app
from local.settings import ADMIN_KEY
from tests.doors.strangers import Hook
from tests.harness import Agent, House
from tests.products.tasks.stages import Scene

CALLBACK_SECRET = "a-callback-secret-that-nobody-else-may-read"
REGISTRATION_KEY = "a-registration-key-that-nobody-else-may-read"


class Lines(logging.Handler):
    """Every line that anything here logs, at any level."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []
        self.loggers: set[str] = set()

    def emit(self, record: logging.LogRecord) -> None:
        self.loggers.add(record.name)
        self.lines.append(self.format(record))


@pytest.fixture
def lines(house: House) -> Iterator[Lines]:
    """What is logged: by us at any level, by libraries at the level that they have here and in Lambda."""
    heard = Lines()
    ours, everybody = logging.getLogger("byhand"), logging.getLogger()
    levels = ours.level, everybody.level
    for logger in (ours, everybody):
        logger.addHandler(heard)
    ours.setLevel(logging.DEBUG)
    yield heard
    for logger, level in zip((ours, everybody), levels, strict=True):
        logger.removeHandler(heard)
        logger.setLevel(level)


def _everything_stored(house: House) -> str:
    """Every row of every table, as DynamoDB has it, and every message in a queue."""
    world = house.world
    pages = world.store.client.get_paginator("scan")
    rows = [page["Items"] for name in world.store.names.values() for page in pages.paginate(TableName=name)]
    messages = [
        world.queues.client.receive_message(QueueUrl=url, MaxNumberOfMessages=10) for url in world.queues.urls.values()
    ]
    return json.dumps([rows, messages], default=str)


def _busy_day(house: House) -> tuple[Scene, list[str]]:
    """A day on which every secret is used, in right requests and in wrong ones; and the secrets."""
    headers = {"X-Admin-Key": REGISTRATION_KEY}
    order = {"name": "my-agent", "email": "agent@example.com"}
    made = house.request("POST", "/api/v1/agents/register", order, headers=headers).json
    agent = Agent(house, {"X-API-Key": made["api_key"]}, made["agent_id"])
    second = agent.send("/agents/keys", {"name": "ci"}, key="once").json["api_key"]
    agent.send("/agents/keys", {"name": "ci"}, key="once")
    agent.deposit(100)
    house.request("GET", "/api/v1/agents/balance", headers={"Authorization": f"Bearer {second}"})
    house.request("GET", "/api/v1/agents/balance", headers={"X-API-Key": f"{second}x"})
    house.request("GET", "/api/v1/agents/balance", headers={"X-API-Key": second, "Authorization": "Bearer other"})
    with Hook(500) as hook:
        operator = house.operator()
        agent.post(callback_url="http://10.0.0.1/", callback_secret=CALLBACK_SECRET)
        agent.post(reward_usd=10_000, callback_url=hook.url, callback_secret=CALLBACK_SECRET)
        posted = agent.post(callback_url=hook.url, callback_secret=CALLBACK_SECRET, key="post-once")
        agent.post(callback_url=hook.url, callback_secret=CALLBACK_SECRET, key="post-once")
        stage = Scene(house, agent, operator, posted.json["task_id"])
        stage.accept()
        stage.submit()
        assert stage.judged(70)["status"] == "MANUAL_REVIEW"
        assert len(hook.received) == 1
    return stage, [made["api_key"], second, f"{second}x", CALLBACK_SECRET]


@pytest.mark.promise("secrets.at_rest", "secrets.keys_hashed")
def test_no_secret_lies_in_a_table_or_a_queue_in_clear(house: House) -> None:
    stage, secrets = _busy_day(house)
    stored = _everything_stored(house)
    assert stage.task_id in stored, "the scan sees what is stored"
    for secret in secrets:
        assert secret not in stored
        assert secret.split("_")[-1] not in stored, "nor the random part of it"


@pytest.mark.promise("secrets.not_logged")
def test_no_secret_is_logged_by_us_or_by_a_library_at_its_usual_level(house: House, lines: Lines) -> None:
    _, secrets = _busy_day(house)
    logged = "\n".join(lines.lines)
    assert "webhook.tried" in logged, "the handler hears what we log"
    for secret in [*secrets, REGISTRATION_KEY]:
        assert secret not in logged


@pytest.mark.slow
@pytest.mark.promise("secrets.not_logged", "secrets.at_rest")
@pytest.mark.parametrize("settings", [{"BYHAND_LOG_LEVEL": "DEBUG"}])
def test_a_tasks_whole_life_leaves_no_secret_in_any_log_or_row_even_when_everything_is_logged(
    house: House, lines: Lines
) -> None:
    """Libraries too log all they can here: what they are handed is hashed, sealed or signed already."""
    everybody = logging.getLogger()
    before = everybody.level
    everybody.setLevel(logging.DEBUG)
    try:
        stage, secrets = _busy_day(house)
        assert stage.agent.verify(stage.task_id, "APPROVE").status == 200
        house.advance(days=8)
        assert stage.operator.payout(10).status == 200
        _come_to_every_door(house, stage)
        everything = _everything_stored(house)
    finally:
        everybody.setLevel(before)
    assert "botocore.hooks" in lines.loggers, "libraries are heard"
    for secret in (*secrets, REGISTRATION_KEY, ADMIN_KEY):
        for spelled in _spellings(secret):
            assert not [line[:200] for line in lines.lines if spelled in line]
            assert spelled not in everything


def _come_to_every_door(house: House, stage: Scene) -> None:
    """Every route with every kind of credential, in the right header and in a wrong one."""
    key, operator = stage.agent.headers["X-API-Key"], stage.operator.id
    for route in app.ROUTES:
        path = route.path.replace("{task_id}", stage.task_id).replace("{", "").replace("}", "_00")
        for headers in (
            stage.agent.headers, {**stage.agent.headers, "X-Operator-Id": operator}, {"Authorization": f"Basic {key}"},
            {"X-Operator-Id": key}, {"X-Admin-Key": ADMIN_KEY}, {"X-Admin-Key": key},
            {"X-API-Key": ADMIN_KEY}, {"Authorization": f"Bearer {REGISTRATION_KEY}"},
        ):  # fmt: skip
            house.request(route.method, path, headers=headers)


def _spellings(secret: str) -> set[str]:
    """A secret as it is, without its prefix, and as libraries write bytes that are no text."""
    raw = secret.encode()
    return {secret, secret.removeprefix("ho_live_"), base64.b64encode(raw).decode(), raw.hex()}


@pytest.mark.promise("secrets.not_returned")
def test_no_answer_returns_a_secret_after_the_first(house: House) -> None:
    stage, secrets = _busy_day(house)
    told = [
        stage.agent.get(path).text for path in (f"/tasks/{stage.task_id}", "/tasks", "/agents/keys", "/agents/balance")
    ]
    told.append(stage.operator.get("/operator/tasks").text)
    for secret in secrets:
        assert secret not in "".join(told)


@pytest.mark.promise("secrets.sealed_place")
def test_a_sealed_secret_that_was_moved_to_another_task_does_not_open(house: House) -> None:
    stage, _ = _busy_day(house)
    with Hook() as hook:
        other = stage.agent.post(callback_url=hook.url, callback_secret="another secret").json["task_id"]
        rows, body = house.world.store.names["tasks"], {"sk": {"S": "body"}}
        client = house.world.store.client
        mine = client.get_item(TableName=rows, Key={"pk": {"S": stage.task_id}, **body})["Item"]["words"]["S"]
        theirs = client.get_item(TableName=rows, Key={"pk": {"S": other}, **body})["Item"]["words"]["S"]
        sealed = json.loads(mine)["sealed_callback_secret"]
        moved = json.dumps({**json.loads(theirs), "sealed_callback_secret": sealed})
        client.put_item(TableName=rows, Item={"pk": {"S": other}, **body, "words": {"S": moved}})
        victim = Scene(house, stage.agent, stage.operator, other)
        victim.accept()
        victim.submit()
        victim.judged(95)
    assert hook.received == [], "rather no message than one that is signed with a stranger's key"
