"""What an agent does with jobs: have a person try a page, wait, look.

run     POST /run, waiting as long as the door allows ──► the job
             │ 408, or as many waits as there may be
             ▼
        wait: GET /job/ID now and then ──► the job, or StillRunning after the timeout
"""

import random
from collections.abc import Callable, Mapping
from typing import Any, Literal

from byhand.answers import Page
from byhand.errors import RateLimited, StillRunning, Unfinished
from byhand.job_answers import Job, JobCreated, JobRow
from byhand.verbs.pages import PAGE_ROWS
from byhand.verbs.pages import every as every_row
from byhand.wire import TOO_MANY_WAITS, Flow, Pause, Stream, Wire, checked_key, segment

FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS, PAUSES_GROW_BY = 1.0, 5.0, 1.5
RUN_SECONDS, RUN_SECONDS_AT_THE_DOOR = 20, 240
"""How long one request waits: a gateway gives up after 29 seconds; at the waiting door what stands between may cut a
connection on which nothing is said for long.
"""
Screen = str | Mapping[str, int]


def create(
    wire: Wire, *, url: str, description: str, output_schema: Mapping[str, Any] | None = None,
    target_duration_minutes: float | None = None, allow_duration_extension: bool | None = None,
    max_extension_minutes: float | Literal[False] | None = None,
    additional_validation_instructions: str | None = None, screen_size: Screen | None = None,
    repo_name: str | None = None, can_create_github_issues: bool | None = None, idempotency_key: str | None = None,
) -> Flow[JobCreated]:  # fmt: skip
    """Have a person try a page and say what happened. The most that it can cost is set aside; seconds are paid.

    `output_schema` says what to read out of their words, such as
    `{"works": {"type": "boolean", "description": "Does login work?"}}`.
    """
    body = _body(
        url, description, output_schema, target_duration_minutes, allow_duration_extension, max_extension_minutes,
        additional_validation_instructions, screen_size, repo_name, can_create_github_issues,
    )  # fmt: skip
    return wire.of_jobs.do("/jobs", JobCreated, body, idempotency_key=idempotency_key)


def run(
    wire: Wire, *, url: str, description: str, output_schema: Mapping[str, Any] | None = None,
    target_duration_minutes: float | None = None, allow_duration_extension: bool | None = None,
    max_extension_minutes: float | Literal[False] | None = None,
    additional_validation_instructions: str | None = None, screen_size: Screen | None = None,
    repo_name: str | None = None, can_create_github_issues: bool | None = None, idempotency_key: str | None = None,
    timeout: float = 3_600, on_change: Callable[[Job], None] | None = None,
) -> Flow[Job]:  # fmt: skip
    """The same, and wait until the job has ended. Raises StillRunning after `timeout` seconds: wait for `.job.id` then.

    However often a connection breaks on the way, it is one job: every try has the same idempotency key.
    """
    body = _body(
        url, description, output_schema, target_duration_minutes, allow_duration_extension, max_extension_minutes,
        additional_validation_instructions, screen_size, repo_name, can_create_github_issues,
    )  # fmt: skip
    began, key = wire.clock(), checked_key(idempotency_key)
    longest = RUN_SECONDS_AT_THE_DOOR if wire.wait_url else RUN_SECONDS
    try:
        # Whoever wants to hear of changes looks for them: an exchange that waits tells the end alone.
        seconds = 0 if on_change else max(min(longest, int(timeout)), 0)
        return (yield from _begun(wire, body, key, seconds))
    except Unfinished as unfinished:
        job_id = unfinished.details.get("jobId")
        if not isinstance(job_id, str):
            raise
    return (yield from wait(wire, job_id, timeout=timeout - (wire.clock() - began), on_change=on_change))


def get(wire: Wire, job_id: str) -> Flow[Job]:
    """A job with everything about it."""
    return wire.of_jobs.ask(f"/job/{segment(job_id)}", Job)


def every(wire: Wire, *, status: str | None = None, page_size: int = PAGE_ROWS) -> Stream[JobRow]:
    """All jobs of the account, newest first; `status` leaves out the others."""
    return every_row(wire.of_jobs, "/jobs", Page[JobRow], limit=page_size, status=status)


def page(
    wire: Wire, *, status: str | None = None, limit: int = 20, offset: int | None = None, cursor: str | None = None
) -> Flow[Page[JobRow]]:  # fmt: skip
    """One page of the account's jobs, newest first."""
    return wire.of_jobs.ask("/jobs", Page[JobRow], status=status, limit=limit, offset=offset, cursor=cursor)


def wait(
    wire: Wire, job_id: str, *, timeout: float = 3_600, on_change: Callable[[Job], None] | None = None
) -> Flow[Job]:  # fmt: skip
    """Wait until a job has ended; `on_change` is told of each new status, the first one too.

    Looks after a second, then less and less often, every five seconds at least. Raises StillRunning after `timeout`
    seconds.
    """
    began, before, pause = wire.clock(), "", FIRST_PAUSE_SECONDS
    while True:
        job = yield from get(wire, job_id)
        if job.status != before:
            before, pause = job.status, FIRST_PAUSE_SECONDS
            if on_change is not None:
                on_change(job)
        if not job.is_running:
            return job
        left = timeout - (wire.clock() - began)
        if left <= 0:
            raise StillRunning(job, timeout)
        yield Pause(min(left, pause * random.uniform(0.8, 1.0)))
        pause = min(LONGEST_PAUSE_SECONDS, pause * PAUSES_GROW_BY)


def _begun(wire: Wire, body: Mapping[str, Any], key: str, seconds: int) -> Flow[Job]:
    """The job when it ended while the deployment waited. Raises Unfinished, with the job's id, when it goes on."""
    try:
        return (yield from wire.of_jobs.do_and_wait("/run", Job, body, idempotency_key=key, seconds=seconds))
    except RateLimited as refused:
        if refused.code != TOO_MANY_WAITS:
            raise
    # Who looks once holds none of the account's places for waiting; the key says that it is the same job.
    return (yield from wire.of_jobs.do_and_wait("/run", Job, body, idempotency_key=key, seconds=0))


def _body(
    url: str, description: str, output_schema: Mapping[str, Any] | None, minutes: float | None,
    may_extend: bool | None, extension: float | Literal[False] | None, validation: str | None,
    screen: Screen | None, repo: str | None, opens_issues: bool | None,
) -> dict[str, Any]:  # fmt: skip
    return {
        "url": url, "description": description, "outputSchema": output_schema, "targetDurationMinutes": minutes,
        "allowDurationExtension": may_extend, "maxExtensionMinutes": extension,
        "additionalValidationInstructions": validation, "screenSize": screen, "repoName": repo,
        "canCreateGithubIssues": opens_issues,
    }  # fmt: skip
