"""A tester's day in a real browser: from the link in a message, over the report, to the pay."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Agent, Visit
from tests.browser.steps import (
    CONTRAST,
    PENCILS,
    SAID,
    check_fits,
    claim,
    job,
    leave,
    order,
    register,
    say,
    screenshots,
    shoot,
)

WANTED = {
    "orderPlaced": {"type": "boolean", "description": "Was the order placed?"},
    "confirmation": {"type": "string", "description": "The confirmation number"},
    "minutes": {"type": "number", "description": "How many minutes did it take?"},
    "problems": {"type": "array", "description": "What was in the way?"},
    "cart": {"type": "object", "description": "What was in the cart, and how much of it"},
}
WEBM = b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm" + bytes(range(256)) * 4_000


def _answer(page: Page) -> None:
    page.get_by_role("group", name="Was the order placed?").get_by_label("Yes").check()
    page.get_by_label("The confirmation number").fill("12")
    page.get_by_label("How many minutes did it take?").fill("3.5")
    page.get_by_label("What was in the way?").fill("A slow page\nA banner")
    page.get_by_label("What was in the cart").fill('{"pencil": 1}')
    page.get_by_role("group", name="Did it work as asked?").get_by_label("Yes").check()


def test_from_the_link_in_a_message_to_the_pay(visit: Visit, agent: Agent) -> None:
    job_id = order(agent, outputSchema=WANTED, screenSize="mobile")
    page = visit.at(f"/#/job/{job_id}")
    register(page, arrives_at="Buy a pencil")
    expect(page.get_by_text("$3.888 at most")).to_be_visible()
    expect(page.get_by_text("On a screen of 375")).to_be_visible()
    shoot(page, "20-open-test")
    check_fits(page)
    claim(page)
    expect(page.get_by_role("timer")).to_contain_text("0:0")
    _check_link(page)
    say(page)
    _answer(page)
    screenshots(page, 2)
    expect(page.get_by_text("2 of 2 uploaded")).to_be_visible()
    page.get_by_label("Choose a recording").set_input_files(
        {"name": "session.webm", "mimeType": "video/webm", "buffer": WEBM}
    )
    expect(page.get_by_text("1 of 1 uploaded")).to_be_visible()
    page.get_by_text("Console log (optional)").click()
    page.get_by_label("Paste it here").fill("[vite] connected.\nTypeError: pencil is undefined")
    shoot(page, "21-at-work")
    check_fits(page)
    assert page.evaluate(CONTRAST) == []
    page.get_by_role("button", name="Hand in").click()
    expect(page.get_by_text("Handed in. It is being read now.")).to_be_visible()
    expect(page.get_by_text("Done. $")).to_be_visible()
    expect(page.get_by_text("It can be paid out after")).to_be_visible()
    shoot(page, "23-test-done")
    check_fits(page)
    shown = job(agent, job_id)
    assert shown["status"] == "completed"
    assert shown["result"]["success"] is True
    assert shown["result"]["data"] == {
        "orderPlaced": True, "confirmation": "12", "minutes": 3.5, "problems": ["A slow page", "A banner"],
        "cart": {"pencil": 1},
    }  # fmt: skip
    _check_captured(agent, shown["testerData"])
    page.get_by_role("link", name="My work").click()
    expect(page.locator(".chip", has_text="Done")).to_be_visible()
    shoot(page, "24-my-work")
    page.get_by_role("link", name="Earnings").click()
    page.get_by_role("link", name="Buy a pencil").click()
    expect(page.get_by_text("Done. $")).to_be_visible()
    assert page.evaluate("Object.keys(localStorage).filter(one => one !== 'byhand.operator_id')") == []
    assert visit.said == [], "nothing was logged, and nothing was refused by the policy"


def _check_link(page: Page) -> None:
    """The page to try opens beside this one, and learns nothing of it."""
    asked: list[str | None] = []

    def answer(route: Route) -> None:
        asked.append(route.request.header_value("referer"))
        route.fulfill(body="<title>Pencils</title>", headers={"content-type": "text/html"})

    page.context.route(PENCILS, answer)
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Open the page").click()
    opened.value.wait_for_load_state()
    assert (opened.value.title(), opened.value.evaluate("opener"), asked) == ("Pencils", None, [None])
    opened.value.close()


def _check_captured(agent: Agent, captured: dict[str, Any]) -> None:
    messages = [one["message"] for one in captured["consoleMessages"]]
    assert messages == ["[vite] connected.", "TypeError: pencil is undefined"]
    assert len(captured["screenshots"]) == 2
    video = agent.http.get(captured["videoUrl"], follow_redirects=True)
    assert (video.headers["content-type"], video.content) == ("video/webm", WEBM)


NARROW = {
    "rating": {"type": "string", "enum": ["good", "bad"], "description": "How was it?"},
    "stars": {"type": "integer", "minimum": 1, "maximum": 5, "description": "How many stars?"},
    "prices": {"type": "array", "items": {"type": "number", "exclusiveMinimum": 0}, "description": "Which prices?"},
    "word": {"type": "string", "maxLength": 5, "description": "In one word"},
}


def test_what_an_answer_is_held_to_stands_beside_its_question(visit: Visit, agent: Agent) -> None:
    asked = {"type": "object", "properties": NARROW, "required": ["rating", "stars", "prices"]}
    job_id = order(agent, outputSchema=asked)
    page = visit.at(f"/#/job/{job_id}")
    register(page, arrives_at="Buy a pencil")
    claim(page)
    say(page)
    still_open = page.get_by_text("Not answered yet. You are paid only if")
    expect(still_open).to_have_count(3)
    assert page.get_by_label("How was it?").locator("option").all_inner_texts() == ["Choose …", "good", "bad"]
    expect(page.get_by_text("A whole number. At least 1, at most 5.")).to_be_visible()
    expect(page.get_by_text("Each is a number. For each: More than 0.")).to_be_visible()
    expect(page.get_by_text("At most 5 letters. Need not be answered.")).to_be_visible()
    shoot(page, "32-narrow-questions")
    check_fits(page)
    assert page.evaluate(CONTRAST) == []
    page.get_by_label("How was it?").select_option("good")
    page.get_by_label("How many stars?").fill("6")
    page.get_by_label("Which prices?").fill("0\n2.50")
    expect(still_open.locator("visible=true")).to_have_count(0)
    page.get_by_role("button", name="Hand in").click()
    assert page.get_by_label("How many stars?").evaluate("input => input.validity.rangeOverflow")
    page.get_by_label("How many stars?").fill("4")
    page.reload()
    expect(page.get_by_label("How was it?").locator("option:checked")).to_have_text("good")
    expect(still_open.locator("visible=true")).to_have_count(0)
    page.get_by_role("button", name="Hand in").click()
    expect(page.get_by_role("alert")).to_contain_text("answers.prices[0]: must be more than 0")
    page.get_by_label("Which prices?").fill("1\n2.50")
    page.get_by_role("button", name="Hand in").click()
    expect(page.get_by_text("Done. $")).to_be_visible()
    assert job(agent, job_id)["result"]["data"] == {"rating": "good", "stars": 4, "prices": [1, 2.5], "word": None}


def test_what_was_typed_and_uploaded_is_there_after_a_reload(visit: Visit, agent: Agent) -> None:
    job_id = order(agent, outputSchema=WANTED)
    page = visit.at(f"/#/job/{job_id}")
    register(page, arrives_at="Buy a pencil")
    claim(page)
    say(page)
    _answer(page)
    screenshots(page)
    expect(page.get_by_text("1 of 1 uploaded")).to_be_visible()
    page.get_by_text("Console log (optional)").click()
    page.get_by_label("Paste it here").fill("[1, 2]")
    page.reload()
    expect(page.get_by_label("What you did and what you saw")).to_have_value(SAID)
    expect(page.get_by_label("The confirmation number")).to_have_value("12")
    expect(page.get_by_role("group", name="Was the order placed?").get_by_label("Yes")).to_be_checked()
    expect(page.get_by_text("1 of 1 uploaded")).to_be_visible()
    shoot(page, "22-restored")
    page.get_by_role("button", name="Hand in").click()
    expect(page.get_by_text("Done. $")).to_be_visible()
    (line,) = job(agent, job_id)["testerData"]["consoleMessages"]
    assert (line["type"], line["message"]) == ("log", "[1, 2]"), "JSON, and nothing that a browser records"
    assert len(job(agent, job_id)["testerData"]["screenshots"]) == 1


def test_more_time_is_asked_for_without_losing_the_report(visit: Visit, agent: Agent) -> None:
    job_id = order(agent, maxExtensionMinutes=3)
    page = visit.at(f"/#/job/{job_id}")
    register(page, arrives_at="Buy a pencil")
    claim(page)
    expect(page.get_by_text("4:5")).to_be_visible()
    say(page)
    page.get_by_text("I need more time").click()
    page.get_by_label("Minutes").fill("60")
    page.get_by_role("button", name="Get more time").click()
    expect(page.get_by_role("alert")).to_contain_text("must be more than 0 and at most 3 minutes")
    page.get_by_label("Minutes").fill("2")
    page.get_by_role("button", name="Get more time").click()
    expect(page.get_by_text("You have 2 min more.")).to_be_visible()
    expect(page.get_by_text("6:5")).to_be_visible()
    shoot(page, "25-more-time")
    check_fits(page)
    assert job(agent, job_id)["totalExtensionMinutes"] == 2
    expect(page.get_by_label("What you did and what you saw")).to_have_value(SAID)
    page.get_by_role("button", name="Hand in").click()
    expect(page.get_by_text("Done. $")).to_be_visible()


def test_an_unfinished_report_is_not_sent_and_says_why(visit: Visit, agent: Agent, tmp_path: Path) -> None:
    job_id = order(agent, outputSchema=WANTED)
    page = visit.at(f"/#/job/{job_id}")
    register(page, arrives_at="Buy a pencil")
    claim(page)
    button, alert = page.get_by_role("button", name="Hand in"), page.get_by_role("alert")
    say(page)
    page.get_by_label("What was in the cart").fill("one pencil")
    button.click()
    expect(alert).to_contain_text("“What was in the cart, and how much of it” wants JSON")
    page.get_by_label("What was in the cart").fill("")
    page.get_by_text("Console log (optional)").click()
    page.get_by_label("Paste it here").fill('{"lines": 3}')
    button.click()
    expect(alert).to_contain_text("The console log is no JSON with consoleMessages")
    page.get_by_label("Paste it here").fill('[{"type": "log", "message": "hello"}]')
    button.click()
    expect(alert).to_contain_text("testerData.consoleMessages.0.timestamp")
    page.get_by_label("Paste it here").fill("")
    page.get_by_label("Choose a recording").set_input_files(
        {"name": "session.mov", "mimeType": "video/quicktime", "buffer": b"moov"}
    )
    expect(page.get_by_text("This kind of file is not taken. Use an MP4 or WebM video.")).to_be_visible()
    button.click()
    expect(alert).to_contain_text("Not all files are uploaded yet.")
    shoot(page, "28-unfinished")
    page.get_by_role("button", name="Remove session.mov").click()
    long = tmp_path / "long.mp4"
    with long.open("wb") as file:
        file.truncate(200 * 1024 * 1024 + 1)
    page.get_by_label("Choose a recording").set_input_files(long)
    expect(page.get_by_text("This file is over 200 MB.")).to_be_visible()
    page.get_by_role("button", name="Remove long.mp4").click()
    page.get_by_label("There are none").check()
    button.click()
    expect(page.get_by_text("this test is not paid")).to_be_visible()
    shoot(page, "29-not-enough-said")
    assert job(agent, job_id)["status"] == "incomplete"


@pytest.mark.parametrize("visit", [{"color_scheme": "dark"}], indirect=True, ids=["dark"])
def test_in_the_dark_a_test_can_be_read(visit: Visit, agent: Agent) -> None:
    job_id = order(agent, outputSchema=WANTED)
    page = visit.at(f"/#/job/{job_id}")
    register(page, arrives_at="Buy a pencil")
    assert page.evaluate(CONTRAST) == []
    claim(page)
    shoot(page, "21-at-work-dark")
    assert page.evaluate(CONTRAST) == []
    leave(page)


def test_words_of_whoever_ordered_a_test_stay_words(visit: Visit, agent: Agent) -> None:
    hostile = '<img src=x onerror="document.title=1"><script>document.title=2</script>'
    fields = {"x": {"type": "string", "description": hostile}}
    job_id = order(agent, hostile, url="https://shop.example.com/?q=%22%3E%3Cimg%20src=x%3E", outputSchema=fields)
    page = visit.at(f"/#/job/{job_id}")
    register(page, arrives_at=hostile)
    claim(page)
    expect(page.get_by_label(hostile)).to_be_visible()
    expect(page.locator("main img, main script")).to_have_count(0)
    leave(page)
    assert visit.said == []
