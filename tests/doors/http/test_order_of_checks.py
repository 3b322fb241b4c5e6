"""429, 401, 400, 404, 403, 409 or 410, 402: of several refusals the caller gets the first (ruling 3)."""

import pytest

from chalicelib.kit.table import Key
from tests.doors.strangers import StillClock
from tests.harness import House
from tests.products.tasks.stages import scene

NOWHERE = "task_" + "0" * 26


@pytest.mark.promise("errors.order")
@pytest.mark.parametrize("settings", [{"RATE_LIMIT_PER_MINUTE": "1"}])
def test_too_many_comes_before_who_are_you(house: House) -> None:
    with house.living_in(clock=StillClock()):
        assert house.request("GET", "/api/v1/agents/balance").status == 401
        assert house.request("GET", "/api/v1/agents/balance").status == 429


@pytest.mark.promise("errors.order")
def test_who_are_you_comes_before_wrong_words_and_before_not_found(house: House) -> None:
    assert house.request("POST", "/api/v1/tasks", {}).status == 401
    assert house.request("POST", "/api/v1/tasks", raw=b"{").status == 401
    assert house.request("POST", f"/api/v1/tasks/{NOWHERE}/verify", {"decision": "MAYBE"}).status == 401
    assert house.request("GET", f"/api/v1/tasks/{NOWHERE}").status == 401


@pytest.mark.promise("errors.order")
def test_wrong_words_come_before_not_found(house: House) -> None:
    agent, operator = house.agent(), house.operator()
    assert agent.send(f"/tasks/{NOWHERE}/verify", {"decision": "MAYBE"}).status == 400
    assert agent.verify(NOWHERE, "APPROVE").status == 404
    assert operator.send(f"/operator/tasks/{NOWHERE}/submit", {"photos": "one"}).status == 400
    assert operator.submit(NOWHERE, photos=["https://example.com/1.jpg"]).status == 404
    assert agent.cancel(NOWHERE, key="k" * 256).status == 400


@pytest.mark.promise("errors.order")
def test_not_found_comes_before_forbidden_and_forbidden_before_a_conflict(house: House) -> None:
    stage = scene(house, "ACCEPTED")
    other = house.operator()
    house.world.store.update("identity", Key(other.id, "operator"), put={"kyc": "PENDING"})
    assert other.accept(NOWHERE).status == 404
    assert other.accept(stage.task_id).status == 403
    assert other.payout(10).status == 403, "and before what it costs"
    house.advance(days=5, hours=1)
    assert other.accept(stage.task_id).status == 403, "and before 410"


@pytest.mark.promise("errors.order")
def test_wrong_words_come_before_what_it_costs(house: House) -> None:
    agent = house.agent()
    assert agent.post(task_type="CAPTCHA_SOLVING", reward_usd=11).status == 400
    assert agent.post(deadline="2020-01-01T00:00:00Z").status == 400
    assert agent.post(callback_url="http://10.0.0.1/").status == 400
    assert agent.post().status == 402


@pytest.mark.promise("errors.order")
def test_somebody_elses_task_is_404_whatever_its_state(house: House) -> None:
    other = house.agent()
    for status in ("PENDING", "COMPLETED"):
        stage = scene(house, status)
        assert other.cancel(stage.task_id).status == 404
        assert other.verify(stage.task_id, "APPROVE").status == 404
