"""The same day with a bad connection, and with somebody who was faster."""

from playwright.sync_api import Route, expect

from tests.browser.conftest import Agent, Visit
from tests.browser.steps import choose, post, register, shoot, status, take


def test_a_lost_answer_is_asked_for_again_and_done_once(visit: Visit, agent: Agent) -> None:
    title = "Photograph the timetable"
    task_id = post(agent, title=title)
    page = visit.at("")
    register(page)
    page.get_by_role("link", name=title).first.click()
    keys: list[str] = []

    def lose_the_first_answer(route: Route) -> None:
        keys.append(str(route.request.header_value("idempotency-key")))
        if len(keys) == 1:
            route.fetch()  # It is done, and nobody hears of it.
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route("**/accept", lose_the_first_answer)
    page.get_by_role("button", name="Accept this task").click()
    expect(page.get_by_text("It is yours. Good luck.")).to_be_visible()
    assert len(keys) == 2
    assert len(set(keys)) == 1, "the same key both times"
    assert status(agent, task_id) == "ACCEPTED"
    assert page.evaluate("Object.keys(localStorage).filter(one => one.startsWith('byhand.key.'))") == []


def test_a_photo_that_did_not_get_through_is_tried_again(visit: Visit, agent: Agent) -> None:
    title = "Photograph the menu"
    post(agent, title=title)
    page = visit.at("")
    register(page)
    take(visit, title)
    page.get_by_role("link", name="Hand in proof").click()
    lost: list[str] = []

    def lose_the_first(route: Route) -> None:
        if route.request.method == "PUT" and not lost:
            lost.append(route.request.url)
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route("**/uploads/**", lose_the_first)
    choose(page)
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("1 of 1 uploaded")).to_be_visible()
    assert len(lost) == 1


def test_offline_is_told_and_ends_by_itself(visit: Visit, agent: Agent) -> None:
    page = visit.at("")
    register(page)
    page.context.set_offline(True)
    page.get_by_role("link", name="My work").click()
    expect(page.locator("#connection")).to_contain_text("offline")
    shoot(page, "9-offline")
    page.context.set_offline(False)
    expect(page.get_by_role("heading", name="My work")).to_be_visible()
    expect(page.locator("#connection")).to_be_empty()


def test_a_refusal_is_told_in_its_own_words_with_the_way_on(visit: Visit, agent: Agent) -> None:
    title = "Deliver the parcel"
    task_id = post(agent, title=title)
    page = visit.at("")
    register(page)
    page.get_by_role("link", name=title).first.click()
    button = page.get_by_role("button", name="Accept this task")
    expect(button).to_be_visible()
    agent.ask("POST", f"/tasks/{task_id}/cancel")
    button.click()
    expect(page.get_by_role("alert")).to_contain_text("choose something else")
    shoot(page, "9-refused")


def test_an_address_that_is_no_screen_shows_where_work_is(visit: Visit) -> None:
    page = visit.at("")
    register(page)
    for place in ("#/task/%", "#/task/%2e%2e", "#/task/../../admin", "#/nowhere"):
        visit.at(f"/{place}")
        expect(page.get_by_role("heading", name="Find work")).to_be_visible()
    assert not [url for url, *_ in visit.sent.requests if "admin" in url or ".." in url]
    assert not [line for line in visit.said if "Error" in line]
