"""An operator's day in a real browser, at a phone's size, against the whole local stack. `make browser` runs it."""

import re
import time

import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import Agent, Visit
from tests.browser.steps import CONTRAST, TITLE, check_fits, choose, post, register, shoot, status, take


def test_from_registration_to_completed(visit: Visit, agent: Agent) -> None:
    task_id = post(agent)
    page = visit.at("")
    expect(page.get_by_role("heading", name="Get paid for small jobs")).to_be_visible()
    shoot(page, "1-sign-in")
    check_fits(page)
    register(page)
    expect(page.get_by_text("keep it, it is how you sign in again")).to_be_visible()
    shoot(page, "2-feed")
    check_fits(page)
    page.get_by_role("link", name=TITLE).first.click()
    expect(page.get_by_text("You see the address when you have accepted.")).to_be_visible()
    shoot(page, "3-open-task")
    page.get_by_role("button", name="Accept this task").click()
    expect(page.get_by_text("123 Main St, New York, NY")).to_be_visible()
    assert status(agent, task_id) == "ACCEPTED"
    page.get_by_label("Photo of storefront sign").check()
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_text("From now on the agent cannot cancel.")).to_be_visible()
    assert status(agent, task_id) == "IN_PROGRESS"
    expect(page.get_by_label("Photo of storefront sign")).to_be_checked()
    shoot(page, "4-my-task")
    check_fits(page)
    page.get_by_role("link", name="Hand in proof").click()
    choose(page, 2)
    expect(page.get_by_text("2 of 2 uploaded")).to_be_visible()
    page.get_by_label("Notes (optional)").fill("Sign confirmed at location")
    shoot(page, "5-hand-in")
    check_fits(page)
    page.get_by_role("button", name="Hand in").click()
    expect(page.get_by_text("Done. $25.00 is yours.")).to_be_visible()
    shoot(page, "6-done")
    shown = agent.ask("GET", f"/tasks/{task_id}")
    assert (shown["status"], len(shown["proof"]["photos"]), shown["proof"]["notes"]) == (
        "COMPLETED",
        2,
        "Sign confirmed at location",
    )
    page.get_by_role("link", name="My work").click()
    expect(page.locator(".chip", has_text="Done")).to_be_visible()
    shoot(page, "7-mine")
    page.get_by_role("link", name="Earnings").click()
    expect(page.locator("dd", has_text="$25.00").first).to_be_visible()
    shoot(page, "8-earnings")
    check_fits(page)
    assert visit.said == [], "nothing was logged, and nothing was refused by the policy"


@pytest.mark.parametrize("visit", [{"color_scheme": "dark"}], indirect=True, ids=["dark"])
def test_in_the_dark_words_can_be_read(visit: Visit, agent: Agent) -> None:
    post(agent)
    page = visit.at("/")
    register(page)
    shoot(page, "2-feed-dark")
    take(visit)
    shoot(page, "4-my-task-dark")
    dim = page.evaluate(CONTRAST)
    assert dim == [], "every text stands out from its background, by 4.5 to 1"


def test_by_day_words_can_be_read(visit: Visit, agent: Agent) -> None:
    post(agent)
    page = visit.at("/")
    expect(page.get_by_role("button", name="Register")).to_be_visible()
    assert page.evaluate(CONTRAST) == []
    register(page)
    assert page.evaluate(CONTRAST) == []
    take(visit)
    assert page.evaluate(CONTRAST) == []


def test_an_estimate_is_asked_for_and_waits_for_the_agent(visit: Visit, agent: Agent) -> None:
    title = "Count the parked bicycles"
    task_id = post(agent, title=title, estimate_required=True)
    page = visit.at("")
    register(page)
    page.get_by_role("link", name=title).first.click()
    page.get_by_label("Hours").fill("2")
    page.get_by_label("Minutes").fill("30")
    shoot(page, "3-estimate")
    page.get_by_role("button", name="Send my estimate").click()
    expect(page.get_by_text("You said 2 h 30 min.")).to_be_visible()
    agent.ask("POST", f"/tasks/{task_id}/estimate/approve")
    expect(page.get_by_role("link", name="Hand in proof")).to_be_visible()


def test_a_task_is_given_back(visit: Visit, agent: Agent) -> None:
    title = "Look whether the shop is open"
    task_id = post(agent, title=title)
    page = visit.at("")
    register(page)
    take(visit, title)
    page.get_by_text("I cannot do it").click()
    page.get_by_label("Why (optional)").fill("Too far away")
    page.get_by_role("button", name="Give it back").click()
    expect(page.get_by_text("You have given this task back.")).to_be_visible()
    assert status(agent, task_id) == "PENDING"


def test_words_of_an_agent_stay_words(visit: Visit, agent: Agent) -> None:
    hostile = '<img src=x onerror="document.title=1"><script>document.title=2</script>'
    post(agent, title=hostile, description=hostile, proof_requirements=[hostile])
    page = visit.at("")
    register(page)
    page.get_by_role("link", name=hostile).first.click()
    expect(page.get_by_role("heading", name=hostile)).to_be_visible()
    expect(page.locator("main img, main script")).to_have_count(0)
    assert visit.said == []


def test_signing_out_leaves_nothing_behind_and_an_id_signs_in_again(visit: Visit) -> None:
    page = visit.at("")
    register(page)
    operator_id = str(page.evaluate("localStorage.getItem('byhand.operator_id')"))
    assert re.fullmatch("op_[0-9a-z]+", operator_id)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Get paid for small jobs")).to_be_visible()
    assert page.evaluate("[...Object.keys(localStorage), ...Object.keys(sessionStorage)]") == []
    page.get_by_label("Operator id").fill("op_nobody")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("register below")
    page.get_by_label("Operator id").fill(operator_id)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("Hello Jane Doe.")).to_be_visible()


def test_with_a_keyboard_alone_a_task_can_be_reached(visit: Visit, agent: Agent) -> None:
    post(agent)
    page = visit.at("")
    register(page)
    expect(page.get_by_role("link", name=TITLE).first).to_be_visible()
    for _ in range(12):
        page.keyboard.press("Tab")
        if TITLE in str(page.evaluate("document.activeElement.textContent")):
            break
        time.sleep(0.02)
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=TITLE)).to_be_focused()


def test_a_confirmation_is_handed_in_in_words(visit: Visit, agent: Agent) -> None:
    title = "Say whether this text is rude"
    task_id = post(agent, title=title, task_type="CONTENT_REVIEW", location=None, reward_usd=10)
    page = visit.at("")
    register(page)
    page.get_by_role("link", name=title).first.click()
    expect(page.get_by_text("Anywhere, online")).to_be_visible()
    page.get_by_role("button", name="Accept this task").click()
    page.get_by_role("link", name="Hand in proof").click()
    page.get_by_label("What you confirm").fill("It is not rude.")
    page.get_by_label("A link that shows it (optional)").fill("https://example.com/text")
    page.get_by_role("button", name="Hand in").click()
    expect(page.get_by_text("Handed in. It is being checked now.")).to_be_visible()
    proof = agent.ask("GET", f"/tasks/{task_id}")["proof"]
    assert (proof["confirmation_text"], proof["reference_url"]) == ("It is not rude.", "https://example.com/text")


def test_what_is_no_picture_is_not_uploaded_and_nothing_is_handed_in_without_one(visit: Visit, agent: Agent) -> None:
    title = "Photograph the fountain"
    task_id = post(agent, title=title)
    page = visit.at("")
    register(page)
    take(visit, title)
    page.get_by_role("link", name="Hand in proof").click()
    page.get_by_role("button", name="Hand in").click()
    expect(page.get_by_role("alert")).to_contain_text("Take or choose a photo first.")
    page.locator("input[capture]").set_input_files({"name": "a.txt", "mimeType": "text/plain", "buffer": b"no picture"})
    expect(page.get_by_text("This kind of file is not taken.")).to_be_visible()
    page.get_by_role("button", name="Hand in").click()
    expect(page.get_by_role("alert")).to_contain_text("Not all photos are uploaded yet.")
    page.get_by_role("button", name="Remove a.txt").click()
    choose(page)
    expect(page.get_by_text("1 of 1 uploaded")).to_be_visible()
    assert status(agent, task_id) == "ACCEPTED"


def test_where_people_have_tokens_one_signs_in_and_ends_with_the_tab(visit: Visit) -> None:
    """The deployment's answers are made up here: the local stack knows no identity provider."""
    page, token = visit.page, "header.payload.signature"
    asked: list[str | None] = []

    def as_in_live(route: Route) -> None:
        page_of_ours = route.fetch().text()
        assert 'data-sign-in="id"' in page_of_ours
        headers = {"content-type": "text/html"}
        route.fulfill(body=page_of_ours.replace('data-sign-in="id"', 'data-sign-in="token"'), headers=headers)

    def know(route: Route) -> None:
        asked.append(route.request.header_value("authorization"))
        me = {"operator_id": "op_1", "name": "Jane Doe", "kyc_status": "PENDING", "skills": [], "location": {}}
        route.fulfill(json=me | {"data": [], "pagination": {"limit": 20}})

    page.route("**/operator", as_in_live)
    page.route("**/api/v1/operator/**", know)
    page.route("**/api/tester/**", know)
    visit.at("")
    page.locator("form", has_text="forgotten when you close this tab").get_by_label("Token").fill(token)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("Your identity is still being checked.").first).to_be_visible()
    assert set(asked) == {f"Bearer {token}"}
    assert token not in str(page.evaluate("JSON.stringify({...localStorage})"))
    assert token in str(page.evaluate("JSON.stringify({...sessionStorage})"))
    assert not [url for url, *_ in visit.sent.requests if token in url]


def test_a_long_list_goes_on_when_asked(visit: Visit, agent: Agent) -> None:
    title = "Count the trees of the park"
    for _ in range(21):
        post(agent, title=title, reward_usd=10)
    page = visit.at("")
    register(page)
    cards = page.locator(".cards > li")
    expect(cards).to_have_count(20)
    page.get_by_role("button", name="More").click()
    expect(cards.nth(20)).to_be_visible()
    expect(cards.nth(20).get_by_role("link")).to_be_focused()


def test_who_names_skills_sees_their_kinds_and_all_when_asked(visit: Visit, agent: Agent) -> None:
    title = "Bring the parcel to the post office"
    post(agent, title=title, task_type="DELIVERY")
    page = visit.at("")
    register(page)
    expect(page.get_by_role("link", name=title).first).to_be_visible()
    header = {"X-Operator-Id": str(page.evaluate("localStorage.getItem('byhand.operator_id')"))}
    answer = agent.http.patch("/api/v1/operator/me", headers=header, json={"skills": ["INSPECTION"]})
    assert answer.status_code == 200
    page.get_by_role("button", name="Look again").click()
    all_kinds = page.get_by_label("Show all kinds of tasks, not only mine")
    expect(all_kinds).to_be_visible()
    expect(page.get_by_role("link", name=title)).to_have_count(0)
    all_kinds.check()
    expect(page.get_by_role("link", name=title).first).to_be_visible()


def test_proof_that_was_not_enough_is_handed_in_again(visit: Visit, agent: Agent) -> None:
    title = "Photograph all three entrances"
    task_id = post(agent, title=title, proof_requirements=["North entrance", "East entrance", "South entrance"])
    page = visit.at("")
    register(page)
    take(visit, title)
    page.get_by_role("link", name="Hand in proof").click()
    choose(page)
    expect(page.get_by_text("1 of 1 uploaded")).to_be_visible()
    page.get_by_role("button", name="Hand in").click()
    expect(page.get_by_text("Your proof was not enough.")).to_be_visible()
    expect(page.get_by_text("Not found: no picture for this requirement").first).to_be_visible()
    assert status(agent, task_id) == "DISPUTED"
    shoot(page, "12-not-enough")
    page.get_by_role("link", name="Hand in better proof").click()
    choose(page, 3)
    page.get_by_label("Notes (optional)").fill("All three of them")
    expect(page.get_by_text("3 of 3 uploaded")).to_be_visible()
    page.get_by_role("button", name="Hand in").click()
    expect(page.get_by_text("Done. $25.00 is yours.")).to_be_visible()
    assert status(agent, task_id) == "COMPLETED"
