"""What somebody on a phone does with the page, and what people must be able to do with every screen of it."""

import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from local.pictures import picture
from tests.browser.conftest import Agent, Visit

SHOTS = os.environ.get("BYHAND_SHOTS")
TITLE = "Verify storefront signage"
PENCILS = "https://shop.example.com/pencils"
PATIENCE_SECONDS = 15
SAID = "I bought a pencil. The confirmation number was 12."


def post(agent: Agent, **words: Any) -> str:
    """Post a task worth doing; its id."""
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


def status(agent: Agent, task_id: str) -> str:
    """Where a task stands, as its agent sees it."""
    return str(agent.ask("GET", f"/tasks/{task_id}")["status"])


def order(agent: Agent, title: str = "Buy a pencil", **words: Any) -> str:
    """Order a test, and wait until testers can see it; its id."""
    asked = {"url": PENCILS, "description": f"{title}\nUse any card. Tell the confirmation number.", **words}
    key = {"Idempotency-Key": f"order-{os.urandom(8).hex()}"}
    made = agent.http.post("/api/jobs", headers=agent.headers | key, json=asked)
    assert made.status_code == 201, made.text
    job_id = str(made.json()["jobId"])
    for _ in range(PATIENCE_SECONDS * 10):
        if job(agent, job_id)["status"] == "waiting":
            break
        time.sleep(0.1)
    return job_id


def job(agent: Agent, job_id: str) -> dict[str, Any]:
    """A test as its agent sees it."""
    return agent.ask("GET", f"/job/{job_id}", root="/api")


def claim(page: Page) -> None:
    """Begin with the test whose screen this is."""
    page.get_by_role("button", name="Claim and begin").click()
    expect(page.get_by_text("It is yours. The clock runs.")).to_be_visible()
    expect(page.get_by_role("heading", name="Your report")).to_be_visible()


def say(page: Page, words: str = SAID) -> None:
    """Write the report in one's own words."""
    page.get_by_label("What you did and what you saw").fill(words)


def screenshots(page: Page, count: int = 1) -> None:
    """Choose some screenshots."""
    shots = [{"name": f"shot-{n}.png", "mimeType": "image/png", "buffer": picture()} for n in range(count)]
    page.get_by_label("Choose screenshots").set_input_files(shots)


def leave(page: Page) -> None:
    """End the test whose screen this is, without a report."""
    page.get_by_text("I have to stop").click()
    page.get_by_role("button", name="Leave this test").click()
    expect(page.get_by_role("heading", name="My work")).to_be_visible()


def register(page: Page, name: str = "Jane Doe", arrives_at: str = "Find work") -> None:
    """Come in as somebody new."""
    card = page.locator("form", has_text="I am new here")
    card.get_by_label("Name").fill(name)
    card.get_by_label("E-mail").fill(f"jane-{os.urandom(4).hex()}@example.com")
    card.get_by_label("City (optional)").fill("New York")
    card.get_by_role("button", name="Register").click()
    expect(page.get_by_role("heading", name=arrives_at)).to_be_visible()


def shoot(page: Page, name: str) -> None:
    """Keep a picture of the screen, for people, where BYHAND_SHOTS says."""
    if SHOTS:
        Path(SHOTS).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


def check_fits(page: Page) -> None:
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


def take(visit: Visit, title: str = TITLE) -> None:
    """Open a task of the feed and accept it."""
    visit.page.get_by_role("link", name=title).first.click()
    visit.page.get_by_role("button", name="Accept this task").click()
    expect(visit.page.get_by_text("It is yours. Good luck.")).to_be_visible()
    expect(visit.page.get_by_role("link", name="Hand in")).to_be_visible()


def choose(page: Page, count: int = 1) -> None:
    """What the camera gives the page."""
    files = [
        {"name": f"photo-{n}.png", "mimeType": "image/png", "buffer": picture("PNG", (640, 480))} for n in range(count)
    ]
    page.locator("input[capture]").set_input_files(files)


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
