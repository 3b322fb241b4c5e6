"""The other ways in which a test ends, somebody who was faster, and a report that a bad connection holds up."""

from playwright.sync_api import Route, expect

from tests.browser.conftest import Agent, Visit
from tests.browser.steps import claim, job, leave, order, register, say, shoot


def test_instructions_that_cannot_be_followed_end_a_test(visit: Visit, agent: Agent) -> None:
    job_id = order(agent)
    page = visit.at(f"/#/job/{job_id}")
    register(page, arrives_at="Buy a pencil")
    claim(page)
    page.get_by_text("The instructions cannot be followed").click()
    page.get_by_label("What is wrong with them").fill("The page wants a password.")
    shoot(page, "26-cannot-be-followed")
    page.get_by_role("button", name="End this test").click()
    expect(page.get_by_text("This test is over. Nothing is charged for it, and nothing paid.")).to_be_visible()
    expect(page.get_by_role("heading", name="My work")).to_be_visible()
    expect(page.locator(".chip", has_text="Cannot be done")).to_be_visible()
    told = job(agent, job_id)
    assert (told["status"], told["error"]) == ("rejected", "The page wants a password.")


def test_a_tester_leaves_and_what_they_wrote_is_gone(visit: Visit, agent: Agent) -> None:
    job_id = order(agent)
    page = visit.at(f"/#/job/{job_id}")
    register(page, arrives_at="Buy a pencil")
    claim(page)
    say(page)
    leave(page)
    assert job(agent, job_id)["reason"] == "tester_abandoned"
    assert page.evaluate("Object.keys(localStorage).filter(one => one.startsWith('byhand.draft.'))") == []
    page.get_by_role("link", name="Buy a pencil").click()
    expect(page.get_by_text("You left this test. Nothing is paid.")).to_be_visible()


def test_of_two_testers_one_gets_it_and_the_other_is_told(visit: Visit, another_visit: Visit, agent: Agent) -> None:
    job_id = order(agent)
    first, second = visit.at(f"/#/job/{job_id}"), another_visit.at(f"/#/job/{job_id}")
    register(first, arrives_at="Buy a pencil")
    register(second, "John Roe", arrives_at="Buy a pencil")
    claim(first)
    second.get_by_role("button", name="Claim and begin").click()
    expect(second.get_by_role("alert")).to_contain_text("Go back and choose something else.")
    shoot(second, "27-somebody-was-faster")
    second.reload()
    expect(second.get_by_role("alert")).to_contain_text("Somebody may have been faster")
    leave(first)


def test_whoever_is_at_one_test_is_told_where_it_is(visit: Visit, agent: Agent) -> None:
    begun, wanted = order(agent, "Read the menu"), order(agent, "Read the prices")
    page = visit.at(f"/#/job/{begun}")
    register(page, arrives_at="Read the menu")
    claim(page)
    visit.at(f"/#/job/{wanted}")
    page.get_by_role("button", name="Claim and begin").click()
    expect(page.get_by_role("alert")).to_contain_text("You find it under My work.")
    page.get_by_role("link", name="My work").click()
    expect(page.locator(".card", has_text="At work")).to_contain_text("min left")
    page.get_by_role("link", name="Read the menu").click()
    say(page)
    page.get_by_role("button", name="Hand in").click()
    expect(page.get_by_text("Done. $")).to_be_visible()
    visit.at(f"/#/job/{wanted}")
    claim(page)
    say(page, "So far so good.")
    visit.at(f"/#/job/{begun}")
    expect(page.get_by_text("Done. $")).to_be_visible()
    visit.at(f"/#/job/{wanted}")
    expect(page.get_by_label("What you did and what you saw")).to_have_value("So far so good.")
    leave(page)


def test_a_report_handed_in_without_a_connection_arrives_once(visit: Visit, agent: Agent) -> None:
    job_id = order(agent)
    page = visit.at(f"/#/job/{job_id}")
    register(page, arrives_at="Buy a pencil")
    claim(page)
    say(page)
    keys: list[str] = []

    def lose_the_first_answer(route: Route) -> None:
        keys.append(str(route.request.header_value("idempotency-key")))
        if len(keys) == 1:
            route.fetch()  # It is in, and nobody hears of it.
            route.abort("connectionreset")
        else:
            route.continue_()

    page.context.set_offline(True)
    page.get_by_role("button", name="Hand in").click()
    expect(page.locator("#connection")).to_contain_text("offline")
    page.route("**/submit", lose_the_first_answer)
    page.context.set_offline(False)
    expect(page.get_by_text("Done. $")).to_be_visible()
    assert len(keys) >= 2
    assert len(set(keys)) == 1, "the same deed every time"
    assert job(agent, job_id)["status"] == "completed"


def test_when_time_is_up_the_page_says_so(visit: Visit, agent: Agent) -> None:
    """The hour that passes is the deployment's: its clock is moved, the phone's is not."""
    job_id = order(agent, maxExtensionMinutes=0, targetDurationMinutes=1)
    page = visit.at(f"/#/job/{job_id}")
    register(page, arrives_at="Buy a pencil")
    claim(page)
    expect(page.get_by_text("I need more time")).to_have_count(0)
    agent.ask("POST", "/test/clock", json={"advance_seconds": 120})
    page.reload()
    expect(page.get_by_text("Time is up, and nothing more is paid.")).to_be_visible()
    shoot(page, "30-time-is-up")
    agent.ask("POST", "/test/clock", json={"advance_seconds": 3_600})
    page.reload()
    expect(page.get_by_text("Nothing was handed in in time, so nothing is paid.")).to_be_visible()
    assert job(agent, job_id)["reason"] == "tester_overtime"
