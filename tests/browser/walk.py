"""An operator's day in a real browser, at a phone's size, against the whole local stack. `make browser` runs it."""

import os
import re
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from local.pictures import picture
from tests.browser.conftest import Agent, Visit

SHOTS = os.environ.get("BYHAND_SHOTS")
TITLE = "Verify storefront signage"


def _post(agent: Agent, **words: Any) -> str:
    order = {
        "title": TITLE,
        "description": "Take a clear photo of the sign at 123 Main St.\nThe whole sign, please.",
        "location": {"lat": 40.7128, "lng": -74.006, "address": "123 Main St, New York, NY"},
        "reward_usd": 25,
        "deadline": (datetime.now(UTC) + timedelta(days=1, hours=5)).isoformat(),
        "proof_requirements": ["Photo of storefront sign", "The door number can be read"],
        "task_type": "VERIFICATION",
        **words,
    }
    return str(agent.ask("POST", "/tasks", json=order)["task_id"])


def _status(agent: Agent, task_id: str) -> str:
    return str(agent.ask("GET", f"/tasks/{task_id}")["status"])


def _register(page: Page, name: str = "Jane Doe") -> None:
    card = page.locator("form", has_text="I am new here")
    card.get_by_label("Name").fill(name)
    card.get_by_label("E-mail").fill(f"jane-{os.urandom(4).hex()}@example.com")
    card.get_by_label("City (optional)").fill("New York")
    card.get_by_role("button", name="Register").click()
    expect(page.get_by_role("heading", name="Find work")).to_be_visible()


def _shoot(page: Page, name: str) -> None:
    """Keep a picture of the screen, for people, where BYHAND_SHOTS says."""
    if SHOTS:
        Path(SHOTS).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


def _check_fits(page: Page) -> None:
    """Nothing is wider than the screen, and whatever can be pressed is as large as a thumb and has a name."""
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, f"the page is {wide} px wider than the screen"
    small = page.evaluate(
        """[...document.querySelectorAll('a:not(.skip), button, label.button, summary')]
        .filter(one => one.checkVisibility()).map(one => [one.textContent, one.getBoundingClientRect()])
        .filter(([, box]) => box.height < 44 || box.width < 44).map(([text]) => text)"""
    )
    assert small == []
    nameless = page.evaluate(
        """[...document.querySelectorAll('input, textarea')]
        .filter(one => !one.labels?.length && !one.ariaLabel).map(one => one.outerHTML)"""
    )
    assert nameless == []


def _take(visit: Visit, title: str = TITLE) -> None:
    visit.page.get_by_role("link", name=title).first.click()
    visit.page.get_by_role("button", name="Accept this task").click()
    expect(visit.page.get_by_text("It is yours. Good luck.")).to_be_visible()
    expect(visit.page.get_by_role("link", name="Hand in")).to_be_visible()


def _choose(page: Page, count: int = 1) -> None:
    """What the camera gives the page."""
    files = [
        {"name": f"photo-{n}.png", "mimeType": "image/png", "buffer": picture("PNG", (640, 480))} for n in range(count)
    ]
    page.locator("input[capture]").set_input_files(files)


def test_from_registration_to_completed(visit: Visit, agent: Agent) -> None:
    task_id = _post(agent)
    page = visit.at("")
    expect(page.get_by_role("heading", name="Get paid for small jobs")).to_be_visible()
    _shoot(page, "1-sign-in")
    _check_fits(page)
    _register(page)
    expect(page.get_by_text("keep it, it is how you sign in again")).to_be_visible()
    _shoot(page, "2-feed")
    _check_fits(page)
    page.get_by_role("link", name=TITLE).first.click()
    expect(page.get_by_text("You see the address when you have accepted.")).to_be_visible()
    _shoot(page, "3-open-task")
    page.get_by_role("button", name="Accept this task").click()
    expect(page.get_by_text("123 Main St, New York, NY")).to_be_visible()
    assert _status(agent, task_id) == "ACCEPTED"
    page.get_by_label("Photo of storefront sign").check()
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_text("From now on the agent cannot cancel.")).to_be_visible()
    assert _status(agent, task_id) == "IN_PROGRESS"
    expect(page.get_by_label("Photo of storefront sign")).to_be_checked()
    _shoot(page, "4-my-task")
    _check_fits(page)
    page.get_by_role("link", name="Hand in proof").click()
    _choose(page, 2)
    expect(page.get_by_text("2 of 2 uploaded")).to_be_visible()
    page.get_by_label("Notes (optional)").fill("Sign confirmed at location")
    _shoot(page, "5-hand-in")
    _check_fits(page)
    page.get_by_role("button", name="Hand in").click()
    expect(page.get_by_text("Done. $25.00 is yours.")).to_be_visible()
    _shoot(page, "6-done")
    shown = agent.ask("GET", f"/tasks/{task_id}")
    assert (shown["status"], len(shown["proof"]["photos"]), shown["proof"]["notes"]) == (
        "COMPLETED",
        2,
        "Sign confirmed at location",
    )
    page.get_by_role("link", name="My tasks").click()
    expect(page.locator(".chip", has_text="Done")).to_be_visible()
    _shoot(page, "7-mine")
    page.get_by_role("link", name="Earnings").click()
    expect(page.locator("dd", has_text="$25.00").first).to_be_visible()
    _shoot(page, "8-earnings")
    _check_fits(page)
    assert visit.said == [], "nothing was logged, and nothing was refused by the policy"


@pytest.mark.parametrize("visit", [{"color_scheme": "dark"}], indirect=True, ids=["dark"])
def test_in_the_dark_words_can_be_read(visit: Visit, agent: Agent) -> None:
    _post(agent)
    page = visit.at("/")
    _register(page)
    _shoot(page, "2-feed-dark")
    _take(visit)
    _shoot(page, "4-my-task-dark")
    dim = page.evaluate(CONTRAST)
    assert dim == [], "every text stands out from its background, by 4.5 to 1"


def test_by_day_words_can_be_read(visit: Visit, agent: Agent) -> None:
    _post(agent)
    page = visit.at("/")
    expect(page.get_by_role("button", name="Register")).to_be_visible()
    assert page.evaluate(CONTRAST) == []
    _register(page)
    assert page.evaluate(CONTRAST) == []
    _take(visit)
    assert page.evaluate(CONTRAST) == []


def test_an_estimate_is_asked_for_and_waits_for_the_agent(visit: Visit, agent: Agent) -> None:
    title = "Count the parked bicycles"
    task_id = _post(agent, title=title, estimate_required=True)
    page = visit.at("")
    _register(page)
    page.get_by_role("link", name=title).first.click()
    page.get_by_label("Hours").fill("2")
    page.get_by_label("Minutes").fill("30")
    _shoot(page, "3-estimate")
    page.get_by_role("button", name="Send my estimate").click()
    expect(page.get_by_text("You said 2 h 30 min.")).to_be_visible()
    agent.ask("POST", f"/tasks/{task_id}/estimate/approve")
    expect(page.get_by_role("link", name="Hand in proof")).to_be_visible()


def test_a_task_is_given_back(visit: Visit, agent: Agent) -> None:
    title = "Look whether the shop is open"
    task_id = _post(agent, title=title)
    page = visit.at("")
    _register(page)
    _take(visit, title)
    page.get_by_text("I cannot do it").click()
    page.get_by_label("Why (optional)").fill("Too far away")
    page.get_by_role("button", name="Give it back").click()
    expect(page.get_by_text("You have given this task back.")).to_be_visible()
    assert _status(agent, task_id) == "PENDING"


def test_words_of_an_agent_stay_words(visit: Visit, agent: Agent) -> None:
    hostile = '<img src=x onerror="document.title=1"><script>document.title=2</script>'
    _post(agent, title=hostile, description=hostile, proof_requirements=[hostile])
    page = visit.at("")
    _register(page)
    page.get_by_role("link", name=hostile).first.click()
    expect(page.get_by_role("heading", name=hostile)).to_be_visible()
    expect(page.locator("main img, main script")).to_have_count(0)
    assert visit.said == []


def test_a_lost_answer_is_asked_for_again_and_done_once(visit: Visit, agent: Agent) -> None:
    title = "Photograph the timetable"
    task_id = _post(agent, title=title)
    page = visit.at("")
    _register(page)
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
    assert _status(agent, task_id) == "ACCEPTED"
    assert page.evaluate("Object.keys(localStorage).filter(one => one.startsWith('byhand.key.'))") == []


def test_a_photo_that_did_not_get_through_is_tried_again(visit: Visit, agent: Agent) -> None:
    title = "Photograph the menu"
    _post(agent, title=title)
    page = visit.at("")
    _register(page)
    _take(visit, title)
    page.get_by_role("link", name="Hand in proof").click()
    lost: list[str] = []

    def lose_the_first(route: Route) -> None:
        if route.request.method == "PUT" and not lost:
            lost.append(route.request.url)
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route("**/uploads/**", lose_the_first)
    _choose(page)
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("1 of 1 uploaded")).to_be_visible()
    assert len(lost) == 1


def test_offline_is_told_and_ends_by_itself(visit: Visit, agent: Agent) -> None:
    page = visit.at("")
    _register(page)
    page.context.set_offline(True)
    page.get_by_role("link", name="My tasks").click()
    expect(page.locator("#connection")).to_contain_text("offline")
    _shoot(page, "9-offline")
    page.context.set_offline(False)
    expect(page.get_by_role("heading", name="My tasks")).to_be_visible()
    expect(page.locator("#connection")).to_be_empty()


def test_a_refusal_is_told_in_its_own_words_with_the_way_on(visit: Visit, agent: Agent) -> None:
    title = "Deliver the parcel"
    task_id = _post(agent, title=title)
    page = visit.at("")
    _register(page)
    page.get_by_role("link", name=title).first.click()
    button = page.get_by_role("button", name="Accept this task")
    expect(button).to_be_visible()
    agent.ask("POST", f"/tasks/{task_id}/cancel")
    button.click()
    expect(page.get_by_role("alert")).to_contain_text("choose another task")
    _shoot(page, "9-refused")


def test_signing_out_leaves_nothing_behind_and_an_id_signs_in_again(visit: Visit) -> None:
    page = visit.at("")
    _register(page)
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
    _post(agent)
    page = visit.at("")
    _register(page)
    expect(page.get_by_role("link", name=TITLE).first).to_be_visible()
    for _ in range(12):
        page.keyboard.press("Tab")
        if TITLE in str(page.evaluate("document.activeElement.textContent")):
            break
        time.sleep(0.02)
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=TITLE)).to_be_focused()


# Every text with less contrast to what lies behind it than WCAG's 4.5 to 1 (AA); opaque colours are all we use.
CONTRAST = """
(() => {
  const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((c) => c / 255)
    .map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, at) => sum + c * [0.2126, 0.7152, 0.0722][at], 0);
  const behind = (one) => {
    for (let at = one; at; at = at.parentElement) {
      const colour = rgb(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] > 0) return colour;
    }
    return matchMedia('(prefers-color-scheme: dark)').matches ? [0, 0, 0] : [255, 255, 255];
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const dim = [];
  while (walker.nextNode()) {
    const one = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !one.checkVisibility() || one.closest(':disabled, noscript')) continue;
    const [a, b] = [light(rgb(getComputedStyle(one).color)), light(behind(one))].sort((x, y) => y - x);
    if ((a + 0.05) / (b + 0.05) < 4.5) dim.push(walker.currentNode.data);
  }
  return dim;
})()
"""
