"""What measured time costs, and where the money goes (seed, "Cost"; rulings 15, 30)."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.kit import money
from chalicelib.products.qa import rules
from tests import properties  # noqa: F401 its profile is in force
from tests.core.stand_ins import Notebook
from tests.harness import House
from tests.products.qa.conftest import Hours
from tests.products.qa.people import Test, customer, test_of, tester

# Seed, "Cost" and "POST /api/run".
SEEDS_TABLE = {60: 0.108, 120: 0.216, 220: 0.396, 300: 0.54, 600: 1.08}
# In binary floating point these come out as 0.1098, 0.11159999999999999 …
ODD = {1: 0.0018, 61: 0.1098, 62: 0.1116, 100: 0.18, 299: 0.5382, 3_599: 6.4782, 3_600: 6.48}


def _tested_for(hours: Hours, made: Test, seconds: float) -> Test:
    made.claimed()
    hours.pass_by(seconds=seconds)
    assert made.tester.submit(made.job_id).status == 200
    hours.house.drain()
    assert made.job["status"] == "completed"
    return made


@pytest.mark.promise("qa.cost.table", "qa.cost.exact")
@pytest.mark.parametrize(("seconds", "cost"), [*SEEDS_TABLE.items(), *ODD.items()])
def test_seconds_cost_what_the_seed_says_without_artefacts_of_floats(seconds: int, cost: float) -> None:
    assert money.to_decimal(rules.cost_micros(seconds)) == money.to_decimal(round(cost * 1_000_000))
    assert float(money.to_decimal(rules.cost_micros(seconds))) == cost


@pytest.mark.promise("qa.cost.table", "qa.cost.exact", "qa.cost.rounded_up", "qa.money.paid")
def test_the_wire_and_the_books_tell_the_same_cost(hours: Hours) -> None:
    made, spent, earned = test_of(hours.house, targetDurationMinutes=60), Fraction(0), 0
    for seconds, billed in ((220.0, 220), (61.0, 61), (61.001, 62), (61.9, 62), (0.0, 1)):
        job = _tested_for(hours, Test(made.house, made.customer, made.tester, made.customer.ordered()), seconds).job
        assert job["testDurationSeconds"] == job["testerData"]["testDurationSeconds"] == billed
        assert str(job["costUsd"]) == str(float(Fraction(billed * 1_800, 1_000_000)))
        spent += Fraction(billed * 1_800, 1_000_000)
        earned += billed * 1_800 * 60 // 100
    assert made.customer.balance() == (float(100 - Fraction(648, 100) - spent), 6.48)
    assert made.tester.earnings()[0] == earned / 1_000_000
    assert '"costUsd":0.396' in made.customer.get("/jobs").text, "as it is written, not as it is read"
    hours.house.prove()


@pytest.mark.promise("qa.money.paid")
@pytest.mark.parametrize("settings", [{"TESTER_SHARE_PERCENT": "33"}])
def test_the_tester_has_the_deployments_share_down_to_the_micro_and_the_house_the_rest(hours: Hours) -> None:
    made = _tested_for(hours, test_of(hours.house), 61)
    assert made.job["costUsd"] == 0.1098
    assert made.tester.earnings() == (0.036234, 0, 0.036234)
    assert made.customer.balance() == (99.8902, 0)
    hours.house.prove()


@pytest.mark.promise("qa.money.share")
def test_the_share_is_that_of_the_day_of_the_order_whatever_becomes_of_the_setting(hours: Hours) -> None:
    made = customer(hours.house)
    job_id = str(made.create().json["jobId"])
    jane, slack = tester(hours.house), Notebook()
    changed = {"tester_share_percent": 10, "slack_webhook_url": "https://hooks.slack.example/services/T0"}
    with hours.house.living_in(settings=hours.house.world.settings.model_copy(update=changed), courier=slack):
        hours.house.drain()
        assert b"$0.0648 a minute" in slack.carried[0][2]
        (offer,) = jane.get("/jobs").json["data"]
        assert (offer["payUsdPerMinute"], offer["payUsdMax"]) == (0.0648, 3.888)
        assert jane.claim(job_id).json["payUsdPerMinute"] == 0.0648
        hours.pass_by(seconds=101)
        assert jane.extend(job_id, 1).json["payUsdPerMinute"] == 0.0648
        assert jane.submit(job_id).json["payUsd"] == 0.10908
        hours.house.drain()
        mine = jane.get(f"/jobs/{job_id}").json
        assert (mine["payUsdPerMinute"], mine["payUsd"]) == (0.0648, 0.10908)
        assert jane.earnings() == (0.10908, 0, 0.10908)
    hours.house.prove()


@pytest.mark.promise("qa.money.hold")
def test_pay_waits_out_the_hold_and_is_available_then(hours: Hours) -> None:
    made = _tested_for(hours, test_of(hours.house), 100)
    hours.pass_by(days=6, hours=23, minutes=59)
    assert made.tester.earnings() == (0.108, 0, 0.108)
    hours.pass_by(minutes=1)
    assert made.tester.earnings() == (0, 0.108, 0.108)
    hours.pass_by(days=7)
    assert made.tester.earnings() == (0, 0.108, 0.108), "once"
    hours.house.prove()


@pytest.mark.promise("qa.money.hold")
def test_pay_of_a_suspended_account_stays_where_it_is_until_it_may_go_on(hours: Hours) -> None:
    made = _tested_for(hours, test_of(hours.house), 100)
    agent = made.customer.agent
    assert hours.house.admin.do(f"/agents/{agent.id}/suspend").status == 200
    hours.pass_by(days=8)
    assert made.tester.earnings() == (0.108, 0, 0.108)
    assert hours.house.admin.do(f"/agents/{agent.id}/unsuspend").status == 200
    hours.pass_by(days=2)
    assert made.tester.earnings() == (0, 0.108, 0.108)


@pytest.mark.promise("qa.money.paid", "qa.cost.rounded_up")
@given(
    seconds=st.floats(min_value=0, max_value=90_000, allow_nan=False), share=st.integers(1, 100),
    target=st.integers(60, 3_600), extension=st.integers(0, 3_600),
)  # fmt: skip
def test_of_any_time_at_any_share_every_micro_has_an_owner(
    seconds: float, share: int, target: int, extension: int
) -> None:
    began = datetime(2026, 2, 10, tzinfo=UTC)
    billed = rules.billed_seconds(began, began + timedelta(seconds=seconds), None, target + extension)
    cost, held = rules.cost_micros(billed), rules.cost_micros(target + extension)
    wage = rules.wage_micros(cost, share)
    assert 1_800 <= cost <= held
    assert 0 <= wage <= cost
    assert wage * 100 <= cost * share < (wage + 1) * 100, "down to the micro, and no further"
    assert billed == min(max(1, billed), target + extension)
    assert billed >= min(seconds, target + extension)


@pytest.mark.promise("qa.money.paid")
def test_the_board_tells_a_tester_what_they_will_earn(house: House) -> None:
    made = test_of(house, allowDurationExtension=False)
    (offer,) = made.tester.get("/jobs").json["data"]
    assert (offer["payUsdPerMinute"], offer["payUsdMax"]) == (0.0648, 0.324)
    assert offer["targetDurationMinutes"] == 5
