"""The world is put together once, at first use, and a live one has nothing of a test in it."""

import os
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import timedelta
from pathlib import Path

import pytest

from chalicelib.core.asking.bedrock import BedrockModel
from chalicelib.core.asking.openai import OpenAiModel
from chalicelib.core.events.courier import HttpCourier
from chalicelib.core.identity import deployment
from chalicelib.core.judge.built_in import BuiltInJudge
from chalicelib.core.judge.by_model import ModelJudge
from chalicelib.core.providers.github import GitHubForge
from chalicelib.core.reader.built_in import BuiltInReader
from chalicelib.core.reader.by_model import ModelReader
from chalicelib.core.settings import Settings
from chalicelib.core.world import World
from chalicelib.doors import wiring
from chalicelib.kit import config
from chalicelib.kit.clock import ShiftedClock, SystemClock
from chalicelib.kit.config import ConfigurationError
from chalicelib.kit.seal import Sealed
from local.settings import laptop
from local.stack import raise_stack
from local.store import open_store


@pytest.fixture
def environment(moto_session: None) -> Iterator[dict[str, str]]:
    """The environment of a stack that was raised and never started."""
    with laptop(), open_store("memory", Path()):
        wiring.forget()
        yield raise_stack(None)
        wiring.forget()


def _built(environment: dict[str, str], **more: str) -> World:
    return wiring.build(config.read(Settings, environment | more))


def test_the_world_of_a_process_is_built_at_first_use_and_once(environment: dict[str, str]) -> None:
    os.environ.update(environment)
    assert wiring.world() is wiring.world()
    before = wiring.world()
    wiring.forget()
    assert wiring.world() is not before


def test_a_process_without_its_variables_names_them_and_starts_nothing(environment: dict[str, str]) -> None:
    os.environ.update({name: value for name, value in environment.items() if name != "LEDGER_TABLE"})
    with pytest.raises(ConfigurationError, match="LEDGER_TABLE"):
        wiring.world()


def test_a_live_world_has_the_wall_clock_a_guardian_of_89_and_a_strict_courier(environment: dict[str, str]) -> None:
    world = _built(environment, BYHAND_MODE="live")
    assert isinstance(world.clock, SystemClock)
    assert world.judge == BuiltInJudge(most=89)
    assert isinstance(world.courier, HttpCourier)
    assert (world.courier.rule.https_only, world.courier.rule.loopback_allowed) == (True, False)
    assert world.courier.exchange_seconds == 10


def test_the_guardian_of_a_world_is_the_one_that_its_settings_name(environment: dict[str, str]) -> None:
    model = {"BYHAND_MODE": "live", "GUARDIAN_MODEL": "m", "GUARDIAN_SECONDS": "45"}
    assert _built(environment, **model, GUARDIAN="bedrock").judge == ModelJudge(BedrockModel("m"), 45)
    openai = {"GUARDIAN": "openai", "GUARDIAN_BASE_URL": "https://example.com/v1", "GUARDIAN_API_KEY": "k"}
    assert _built(environment, **model, **openai).judge == ModelJudge(
        OpenAiModel("https://example.com/v1", "m", "k"), 45
    )


@pytest.mark.promise("reader.settings")
def test_the_reader_of_a_world_asks_the_provider_of_its_guardian(environment: dict[str, str]) -> None:
    assert _built(environment, BYHAND_MODE="live").reader == BuiltInReader()
    model = {"BYHAND_MODE": "live", "GUARDIAN_MODEL": "m", "GUARDIAN_SECONDS": "45", "GUARDIAN": "bedrock"}
    assert _built(environment, **model).reader == ModelReader(BedrockModel("m"), 45)
    assert _built(environment, **model, READER_MODEL="r").reader == ModelReader(BedrockModel("r"), 45)
    openai = {"GUARDIAN": "openai", "GUARDIAN_BASE_URL": "https://example.com/v1", "GUARDIAN_API_KEY": "k"}
    world = _built(environment, **{**model, **openai}, READER_MODEL="r")
    assert world.reader == ModelReader(OpenAiModel("https://example.com/v1", "r", "k"), 45)
    assert world.judge == ModelJudge(OpenAiModel("https://example.com/v1", "m", "k"), 45)


def test_the_forge_of_a_world_is_called_by_its_rule_and_with_its_token(environment: dict[str, str]) -> None:
    forge = _built(environment, BYHAND_MODE="live", GITHUB_TOKEN="t").forge
    assert isinstance(forge, GitHubForge)
    assert (forge.base_url, forge.token, forge.line.exchange_seconds) == ("https://api.github.com", "t", 5)
    assert (forge.line.rule.https_only, forge.line.rule.loopback_allowed) == (True, False)
    own = _built(environment, BYHAND_MODE="live", GITHUB_API_URL="https://github.example.com/api/v3").forge
    assert own == GitHubForge(forge.line, "https://github.example.com/api/v3", "")


def test_a_live_world_does_not_read_an_offset_that_somebody_wrote(environment: dict[str, str]) -> None:
    world = _built(environment, BYHAND_MODE="live")
    deployment.advance_clock(world.store, 86_400)
    assert abs(world.now() - world.wall()) < timedelta(seconds=5)


def test_a_test_world_has_a_clock_that_all_of_its_processes_share(environment: dict[str, str]) -> None:
    one, other = (_built(environment, BYHAND_MODE="test") for _ in range(2))
    assert isinstance(one.clock, ShiftedClock)
    deployment.advance_clock(one.store, 86_400)
    assert abs(other.now() - other.wall() - timedelta(days=1)) < timedelta(seconds=5)


@pytest.mark.parametrize(("switch", "allowed"), [({}, False), ({"BYHAND_ALLOW_LOOPBACK_URLS": "true"}, True)])
def test_a_test_world_calls_loopback_only_where_that_is_switched_on(
    environment: dict[str, str], switch: dict[str, str], allowed: bool
) -> None:
    rule = wiring.url_rule(config.read(Settings, environment | {"BYHAND_MODE": "test", **switch}))
    assert (rule.https_only, rule.loopback_allowed) == (False, allowed)


@pytest.mark.parametrize(("first", "then"), [("test", "live"), ("live", "test")])
def test_a_world_of_another_mode_is_not_built_over_tables_that_were_started(
    environment: dict[str, str], first: str, then: str
) -> None:
    _built(environment, BYHAND_MODE=first)
    with pytest.raises(ConfigurationError, match=f"belong to a {first} deployment"):
        _built(environment, BYHAND_MODE=then)


def test_two_processes_open_each_others_secrets_and_read_each_others_cursors(environment: dict[str, str]) -> None:
    one, other = (_built(environment, BYHAND_MODE="test") for _ in range(2))
    assert other.seal.open(one.seal.seal("hunter2", "place"), "place") == "hunter2"
    cursor = one.cursors.make("list", {"pk": "x"})
    assert cursor is not None
    assert other.cursors.read("list", cursor) == {"pk": "x"}


def test_another_deployment_opens_none_of_them(environment: dict[str, str]) -> None:
    one = _built(environment, BYHAND_MODE="test")
    other = _built(raise_stack(None, stage="other"), BYHAND_MODE="test")
    with pytest.raises(Sealed):
        other.seal.open(one.seal.seal("hunter2", "place"), "place")


def test_the_data_key_lies_wrapped_in_the_table_and_nowhere_in_the_clear(environment: dict[str, str]) -> None:
    world = _built(environment, BYHAND_MODE="test")
    world.seal.derive("unwrap it")
    facts = world.store.get(deployment.TABLE, deployment.FACTS)
    assert facts is not None
    _, key = world.seal._key
    assert len(key) == 32
    assert key not in str(facts).encode("latin-1", "replace")


def test_a_test_serves_from_a_world_of_its_own_for_a_while(environment: dict[str, str]) -> None:
    os.environ.update(environment)
    before = wiring.world()
    with wiring.using(replace(before, judge=BuiltInJudge(most=1))) as other:
        assert wiring.world() is other
    assert wiring.world() is before


def test_a_world_is_frozen_and_can_be_stopped_at_one_moment(environment: dict[str, str]) -> None:
    world = _built(environment, BYHAND_MODE="test")
    with pytest.raises(Exception, match="cannot assign"):
        world.judge = BuiltInJudge()  # type: ignore[misc]
    stopped = world.at_one_moment()
    assert stopped.now() == stopped.now()
    assert stopped.wall() == stopped.wall()
    assert stopped.at_one_moment().now() > stopped.now()
    same = [field.name for field in fields(world) if field.name != "clock"]
    assert all(getattr(stopped, name) is getattr(world, name) for name in same)
