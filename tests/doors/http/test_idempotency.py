"""Idempotency-Key: the first answer again, byte for byte, and nothing done twice (ruling 5)."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.doors.strangers import StillClock
from tests.harness import Caller, House, Reply, picture
from tests.products.operators.uploads import announce, at_work, send_body
from tests.products.tasks.stages import PHOTOS, Scene, scene

DEPOSIT = {"tx_hash": "0xabc", "amount_usdc": "50"}


def _rich(house: House) -> Scene:
    """A scene whose operator has $25 to be paid out."""
    stage = scene(house, "COMPLETED")
    house.advance(days=7)
    return stage


def _disputable(house: House) -> Scene:
    return scene(house, "MANUAL_REVIEW")


# A scene, and a deed in it under a key. Doing the deed again would be refused or would do something a second time.
Deed = Callable[[Scene, str], Reply]
DEEDS: dict[str, tuple[Callable[[House], Scene], Deed]] = {
    "post": (scene, lambda stage, key: stage.agent.post(key=key, deadline=stage.task["deadline"])),
    "deposit": (scene, lambda stage, key: stage.agent.send("/agents/deposit/usdc", DEPOSIT, key=key)),
    "cancel": (scene, lambda stage, key: stage.agent.cancel(stage.task_id, key)),
    "verify": (_disputable, lambda stage, key: stage.agent.verify(stage.task_id, "APPROVE", key)),
    "accept": (scene, lambda stage, key: stage.operator.accept(stage.task_id, key)),
    "submit": (at_work, lambda stage, key: stage.operator.submit(stage.task_id, key, photos=PHOTOS)),
    "payout": (_rich, lambda stage, key: stage.operator.payout(25, key)),
}


def _wealth(stage: Scene) -> Any:
    """Everything that a deed done twice would change."""
    tasks = stage.agent.get("/tasks").json["pagination"]["total"]
    return stage.agent.balance(), stage.operator.earnings(), tasks, stage.task


@pytest.mark.promise("idempotency.replay")
@pytest.mark.parametrize("name", DEEDS)
def test_the_same_again_is_the_first_answer_again_and_does_nothing(house: House, name: str) -> None:
    prepare, deed = DEEDS[name]
    stage = prepare(house)
    first = deed(stage, "key-1")
    assert 200 <= first.status < 300
    assert "idempotent-replayed" not in first.headers
    wealth = _wealth(stage)
    for _ in range(2):
        again = deed(stage, "key-1")
        assert (again.status, again.text) == (first.status, first.text)
        assert again.headers["idempotent-replayed"] == "true"
        assert again.headers["x-request-id"] != first.headers["x-request-id"]
    assert _wealth(stage) == wealth
    house.prove()


@pytest.mark.promise("idempotency.replay")
def test_a_post_of_a_task_with_its_fields_in_another_order_is_the_same(house: House) -> None:
    agent = house.agent(deposit=1_000)
    order = agent.order()
    first = agent.send("/tasks", order, key="key-1")
    swapped = {name: order[name] for name in reversed(order)} | {"reward_usd": "25.00", "unknown": "ignored"}
    again = agent.send("/tasks", swapped, key="key-1")
    assert (again.text, again.headers["idempotent-replayed"]) == (first.text, "true")
    assert agent.balance() == (970.5, 29.5)


@pytest.mark.promise("idempotency.moved_on")
def test_a_replay_gets_its_first_answer_even_if_the_task_has_moved_on(house: House) -> None:
    stage = scene(house)
    accepted = stage.operator.accept(stage.task_id, "accept-1")
    submitted = stage.operator.submit(stage.task_id, "submit-1", photos=PHOTOS)
    stage.judged(70)
    verified = stage.agent.verify(stage.task_id, "APPROVE", "verify-1")
    house.advance(days=8)
    for first, again in (
        (accepted, stage.operator.accept(stage.task_id, "accept-1")),
        (submitted, stage.operator.submit(stage.task_id, "submit-1", photos=PHOTOS)),
        (verified, stage.agent.verify(stage.task_id, "APPROVE", "verify-1")),
    ):
        assert (again.status, again.text, again.headers["idempotent-replayed"]) == (200, first.text, "true")
    assert stage.status == "COMPLETED"


@pytest.mark.promise("idempotency.too_poor")
def test_a_repeat_is_answered_as_a_repeat_even_when_the_agent_is_too_poor_by_now(house: House) -> None:
    agent = house.agent(deposit="29.50")
    order = agent.order()
    first = agent.send("/tasks", order, key="key-1")
    assert agent.balance() == (0, 29.5)
    again = agent.send("/tasks", order, key="key-1")
    assert (again.status, again.text) == (201, first.text)
    assert agent.send("/tasks", order, key="key-2").status == 402


@pytest.mark.promise("idempotency.other_words")
def test_other_words_under_the_same_key_are_409(house: House) -> None:
    stage = scene(house)
    agent, order = stage.agent, stage.agent.order()
    assert agent.send("/tasks", order, key="key-1").status == 201
    before = agent.balance()
    for words in ({"reward_usd": 26}, {"title": "Another"}, {"callback_url": "https://example.com/"}):
        refused = agent.send("/tasks", {**order, **words}, key="key-1")
        assert (refused.status, refused.json["code"]) == (409, "key_reused")
    assert agent.cancel(stage.task_id, "key-1").json["code"] == "key_reused", "another route"
    assert agent.balance() == before


@pytest.mark.promise("idempotency.other_words")
def test_the_ids_of_the_path_are_words_too(house: House) -> None:
    agent = house.agent(deposit=1_000)
    first, second = agent.posted(), agent.posted()
    assert agent.cancel(first, "key-1").status == 200
    refused = agent.cancel(second, "key-1")
    assert (refused.status, refused.json["code"]) == (409, "key_reused")
    assert agent.task(second)["status"] == "PENDING"


@pytest.mark.promise("idempotency.refusals")
def test_a_refusal_is_not_stored_and_the_same_may_succeed_later(house: House) -> None:
    agent = house.agent(deposit=10)
    order = agent.order()
    assert agent.send("/tasks", order, key="key-1").status == 402
    agent.deposit(100)
    made = agent.send("/tasks", order, key="key-1")
    assert (made.status, "idempotent-replayed" in made.headers) == (201, False)


@pytest.mark.promise("idempotency.refusals")
def test_a_refused_accept_is_not_stored(house: House) -> None:
    stage, other = scene(house), house.operator()
    stage.accept()
    for _ in range(2):
        refused = other.accept(stage.task_id, "key-1")
        assert (refused.status, refused.json["code"]) == (409, "already_taken")
        assert "idempotent-replayed" not in refused.headers


@pytest.mark.promise("idempotency.scope")
def test_a_key_belongs_to_one_caller(house: House) -> None:
    agent, other, operator = house.agent(deposit=1_000), house.agent(deposit=1_000), house.operator()
    order = agent.order()
    first, second = agent.send("/tasks", order, key="key-1"), other.send("/tasks", order, key="key-1")
    assert (first.status, second.status) == (201, 201)
    assert first.json["task_id"] != second.json["task_id"]
    assert operator.accept(first.json["task_id"], "key-1").status == 200


@pytest.mark.promise("idempotency.scope")
def test_two_keys_of_an_account_are_one_caller(house: House) -> None:
    agent = house.agent(deposit=1_000)
    second = Caller(house, {"X-API-Key": agent.send("/agents/keys").json["api_key"]}, agent.id)
    order = agent.order()
    first = agent.send("/tasks", order, key="key-1")
    assert second.send("/tasks", order, key="key-1").text == first.text


@pytest.mark.promise("idempotency.two_days")
def test_a_key_is_kept_for_48_hours_of_the_wall(house: House) -> None:
    agent, clock = house.agent(deposit=1_000), StillClock()
    order = agent.order()
    with house.living_in(clock=clock):
        first = agent.send("/tasks", order, key="key-1")
        clock.pass_by(days=1)
        clock.wait(hours=48, seconds=-1)
        assert agent.send("/tasks", order, key="key-1").text == first.text
        clock.wait(seconds=1)
        anew = agent.send("/tasks", order, key="key-1")
    assert (anew.status, "idempotent-replayed" in anew.headers) == (201, False)
    assert anew.json["task_id"] != first.json["task_id"]


@pytest.mark.promise("idempotency.key_shape")
def test_a_key_has_1_to_255_visible_characters(house: House) -> None:
    agent = house.agent(deposit=1_000)
    order = agent.order()
    for key in ("k" * 256, "two words", "tab\tbed", "schlüssel", "\x00", "\x7f", " "):
        headers = {**agent.headers, "Idempotency-Key": key}
        refused = house.request("POST", "/api/v1/tasks", order, headers=headers)
        assert (key, refused.status, refused.json["details"]["field"]) == (key, 400, "Idempotency-Key")
    for key in ("k" * 255, "k", "!~[]{}:/?#%", "6ba7b810-9dad-11d1-80b4-00c04fd430c8"):
        assert agent.send("/tasks", order, key=key).status == 201


@pytest.mark.promise("idempotency.secret")
def test_a_key_that_was_shown_is_not_shown_again(house: House) -> None:
    agent = house.agent()
    made = agent.send("/agents/keys", {"name": "ci"}, key="key-1")
    assert made.status == 201
    for _ in range(2):
        refused = agent.send("/agents/keys", {"name": "ci"}, key="key-1")
        assert (refused.status, refused.json["code"]) == (409, "secret_already_shown")
        assert made.json["api_key"] not in refused.text
    assert agent.send("/agents/keys", {"name": "other"}, key="key-1").json["code"] == "key_reused"
    assert len(agent.get("/agents/keys").json["data"]) == 2


@pytest.mark.promise("idempotency.secret")
def test_a_key_that_was_shown_is_not_shown_again_even_when_there_is_room_for_no_more(house: House) -> None:
    agent = house.agent()
    for number in range(19):
        assert agent.send("/agents/keys", key=f"key-{number}").status == 201
    refused = agent.send("/agents/keys", key="key-3")
    assert (refused.status, refused.json["code"]) == (409, "secret_already_shown")
    assert agent.send("/agents/keys", key="key-19").json["code"] == "too_many_keys"


@pytest.mark.promise("idempotency.uploads")
def test_an_upload_that_is_sent_again_is_one_upload_with_a_fresh_signed_url(house: House) -> None:
    stage, content = at_work(house), picture()
    sent = [send_body(stage.operator, content, key="body-1") for _ in range(2)]
    assert sent[0].text == sent[1].text
    assert send_body(stage.operator, picture(), key="body-1").json["code"] == "key_reused"

    headers = {**stage.operator.headers, "Idempotency-Key": "put-1"}
    keyed = Scene(house, stage.agent, type(stage.operator)(house, headers, stage.operator.id), stage.task_id)
    announced = [announce(keyed.operator, content) for _ in range(2)]
    assert announced[0].json["upload_id"] == announced[1].json["upload_id"]
    assert announced[1].headers["idempotent-replayed"] == "true"
    assert "X-Amz-Signature" in announced[1].json["upload_url"]
    assert announced[0].json["headers"] == announced[1].json["headers"]


@pytest.mark.promise("idempotency.uploads", "idempotency.moved_on")
def test_an_upload_that_is_sent_again_after_the_work_is_done_has_its_whole_answer(house: House) -> None:
    stage, content = at_work(house), picture()
    first = send_body(stage.operator, content, key="body-1")
    stage.submit(photos=[first.json["url"]])
    assert stage.judged(95)["status"] == "COMPLETED"
    assert send_body(stage.operator, content, key="body-2").status == 409
    again = send_body(stage.operator, content, key="body-1")
    assert (again.status, again.text, again.headers["idempotent-replayed"]) == (201, first.text, "true")
