"""Tasks and tests in one list, however their pages come."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Route, expect

from tests.browser.conftest import Agent, Visit
from tests.browser.steps import PENCILS, check_fits, claim, job, leave, order, post, register, shoot


def test_tasks_and_tests_stand_in_one_list_newest_first(visit: Visit, agent: Agent) -> None:
    post(agent, title="Count the benches")
    job_id = order(agent, "Sign up for news")
    post(agent, title="Count the fountains")
    page = visit.at("")
    register(page)
    titles = page.locator(".cards strong")
    expect(titles.nth(0)).to_have_text("Count the fountains")
    expect(titles.nth(1)).to_have_text("Sign up for news")
    expect(titles.nth(2)).to_have_text("Count the benches")
    shoot(page, "31-one-list")
    check_fits(page)
    page.get_by_role("link", name="Sign up for news").click()
    claim(page)
    leave(page)
    assert job(agent, job_id)["status"] == "abandoned"


def test_pages_of_both_kinds_are_merged_and_an_empty_page_holds_nothing_up(visit: Visit) -> None:
    """The pages are made up here: which comes when decides the order, and is nothing that a real one can be told."""
    page = visit.at("")
    register(page)
    tests = {"": (range(58, 18, -2), "more"), "more": (range(18, 0, -2), None)}
    tasks = {"": (range(59, 39, -2), "empty"), "empty": ((), "rest"), "rest": (range(9, 0, -2), None)}

    def answer(route: Route, pages: dict[str, tuple[Any, str | None]], row: Callable[[int], dict[str, Any]]) -> None:
        rows, then = pages[parse_qs(urlsplit(route.request.url).query).get("cursor", [""])[0]]
        route.fulfill(json={"data": [row(n) for n in rows], "pagination": {"limit": 20, "next_cursor": then}})

    page.route("**/api/tester/jobs*", lambda route: answer(route, tests, _offer))
    page.route("**/api/v1/operator/tasks*", lambda route: answer(route, tasks, _open_task))
    page.get_by_role("button", name="Look again").click()
    titles, more = page.locator(".cards strong"), page.get_by_role("button", name="More")
    expect(titles.nth(0)).to_have_text("Work 59")
    shown = [int(text.split()[1]) for text in titles.all_text_contents()]
    assert shown == list(range(59, 40, -1)), "no further than what is known of both"
    for _ in range(6):
        if not more.count():
            break
        before = titles.count()
        more.click()
        expect(titles.nth(before)).to_be_visible()
    expect(more).to_have_count(0)
    shown = [int(text.split()[1]) for text in titles.all_text_contents()]
    assert sorted(shown, reverse=True) == [*range(59, 39, -1), *range(38, 9, -2), *range(9, 0, -1)]


def _offer(number: int) -> dict[str, Any]:
    return {
        "id": "job_1", "title": f"Work {number}", "url": PENCILS, "payUsdPerMinute": 0.0648,
        "targetDurationMinutes": 5, "createdAt": _minute(number), "claimBefore": _minute(number),
    }  # fmt: skip


def _open_task(number: int) -> dict[str, Any]:
    return {
        "task_id": "task_1", "title": f"Work {number}", "reward_usd": 25, "task_type": "VERIFICATION", "location": {},
        "created_at": _minute(number), "deadline": _minute(number),
    }  # fmt: skip


def _minute(number: int) -> str:
    return f"2026-11-22T10:{number:02}:00.000Z"
