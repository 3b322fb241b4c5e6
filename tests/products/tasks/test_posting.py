"""POST /tasks: what a task may be, and what it costs at once."""

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from chalicelib.kit.clock import iso
from tests.doors.strangers import StillClock
from tests.harness import Agent, House

DIGITAL = {"location": None, "task_type": "FORM_FILLING"}


def _refused(agent: Agent, field: str, **words: Any) -> None:
    """The order is 400 and names the field, and nothing was set aside for it."""
    made = agent.post(**words)
    assert (words, made.status, made.json["details"].get("field")) == (words, 400, field)
    assert made.json["code"] == "invalid"
    assert field in made.json["error"]


@pytest.mark.promise("tasks.create.created", "tasks.create.escrow")
def test_a_new_task_is_pending_and_its_price_is_in_escrow(house: House) -> None:
    agent = house.agent(deposit=100)
    deadline = house.in_time(days=5)
    made = agent.post(reward_usd=25, deadline=deadline)
    assert made.status == 201
    task_id, created_at = made.json["task_id"], made.json["created_at"]
    assert made.json == {
        "task_id": task_id, "status": "PENDING", "reward_usd": 25, "platform_fee": 4.5, "platform_fee_usd": 4.5,
        "total_escrow": 29.5, "deadline": deadline, "created_at": created_at,
    }  # fmt: skip
    assert task_id.startswith("task_")
    assert agent.balance() == (70.5, 29.5)
    house.prove()


@pytest.mark.promise("tasks.create.required")
def test_every_required_field_is_asked_for_by_name(house: House) -> None:
    agent = house.agent(deposit=100)
    required = "title", "description", "location", "reward_usd", "deadline", "proof_requirements", "task_type"
    for field in required:
        _refused(agent, field, **{field: None})
    empty = agent.send("/tasks", {})
    listed = [fault["field"] for fault in empty.json["details"]["fields"]]
    assert listed == [field for field in required if field != "location"]
    assert agent.balance() == (100, 0)


@pytest.mark.promise("tasks.create.limits")
def test_every_text_has_a_limit(house: House) -> None:
    agent = house.agent(deposit=1_000)
    wrong: list[tuple[str, Any]] = [
        ("title", ""), ("title", " \n"), ("title", "t" * 201), ("title", 7), ("title", ["a"]),
        ("description", ""), ("description", "d" * 10_001), ("digital_instructions", "i" * 10_001),
        ("proof_requirements", []), ("proof_requirements", ["r"] * 21), ("proof_requirements", "Photo"),
        ("callback_secret", ""), ("callback_secret", "s" * 501), ("callback_url", "https://e.com/" + "u" * 2_000),
        ("proof_type", "VIDEO"), ("task_domain", "LUNAR"), ("task_type", "verification"), ("task_type", "HACKING"),
        ("auto_complete_after_seconds", -1), ("auto_complete_after_seconds", 7 * 86_400 + 1),
    ]  # fmt: skip
    for field, value in wrong:
        _refused(agent, field, **{field: value})
    _refused(agent, "proof_requirements.1", proof_requirements=["r", "r" * 501])
    _refused(agent, "proof_requirements.0", proof_requirements=[" "])
    right: dict[str, Any] = {"title": "t" * 200, "description": "d" * 10_000, "proof_requirements": ["r" * 500] * 20}
    assert agent.post(**right, digital_instructions="i" * 10_000).status == 201
    assert agent.balance() == (970.5, 29.5)


@pytest.mark.promise("tasks.create.location")
def test_a_place_has_degrees_that_exist(house: House) -> None:
    agent = house.agent(deposit=1_000)
    for name, degrees in (("lat", 90.1), ("lat", -91), ("lng", 180.1), ("lng", "east"), ("lat", None), ("lat", "NaN")):
        _refused(agent, f"location.{name}", location={"lat": 1, "lng": 1, "address": "Here", name: degrees})
    _refused(agent, "location", location="123 Main St")
    for place in ({"lat": 90, "lng": -180}, {"lat": -33.8568, "lng": 151.2153, "address": "Sydney"}):
        shown = agent.task(agent.posted(location=place))["location"]
        assert {name: shown[name] for name in place} == place


@pytest.mark.promise("tasks.create.domain")
def test_the_domain_follows_from_the_type_and_may_not_contradict_it(house: House) -> None:
    agent = house.agent(deposit=1_000)
    for task_type in ("VERIFICATION", "PHOTO", "DELIVERY", "INSPECTION"):
        assert agent.task(agent.posted(task_type=task_type))["task_domain"] == "PHYSICAL"
        _refused(agent, "task_domain", task_type=task_type, task_domain="DIGITAL")
        _refused(agent, "location", task_type=task_type, location=None)
    for task_type in ("CAPTCHA_SOLVING", "FORM_FILLING", "BROWSER_INTERACTION", "CONTENT_REVIEW", "DATA_VALIDATION"):
        task = agent.task(agent.posted(task_type=task_type, location=None, reward_usd=10, task_domain="DIGITAL"))
        assert (task["task_domain"], task["location"]) == ("DIGITAL", {"address": "Remote/Digital"})
        _refused(agent, "task_domain", task_type=task_type, task_domain="PHYSICAL", reward_usd=10)


@pytest.mark.promise("tasks.create.proof_type")
def test_the_proof_type_follows_from_the_type_unless_it_is_chosen(house: House) -> None:
    agent = house.agent(deposit=1_000)
    usual = {
        "VERIFICATION": "PHOTO", "CAPTCHA_SOLVING": "SCREENSHOT", "FORM_FILLING": "SCREENSHOT",
        "BROWSER_INTERACTION": "SCREENSHOT", "CONTENT_REVIEW": "CONFIRMATION", "DATA_VALIDATION": "CONFIRMATION",
    }  # fmt: skip
    for task_type, proof_type in usual.items():
        assert agent.task(agent.posted(task_type=task_type, reward_usd=10))["proof_type"] == proof_type
    for proof_type in ("PHOTO", "SCREENSHOT", "CONFIRMATION", "ARTIFACT"):
        assert agent.task(agent.posted(**DIGITAL, proof_type=proof_type))["proof_type"] == proof_type


@pytest.mark.promise("tasks.create.browser_navigation")
def test_browser_navigation_is_read_as_browser_interaction(house: House) -> None:
    agent = house.agent(deposit=100)
    task_id = agent.posted(task_type="BROWSER_NAVIGATION", location=None)
    assert agent.task(task_id)["task_type"] == "BROWSER_INTERACTION"


@pytest.mark.promise("tasks.create.reward", "tasks.create.category_maximum")
def test_a_reward_is_10_dollars_to_the_maximum_of_its_type(house: House) -> None:
    agent = house.agent(deposit=10_000)
    agent.deposit(5_000)
    most = {
        "VERIFICATION": 10_000, "CAPTCHA_SOLVING": 10, "FORM_FILLING": 50, "BROWSER_INTERACTION": 100,
        "CONTENT_REVIEW": 25, "DATA_VALIDATION": 50,
    }  # fmt: skip
    for task_type, maximum in most.items():
        for reward in ("9.999999", f"{maximum}.000001", "0"):
            _refused(agent, "reward_usd", task_type=task_type, reward_usd=reward)
        for amount in {10, maximum} if maximum < 10_000 else {10}:
            assert (task_type, agent.post(task_type=task_type, reward_usd=amount).status) == (task_type, 201)
    other = house.agent(deposit=10_000)
    other.deposit(2_000)
    assert other.post(reward_usd=10_000).status == 201
    assert other.balance() == (200, 11_800)


@pytest.mark.promise("tasks.create.deadline")
def test_a_deadline_is_ahead_and_at_most_90_days_off(house: House) -> None:
    agent, clock = house.agent(deposit=1_000), StillClock()
    with house.living_in(clock=clock):
        for late in (timedelta(0), timedelta(milliseconds=-1), timedelta(days=90, milliseconds=1), timedelta(days=900)):
            _refused(agent, "deadline", deadline=iso(clock.now() + late))
        for late in (timedelta(milliseconds=1), timedelta(days=90)):
            assert agent.post(deadline=iso(clock.now() + late)).status == 201


@pytest.mark.promise("wire.times")
def test_a_time_comes_in_with_any_offset_and_goes_out_in_utc_with_milliseconds(house: House) -> None:
    agent = house.agent(deposit=1_000)
    moment = (house.now() + timedelta(days=2)).replace(microsecond=123_000)
    for hours in (-11, 0, 5.5, 14):
        here = moment.astimezone(timezone(timedelta(hours=hours)))
        assert agent.post(deadline=here.isoformat()).json["deadline"] == iso(moment)
    whole = moment.replace(microsecond=0)
    for text in (f"{whole:%Y-%m-%dT%H:%M:%SZ}", f"{whole:%Y-%m-%dT%H:%M:%S+00:00}", f"{whole:%Y%m%dT%H%M%SZ}"):
        assert agent.post(deadline=text).json["deadline"] == f"{whole:%Y-%m-%dT%H:%M:%S}.000Z"


@pytest.mark.promise("wire.times")
def test_a_time_without_an_offset_or_that_is_none_is_refused(house: House) -> None:
    agent = house.agent(deposit=100)
    naive = f"{datetime.now() + timedelta(days=2):%Y-%m-%dT%H:%M:%S}"  # noqa: DTZ005 naive is the point
    for text in (naive, "tomorrow", "2026-02-30T00:00:00Z", "", 1_770_000_000, None, "9999-12-31T23:59:59-12:00", True):
        _refused(agent, "deadline", deadline="" if text is None else text)


@pytest.mark.promise("tasks.create.insufficient", "errors.shape")
def test_too_little_money_is_402_with_both_figures(house: House) -> None:
    agent = house.agent(deposit="29.49")
    made = agent.post(reward_usd=25)
    assert made.status == 402
    assert set(made.json) == {"error", "details", "code", "request_id"}
    assert made.json["error"].startswith("Insufficient balance for escrow")
    assert made.json["code"] == "insufficient_funds"
    assert made.json["details"] == {"required_usd": 29.5, "available_usd": 29.49}
    assert made.json["request_id"] == made.headers["x-request-id"]
    assert agent.balance() == (29.49, 0)
    assert agent.get("/tasks").json["pagination"]["total"] == 0


@pytest.mark.promise("tasks.create.escrow")
def test_the_last_cent_can_be_set_aside(house: House) -> None:
    agent = house.agent(deposit="29.50")
    assert agent.post(reward_usd=25).status == 201
    assert agent.balance() == (0, 29.5)
    assert agent.post(reward_usd=10).status == 402
    house.prove()
