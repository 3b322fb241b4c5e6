"""Rate limits: a wall-clock minute per source, account and route template (ruling 6)."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.doors.strangers import StillClock
from tests.harness import Agent, House, Reply
from tests.products.operators.uploads import announce, at_work

BALANCE = "/api/v1/agents/balance"
THREE = [{"RATE_LIMIT_PER_MINUTE": "3"}]


@pytest.fixture
def clock(house: House) -> Iterator[StillClock]:
    """The house's clock, standing still ten seconds into a minute: no test is at the mercy of a minute's end."""
    still = StillClock()
    still.walled = still.walled.replace(second=10, microsecond=0)
    with house.living_in(clock=still):
        yield still


def _asked(agent: Agent, source: str = "203.0.113.7") -> Reply:
    return agent.house.request("GET", BALANCE, headers=agent.headers, source=source)


@pytest.mark.promise("limits.headers", "limits.refused")
@pytest.mark.parametrize("settings", THREE)
def test_every_answer_says_where_one_stands_and_the_one_too_many_is_429(house: House, clock: StillClock) -> None:
    agent = house.agent()
    reset = int(clock.wall().replace(second=0).timestamp()) + 60
    for left in (2, 1, 0):
        allowed = _asked(agent)
        headers = {name: allowed.headers[f"x-ratelimit-{name}"] for name in ("limit", "remaining", "reset")}
        assert (allowed.status, headers) == (200, {"limit": "3", "remaining": str(left), "reset": str(reset)})
    refused = _asked(agent)
    assert (refused.status, refused.json["code"]) == (429, "rate_limited")
    assert set(refused.json) >= {"error", "code", "request_id"}
    assert (refused.headers["retry-after"], refused.headers["x-ratelimit-remaining"]) == ("50", "0")
    assert refused.headers["x-request-id"] == refused.json["request_id"]


@pytest.mark.promise("limits.window")
@pytest.mark.parametrize("settings", THREE)
def test_a_new_minute_of_the_wall_begins_anew_and_business_time_changes_nothing(
    house: House, clock: StillClock
) -> None:
    agent = house.agent()
    assert [_asked(agent).status for _ in range(4)] == [200, 200, 200, 429]
    clock.pass_by(days=1)
    clock.wait(seconds=49)
    refused = _asked(agent)
    assert (refused.status, refused.headers["retry-after"]) == (429, "1")
    clock.wait(seconds=1)
    assert [_asked(agent).status for _ in range(4)] == [200, 200, 200, 429]


@pytest.mark.promise("limits.wrong_keys")
@pytest.mark.parametrize("settings", THREE)
def test_wrong_keys_are_counted_like_right_ones_and_never_against_a_right_one(house: House, clock: StillClock) -> None:
    agent = house.agent()
    guesses = [house.request("GET", BALANCE, headers={"X-API-Key": f"ho_live_{n}"}).status for n in range(4)]
    assert guesses == [401, 401, 401, 429]
    assert house.request("GET", BALANCE).status == 429, "nor does sending none help"
    assert _asked(agent, source="127.0.0.1").status == 200


@pytest.mark.promise("limits.per_route")
@pytest.mark.parametrize("settings", THREE)
def test_each_route_template_is_counted_by_itself_whatever_the_ids(house: House, clock: StillClock) -> None:
    agent = house.agent()
    for number in range(4):
        status = agent.get(f"/tasks/task_{number}").status
        assert status == (404 if number < 3 else 429)
    assert agent.get("/tasks").status == 200
    assert agent.send("/tasks", {}).status == 400, "POST and GET of one path are two routes"


@pytest.mark.promise("limits.accounts_apart")
@pytest.mark.parametrize("settings", THREE)
def test_accounts_behind_one_address_are_counted_apart_and_one_account_per_address(
    house: House, clock: StillClock
) -> None:
    agent, neighbour = house.agent(), house.agent()
    assert [_asked(agent).status for _ in range(4)][-1] == 429
    assert _asked(neighbour).status == 200
    assert _asked(agent, source="203.0.113.8").status == 200


@pytest.mark.promise("limits.accounts_apart")
@pytest.mark.parametrize("settings", THREE)
def test_two_keys_of_one_account_share_its_minute(house: House, clock: StillClock) -> None:
    agent = house.agent()
    second = Agent(house, {"X-API-Key": agent.send("/agents/keys").json["api_key"]}, agent.id)
    assert [_asked(one).status for one in (agent, second, agent, second)] == [200, 200, 200, 429]


@pytest.mark.promise("limits.ipv6")
@pytest.mark.parametrize("settings", THREE)
def test_an_ipv6_household_is_one_source(house: House, clock: StillClock) -> None:
    agent = house.agent()
    same = ["2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:0db8:0001:0002:0000:0000:0000:0003", "2001:db8:1:2::4"]
    assert [_asked(agent, source=source).status for source in same] == [200, 200, 200, 429]
    assert _asked(agent, source="2001:db8:1:3::1").status == 200


@pytest.mark.promise("limits.ipv6")
@pytest.mark.parametrize("settings", THREE)
def test_a_mapped_ipv4_address_is_an_address_and_not_a_household_of_all(house: House, clock: StillClock) -> None:
    agent = house.agent()
    assert [_asked(agent, source="::ffff:198.51.100.1").status for _ in range(4)][-1] == 429
    assert _asked(agent, source="::ffff:198.51.100.2").status == 200


@pytest.mark.promise("limits.source")
@pytest.mark.parametrize("settings", THREE)
def test_the_source_is_the_gateways_word_and_no_header(house: House, clock: StillClock) -> None:
    agent = house.agent()
    statuses = [
        house.request("GET", BALANCE, headers={**agent.headers, name: f"198.51.100.{number}"}).status
        for number, name in enumerate(["X-Forwarded-For", "X-Real-IP", "Forwarded", "CF-Connecting-IP"])
    ]
    assert statuses == [200, 200, 200, 429]


@pytest.mark.promise("limits.upload")
@pytest.mark.parametrize("settings", [{"UPLOAD_LIMIT_PER_MINUTE": "10"}])
def test_uploads_are_limited_to_ten_a_minute(house: House, clock: StillClock) -> None:
    stage = at_work(house)
    replies = [announce(stage.operator, b"content") for _ in range(11)]
    assert [reply.status for reply in replies] == [201] * 10 + [429]
    assert replies[0].headers["x-ratelimit-limit"] == "10"
    assert replies[10].json["details"] == {"limit_per_minute": 10}
    clock.wait(seconds=timedelta(minutes=1).total_seconds())
    assert announce(stage.operator, b"content").status == 201


@pytest.mark.promise("limits.defaults")
def test_the_limits_are_100_and_10_a_minute_unless_configured(house: House) -> None:
    fields = type(house.world.settings).model_fields
    assert fields["rate_limit_per_minute"].default == 100
    assert fields["upload_limit_per_minute"].default == 10
