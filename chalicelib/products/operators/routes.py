"""Operators over HTTP."""

import simplejson

from chalicelib.doors.http.identify import token_of
from chalicelib.doors.http.routes import Call, Routes, Who
from chalicelib.kit.once import Outcome
from chalicelib.kit.words import Nothing, read
from chalicelib.products.operators import actions, kyc, me, search, words

_routes = Routes()


@_routes.post("/api/v1/operator/register", Who.ANYONE, words.Registration, words.Registered, status=201, once=False)
def register(call: Call[words.Registration]) -> Outcome:
    return actions.register(call.world, call.words, token_of(call.request))


@_routes.get("/api/v1/operator/me", Who.OPERATOR, Nothing, words.Me)
def show_me(call: Call[Nothing]) -> words.Me:
    return me.show(call.operator)


@_routes.patch("/api/v1/operator/me", Who.OPERATOR, words.MeChange, words.Me, once=False)
def change_me(call: Call[words.MeChange]) -> Outcome:
    return me.change(call.world, call.operator, call.words)


@_routes.get("/api/v1/operators/search", Who.AGENT, words.SearchQuery, words.FoundNear)
def find_near(call: Call[words.SearchQuery]) -> words.FoundNear:
    return search.search(call.world, call.words)


@_routes.get("/api/v1/admin/operators", Who.ADMIN, words.OperatorsQuery, words.OperatorsPage)
def list_operators(call: Call[words.OperatorsQuery]) -> words.OperatorsPage:
    return kyc.list_operators(call.world, call.words)


@_routes.get("/api/v1/admin/operators/{operator_id}", Who.ADMIN, Nothing, words.OperatorSheet)
def find_operator(call: Call[Nothing]) -> words.OperatorSheet:
    return kyc.find(call.world, call.ids["operator_id"])


@_routes.post("/api/v1/admin/operators/{operator_id}/kyc", Who.ADMIN, words.KycOrder, words.OperatorSheet)
def decide_kyc(call: Call[words.KycOrder]) -> Outcome:
    return kyc.decide(call.world, call.admin, call.ids["operator_id"], call.words, call.claim)


@_routes.post("/api/v1/webhooks/kyc", Who.ANYONE, Nothing, words.KycHeard, once=False)
def hear_of_kyc(call: Call[Nothing]) -> Outcome:
    """The words are read after the signature, so that a stranger's notice is 401 and nothing else."""
    sent = call.request
    digest, algorithm = (sent.headers.get(f"x-payload-digest{part}", "") for part in ("", "-alg"))
    kyc.check_signature(call.world, sent.body, digest, algorithm)
    return kyc.hear(call.world, read(words.KycNotice, simplejson.loads(sent.body.decode())))


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
