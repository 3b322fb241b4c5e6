"""Operators over HTTP."""

from chalicelib.doors.http.routes import Call, Routes, Who
from chalicelib.kit.once import Outcome
from chalicelib.kit.pages import PageWords
from chalicelib.kit.words import Nothing
from chalicelib.products.operators import actions, backoffice, payouts, words

_routes = Routes()


@_routes.post("/api/v1/operator/register", Who.ANYONE, words.Registration, words.Registered, status=201, once=False)
def register(call: Call[words.Registration]) -> Outcome:
    return actions.register(call.world, call.words)


@_routes.post(
    "/api/v1/operator/upload", Who.OPERATOR, words.UploadOrder, words.UploadReady, status=201, uploads=True
)  # fmt: skip
def upload(call: Call[words.UploadOrder]) -> Outcome:
    request = call.request
    if request.is_file:
        return actions.store_upload(call.world, call.operator, request.content_type, request.body, call.claim)
    return actions.announce_upload(call.world, call.operator, call.words, call.claim)


@_routes.get("/api/v1/operator/earnings", Who.OPERATOR, Nothing, words.Earnings)
def earnings(call: Call[Nothing]) -> words.Earnings:
    return actions.earnings(call.world, call.operator)


@_routes.post("/api/v1/operator/payout", Who.OPERATOR, words.PayoutOrder, words.PayoutMade)
def request_payout(call: Call[words.PayoutOrder]) -> Outcome:
    return payouts.request(call.world, call.operator, call.words, call.claim)


@_routes.get("/api/v1/operator/payout/status/{payout_id}", Who.OPERATOR, Nothing, words.PayoutStatus)
def payout_status(call: Call[Nothing]) -> words.PayoutStatus:
    return payouts.status(call.world, call.operator, call.ids["payout_id"])


@_routes.get("/api/v1/operator/payouts", Who.OPERATOR, PageWords, words.PayoutPage)
def list_payouts(call: Call[PageWords]) -> words.PayoutPage:
    return payouts.list_payouts(call.world, call.operator, call.words)


@_routes.get("/api/v1/operator/earnings/history", Who.OPERATOR, PageWords, words.EarningsPage)
def earnings_history(call: Call[PageWords]) -> words.EarningsPage:
    return payouts.earnings_history(call.world, call.operator, call.words)


@_routes.get("/api/v1/admin/payouts", Who.ADMIN, words.WaitingQuery, words.WaitingPage)
def list_waiting(call: Call[words.WaitingQuery]) -> words.WaitingPage:
    return backoffice.list_waiting(call.world, call.words)


@_routes.post("/api/v1/admin/payouts/pause", Who.ADMIN, words.Reason, words.Paused)
def pause(call: Call[words.Reason]) -> Outcome:
    return backoffice.pause(call.world, call.admin, call.words, call.claim)


@_routes.post("/api/v1/admin/payouts/resume", Who.ADMIN, words.Reason, words.Paused)
def resume(call: Call[words.Reason]) -> Outcome:
    return backoffice.resume(call.world, call.admin, call.words, call.claim)


@_routes.post("/api/v1/admin/payouts/{payout_id}/release", Who.ADMIN, words.Reason, words.PayoutStatus)
def release(call: Call[words.Reason]) -> Outcome:
    return backoffice.release(call.world, call.admin, call.ids["payout_id"], call.words, call.claim)


@_routes.post("/api/v1/admin/payouts/{payout_id}/fail", Who.ADMIN, words.Reason, words.PayoutStatus)
def fail(call: Call[words.Reason]) -> Outcome:
    return backoffice.fail(call.world, call.admin, call.ids["payout_id"], call.words, call.claim)


ROUTES = _routes.all
