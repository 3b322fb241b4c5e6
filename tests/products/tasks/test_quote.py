"""GET /tasks/quote: what a task would cost (ruling 17)."""

import pytest

from chalicelib.kit import clock, money
from chalicelib.kit.table import Key
from tests.harness import House


@pytest.mark.promise("fees.quote.told")
def test_a_quote_is_what_the_task_then_costs(house: House) -> None:
    agent = house.agent(deposit=100)
    quoted = agent.get("/tasks/quote?reward_usd=25.00&task_type=VERIFICATION")
    assert (quoted.status, quoted.json) == (
        200,
        {
            "reward_usd": 25, "platform_fee": 4.5, "platform_fee_usd": 4.5, "total_escrow": 29.5, "fee_percent": 18,
            "tier": "standard", "trailing_30_day_usd": 0, "minimum_fee_usd": 2,
        },
    )  # fmt: skip
    made = agent.post().json
    assert {name: made[name] for name in ("platform_fee", "total_escrow")} == {
        "platform_fee": 4.5,
        "total_escrow": 29.5,
    }
    assert agent.get("/tasks/quote?reward_usd=10").json["platform_fee"] == 2


@pytest.mark.promise("fees.quote.told")
@pytest.mark.parametrize(
    ("spent", "tier", "percent", "fee"),
    [(5_000, "growth", 15, 15), (25_000, "growth", 15, 15), (25_001, "enterprise", 12, 12)],
)
def test_a_quote_tells_the_tier_and_what_it_is_by(house: House, spent: int, tier: str, percent: int, fee: int) -> None:
    agent = house.agent()
    today = f"rewards_{clock.day(house.now())}"
    house.world.store.update("ledger", Key(agent.id, "book"), put={today: money.usd(spent)})
    quoted = agent.get("/tasks/quote?reward_usd=100").json
    assert (quoted["tier"], quoted["fee_percent"], quoted["platform_fee"]) == (tier, percent, fee)
    assert quoted["trailing_30_day_usd"] == spent


@pytest.mark.promise("fees.quote.checked")
def test_a_quote_is_checked_like_an_order(house: House) -> None:
    agent = house.agent()
    for query, field in (
        ("", "reward_usd"), ("reward_usd=9.99", "reward_usd"), ("reward_usd=10000.01", "reward_usd"),
        ("reward_usd=1e3", "reward_usd"), ("reward_usd=10.01&task_type=CAPTCHA_SOLVING", "reward_usd"),
        ("reward_usd=10&task_type=HACKING", "task_type"),
    ):  # fmt: skip
        refused = agent.get(f"/tasks/quote?{query}")
        assert (query, refused.status, refused.json["details"]["field"]) == (query, 400, field)
    assert agent.get("/tasks/quote?reward_usd=100&task_type=BROWSER_NAVIGATION").status == 200
    assert house.request("GET", "/api/v1/tasks/quote?reward_usd=10").status == 401
