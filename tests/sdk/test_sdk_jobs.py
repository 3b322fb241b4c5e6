"""Jobs from Python: ordered, waited for as long as it takes, and one job however often a connection breaks."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from byhand.errors import InsufficientFunds, Invalid, Misused, NotFound, RateLimited, StillRunning, Unfinished
from byhand.settings import resolve
from byhand.verbs import jobs
from chalicelib.core import waiting
from chalicelib.kit.clock import Patience
from tests.core.slots import held
from tests.products.qa import people
from tests.products.qa.people import SAID
from tests.sdk.served import BASE_URL, Setting, answered, dropped_after, dropped_before

ORDER: dict[str, Any] = {"url": "https://shop.example.com", "description": "Buy a pencil."}
WANTED = {"works": {"type": "boolean", "description": "Does it work?"}}


@pytest.fixture(autouse=True)
def waits(setting: Setting) -> Iterator[None]:
    """Time passes for the deployment as it does for the client: whoever sleeps, the next thing happens meanwhile."""
    patience = Patience(sleep=setting.time.sleep, elapsed=setting.time.clock)
    with setting.house.living_in(patience=patience):
        yield


def somebody_tests(setting: Setting, *, after: int = 0) -> Iterator[Any]:
    """A tester who takes the job after some pauses of somebody, and says how it went."""
    worker = people.tester(setting.house)
    for _ in range(after):
        yield
    yield setting.house.drain()
    job_id = worker.get("/jobs").json["data"][0]["id"]
    yield worker.claim(job_id)
    yield worker.submit(job_id, answers={"works": True}, passed=True)
    yield setting.house.drain()


def test_a_job_from_order_to_result(setting: Setting) -> None:
    client, seen = setting.client(), list[str]()
    made = client.jobs.create(**ORDER, output_schema=WANTED, screen_size="mobile", target_duration_minutes=3)
    assert (made.status, made.job_id[:4]) == ("pending", "job_")
    setting.time.meanwhile = somebody_tests(setting)
    done = client.jobs.wait(made.job_id, on_change=lambda now: seen.append(now.status))
    assert seen == ["pending", "waiting", "working", "completed"]
    assert done.result is not None
    assert (done.passed, done.result.data, done.tester_response) == (True, {"works": True}, SAID)
    assert (done.cost_usd, done.target_duration_minutes, done.screen_size) == (
        Decimal("0.0018") * int(done.test_duration_seconds or 0), 3, {"width": 375, "height": 667}
    )  # fmt: skip
    assert done.tester_data is not None
    assert (done.tester_data.screenshots, done.is_running) == ([], False)
    assert done.ended_at is not None
    assert done.ended_at.tzinfo is not None
    assert [row.id for row in client.jobs.list(status="completed")] == [made.job_id]
    for one in (made, done, client.jobs.get(made.job_id), client.jobs.page().data[0]):
        assert (one.id, one.job_id, hasattr(one, "jobId")) == (made.job_id, made.job_id, False)
    assert client.jobs.page(limit=1).pagination.total == 1


def test_run_hears_of_an_end_in_the_very_request_that_orders(setting: Setting) -> None:
    client = setting.client()
    setting.time.meanwhile = somebody_tests(setting)
    done = client.jobs.run(**ORDER, output_schema=WANTED)
    assert (done.status, done.passed) == ("completed", True)
    [sent] = setting.line.sent
    assert (sent.method, sent.url.path, sent.headers["Prefer"]) == ("POST", "/api/run", "wait=20")


def test_run_goes_on_by_looking_when_the_door_waits_no_longer(setting: Setting) -> None:
    client = setting.client()
    setting.time.meanwhile = somebody_tests(setting, after=12)
    done = client.jobs.run(**ORDER)
    assert (done.status, done.passed) == ("completed", True)
    ways = [(sent.method, sent.url.path) for sent in setting.line.sent]
    assert ways == [("POST", "/api/run")] + [("GET", f"/api/job/{done.id}")] * (len(ways) - 1)
    assert len(ways) > 2
    assert setting.time.now > jobs.RUN_SECONDS


def test_run_waits_at_the_waiting_door_where_there_is_one(setting: Setting) -> None:
    client = setting.client(wait_url="https://wait.test/")
    setting.time.meanwhile = somebody_tests(setting, after=20)
    with setting.house.living_in(patience=replace(setting.house.world.patience, exchange_seconds=600)):
        assert client.jobs.run(**ORDER).status == "completed"
    [sent] = setting.line.sent
    assert (str(sent.url), sent.headers["Prefer"]) == ("https://wait.test/api/run", "wait=240")
    assert sent.extensions["timeout"]["read"] > jobs.RUN_SECONDS_AT_THE_DOOR
    assert client.jobs.page().data[0].status == "completed"
    assert setting.line.sent[-1].url.host == "byhand.test"


@pytest.mark.promise("sdk.client.repeats")
@pytest.mark.parametrize("fate", [dropped_before, dropped_after, answered(502)], ids=["before", "after", "proxy"])
def test_however_often_the_connection_breaks_it_is_one_job(setting: Setting, fate: Any) -> None:
    client = setting.client()
    setting.line.fates = [fate, fate]
    with pytest.raises(StillRunning) as still:
        client.jobs.run(**ORDER, timeout=30)
    assert [row.id for row in client.jobs.list()] == [still.value.job.id]
    keys = [sent.headers["Idempotency-Key"] for sent in setting.line.sent if sent.method == "POST"]
    assert keys == [keys[0]] * 3


def test_who_waits_as_often_as_they_may_looks_instead_of_waiting(setting: Setting) -> None:
    house = setting.house
    agent = house.agent(100)
    client = setting.client_of(agent.headers["X-API-Key"])
    with held(house.world, agent.id, waiting.SLOTS), pytest.raises(StillRunning) as still:
        client.jobs.run(**ORDER, timeout=10)
    posts = [sent for sent in setting.line.sent if sent.method == "POST"]
    assert [sent.headers["Prefer"] for sent in posts] == ["wait=10", "wait=0"]
    assert len({sent.headers["Idempotency-Key"] for sent in posts}) == 1
    assert [row.id for row in client.jobs.list()] == [still.value.job.id]


def test_any_other_haste_is_waited_out(setting: Setting) -> None:
    client = setting.client(retries=0)
    setting.line.fates = [answered(429, "rate_limited", Retry_After="1")]
    with pytest.raises(RateLimited):
        client.jobs.run(**ORDER)


def test_who_wants_to_hear_of_changes_is_told_of_each(setting: Setting) -> None:
    client, seen = setting.client(), list[str]()
    setting.time.meanwhile = somebody_tests(setting)
    client.jobs.run(**ORDER, on_change=lambda now: seen.append(now.status))
    assert seen == ["pending", "waiting", "working", "completed"]


def test_a_timeout_leaves_the_job_as_it_is(setting: Setting) -> None:
    client = setting.client()
    with pytest.raises(StillRunning, match=r"Job job_\w+ is still pending after 60 s") as still:
        client.jobs.wait(client.jobs.create(**ORDER).job_id, timeout=60)
    assert still.value.job.is_running
    pauses = setting.time.slept
    assert (sum(pauses), max(pauses) <= jobs.LONGEST_PAUSE_SECONDS) == (pytest.approx(60), True)


def test_a_server_that_does_not_say_which_job_it_is_cannot_be_waited_for(setting: Setting) -> None:
    client = setting.client()
    setting.line.fates = [answered(408, "timeout")]
    with pytest.raises(Unfinished):
        client.jobs.run(**ORDER)


def test_a_job_that_fails_is_told_with_its_reason(setting: Setting) -> None:
    client, worker = setting.client(), people.tester(setting.house)
    job_id = client.jobs.create(**ORDER).job_id
    setting.house.drain()
    worker.claim(job_id)
    worker.reject(job_id, "The page wants a password.")
    job = client.jobs.wait(job_id)
    assert (job.status, job.reason, job.error) == ("rejected", "tester_invalidated", "The page wants a password.")
    assert (job.passed, job.result, job.cost_usd) == (False, None, None)


def test_what_is_refused_is_told_with_its_sentence_and_its_details(setting: Setting) -> None:
    client = setting.client(deposit=5)
    with pytest.raises(InsufficientFunds):
        client.jobs.create(**ORDER)
    with pytest.raises(NotFound) as missing:
        client.jobs.get("job_1")
    assert (missing.value.code, missing.value.message.startswith("Not Found:")) == ("job_not_found", False)
    with pytest.raises(Invalid) as wrong:
        client.jobs.create(**{**ORDER, "target_duration_minutes": 61})
    assert wrong.value.field == "targetDurationMinutes"
    with pytest.raises(Misused):
        client.jobs.run(**ORDER, idempotency_key="with a space")


def test_extensions_are_said_as_they_are_meant(setting: Setting) -> None:
    client = setting.client()
    free = client.jobs.get(client.jobs.create(**ORDER, max_extension_minutes=False).job_id)
    short = client.jobs.get(client.jobs.create(**ORDER, max_extension_minutes=2.5).job_id)
    none = client.jobs.get(client.jobs.create(**ORDER, allow_duration_extension=False).job_id)
    assert (free.max_extension_minutes, short.max_extension_minutes) == (False, Decimal("2.5"))
    assert (free.allow_duration_extension, none.allow_duration_extension) == (True, False)


def test_the_same_awaited(setting: Setting) -> None:
    async def story() -> None:
        async with setting.async_client() as client:
            setting.time.meanwhile = somebody_tests(setting, after=14)
            done = await client.jobs.run(**ORDER)
            assert done.passed
            assert [row.id async for row in client.jobs.list()] == [done.id]

    asyncio.run(story())


def test_the_waiting_door_is_named_by_an_argument_or_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BYHAND_WAIT_URL", "https://wait.example/api/v1/")
    monkeypatch.setenv("BYHAND_API_URL", "https://x.example")
    assert resolve().wait_url == "https://wait.example/api"
    assert resolve(wait_url="https://other.example").wait_url == "https://other.example/api"
    assert resolve("https://y.example").wait_url is None


def test_without_a_waiting_door_the_base_url_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BYHAND_API_URL", BASE_URL)
    assert resolve().wait_url is None
