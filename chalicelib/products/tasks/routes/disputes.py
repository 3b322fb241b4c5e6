"""Disputes over HTTP: the agent's one word, and the backoffice's on any account's tasks."""

from __future__ import annotations

from chalicelib.core import disputes
from chalicelib.doors.http.routes import Call, Routes, Who
from chalicelib.kit.once import Outcome
from chalicelib.kit.words import Because
from chalicelib.products.tasks.actions import agents, backoffice
from chalicelib.products.tasks.words import disputes as dispute_words
from chalicelib.products.tasks.words import tasks as words

_routes = Routes()


@_routes.post(
    "/api/v1/tasks/{task_id}/dispute", Who.AGENT, lambda: dispute_words.DisputeOrder, lambda: dispute_words.Disputed
)
def dispute(call: Call[dispute_words.DisputeOrder]) -> Outcome:
    return agents.dispute(call.world, call.agent, call.ids["task_id"], call.words, call.claim)


@_routes.get(
    "/api/v1/admin/disputes", Who.ADMIN, lambda: dispute_words.DisputesQuery, lambda: dispute_words.DisputePage
)
def list_disputes(call: Call[dispute_words.DisputesQuery]) -> dispute_words.DisputePage:
    return backoffice.list_disputes(call.world, call.words)


@_routes.post(
    "/api/v1/admin/disputes/{dispute_id}/resolve", Who.ADMIN, lambda: disputes.ResolveOrder,
    lambda: dispute_words.Resolved,
)  # fmt: skip
def resolve(call: Call[disputes.ResolveOrder]) -> Outcome:
    return backoffice.resolve(call.world, call.admin, call.ids["dispute_id"], call.words, call.claim)


@_routes.post("/api/v1/admin/tasks/{task_id}/dispute", Who.ADMIN, Because, lambda: dispute_words.Disputed)
def dispute_by_admin(call: Call[Because]) -> Outcome:
    return backoffice.dispute(call.world, call.admin, call.ids["task_id"], call.words, call.claim)


@_routes.post("/api/v1/admin/tasks/{task_id}/cancel", Who.ADMIN, Because, lambda: words.Cancelled)
def cancel(call: Call[Because]) -> Outcome:
    return backoffice.cancel(call.world, call.admin, call.ids["task_id"], call.words, call.claim)


ROUTES = _routes.all
