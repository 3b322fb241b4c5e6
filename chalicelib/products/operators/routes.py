"""Operators over HTTP."""

from chalicelib.doors.http.routes import Call, Routes, Who
from chalicelib.kit.once import Outcome
from chalicelib.kit.words import Nothing
from chalicelib.products.operators import actions, words

_routes = Routes()


@_routes.post("/api/v1/operator/register", Who.ANYONE, words.Registration, words.Registered, status=201, once=False)
def register(call: Call[words.Registration]) -> Outcome:
    return actions.register(call.world, call.words)


@_routes.post(
    "/api/v1/operator/upload", Who.OPERATOR, words.UploadOrder, words.UploadReady, status=201, uploads=True
)  # fmt: skip
def upload(call: Call[words.UploadOrder]) -> Outcome:
    """Hand in a file: announced in words and PUT to a signed URL, or, when it is small, as the body itself."""
    request = call.request
    if request.is_file:
        return actions.store_upload(call.world, call.operator, request.content_type, request.body, call.claim)
    return actions.announce_upload(call.world, call.operator, call.words, call.claim)


@_routes.get("/api/v1/operator/earnings", Who.OPERATOR, Nothing, words.Earnings)
def earnings(call: Call[Nothing]) -> words.Earnings:
    return actions.earnings(call.world, call.operator)


@_routes.post("/api/v1/operator/payout", Who.OPERATOR, words.PayoutOrder, words.PayoutMade)
def request_payout(call: Call[words.PayoutOrder]) -> Outcome:
    return actions.request_payout(call.world, call.operator, call.words, call.claim)


@_routes.get("/api/v1/operator/payout/status/{payout_id}", Who.OPERATOR, Nothing, words.PayoutStatus)
def payout_status(call: Call[Nothing]) -> words.PayoutStatus:
    return actions.payout_status(call.world, call.operator, call.ids["payout_id"])


ROUTES = _routes.all
