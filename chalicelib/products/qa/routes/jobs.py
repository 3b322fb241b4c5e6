"""The agent's side of jobs, with the paths of the seed and the other spellings that clients use (ruling 29)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.doors.http.routes import Call, Routes, Who
from chalicelib.doors.http.shapes import with_message
from chalicelib.kit.once import Outcome
from chalicelib.kit.words import Nothing
from chalicelib.products.qa.actions import jobs
from chalicelib.products.qa.words import jobs as words

if TYPE_CHECKING:
    from chalicelib.core.waiting import Wait

READS_A_VISIT = 10
"""Clients look every few seconds, and many of them share one address (ruling 6)."""

_routes = Routes(errors=with_message)


@_routes.post("/api/jobs", Who.AGENT, lambda: words.JobOrder, lambda: words.JobCreated, status=201)
def create(call: Call[words.JobOrder]) -> Outcome:
    return jobs.create(call.world, call.agent, call.words, call.claim)


@_routes.post("/api/run", Who.AGENT, lambda: words.JobOrder, lambda: words.JobShown, waits=True, repeats="/api/jobs")
def run(call: Call[words.JobOrder]) -> Wait:
    return jobs.run(call.world, call.agent, call.words, call.claim)


@_routes.get("/api/jobs", Who.AGENT, lambda: words.JobsQuery, lambda: words.JobPage)
def list_jobs(call: Call[words.JobsQuery]) -> words.JobPage:
    return jobs.list_jobs(call.world, call.agent, call.words)


@_routes.get("/api/job/{job_id}", Who.AGENT, Nothing, lambda: words.JobShown, requests_a_visit=READS_A_VISIT)
def find(call: Call[Nothing]) -> words.JobShown:
    return jobs.find(call.world, call.agent, call.ids["job_id"])


@_routes.get("/api/jobs/{job_id}", Who.AGENT, Nothing, lambda: words.JobShown, requests_a_visit=READS_A_VISIT)
def find_among_jobs(call: Call[Nothing]) -> words.JobShown:
    return jobs.find(call.world, call.agent, call.ids["job_id"])


@_routes.get("/api/jobs/{job_id}/status", Who.AGENT, Nothing, lambda: words.JobShown, requests_a_visit=READS_A_VISIT)
def find_status(call: Call[Nothing]) -> words.JobShown:
    return jobs.find(call.world, call.agent, call.ids["job_id"])


ROUTES = _routes.all
