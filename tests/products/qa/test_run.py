"""POST /api/run: a job whose client waits for its end in the same request (ruling 33)."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.kit.clock import Patience
from chalicelib.kit.store import Store
from tests import faults
from tests.doors.sleeper import Sleeper
from tests.faults import FlakyClient, Killed, killed, nth
from tests.harness import House, Reply
from tests.products.qa.people import ORDER, Customer, Test, customer, tester


@pytest.fixture
def sleeper(house: House) -> Any:
    """Whoever waits in this house wakes at once, and finds that time has passed; the door waits for ten minutes."""
    sleeper = Sleeper()
    with house.living_in(patience=Patience(exchange_seconds=600, sleep=sleeper.sleep, elapsed=sleeper.elapsed)):
        yield sleeper


def _run(someone: Customer, prefer: str | None = None, key: str | None = None, **words: Any) -> Reply:
    headers = {**someone.agent.headers, **({"Prefer": prefer} if prefer else {})}
    headers |= {"Idempotency-Key": key} if key else {}
    return someone.agent.house.request("POST", "/api/run", {**ORDER, **words}, headers=headers)


def _meanwhile(sleeper: Sleeper, someone: Customer, deed: Callable[[Test], object]) -> None:
    """A tester comes after some seconds, and something becomes of the job."""
    house = someone.agent.house

    def happens() -> None:
        house.drain()
        (row,) = someone.get("/jobs?limit=1").json["data"]
        deed(Test(house, someone, tester(house), row["id"]).claimed())
        house.drain()

    sleeper.happens_at, sleeper.happens = sleeper.now + 60, happens


@pytest.mark.promise("qa.run.completed")
def test_who_waits_gets_the_whole_job_when_it_is_completed(house: House, sleeper: Sleeper) -> None:
    someone = customer(house)
    _meanwhile(sleeper, someone, lambda made: made.tester.submit(made.job_id, testDurationSeconds=1))
    told = _run(someone)
    assert (told.status, told.json["status"], told.json["costUsd"]) == (200, "completed", 0.0018)
    assert told.json == someone.job(told.json["jobId"])
    assert 60 <= sleeper.now <= 66, "whoever waits hears of it within seconds"


@pytest.mark.promise("qa.run.unhappy")
def test_a_bad_ending_is_an_answer_too(house: House, sleeper: Sleeper) -> None:
    someone = customer(house)
    _meanwhile(sleeper, someone, lambda made: made.tester.reject(made.job_id, "No such page."))
    told = _run(someone)
    assert (told.status, told.json["status"], told.json["reason"]) == (200, "rejected", "tester_invalidated")
    assert told.json["error"] == "No such page."
    assert "costUsd" not in told.json


@pytest.mark.promise("qa.run.late", "qa.errors.shape")
def test_after_ten_minutes_it_is_408_and_the_job_goes_on(house: House, sleeper: Sleeper) -> None:
    someone = customer(house)
    late = _run(someone)
    assert (late.status, sleeper.now) == (408, 600)
    assert late.json.keys() == {"error", "message", "jobId", "status", "code", "request_id"}
    assert late.json["code"] == "still_running"
    assert late.json["jobId"] in late.json["message"]
    job = someone.job(late.json["jobId"])
    assert (job["status"], late.json["status"]) == ("pending", "pending")
    house.drain()
    made = Test(house, someone, tester(house), job["id"]).completed()
    assert made.job["status"] == "completed"


@pytest.mark.parametrize("prefer", ["wait=0", "wait=30"])
def test_who_ordered_and_cannot_look_is_told_which_job_goes_on(house: House, sleeper: Sleeper, prefer: str) -> None:
    """Whatever goes wrong once the money is set aside: that nothing was changed would be said falsely."""
    someone = customer(house)
    with house.living_in(store=_that_reads_nothing_after_a_commit(house)):
        late = _run(someone, prefer)
    assert (late.status, late.json["code"], late.json["status"]) == (408, "still_running", "pending")
    assert [row["id"] for row in someone.get("/jobs").json["data"]] == [late.json["jobId"]]
    assert someone.balance() == (93.52, 6.48)


def _that_reads_nothing_after_a_commit(house: House) -> Store:
    store, commits = house.world.store, []

    def fail(operation: str, index: int) -> faults.Fault | None:
        commits.extend([index] if operation == "transact_write_items" else [])
        return faults.no_connection() if commits and operation in ("get_item", "batch_get_item") else None

    return replace(store, client=faults.FlakyClient(store.client, fail))


@pytest.mark.promise("qa.run.prefer")
@pytest.mark.parametrize(("prefer", "seconds"), [("wait=0", 0), ("wait=30", 30), ("wait=3600", 600)])
def test_a_client_may_ask_for_a_shorter_wait(house: House, sleeper: Sleeper, prefer: str, seconds: int) -> None:
    late = _run(customer(house), prefer)
    assert (late.status, sleeper.now) == (408, seconds)
    assert late.headers["preference-applied"] == f"wait={seconds}"


@pytest.mark.promise("qa.run.repeated")
@pytest.mark.parametrize("key", [None, "run-1"])
def test_a_repeat_waits_for_the_same_job(house: House, sleeper: Sleeper, key: str | None) -> None:
    someone = customer(house)
    first = _run(someone, "wait=1", key)
    _meanwhile(sleeper, someone, lambda made: made.tester.abandon(made.job_id))
    again = _run(someone, None, key, metadata={"attempt": 2})
    assert (first.status, again.status) == (408, 200)
    assert again.json["jobId"] == first.json["jobId"]
    assert (again.headers["idempotent-replayed"], again.json["status"]) == ("true", "abandoned")
    assert someone.get("/jobs").json["pagination"]["total"] == 1


@pytest.mark.promise("qa.run.repeated")
def test_a_create_and_a_run_of_the_same_words_are_one_job(house: House, sleeper: Sleeper) -> None:
    someone = customer(house)
    made = someone.create()
    assert _run(someone, "wait=0").json["jobId"] == made.json["jobId"]


@pytest.mark.promise("qa.run.repeated")
@pytest.mark.parametrize("runs_first", [False, True])
def test_a_create_and_a_run_under_one_key_are_one_job_and_other_words_are_refused(
    house: House, sleeper: Sleeper, runs_first: bool
) -> None:
    someone = customer(house)

    def ordered(*, runs: bool, **words: Any) -> Reply:
        return _run(someone, "wait=0", "order-1", **words) if runs else someone.create(key="order-1", **words)

    first, again = ordered(runs=runs_first), ordered(runs=not runs_first)
    assert {first.status, again.status} == {201, 408}
    assert first.json["jobId"] == again.json["jobId"]
    for runs in (False, True):
        other = ordered(runs=runs, targetDurationMinutes=6)
        assert (other.status, other.json["code"]) == (409, "key_reused")
    assert someone.get("/jobs").json["pagination"]["total"] == 1
    assert someone.balance() == (100 - 6.48, 6.48)


@pytest.mark.promise("qa.run.repeated")
@pytest.mark.parametrize("after", [False, True])
def test_a_run_that_was_cut_off_and_is_sent_again_as_a_create_is_one_job(
    house: House, sleeper: Sleeper, after: bool
) -> None:
    someone = customer(house)
    cut = FlakyClient(house.world.store.client, nth(0, killed(after=after), operation="transact_write_items"))
    with house.living_in(store=replace(house.world.store, client=cut)), pytest.raises(Killed):
        _run(someone, "wait=0", "order-1")
    made = someone.create(key="order-1")
    assert (made.status, "idempotent-replayed" in made.headers) == (201, after)
    assert someone.get("/jobs").json["pagination"]["total"] == 1
    house.prove()


@pytest.mark.promise("qa.run.refused")
def test_what_cannot_be_ordered_is_refused_at_once(house: House, sleeper: Sleeper) -> None:
    poor = customer(house, deposit=5)
    for words, status in (({}, 402), ({"url": "x"}, 400), ({"repoName": "a/b", "canCreateGithubIssues": True}, 403)):
        refused = _run(poor, **words)
        assert (refused.status, sleeper.now) == (status, 0)
        assert refused.json["message"] in refused.json["error"]
    assert house.request("POST", "/api/run", ORDER).status == 401


@pytest.mark.promise("qa.run.door")
def test_a_door_with_less_patience_says_so_earlier(house: House, sleeper: Sleeper) -> None:
    with house.living_in(patience=replace(house.world.patience, exchange_seconds=25)):
        assert _run(customer(house)).status == 408
    assert sleeper.now == 25
