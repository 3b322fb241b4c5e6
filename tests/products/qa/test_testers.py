"""Who may test what, and what they and the customer see of each other (ruling 35)."""

import re

import pytest

from chalicelib.kit.table import Key
from tests.core.stand_ins import Notebook
from tests.harness import House
from tests.products.qa.conftest import Hours
from tests.products.qa.people import Customer, Test, customer, test_of, tester


@pytest.mark.promise("qa.claim.first")
def test_one_tester_gets_a_job_and_the_next_is_told_so(house: House) -> None:
    made, other = test_of(house).claimed(), tester(house)
    refused = other.claim(made.job_id)
    assert (refused.status, refused.json["code"]) == (409, "already_taken")
    assert other.get("/jobs").json["data"] == []
    said = {"/extend": {"minutes": 1}, "/submit": {"testerResponse": "It works."}, "/reject": {"reason": "no"}}
    for path in ("", "/abandon", *said):
        answer = other.send(f"/jobs/{made.job_id}{path}", said.get(path), method="POST" if path else "GET")
        assert (path, answer.status, answer.json["code"]) == (path, 404, "job_not_found")


@pytest.mark.promise("qa.claim.first")
def test_whoever_has_a_job_and_claims_it_again_is_told_that_it_was_they(house: House) -> None:
    made = test_of(house).claimed()
    for _ in ("at work", "handed in"):
        refused = made.tester.claim(made.job_id)
        assert (refused.status, refused.json["code"]) == (409, "already_yours")
        made.tester.submit(made.job_id)
    assert tester(house).claim(made.job_id).json["code"] == "already_taken"


@pytest.mark.promise("qa.claim.first")
def test_who_goes_on_with_a_job_that_can_be_taken_is_told_to_claim_it(hours: Hours) -> None:
    made = test_of(hours.house)
    steps = [
        ("extend", {"minutes": 1}),
        ("submit", {"testerResponse": "Fine."}),
        ("abandon", {}),
        ("reject", {"reason": "No."}),
    ]
    for step, words in steps:
        refused = made.tester.send(f"/jobs/{made.job_id}/{step}", words)
        assert (step, refused.status, refused.json["code"]) == (step, 409, "not_claimed")
    hours.pass_unnoticed(hours=2)
    late = made.tester.submit(made.job_id)
    assert (late.status, late.json["code"]) == (404, "job_not_found"), "nobody can claim it any more"


@pytest.mark.promise("qa.claim.one_at_a_time")
def test_a_tester_is_at_one_job_at_a_time_until_it_is_handed_in_or_left(hours: Hours) -> None:
    made = test_of(hours.house).claimed()
    second, third = made.customer.ordered(), made.customer.ordered()
    refused = made.tester.claim(second)
    assert (refused.status, refused.json["code"]) == (409, "tester_has_active_job")
    at_work = made.tester.get(f"/jobs/{made.job_id}").json
    told = {"jobId": made.job_id, "handInBefore": at_work["handInBefore"]}
    assert told.items() <= refused.json.items(), "what to hand in, and when the tester is free at the latest"
    assert made.customer.job(second)["status"] == "waiting"
    hours.pass_by(seconds=10)
    assert made.tester.submit(made.job_id).status == 200
    assert made.tester.claim(second).status == 200, "what is being read is no work any more"
    assert made.tester.abandon(second).status == 200
    assert made.tester.claim(third).status == 200
    hours.house.prove()


@pytest.mark.promise("qa.claim.too_late")
def test_a_job_whose_time_is_over_is_gone_though_nobody_has_noticed_yet(hours: Hours) -> None:
    made = test_of(hours.house)
    hours.pass_unnoticed(hours=2)
    late = made.tester.claim(made.job_id)
    assert (late.status, late.json["code"]) == (410, "job_expired")
    assert made.tester.get(f"/jobs/{made.job_id}").status == 404


@pytest.mark.promise("qa.claim.kyc")
@pytest.mark.parametrize("kyc", ["PENDING", "REJECTED"])
def test_a_tester_without_kyc_is_403(house: House, kyc: str) -> None:
    made = test_of(house)
    house.world.store.update("identity", Key(made.tester.id, "operator"), put={"kyc": kyc})
    refused = made.tester.claim(made.job_id)
    assert (refused.status, refused.json["code"], refused.json["kyc_status"]) == (403, "kyc_required", kyc)
    assert made.job["status"] == "waiting"


@pytest.mark.promise("qa.claim.self_dealing")
def test_nobody_tests_for_an_agent_of_their_own(house: House) -> None:
    own = Customer(house.agent(deposit=100, email="jane@example.com"))
    operator = house.operator(email="Jane@Example.com")
    refused = house.request("POST", f"/api/tester/jobs/{own.ordered()}/claim", headers=operator.headers)
    assert (refused.status, refused.json["code"]) == (403, "self_dealing")


@pytest.mark.promise("qa.ending.suspended")
def test_a_suspended_account_orders_nothing_and_whoever_tests_for_it_goes_on(hours: Hours) -> None:
    made = test_of(hours.house).claimed()
    agent = made.customer.agent
    assert hours.house.admin.do(f"/agents/{agent.id}/suspend").status == 200
    hours.house.drain()
    refused = made.customer.create()
    assert (refused.status, refused.json["code"]) == (403, "account_suspended")
    assert refused.json["message"]
    hours.pass_by(seconds=60)
    assert made.tester.submit(made.job_id).status == 200
    hours.house.drain()
    assert made.tester.earnings() == (0.0648, 0, 0.0648)


@pytest.mark.promise("qa.claim.suspended")
def test_a_suspended_tester_does_nothing_and_their_job_ends_with_its_time(hours: Hours) -> None:
    made = test_of(hours.house).claimed()
    assert hours.house.admin.do(f"/operators/{made.tester.id}/suspend").status == 200
    for answer in (made.tester.submit(made.job_id), made.tester.claim(made.job_id), made.tester.get("/jobs")):
        assert (answer.status, answer.json["code"]) == (403, "account_suspended")
    hours.pass_by(minutes=10)
    assert made.job["reason"] == "tester_overtime"
    assert made.customer.balance() == (100, 0)


@pytest.mark.promise("qa.tester.alias")
def test_a_tester_is_the_same_to_one_account_and_somebody_else_to_another(house: House) -> None:
    made = test_of(house)
    second = Test(house, made.customer, made.tester, made.customer.ordered())
    someone = customer(house)
    third = Test(house, someone, made.tester, someone.ordered())
    fourth = Test(house, someone, tester(house), someone.ordered())
    seen = []
    for one in (made, second, third, fourth):
        one.claimed()
        seen.append((one.job["testerAlias"], one.job["testerColor"]))
        assert made.tester.abandon(one.job_id).status in (200, 404)
    first, again, elsewhere, other = seen
    assert first == again
    assert len({first, elsewhere, other}) == 3
    for alias, colour in seen:
        assert re.fullmatch(r"Tester [A-Z][a-z]+ \d\d", alias)
        assert re.fullmatch("#[0-9A-F]{6}", colour)
    for text in ("Jane", "@example.com", made.tester.id):
        assert text not in made.customer.get(f"/job/{made.job_id}").text


def test_an_avatar_is_a_picture_that_anybody_may_see(house: House) -> None:
    drawn = house.request("GET", "/api/avatars/0123456789abcdef")
    assert (drawn.status, drawn.headers["content-type"]) == (200, "image/svg+xml")
    assert drawn.text.startswith("<svg ")
    assert "<rect" in drawn.text
    assert "script" not in drawn.text
    other = house.request("GET", "/api/avatars/fedcba9876543210")
    assert other.text != drawn.text
    assert house.request("GET", "/api/avatars/nobody").status == 404


@pytest.mark.promise("qa.feed.shown")
def test_the_feed_shows_what_a_tester_has_to_know_and_nothing_of_the_customer(house: House) -> None:
    made = test_of(
        house, screenSize="mobile", outputSchema={"works": {"type": "boolean"}}, repoName="octocat/secret-shop",
        additionalValidationInstructions="Be strict about the header.",
    )  # fmt: skip
    page = made.tester.get("/jobs")
    (offer,) = page.json["data"]
    assert offer == {
        "id": made.job_id, "status": "waiting", "title": "Buy a pencil.", "url": "https://shop.example.com",
        "description": "Buy a pencil.\nUse any card.", "targetDurationMinutes": 5, "payUsdPerMinute": 0.0648,
        "payUsdMax": 3.888, "screenSize": {"width": 375, "height": 667}, "createdAt": offer["createdAt"],
        "claimBefore": offer["claimBefore"],
    }  # fmt: skip
    assert made.tester.get(f"/jobs/{made.job_id}").json == offer
    told = page.text + made.claimed().tester.get(f"/jobs/{made.job_id}").text
    for hidden in ("octocat", "Be strict", made.customer.agent.id, "@example.com"):
        assert hidden not in told


@pytest.mark.promise("qa.feed.brief")
@pytest.mark.parametrize("settings", [{"SLACK_WEBHOOK_URL": "https://hooks.slack.example/services/T0/B0/secret"}])
def test_before_a_claim_everybody_is_shown_the_beginning_and_after_it_one_tester_is_shown_all(house: House) -> None:
    slack, begun = Notebook(), f"{'Buy a pencil. ' * 20} Look closely.\n".ljust(300, ".")
    whole, url = f"{begun}jane with hunter2.", "https://jane:hunter2@shop.example.com?page=@pencils"
    with house.living_in(courier=slack):
        made = test_of(house, description=whole, url=url)
    (offer,) = made.tester.get("/jobs").json["data"]
    assert (offer["description"], offer["url"]) == (f"{begun}…", "https://shop.example.com?page=@pencils")
    assert made.tester.get(f"/jobs/{made.job_id}").json == offer
    ((_, _, told),) = slack.carried
    assert "Look closely" in told.decode()
    assert "hunter2" not in told.decode() + str(offer)
    mine = made.tester.claim(made.job_id).json
    assert (mine["description"], mine["url"]) == (whole, url)
    assert made.tester.get(f"/jobs/{made.job_id}").json["description"] == whole
    assert made.job["description"] == whole


@pytest.mark.promise("qa.feed.mine")
def test_a_testers_own_list_says_how_each_job_stands(hours: Hours) -> None:
    made = test_of(hours.house).claimed()
    hours.pass_by(seconds=100)
    made.tester.submit(made.job_id)
    hours.house.drain()
    second = made.customer.ordered()
    made.tester.claim(second)
    made.tester.abandon(second)
    rows = made.tester.get("/jobs?scope=mine").json
    assert rows["pagination"]["total"] == 2
    assert {(row["id"], row["status"], row["reason"], row["payUsd"]) for row in rows["data"]} == {
        (made.job_id, "completed", None, 0.108), (second, "abandoned", "tester_abandoned", None),
    }  # fmt: skip
    assert tester(hours.house).get("/jobs?scope=mine").json["data"] == []
    assert made.tester.get("/jobs?scope=all").status == 400
