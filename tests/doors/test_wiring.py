"""What a live deployment is made of, and what it refuses to start with (rulings 2, 10, 13)."""

import os
from typing import Any

import pytest

from chalicelib.core.events.courier import HttpCourier
from chalicelib.core.judge.built_in import BuiltInJudge
from chalicelib.core.settings import Settings
from chalicelib.doors import wiring
from chalicelib.kit import config
from chalicelib.kit.clock import SystemClock
from chalicelib.kit.config import ConfigurationError
from tests.doors.strangers import FixedJudge
from tests.harness import House
from tests.products.tasks.stages import scene

LIVE = {"BYHAND_MODE": "live", "ALLOW_DEV_OPERATOR_ID_HEADER": "false", "BYHAND_ALLOW_LOOPBACK_URLS": "false"}
OPEN_LIVE = {**LIVE, "BYHAND_REGISTRATION": "open"}


def _settings(**changes: str) -> Settings:
    """What this house's environment says, changed as for a live deployment."""
    return config.read(Settings, {**os.environ, **LIVE, **changes})


def _live(house: House) -> dict[str, Any]:
    """The parts of a live world that decide; the tables stay those of the test, and so do its operators."""
    settings = _settings()
    judge = BuiltInJudge(most=wiring.BUILT_IN_MOST_LIVE)
    return {"settings": settings, "judge": judge, "courier": HttpCourier(wiring.url_rule(settings))}


@pytest.mark.promise("deployment.live_switches")
def test_live_refuses_to_start_with_a_switch_that_only_a_test_may_have(house: House) -> None:
    for switch in ("ALLOW_DEV_OPERATOR_ID_HEADER", "BYHAND_ALLOW_LOOPBACK_URLS", "BYHAND_EXTERNAL_PROOF_URLS"):
        with pytest.raises(ConfigurationError, match=switch):
            _settings(**{switch: "true"})
    assert not _settings().test_mode


@pytest.mark.promise("deployment.live_switches")
def test_a_mode_that_is_not_said_is_live(house: House) -> None:
    environment = {name: value for name, value in {**os.environ, **LIVE}.items() if name != "BYHAND_MODE"}
    assert config.read(Settings, environment).byhand_mode == "live"


@pytest.mark.promise("deployment.mode_agreed")
def test_a_live_process_refuses_the_tables_of_a_test_deployment(house: House) -> None:
    with pytest.raises(ConfigurationError, match="belong to a test deployment"):
        wiring.build(_settings())


@pytest.mark.promise("deployment.mode_agreed")
@pytest.mark.parametrize("settings", [LIVE])
def test_a_test_process_refuses_the_tables_of_a_live_deployment(house: House) -> None:
    assert house.request("GET", "/api/health").json == {"status": "ok", "mode": "live"}
    with pytest.raises(ConfigurationError, match="belong to a live deployment"):
        wiring.build(config.read(Settings, {**os.environ, "BYHAND_MODE": "test"}))


@pytest.mark.promise("deployment.live_registration")
@pytest.mark.parametrize("settings", [LIVE])
def test_in_live_nobody_registers_without_a_registration_key_or_a_token(house: House) -> None:
    words = {"name": "a", "email": "a@example.com"}
    agent = house.request("POST", "/api/v1/agents/register", words)
    assert (agent.status, agent.json["code"]) == (403, "registration_refused")
    operator = house.request("POST", "/api/v1/operator/register", words)
    assert (operator.status, operator.json["code"]) == (401, "token_required")


@pytest.mark.promise("deployment.live_money")
@pytest.mark.parametrize("settings", [OPEN_LIVE])
def test_in_live_without_a_chain_no_deposit_is_credited(house: House) -> None:
    agent = house.agent()
    deposit = agent.send("/agents/deposit/usdc", {"tx_hash": "0x1", "amount_usdc": 100})
    assert (deposit.status, deposit.json["code"]) == (409, "deposits_unavailable")
    assert agent.balance() == (0, 0)


@pytest.mark.promise("deployment.live_money")
def test_in_live_without_a_rail_nothing_is_paid_out(house: House) -> None:
    stage = scene(house, "COMPLETED", reward_usd=100)
    house.advance(days=7)
    with house.living_in(settings=house.world.settings.model_copy(update={"byhand_mode": "live"})):
        payout = stage.operator.payout(50)
    assert (payout.status, payout.json["code"]) == (409, "payouts_unavailable")
    assert stage.operator.earnings() == (0, 100, 100)


@pytest.mark.promise("webhooks.live_https")
@pytest.mark.parametrize("settings", [OPEN_LIVE])
def test_in_live_a_callback_is_https_on_port_443(house: House) -> None:
    agent = house.agent()
    for url in ("http://example.com/", "https://example.com:8443/", "https://example.com:80/", "https://127.0.0.1/"):
        refused = agent.post(callback_url=url)
        assert (url, refused.status, refused.json["details"].get("field")) == (url, 400, "callback_url")
    assert agent.post(callback_url="https://example.com/hook").status == 402, "only the money is missing"


@pytest.mark.promise("deployment.live_guardian")
def test_in_live_the_built_in_guardian_leaves_everything_to_a_person(house: House) -> None:
    stage = scene(house, "ACCEPTED")
    stage.operator.hand_in(stage.task_id)
    with house.living_in(**_live(house)):
        house.drain()
    result = stage.task["guardian_result"]
    assert (stage.status, result["confidence"]) == ("MANUAL_REVIEW", 89)


@pytest.mark.promise("deployment.live_guardian")
def test_in_live_no_guardian_approves_more_than_500_dollars(house: House) -> None:
    for reward, status in ((500, "COMPLETED"), (501, "MANUAL_REVIEW")):
        stage = scene(house, "SUBMITTED", reward_usd=reward)
        with house.living_in(**{**_live(house), "judge": FixedJudge(100)}):
            house.drain()
        assert (reward, stage.status) == (reward, status)


@pytest.mark.promise("house.clock.not_in_live")
@pytest.mark.parametrize("settings", [LIVE])
def test_a_live_clock_is_the_wall_and_has_no_offset_to_read(house: House) -> None:
    assert isinstance(house.world.clock, SystemClock)
