"""The platform fee: volume tiers over the trailing 30 days, half-up to the cent, never under $2 (ruling 17)."""

from datetime import datetime, timedelta
from itertools import count

import pytest

from chalicelib.core.ledger import postings
from chalicelib.core.ledger import service as ledger
from chalicelib.kit import clock, money
from chalicelib.kit.commit import commit
from tests.doors.strangers import StillClock
from tests.harness import Agent, House
from tests.products.tasks.stages import Scene, scene

_number = count(1)


def _completed_work(house: House, agent: Agent, micros: int, when: datetime) -> None:
    """Book rewards that an agent's completed work paid, through the ledger: quicker than the work itself."""
    work, operator = f"work_{next(_number)}", house.operator()
    price = micros + money.usd(2)
    for transfers in (
        postings.deposit_usdc(work, agent.id, price),
        postings.hold(work, agent.id, price),
        postings.complete(work, agent.id, operator.id, micros, money.usd(2), clock.day(when)),
    ):
        commit(house.world.store, ledger.writes(transfers, when))


def _fee(agent: Agent, reward: float | str) -> float:
    made = agent.post(reward_usd=reward)
    assert made.status == 201, made
    assert made.json["total_escrow"] == pytest.approx(made.json["reward_usd"] + made.json["platform_fee"])
    return float(made.json["platform_fee"])


@pytest.mark.promise("fees.samples")
def test_the_seeds_samples_cost_what_the_seed_says(house: House) -> None:
    agent = house.agent(deposit=100)
    for reward, fee, total in ((25, 4.5, 29.5), (10, 2, 12)):
        made = agent.post(reward_usd=reward).json
        assert (made["platform_fee"], made["total_escrow"]) == (fee, total)


@pytest.mark.promise("fees.minimum", "fees.rounding")
def test_the_fee_is_rounded_half_up_to_the_cent_and_never_under_2_dollars(house: House) -> None:
    agent = house.agent(deposit=1_000)
    for reward, fee in (
        ("10", 2), ("11.11", 2), ("11.12", 2), ("11.15", 2.01), ("11.138888", 2), ("11.138889", 2.01),
        ("12.25", 2.21), ("12.75", 2.3), ("33.333333", 6),
    ):  # fmt: skip
        assert (reward, _fee(agent, reward)) == (reward, fee)


@pytest.mark.promise("fees.tiers")
def test_the_tier_follows_from_30_days_of_completed_work(house: House) -> None:
    assert _fee(house.agent(deposit=1_000), 100) == 18
    for volume, fee in (("4999.999999", 18), ("5000", 15), ("25000", 15), ("25000.000001", 12)):
        agent = house.agent(deposit=1_000)
        _completed_work(house, agent, money.parse(volume), house.now())
        assert (volume, _fee(agent, 100)) == (volume, fee)
    house.prove()


@pytest.mark.promise("fees.window")
def test_the_window_is_today_and_the_29_days_before(house: House) -> None:
    agent, clock = house.agent(deposit=5_000), StillClock()
    midnight = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    _completed_work(house, agent, money.usd(5_000), midnight + timedelta(hours=12))
    for moment, fee in (
        (midnight + timedelta(days=30, milliseconds=-1), 15),
        (midnight + timedelta(days=30), 18),
    ):
        clock.stand_at(moment)
        with house.living_in(clock=clock):
            assert _fee(agent, 100) == fee


@pytest.mark.promise("fees.window")
def test_several_days_add_up_and_leave_the_window_one_by_one(house: House) -> None:
    agent, clock = house.agent(deposit=5_000), StillClock()
    noon = clock.now().replace(hour=12, minute=0, second=0, microsecond=0)
    for days, micros in ((0, money.usd(20_000)), (1, money.usd(4_000)), (2, money.usd(2_000))):
        _completed_work(house, agent, micros, noon + timedelta(days=days))
    for days, fee in ((2, 12), (29, 12), (30, 15), (31, 18)):
        clock.stand_at(noon + timedelta(days=days))
        with house.living_in(clock=clock):
            assert (days, _fee(agent, 100)) == (days, fee)


@pytest.mark.promise("fees.completed_only")
def test_parking_and_cancelling_large_tasks_buys_nothing(house: House) -> None:
    stage = scene(house, "ACCEPTED", reward_usd=6_000)
    assert _fee(stage.agent, 100) == 18
    assert stage.agent.cancel(stage.task_id).status == 200
    assert _fee(stage.agent, 100) == 18


@pytest.mark.promise("fees.tiers", "fees.fixed")
def test_completing_work_lowers_the_fee_of_the_next_task_and_of_no_earlier_one(house: House) -> None:
    stage = scene(house, "SUBMITTED", reward_usd=5_000)
    earlier = Scene(house, stage.agent, stage.operator, stage.agent.posted(reward_usd=100))
    stage.judged(95)
    assert stage.status == "COMPLETED"
    assert _fee(stage.agent, 100) == 15

    earlier.accept()
    earlier.submit()
    assert earlier.judged(95)["platform_fee_usd"] == 18
    assert house.prove().balances["house/fees"] == money.usd(900 + 18)


@pytest.mark.promise("fees.own")
def test_the_volume_of_another_agent_does_not_count(house: House) -> None:
    busy, agent = house.agent(deposit=1_000), house.agent(deposit=1_000)
    _completed_work(house, busy, money.usd(30_000), house.now())
    assert (_fee(busy, 100), _fee(agent, 100)) == (12, 18)
