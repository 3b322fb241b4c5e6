"""The backoffice over HTTP."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from chalicelib.doors.http.routes import Call, Route, Routes, Who
from chalicelib.kit.once import Outcome
from chalicelib.kit.pages import CursorWords
from chalicelib.kit.words import Because, Nothing
from chalicelib.products.backoffice import words
from chalicelib.products.backoffice.actions import agenda, books, people

if TYPE_CHECKING:
    from chalicelib.core.agenda.model import Kind

_routes = Routes()


@_routes.get("/api/v1/admin/agents/{agent_id}", Who.ADMIN, Nothing, lambda: words.AgentShown)
def find_agent(call: Call[Nothing]) -> words.AgentShown:
    return people.find_agent(call.world, call.ids["agent_id"])


@_routes.post("/api/v1/admin/agents/{agent_id}/unsuspend", Who.ADMIN, Because, lambda: words.Suspended)
def unsuspend_agent(call: Call[Because]) -> Outcome:
    return people.unsuspend_agent(call.world, call.admin, call.ids["agent_id"], call.words.reason, call.claim)


@_routes.post("/api/v1/admin/operators/{operator_id}/suspend", Who.ADMIN, Because, lambda: words.Suspended)
def suspend_operator(call: Call[Because]) -> Outcome:
    place, reason = call.ids["operator_id"], call.words.reason
    return people.suspend_operator(call.world, call.admin, place, reason, call.claim, suspended=True)


@_routes.post("/api/v1/admin/operators/{operator_id}/unsuspend", Who.ADMIN, Because, lambda: words.Suspended)
def unsuspend_operator(call: Call[Because]) -> Outcome:
    place, reason = call.ids["operator_id"], call.words.reason
    return people.suspend_operator(call.world, call.admin, place, reason, call.claim, suspended=False)


@_routes.get("/api/v1/admin/agenda/dead", Who.ADMIN, CursorWords, lambda: words.DeadPage)
def list_dead(call: Call[CursorWords]) -> words.DeadPage:
    return agenda.list_dead(call.world, call.words)


@_routes.post("/api/v1/admin/agenda/rerun", Who.ADMIN, lambda: words.EntryOrder, lambda: words.EntryDone)
def rerun(call: Call[words.EntryOrder]) -> Outcome:
    return agenda.rerun(call.world, call.admin, call.words, call.claim)


@_routes.post("/api/v1/admin/agenda/drop", Who.ADMIN, lambda: words.EntryOrder, lambda: words.EntryDone)
def drop(call: Call[words.EntryOrder]) -> Outcome:
    return agenda.drop(call.world, call.admin, call.words, call.claim)


@_routes.get("/api/v1/admin/audit", Who.ADMIN, lambda: words.AuditQuery, lambda: words.AuditPage)
def list_audit(call: Call[words.AuditQuery]) -> words.AuditPage:
    return agenda.list_audit(call.world, call.words)


@_routes.get("/api/v1/admin/books/trial-balance", Who.ADMIN, lambda: words.DayQuery, lambda: words.TrialBalanceShown)
def trial_balance(call: Call[words.DayQuery]) -> words.TrialBalanceShown:
    return books.trial_balance(call.world, call.words)


@_routes.get("/api/v1/admin/accounts/{owner_id}/statement", Who.ADMIN, CursorWords, lambda: words.Statement)
def statement(call: Call[CursorWords]) -> words.Statement:
    return books.statement(call.world, call.ids["owner_id"], call.words)


@_routes.get("/api/v1/admin/books/proof", Who.ADMIN, Nothing, lambda: words.ProofShown)
def last_proof(call: Call[Nothing]) -> words.ProofShown:
    return books.last_proof(call.world)


@_routes.post("/api/v1/admin/books/prove", Who.ADMIN, lambda: words.ProofOrder, lambda: words.ProofBegun)
def prove(call: Call[words.ProofOrder]) -> Outcome:
    return books.prove(call.world, call.admin, call.words, call.claim)


def routes(on_suspension: Callable[[], Sequence[Kind]]) -> list[Route]:
    """The routes. `on_suspension` is what the products do when an agent is suspended: they do not know each other."""
    mine = Routes()

    @mine.post("/api/v1/admin/agents/{agent_id}/suspend", Who.ADMIN, Because, lambda: words.Suspended)
    def suspend_agent(call: Call[Because]) -> Outcome:
        place, reason = call.ids["agent_id"], call.words.reason
        return people.suspend_agent(call.world, call.admin, place, reason, call.claim, on_suspension())

    return [*_routes.all, *mine.all]
