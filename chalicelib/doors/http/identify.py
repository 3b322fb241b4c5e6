"""Who sent a request: an agent by key, an operator by token or id, an admin by name, or nobody we know."""

from collections.abc import Callable, Mapping

from chalicelib.core.identity import service as identity
from chalicelib.core.identity.model import Admin, Agent, Operator
from chalicelib.core.world import World
from chalicelib.doors.http.routes import Request, Who
from chalicelib.kit.errors import Refusal, Unauthenticated

Caller = Agent | Operator | Admin


class TwoCredentials(Unauthenticated):
    """One request carries two different credentials; we do not guess which one is meant."""

    code = "two_credentials"

    def __init__(self) -> None:
        super().__init__("This request carries two different credentials; send one of them.")


def identify(world: World, who: Who, request: Request) -> Caller | Refusal | None:
    """The caller; or the refusal, for the door to raise after the request was counted; or None where anyone may call.

    A refusal is returned and not raised because wrong keys are counted like right ones (ruling 6).
    """
    if who is Who.ANYONE:
        return None
    try:
        return _KNOWN_BY[who](world, request)
    except Refusal as refusal:
        return refusal


def _agent(world: World, request: Request) -> Agent:
    if request.headers.get("x-operator-id"):
        raise TwoCredentials if _keys(request) else identity.UnknownKey
    keys = _keys(request)
    if len(keys) > 1:
        raise TwoCredentials
    if not keys:
        raise identity.UnknownKey
    return identity.recognise_key(world, keys.pop())


def _operator(world: World, request: Request) -> Operator:
    operator_id, token = request.headers.get("x-operator-id", "").strip(), token_of(request)
    if token:
        return identity.recognise_operator(world, _id_of(world, token, operator_id))
    if not operator_id or not world.settings.allow_dev_operator_id_header:
        raise identity.UnknownOperator
    if _keys(request):
        raise TwoCredentials
    return identity.recognise_operator(world, operator_id)


def _id_of(world: World, token: str, operator_id: str) -> str:
    """The operator of a token; an id beside it must mean the same one. Raises UnknownOperator, TwoCredentials."""
    try:
        of_token = identity.operator_id_of(identity.bearer_of(world, token))
    except identity.UnknownOperator:
        raise TwoCredentials if operator_id else identity.UnknownOperator from None
    if operator_id not in ("", of_token):
        raise TwoCredentials
    return of_token


def _admin(world: World, request: Request) -> Admin:
    return identity.recognise_admin(world, request.headers.get("x-admin-key", "").strip())


def token_of(request: Request) -> str:
    """The bearer token of a request; empty without one. Raises TwoCredentials when an API key stands beside it."""
    bearer, keys = _bearer(request), _keys(request)
    if len(keys) > 1:
        raise TwoCredentials
    return bearer


def _bearer(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").strip().partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _keys(request: Request) -> set[str]:
    """The distinct credentials in X-API-Key and Authorization: Bearer."""
    return {key for key in (request.headers.get("x-api-key", "").strip(), _bearer(request)) if key}


_KNOWN_BY: Mapping[Who, Callable[[World, Request], Caller]] = {
    Who.AGENT: _agent,
    Who.OPERATOR: _operator,
    Who.ADMIN: _admin,
}
