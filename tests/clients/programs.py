"""What clients in the wild do, each as a small program: what it sends, where it looks, what it takes for an end.

    Poller     orders by POST /api/jobs, then looks at one of three paths until it knows the status for final
    Runner     orders and waits by POST /api/run

They are as strict and as careless as the originals: one answer that is not what they expect, and they give up. Between
two looks a poller does not sleep but calls `meanwhile`, where a test does what testers do.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

LOOKS_MAX = 6
FIVE = frozenset({"completed", "incomplete", "abandoned", "rejected", "error"})
METADATA = {
    "source": "github-action", "sourceCreatedAt": "2026-02-10T12:00:00.000Z",
    "githubAction": {"actionName": "an-action", "runId": "1", "workflowName": "ci", "triggerEvent": "push"},
}  # fmt: skip


class GaveUp(Exception):
    """The client stopped, with the words that its user sees."""


@dataclass(frozen=True)
class Report:
    """What a client makes of a job in the end."""

    passed: bool
    says: str
    job: dict[str, Any]


def by_success(job: dict[str, Any]) -> bool:
    """The build passes when the job was completed and its result is a success."""
    return job["status"] == "completed" and job["result"]["success"] is True


def by_data(job: dict[str, Any]) -> bool:
    """The build passes unless a field of the data that is called success is false."""
    assert "description" in job, "an issue is rendered with it"
    return job["status"] == "completed" and job["result"]["data"].get("success", True) is not False


def figures(job: dict[str, Any]) -> str:
    """What is printed of a completed job. Older ones know a figure that is missing, and none that is null."""
    cost = f"${job['costUsd']:.4f}" if "costUsd" in job else "-"
    seconds = f"{job['testDurationSeconds']:d} s" if "testDurationSeconds" in job else "-"
    return f"{cost} for {seconds}"


@dataclass(frozen=True)
class Poller:
    """A client that orders, and then looks again and again."""

    name: str
    path: str
    final: frozenset[str] = FIVE
    passes: Callable[[dict[str, Any]], bool] = by_success
    sends: dict[str, Any] = field(default_factory=dict)
    key_prefix: str = ""
    shows_message: bool = False

    def test(self, http: httpx.Client, key: str, order: dict[str, Any], meanwhile: Callable[[str], object]) -> Report:
        """The whole program: what it reports, or the words with which it gives up. Raises GaveUp."""
        if not key.startswith(self.key_prefix):
            raise GaveUp(f"The key must start with {self.key_prefix}")
        headers = {"Authorization": f"Bearer {key}"}
        made = self._read(self._sent(http, headers, {**order, **self.sends}))
        job_id = made.get("jobId") or made.get("id")
        if not job_id:
            raise GaveUp("API did not return a job ID")
        for _ in range(LOOKS_MAX):
            job = self._read(http.get(self.path.format(job_id), headers=headers))
            assert job["id"] == job_id
            if job["status"] in self.final:
                return self._reported(job)
            meanwhile(job_id)
        raise GaveUp("Timed out")

    def _sent(self, http: httpx.Client, headers: dict[str, str], words: dict[str, Any]) -> httpx.Response:
        """A dropped connection is tried again, with the same words but for the time of the attempt."""
        for attempt in range(3):
            stamped = {**words, "metadata": {**METADATA, "sourceCreatedAt": f"2026-02-10T12:00:0{attempt}.000Z"}}
            try:
                return http.post("/api/jobs", json=stamped, headers=headers)
            except httpx.TransportError:
                continue
        raise GaveUp("fetch failed")

    def _read(self, answer: httpx.Response) -> dict[str, Any]:
        if answer.is_success:
            return dict(answer.json())
        words = answer.json()
        told = words.get("message") if self.shows_message else words.get("error") or words.get("message")
        raise GaveUp(f"{answer.status_code}: {told or answer.text}")

    def _reported(self, job: dict[str, Any]) -> Report:
        passed = self.passes(job)
        if passed:
            return Report(True, figures(job), job)
        result = job.get("result") or {}
        return Report(False, result.get("explanation") or job.get("error") or job.get("reason") or "", job)


@dataclass(frozen=True)
class Runner:
    """The oldest client of all: one request, in which it waits."""

    name: str = "qa-test-action 0.0.12"
    key_prefix: str = "qa_live_"

    def test(self, http: httpx.Client, key: str, order: dict[str, Any]) -> Report:
        """The whole program. Raises GaveUp."""
        headers = {"Authorization": f"Bearer {key}"}
        answer = http.post("/api/run", json={**order, "metadata": METADATA}, headers=headers)
        if answer.status_code != 200:
            raise GaveUp(f"{answer.status_code}: {answer.json()['error']}")
        job = dict(answer.json())
        assert isinstance(job["jobId"], str)
        passed = by_success(job)
        return Report(passed, figures(job) if passed else job.get("error", ""), job)


QA_TEST = {"allowDurationExtension": False, "screenSize": "desktop"}
POLLERS = (
    Poller("qa-test-action HEAD", "/api/job/{}", sends=QA_TEST, key_prefix="qa_live_"),
    Poller("qa-test-action 0.0.13", "/api/jobs/{}", sends={**QA_TEST, "githubRepo": "a/b"}, key_prefix="qa_live_"),
    Poller(
        "issue-tester-action", "/api/jobs/{}", FIVE - {"rejected"}, sends={"githubRepo": "a/b"}, key_prefix="qa_live_"
    ),
    Poller(
        "runhuman-action 1.0.0", "/api/jobs/{}", frozenset({"completed", "timeout", "error", "abandoned"}),
        sends={"githubToken": "ghp_made0up", "githubRepo": "a/b"},
    ),
    Poller("runhuman-action 28d609a", "/api/job/{}", sends={"githubToken": "ghp_made0up", "prNumbers": [1]}),
    Poller(
        "runhuman-action HEAD", "/api/jobs/{}/status", FIVE | {"untestable"}, by_data,
        sends={"githubToken": "ghp_made0up", "githubRepos": ["a/b"], "deviceClass": "mobile"},
    ),
    Poller("a script of the vendor's", "/api/job/{}", FIVE - {"rejected"}, shows_message=True),
)  # fmt: skip
