"""Accounts over HTTP."""

from __future__ import annotations

from chalicelib.doors.http.routes import Call, Routes, Who
from chalicelib.kit.once import Outcome
from chalicelib.kit.pages import PageWords
from chalicelib.kit.words import Because, Nothing
from chalicelib.products.accounts.actions import agents, fiat, notices, refunds
from chalicelib.products.accounts.words import accounts as words

_routes = Routes()


@_routes.post(
    "/api/v1/agents/register", Who.ANYONE, lambda: words.Registration, lambda: words.Registered, status=201, once=False
)
def register(call: Call[words.Registration]) -> Outcome:
    return agents.register(call.world, call.words, call.request.headers.get("x-admin-key", ""))


@_routes.post("/api/v1/agents/keys", Who.AGENT, lambda: words.KeyOrder, lambda: words.KeyMade, status=201)
def make_key(call: Call[words.KeyOrder]) -> Outcome:
    return agents.make_key(call.world, call.agent, call.words, call.claim)


@_routes.get("/api/v1/agents/keys", Who.AGENT, Nothing, lambda: words.KeyList)
def list_keys(call: Call[Nothing]) -> words.KeyList:
    return agents.list_keys(call.world, call.agent)


@_routes.delete("/api/v1/agents/keys/{key_id}", Who.AGENT, Nothing, lambda: words.Revoked)
def revoke_key(call: Call[Nothing]) -> Outcome:
    return agents.revoke_key(call.world, call.agent, call.ids["key_id"])


@_routes.get("/api/v1/agents/balance", Who.AGENT, Nothing, lambda: words.Balance)
def balance(call: Call[Nothing]) -> words.Balance:
    return agents.balance(call.world, call.agent)


@_routes.post("/api/v1/agents/deposit/usdc", Who.AGENT, lambda: words.UsdcDeposit, lambda: words.Deposited)
def deposit_usdc(call: Call[words.UsdcDeposit]) -> Outcome:
    return agents.deposit_usdc(call.world, call.agent, call.words, call.claim)


@_routes.post("/api/v1/agents/deposit", Who.AGENT, lambda: words.FiatDeposit, lambda: words.FundsAdded)
def deposit(call: Call[words.FiatDeposit]) -> Outcome:
    return fiat.deposit(call.world, call.agent, call.words, call.claim)


@_routes.post("/api/v1/agents/deposit/status", Who.AGENT, lambda: words.PaymentQuestion, lambda: words.PaymentStatus)
def deposit_status(call: Call[words.PaymentQuestion]) -> Outcome:
    return fiat.status(call.world, call.agent, call.words.payment_id, call.claim)


@_routes.get("/api/v1/agents/deposits", Who.AGENT, PageWords, lambda: words.DepositPage)
def list_deposits(call: Call[PageWords]) -> words.DepositPage:
    return fiat.list_deposits(call.world, call.agent, call.words)


@_routes.post(
    "/api/v1/webhooks/dlocal", Who.ANYONE, lambda: words.PaymentNotice, lambda: words.NoticeTaken, once=False,
    signed=lambda world, request: notices.check_signature(world, request.body, request.headers.get("x-signature", "")),
)  # fmt: skip
def notice(call: Call[words.PaymentNotice]) -> words.NoticeTaken:
    return notices.receive(call.world, call.words)


@_routes.post("/api/v1/admin/deposits/{transaction_id}/refund", Who.ADMIN, Because, lambda: words.Refunded)
def refund(call: Call[Because]) -> Outcome:
    return refunds.refund(call.world, call.admin, call.ids["transaction_id"], call.words.reason, call.claim)


ROUTES = _routes.all
