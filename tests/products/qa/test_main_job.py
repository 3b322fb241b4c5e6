"""One job from order to pay, through the doors."""

from tests.harness import House
from tests.products.qa.people import SAID, test_of


def test_a_job_is_ordered_claimed_handed_in_read_and_paid(house: House) -> None:
    made = test_of(house, outputSchema={"works": {"type": "boolean", "description": "Does it work?"}})
    assert made.job["status"] == "waiting"
    assert made.customer.balance() == (93.52, 6.48)
    mine = made.tester.claim(made.job_id)
    assert (mine.status, mine.json["status"], mine.json["form"][0]["name"]) == (200, "working", "works")
    house.advance(seconds=220)
    handed_in = made.tester.submit(made.job_id, answers={"works": True}, passed=True, testDurationSeconds=220)
    assert handed_in.json["status"] == "working"
    house.drain()
    job = made.job
    assert job["status"] == "completed"
    assert (job["costUsd"], job["testDurationSeconds"], job["testerResponse"]) == (0.396, 220, SAID)
    assert job["result"]["success"] is True
    assert job["result"]["data"] == {"works": True}
    assert made.customer.balance() == (99.604, 0)
    assert made.tester.earnings() == (0.2376, 0, 0.2376)
    house.advance(days=7)
    assert made.tester.earnings() == (0, 0.2376, 0.2376)
    house.prove()
