"""Chapters of qa: a person tries a page, is paid by the second, and what they say becomes data."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx

from local.demo.chapters import put_photo
from local.demo.walk import Off, Walk
from local.github import GitHub
from local.settings import ADMIN_KEY

REPOSITORY = "acme/shop"
SECONDS = 220
ORDER: dict[str, Any] = {
    "url": "https://shop.example.com/checkout",
    "description": "Buy a pencil with any card. Say what the confirmation page shows.",
    "outputSchema": {"checkoutWorks": {"type": "boolean", "description": "Order placed successfully?"}},
    "maxExtensionMinutes": 5,
    "screenSize": "mobile",
}
SAID = "I bought a pencil.\nbug (medium): The total jumps after the page has loaded.\nIt moves by a line."


def a_test(walk: Walk, github: GitHub) -> None:
    """One job, from order to an issue in the repository."""
    print("\nA test, by the second")
    grant = {"repo": REPOSITORY, "reason": "It is their shop."}
    walk.ask("POST", f"/admin/agents/{walk.agent_id}/repositories", {"X-Admin-Key": ADMIN_KEY}, json=grant)
    order = {**ORDER, "repoName": REPOSITORY, "canCreateGithubIssues": True}
    first = walk.ask("POST", "/api/jobs", walk.agent, json=order, status=201)
    again = walk.ask("POST", "/api/jobs", walk.agent, json={**order, "metadata": {"attempt": 2}}, status=201)
    if first["jobId"] != again["jobId"]:
        raise Off("the same words within ten seconds made two jobs")
    job_id = str(first["jobId"])
    walk.say(f"The agent orders a test of a page, and once more after a dropped line: one job, {job_id}")
    walk.expect(deposit=92.72, escrow=1.08)
    _claim(walk, job_id)
    walk.ask("POST", f"/api/tester/jobs/{job_id}/extend", walk.operator, json={"minutes": 2})
    walk.say("Ten minutes are set aside for five, and five more at most; the tester claims it and asks for two")
    walk.advance(seconds=SECONDS)
    found = {
        "testerResponse": SAID, "testDurationSeconds": SECONDS, "answers": {"checkoutWorks": True}, "passed": True,
        "testerData": {
            "screenshots": [put_photo(walk, "PNG", "/api/tester/uploads")],
            "clicks": [{"x": 12, "y": 640, "timestamp": "00:41"}],
        },
    }  # fmt: skip
    walk.ask("POST", f"/api/tester/jobs/{job_id}/submit", walk.operator, json=found)
    job = _until_ended(walk, job_id)
    if (job["status"], job["costUsd"], job["result"]["data"]) != ("completed", 0.396, {"checkoutWorks": True}):
        raise Off(f"the test came to {job}")
    walk.say(f"{SECONDS} seconds later {job['testerAlias']} hands in; the reader finds {job['result']['data']}")
    walk.expect(deposit=93.404, escrow=0, pending=50.2376)
    _look(job["testerData"]["screenshots"][0])
    walk.say(f"It cost {job['costUsd']}, the rest came back; the screenshot can be read for 30 days by its link alone")
    walk.until("the issue is opened", lambda: bool(_job(walk, job_id)["extractedIssues"][0].get("githubIssueUrl")))
    issue = _job(walk, job_id)["extractedIssues"][0]
    if len(github.issues) != 1:
        raise Off(f"{len(github.issues)} issues were opened, and there is one finding")
    walk.say(f"What is wrong with the page is an issue now, once: {issue['title']!r}")


def a_wait(walk: Walk) -> None:
    """One request that waits until a person has tried a page."""
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(_run, str(walk.http.base_url), walk.agent)
        walk.until("the job is on the board", lambda: bool(_open_jobs(walk)))
        job_id = _open_jobs(walk)[0]
        _claim(walk, job_id)
        words = {"testerResponse": "It works.\npassed: yes", "testDurationSeconds": 1}
        walk.ask("POST", f"/api/tester/jobs/{job_id}/submit", walk.operator, json=words)
        answer = waiting.result(timeout=60)
    if answer.status_code != 200 or answer.json()["result"]["success"] is not True:
        raise Off(f"POST /api/run answered {answer.status_code}: {answer.text}")
    walk.say(f"Another is ordered by one request that waits for its end: {answer.json()['status']}, one second paid")


def _run(base_url: str, agent: dict[str, str]) -> httpx.Response:
    words = {"url": "https://shop.example.com", "description": "Does the page open?", "targetDurationMinutes": 1}
    with httpx.Client(base_url=base_url, timeout=90, trust_env=False) as http:
        return http.post("/api/run", headers={**agent, "Prefer": "wait=60"}, json=words)


def _open_jobs(walk: Walk) -> list[str]:
    return [row["id"] for row in walk.ask("GET", "/api/tester/jobs", walk.operator)["data"]]


def _claim(walk: Walk, job_id: str) -> None:
    walk.until("the job is on the board", lambda: job_id in _open_jobs(walk))
    walk.ask("POST", f"/api/tester/jobs/{job_id}/claim", walk.operator)


def _job(walk: Walk, job_id: str) -> dict[str, Any]:
    return walk.ask("GET", f"/api/job/{job_id}", walk.agent)


def _until_ended(walk: Walk, job_id: str) -> dict[str, Any]:
    walk.until(f"{job_id} has ended", lambda: _job(walk, job_id)["status"] != "working")
    return _job(walk, job_id)


def _look(link: str) -> None:
    found = httpx.get(link, follow_redirects=True, trust_env=False)
    if found.status_code != 200 or not found.headers["content-type"].startswith("image/"):
        raise Off(f"the screenshot cannot be read: {found.status_code}")
