"""What the backoffice does with jobs, and what it allows agents, over HTTP."""

from __future__ import annotations

from chalicelib.core import disputes
from chalicelib.doors.http.routes import Call, Routes, Who
from chalicelib.kit.once import Outcome
from chalicelib.kit.pages import CursorWords
from chalicelib.kit.words import Because
from chalicelib.products.qa.actions import backoffice, repositories
from chalicelib.products.qa.words import disputes as dispute_words
from chalicelib.products.qa.words import repositories as words

REPOSITORIES = "/api/v1/admin/agents/{agent_id}/repositories"

_routes = Routes()


@_routes.get(REPOSITORIES, Who.ADMIN, CursorWords, lambda: words.RepositoryPage)
def list_repositories(call: Call[CursorWords]) -> words.RepositoryPage:
    return repositories.list_granted(call.world, call.ids["agent_id"], call.words)


@_routes.post(REPOSITORIES, Who.ADMIN, lambda: words.RepositoryOrder, lambda: words.RepositoryShown)
def grant_repository(call: Call[words.RepositoryOrder]) -> Outcome:
    return repositories.grant(call.world, call.admin, call.ids["agent_id"], call.words, call.claim)


# Not a DELETE: its reason needs a body, which many a proxy takes from a DELETE on the way.
@_routes.post(
    f"{REPOSITORIES}/withdraw", Who.ADMIN, lambda: words.RepositoryOrder, lambda: words.RepositoryWithdrawn
)  # fmt: skip
def withdraw_repository(call: Call[words.RepositoryOrder]) -> Outcome:
    return repositories.withdraw(call.world, call.admin, call.ids["agent_id"], call.words, call.claim)


@_routes.post("/api/v1/admin/jobs/{job_id}/dispute", Who.ADMIN, Because, lambda: dispute_words.JobDisputed)
def dispute(call: Call[Because]) -> Outcome:
    return backoffice.dispute(call.world, call.admin, call.ids["job_id"], call.words, call.claim)


@_routes.post(
    "/api/v1/admin/jobs/{job_id}/dispute/resolve", Who.ADMIN, lambda: disputes.ResolveOrder,
    lambda: dispute_words.JobResolved,
)  # fmt: skip
def resolve(call: Call[disputes.ResolveOrder]) -> Outcome:
    return backoffice.resolve(call.world, call.admin, call.ids["job_id"], call.words, call.claim)


ROUTES = _routes.all
