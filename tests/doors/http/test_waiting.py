"""Requests that wait: the deed, its bells, the looks, and the answer that comes when the wait is over."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from chalice.app import Chalice

import app
from chalicelib.core import waiting
from chalicelib.core.waiting import Look, Wait
from chalicelib.doors import wiring
from chalicelib.doors.http import openapi
from chalicelib.doors.http.mount import mount, prepare
from chalicelib.doors.http.routes import Request, Route, Routes, Who
from chalicelib.doors.http.waits import preferred
from chalicelib.kit.once import Outcome
from chalicelib.kit.queue import Bell
from chalicelib.kit.words import Nothing, Words
from tests.core.slots import held
from tests.doors.errands import ERRANDS, SECONDS
from tests.doors.sleeper import Sleeper
from tests.harness import Agent, House, Reply


class Said(Words):
    """What a test wants to hear."""

    said: str = "yes"


@pytest.fixture
def agent(house: House) -> Agent:
    """Somebody with money, at a deployment that has routes which wait."""
    house.app = _serving([*app.ROUTES, *ERRANDS])
    return house.agent(deposit=1_000)


def _serving(routes: Iterable[Route]) -> Chalice:
    served = Chalice("waits", configure_logs=False)
    prepare(served)
    mount(served, routes, wiring.world)
    return served


def _run(agent: Agent, prefer: str | None = None, key: str | None = None, **words: Any) -> Reply:
    more = {"Prefer": prefer} if prefer is not None else {}
    more |= {"Idempotency-Key": key} if key is not None else {}
    return agent.house.request("POST", "/api/v1/errands", agent.order(**words), headers={**agent.headers, **more})


def _cancelled_at(agent: Agent, sleeper: Sleeper, seconds: float) -> None:
    """The agent takes its task back after some seconds."""

    def cancel() -> None:
        [task] = agent.page("/tasks?status=PENDING")["data"]
        assert agent.cancel(task["task_id"]).status == 200

    sleeper.happens_at, sleeper.happens = seconds, cancel


def test_the_end_of_the_deed_ends_the_wait(agent: Agent, sleeper: Sleeper) -> None:
    _cancelled_at(agent, sleeper, 7)
    answer = _run(agent)
    assert (answer.status, answer.json["status"], answer.json["is_done"]) == (200, "CANCELLED", True)
    assert 7 <= sleeper.now < 7 + 5


def test_when_the_wait_is_over_it_is_late_and_says_what_to_look_at(agent: Agent, sleeper: Sleeper) -> None:
    late = _run(agent)
    assert (late.status, late.json["code"], sleeper.now) == (408, "unfinished", 25)
    looked = agent.get(f"/errands/{late.json['details']['task_id']}")
    assert (looked.status, looked.json["details"], sleeper.now) == (408, late.json["details"], 50)
    assert "retry-after" not in late.headers


def test_a_longer_door_waits_as_long_as_the_verb_wants(house: House, agent: Agent, sleeper: Sleeper) -> None:
    with house.living_in(patience=replace(house.world.patience, exchange_seconds=600)):
        assert _run(agent).status == 408
    assert sleeper.now == SECONDS


# Prefer ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("prefer", "seconds"),
    [
        ("wait=10", 10), ("wait=0", 0), ("Wait = 7", 7), ('wait="8"', 8), ("respond-async, wait=9;x=1", 9),
        ("wait=3, wait=20", 3), ("wait=600", 25),
    ],
)  # fmt: skip
def test_a_preferred_wait_shortens_it(agent: Agent, sleeper: Sleeper, prefer: str, seconds: int) -> None:
    late = _run(agent, prefer)
    assert (late.status, sleeper.now) == (408, seconds)
    assert late.headers["preference-applied"] == f"wait={seconds}"


@pytest.mark.parametrize(
    "prefer", ["", "wait", "wait=", "wait=-1", "wait=1.5", "wait=x", "wait=\u0663", "waits=3", "wait=x, wait=3"]
)
def test_a_malformed_one_is_ignored(agent: Agent, sleeper: Sleeper, prefer: str) -> None:
    late = _run(agent, prefer)
    assert (late.status, sleeper.now) == (408, 25)
    assert "preference-applied" not in late.headers


def test_an_endless_number_is_no_number() -> None:
    headers = {"prefer": "wait=" + "9" * 4_000}
    assert preferred(Request("GET", "/", {}, {}, headers, b"", "127.0.0.1", "req_1")) is None


# The key --------------------------------------------------------------------------------------------------------------


def test_a_repeat_waits_for_the_same_thing_and_does_nothing(house: House, agent: Agent, sleeper: Sleeper) -> None:
    order = {"deadline": house.in_time(days=5)}
    first, again = _run(agent, "wait=1", "key", **order), _run(agent, "wait=1", "key", **order)
    assert (first.status, first.json["details"]) == (again.status, again.json["details"])
    assert agent.balance() == (970.5, 29.5)
    other = _run(agent, "wait=1", "key", **order, reward_usd=30)
    assert (other.status, other.json["code"]) == (409, "key_reused")


def test_a_repeat_of_one_who_is_too_poor_by_now_waits_too(house: House, agent: Agent, sleeper: Sleeper) -> None:
    order = {"deadline": house.in_time(days=5), "reward_usd": 800}
    first = _run(agent, "wait=1", "key", **order)
    _cancelled_at(agent, sleeper, sleeper.now + 3)
    again = _run(agent, None, "key", **order)
    assert first.status == 408
    assert (again.status, again.json["status"], again.headers["idempotent-replayed"]) == (200, "CANCELLED", "true")


def test_who_was_never_answered_is_refused(house: House, agent: Agent, sleeper: Sleeper) -> None:
    order = {"deadline": house.in_time(days=5), "reward_usd": 800}
    assert _run(agent, "wait=1", "key", **order).status == 408
    assert _run(agent, "wait=1", "another", **order).status == 402


# Slots ----------------------------------------------------------------------------------------------------------------


def test_the_sixth_wait_is_refused_before_anything_is_done(house: House, agent: Agent, sleeper: Sleeper) -> None:
    with held(house.world, agent.id, waiting.SLOTS):
        refused = _run(agent)
        assert (refused.status, refused.json["code"]) == (429, "too_many_waits")
        assert refused.headers["retry-after"] == str(waiting.RETRY_SECONDS)
        assert agent.balance() == (1_000, 0)
        assert _run(agent, "wait=0").status == 408
    assert _run(agent).status == 408
    assert sleeper.now == 25


def test_a_refusal_gives_the_slot_back(agent: Agent, sleeper: Sleeper) -> None:
    for _ in range(waiting.SLOTS + 1):
        assert _run(agent, reward_usd=9_000).status == 402
    assert _run(agent, "wait=1").status == 408


# Bells ----------------------------------------------------------------------------------------------------------------


@dataclass
class Chronicle:
    """Queues and a sleeper that write down what happens, in order."""

    agent: Agent
    happened: list[str] = field(default_factory=list)

    def ring(self, bells: Iterable[Bell]) -> None:
        self.happened += [f"rung {bell.message}" for bell in bells]

    def look(self, world: Any) -> Look:
        self.happened.append("looked")
        return Look(Said(), self.happened.count("looked") > 2, "")


@pytest.fixture
def chronicle(house: House, sleeper: Sleeper) -> Iterator[Chronicle]:
    chronicle, routes = Chronicle(house.agent()), Routes()
    sleeper.happens_at, sleeper.happens = 0, lambda: chronicle.happened.append("slept")
    wait = Wait(chronicle.look, 60, Outcome("{}", bells=(Bell("timers", "one"),)))
    routes.post("/api/v1/rung", Who.AGENT, Nothing, Said, status=201, waits=True)(lambda call: wait)
    routes.post("/api/v1/hasty", Who.AGENT, Nothing, Said, waits=True)(lambda call: Said())
    routes.post("/api/v1/silent", Who.AGENT, Nothing, Said)(lambda call: wait)
    routes.get("/api/v1/silent", Who.AGENT, Nothing, Said)(lambda call: wait)
    house.app = _serving(routes.all)
    with house.living_in(queues=chronicle):
        yield chronicle


def test_bells_are_rung_before_anybody_sleeps(chronicle: Chronicle) -> None:
    answer = chronicle.agent.send("/rung")
    assert (answer.status, answer.json) == (201, {"said": "yes"})
    assert chronicle.happened == ["rung one", "looked", "slept", "looked", "looked"]


def test_only_a_route_that_says_so_waits_and_that_one_does(chronicle: Chronicle) -> None:
    for method, path in (("POST", "/hasty"), ("POST", "/silent"), ("GET", "/silent")):
        assert chronicle.agent.send(path, method=method).status == 500


def test_the_document_tells_of_preferences(agent: Agent) -> None:
    document = openapi.document(ERRANDS, title="T", version="1", description="D")
    for path in document["paths"].values():
        [operation] = path.values()
        assert "Prefer" in {one["name"] for one in operation["parameters"]}
        assert "Preference-Applied" in operation["responses"]["200"]["headers"]
        assert "408" in operation["responses"]
