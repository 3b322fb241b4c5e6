"""Operators over HTTP."""

from __future__ import annotations

from chalicelib.core.world import World
from chalicelib.doors.http.identify import token_of
from chalicelib.doors.http.routes import Call, Request, Routes, Who
from chalicelib.doors.http.shapes import with_message
from chalicelib.kit.once import Outcome
from chalicelib.kit.pages import PageWords
from chalicelib.kit.words import Because, Nothing
from chalicelib.products.operators.actions import backoffice, kyc, me, operators, payouts, search
from chalicelib.products.operators.words import operators as words
from chalicelib.products.operators.words import payouts as payout_words

_routes = Routes()
# What belongs to products whose errors are {error, message}.
_sessions = Routes(errors=with_message)


@_routes.post(
    "/api/v1/operator/register",
    Who.ANYONE,
    lambda: words.Registration,
    lambda: words.Registered,
    status=201,
    once=False,
)
def register(call: Call[words.Registration]) -> Outcome:
    return operators.register(call.world, call.words, token_of(call.request))


@_routes.get("/api/v1/operator/me", Who.OPERATOR, Nothing, lambda: words.Me)
def show_me(call: Call[Nothing]) -> words.Me:
    return me.show(call.operator)


@_routes.patch("/api/v1/operator/me", Who.OPERATOR, lambda: words.MeChange, lambda: words.Me, once=False)
def change_me(call: Call[words.MeChange]) -> Outcome:
    return me.change(call.world, call.operator, call.words)


@_routes.get("/api/v1/operators/search", Who.AGENT, lambda: words.SearchQuery, lambda: words.FoundNear)
def find_near(call: Call[words.SearchQuery]) -> words.FoundNear:
    return search.search(call.world, call.words)


@_routes.get("/api/v1/admin/operators", Who.ADMIN, lambda: words.OperatorsQuery, lambda: words.OperatorsPage)
def list_operators(call: Call[words.OperatorsQuery]) -> words.OperatorsPage:
    return kyc.list_operators(call.world, call.words)


@_routes.get("/api/v1/admin/operators/{operator_id}", Who.ADMIN, Nothing, lambda: words.OperatorSheet)
def find_operator(call: Call[Nothing]) -> words.OperatorSheet:
    return kyc.find(call.world, call.ids["operator_id"])


@_routes.post(
    "/api/v1/admin/operators/{operator_id}/kyc", Who.ADMIN, lambda: words.KycOrder, lambda: words.OperatorSheet
)
def decide_kyc(call: Call[words.KycOrder]) -> Outcome:
    return kyc.decide(call.world, call.admin, call.ids["operator_id"], call.words, call.claim)


def _signed_by_kyc(world: World, request: Request) -> None:
    digest, algorithm = (request.headers.get(f"x-payload-digest{part}", "") for part in ("", "-alg"))
    kyc.check_signature(world, request.body, digest, algorithm)


@_routes.post(
    "/api/v1/webhooks/kyc", Who.ANYONE, lambda: words.KycNotice, lambda: words.KycHeard, once=False,
    signed=_signed_by_kyc,
)  # fmt: skip
def hear_of_kyc(call: Call[words.KycNotice]) -> Outcome:
    return kyc.hear(call.world, call.words)


@_routes.post(
    "/api/v1/operator/upload", Who.OPERATOR, lambda: words.UploadOrder, lambda: words.UploadReady, status=201,
    uploads=True, upload_limit=True,
)  # fmt: skip
def upload(call: Call[words.UploadOrder]) -> Outcome:
    """Hand in a file: announced in words and PUT to a signed URL, or, when it is small, as the body itself."""
    request = call.request
    if request.is_file:
        return operators.store_upload(call.world, call.operator, request.content_type, request.body, call.claim)
    return operators.announce_upload(call.world, call.operator, call.words, call.claim)


@_sessions.post(
    "/api/tester/uploads", Who.OPERATOR, lambda: words.RecordingOrder, lambda: words.UploadReady, status=201,
    uploads=True,
)  # fmt: skip
def upload_recording(call: Call[words.RecordingOrder]) -> Outcome:
    """Hand in a file of a session: a picture as its neighbour takes it, or a video or JSON, which are announced."""
    request = call.request
    if request.is_file:
        return operators.store_upload(call.world, call.operator, request.content_type, request.body, call.claim)
    return operators.announce_recording(call.world, call.operator, call.words, call.claim)


@_routes.get("/api/v1/operator/earnings", Who.OPERATOR, Nothing, lambda: words.Earnings)
def earnings(call: Call[Nothing]) -> words.Earnings:
    return operators.earnings(call.world, call.operator)


@_routes.post(
    "/api/v1/operator/payout", Who.OPERATOR, lambda: payout_words.PayoutOrder, lambda: payout_words.PayoutMade
)
def request_payout(call: Call[payout_words.PayoutOrder]) -> Outcome:
    return payouts.request(call.world, call.operator, call.words, call.claim)


@_routes.get("/api/v1/operator/payout/status/{payout_id}", Who.OPERATOR, Nothing, lambda: payout_words.PayoutStatus)
def payout_status(call: Call[Nothing]) -> payout_words.PayoutStatus:
    return payouts.status(call.world, call.operator, call.ids["payout_id"])


@_routes.get("/api/v1/operator/payouts", Who.OPERATOR, PageWords, lambda: payout_words.PayoutPage)
def list_payouts(call: Call[PageWords]) -> payout_words.PayoutPage:
    return payouts.list_payouts(call.world, call.operator, call.words)


@_routes.get("/api/v1/operator/earnings/history", Who.OPERATOR, PageWords, lambda: payout_words.EarningsPage)
def earnings_history(call: Call[PageWords]) -> payout_words.EarningsPage:
    return payouts.earnings_history(call.world, call.operator, call.words)


@_routes.get("/api/v1/admin/payouts", Who.ADMIN, lambda: payout_words.WaitingQuery, lambda: payout_words.WaitingPage)
def list_waiting(call: Call[payout_words.WaitingQuery]) -> payout_words.WaitingPage:
    return backoffice.list_waiting(call.world, call.words)


@_routes.post("/api/v1/admin/payouts/pause", Who.ADMIN, Because, lambda: payout_words.Paused)
def pause(call: Call[Because]) -> Outcome:
    return backoffice.pause(call.world, call.admin, call.words, call.claim)


@_routes.post("/api/v1/admin/payouts/resume", Who.ADMIN, Because, lambda: payout_words.Paused)
def resume(call: Call[Because]) -> Outcome:
    return backoffice.resume(call.world, call.admin, call.words, call.claim)


@_routes.post("/api/v1/admin/payouts/{payout_id}/release", Who.ADMIN, Because, lambda: payout_words.PayoutStatus)
def release(call: Call[Because]) -> Outcome:
    return backoffice.release(call.world, call.admin, call.ids["payout_id"], call.words, call.claim)


@_routes.post("/api/v1/admin/payouts/{payout_id}/fail", Who.ADMIN, Because, lambda: payout_words.PayoutStatus)
def fail(call: Call[Because]) -> Outcome:
    return backoffice.fail(call.world, call.admin, call.ids["payout_id"], call.words, call.claim)


ROUTES = [*_routes.all, *_sessions.all]
