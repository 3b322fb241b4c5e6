"""The tester's side of jobs (ruling 35)."""

from __future__ import annotations

from chalicelib.doors.http.routes import Call, Routes, Who
from chalicelib.doors.http.shapes import with_message
from chalicelib.kit.once import Outcome
from chalicelib.kit.words import Nothing
from chalicelib.products.qa.actions import offers, testers
from chalicelib.products.qa.words import testers as words

_routes = Routes(errors=with_message)


@_routes.get("/api/tester/jobs", Who.OPERATOR, lambda: words.FeedQuery, lambda: words.OfferPage | words.MyJobPage)
def browse_jobs(call: Call[words.FeedQuery]) -> words.OfferPage | words.MyJobPage:
    if call.words.scope == "mine":
        return offers.list_mine(call.world, call.operator, call.words)
    return offers.browse(call.world, call.operator, call.words)


@_routes.get("/api/tester/jobs/{job_id}", Who.OPERATOR, Nothing, lambda: words.MyJob | words.JobOffer)
def find_for_tester(call: Call[Nothing]) -> words.MyJob | words.JobOffer:
    return offers.find(call.world, call.operator, call.ids["job_id"])


@_routes.post("/api/tester/jobs/{job_id}/claim", Who.OPERATOR, Nothing, lambda: words.MyJob)
def claim(call: Call[Nothing]) -> Outcome:
    return testers.claim(call.world, call.operator, call.ids["job_id"], call.claim)


@_routes.post("/api/tester/jobs/{job_id}/extend", Who.OPERATOR, lambda: words.ExtendOrder, lambda: words.MyJob)
def extend(call: Call[words.ExtendOrder]) -> Outcome:
    return testers.extend(call.world, call.operator, call.ids["job_id"], call.words, call.claim)


@_routes.post("/api/tester/jobs/{job_id}/submit", Who.OPERATOR, lambda: words.Submission, lambda: words.Submitted)
def submit(call: Call[words.Submission]) -> Outcome:
    return testers.submit(call.world, call.operator, call.ids["job_id"], call.words, call.claim)


@_routes.post("/api/tester/jobs/{job_id}/abandon", Who.OPERATOR, lambda: words.AbandonOrder, lambda: words.Ended)
def abandon(call: Call[words.AbandonOrder]) -> Outcome:
    return testers.abandon(call.world, call.operator, call.ids["job_id"], call.words, call.claim)


@_routes.post("/api/tester/jobs/{job_id}/reject", Who.OPERATOR, lambda: words.RejectOrder, lambda: words.Ended)
def reject(call: Call[words.RejectOrder]) -> Outcome:
    return testers.reject(call.world, call.operator, call.ids["job_id"], call.words, call.claim)


ROUTES = _routes.all
