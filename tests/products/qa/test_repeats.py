"""The same order again: by its words within ten seconds, and by its Idempotency-Key for two days (rulings 5, 34)."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.harness import House
from tests.products.qa.conftest import Hours
from tests.products.qa.people import ORDER, Customer, customer

HELD = 6.48


@pytest.fixture
def somebody(house: House) -> Customer:
    return customer(house, deposit=1_000)


def _created(somebody: Customer, key: str | None = None, **words: Any) -> str:
    made = somebody.create(key=key, **words)
    assert made.status == 201, made
    return str(made.json["jobId"])


@pytest.mark.promise("qa.repeat.same_words")
def test_the_same_words_again_are_the_same_job_and_cost_once(hours: Hours, somebody: Customer) -> None:
    first = somebody.create(metadata={"sourceCreatedAt": "2026-02-10T12:00:00Z"}, githubToken="ghp_1")
    hours.pass_by(seconds=10)
    # What is ignored is no part of the words, nor is the order of fields, nor how a number or a default is spelled.
    respelled = {
        "metadata": {"sourceCreatedAt": "2026-02-10T12:00:10Z"}, "targetDurationMinutes": 5.0, "repoName": None,
        "description": f" {ORDER['description']}\n", "url": ORDER["url"],
    }  # fmt: skip
    again = somebody.send("/jobs", respelled)
    assert (again.status, again.json) == (201, first.json)
    assert again.headers["idempotent-replayed"] == "true"
    assert "idempotent-replayed" not in first.headers
    assert somebody.balance() == (1_000 - HELD, HELD)


@pytest.mark.promise("qa.repeat.same_words")
def test_a_repeat_is_told_its_first_answer_even_when_the_job_has_moved_on(hours: Hours, somebody: Customer) -> None:
    first = somebody.create()
    hours.house.drain()
    assert somebody.job(first.json["jobId"])["status"] == "waiting"
    assert somebody.create().json == first.json


@pytest.mark.promise("qa.repeat.later")
def test_after_ten_seconds_the_same_words_are_another_job(hours: Hours, somebody: Customer) -> None:
    first = _created(somebody)
    hours.pass_by(seconds=12)
    assert _created(somebody) != first
    assert somebody.balance()[1] == 2 * HELD


@pytest.mark.promise("qa.repeat.other_words")
@pytest.mark.parametrize(
    "other",
    [
        {"url": "https://shop.example.com/"}, {"description": "Buy a pen."}, {"targetDurationMinutes": 6},
        {"allowDurationExtension": False}, {"maxExtensionMinutes": 0}, {"screenSize": "mobile"}, {"repoName": "a/b"},
        {"outputSchema": {"works": {"type": "boolean"}}}, {"additionalValidationInstructions": "Ignore the header."},
    ],
)  # fmt: skip
def test_other_words_are_another_job(hours: Hours, somebody: Customer, other: dict[str, Any]) -> None:
    assert _created(somebody, **other) != _created(somebody)


@pytest.mark.promise("qa.repeat.other_words")
def test_the_same_words_of_another_account_are_another_job(hours: Hours, somebody: Customer) -> None:
    assert _created(customer(hours.house)) != _created(somebody)


@pytest.mark.promise("qa.repeat.same_words")
def test_what_was_refused_is_not_remembered(hours: Hours) -> None:
    poor = customer(hours.house, deposit=5)
    assert poor.create().status == 402
    poor.agent.deposit(10)
    assert poor.create().status == 201


@pytest.mark.promise("qa.repeat.same_words")
def test_a_repeat_finds_its_job_though_nothing_is_left_for_a_second(hours: Hours) -> None:
    poor = customer(hours.house, deposit=HELD)
    assert _created(poor) == _created(poor)
    assert poor.balance() == (0, HELD)


@pytest.mark.promise("qa.repeat.at_once")
def test_the_same_words_at_the_same_moment_are_one_job(house: House, somebody: Customer) -> None:
    with ThreadPoolExecutor(8) as crowd:
        replies = list(crowd.map(lambda _: somebody.create(), range(8)))
    told = {reply.json.get("jobId") for reply in replies if reply.status == 201}
    assert len(told) == 1
    assert {reply.status for reply in replies} <= {201, 409}, "who meets the first on its way may be told to wait"
    assert somebody.balance() == (1_000 - HELD, HELD)
    house.prove()


@pytest.mark.promise("qa.repeat.key")
def test_a_key_means_one_job_for_two_days_whatever_is_ignored(hours: Hours, somebody: Customer) -> None:
    first = _created(somebody, "order-1", metadata={"runId": 1})
    hours.pass_by(hours=47)
    assert _created(somebody, "order-1", metadata={"runId": 2}) == first
    other = somebody.create(key="order-1", targetDurationMinutes=6)
    assert (other.status, other.json["code"]) == (409, "key_reused")
    hours.pass_by(hours=2)
    assert _created(somebody, "order-1") != first


@pytest.mark.promise("qa.repeat.key")
def test_two_keys_are_two_jobs_though_their_words_are_the_same(hours: Hours, somebody: Customer) -> None:
    assert len({_created(somebody, "order-1"), _created(somebody, "order-2"), _created(somebody)}) == 3
    assert somebody.balance()[1] == round(3 * HELD, 2)
