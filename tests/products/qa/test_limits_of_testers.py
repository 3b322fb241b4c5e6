"""What keeps testers and customers from harming each other: nobody ends one job after the other, nobody is known."""

import pytest

from chalicelib.core.board import store as board
from chalicelib.kit import clock
from tests.harness import House
from tests.products.qa.people import customer, test_of, tester
from tests.proofs import order


@pytest.mark.parametrize("settings", [{"GIVE_BACKS_PER_DAY": "2"}])
@pytest.mark.parametrize("way", ["abandon", "reject", "overrun"])
def test_who_has_left_as_many_as_one_may_claims_no_more_that_day(house: House, way: str) -> None:
    someone, jane = customer(house), tester(house)
    for number in range(3):
        job_id = someone.ordered(description=f"Test {number}", maxExtensionMinutes=0, targetDurationMinutes=1)
        claimed = jane.claim(job_id)
        if number == 2:
            assert (claimed.status, claimed.json["code"]) == (409, "too_many_give_backs")
            tomorrow = clock.next_day(house.world.now())
            assert (claimed.json["most"], claimed.json["again_at"]) == (2, clock.iso(tomorrow))
            assert tester(house).claim(job_id).status == 200, "another tester has left none"
            break
        assert claimed.status == 200
        if way == "overrun":
            house.advance(minutes=6.1)
            assert someone.job(job_id)["reason"] == "tester_overtime"
        else:
            assert (jane.abandon(job_id) if way == "abandon" else jane.reject(job_id)).status == 200
    house.advance(days=1)
    assert jane.claim(someone.ordered()).status == 200


def test_a_job_without_extensions_says_that_it_allows_none(house: House) -> None:
    for limit in ({"allowDurationExtension": False}, {"maxExtensionMinutes": 0}):
        made = test_of(house, **limit).claimed()
        refused = made.tester.extend(made.job_id, 1)
        assert (refused.status, refused.json["problem"]) == (400, "this test allows no extensions")


def test_days_on_which_one_left_are_kept_as_long_as_they_count(house: House) -> None:
    someone, jane = customer(house), tester(house)

    def days() -> list[str]:
        load = house.world.store.get(board.TABLE, board.load_row(jane.id)) or {}
        return [name for name in load if name.startswith(board.GAVE_BACK)]

    for way in ("abandon", "overrun", "reject", "overrun", "abandon"):
        job_id = someone.ordered(maxExtensionMinutes=0, targetDurationMinutes=1)
        assert jane.claim(job_id).status == 200
        assert days() == []
        if way == "overrun":
            house.advance(minutes=6.1)
        else:
            assert (jane.abandon(job_id) if way == "abandon" else jane.reject(job_id)).status == 200
        assert len(days()) == 1
        house.advance(days=1)


def test_nobody_is_told_who_a_tester_is(house: House) -> None:
    made = test_of(house).completed()
    house.advance(days=7)
    told = [row for row in order.scan(house.world.store, "events") if row["pk"] == made.customer.agent.id]
    assert "job.earnings_available" in {row["type"] for row in told}
    assert made.tester.id not in str(told)
    assert made.tester.id not in str(made.job)
