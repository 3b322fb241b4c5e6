"""Every route by every credential: who is let in, and with which status everybody else is turned away (rulings 1-3).

The table is generated from the routes, so a new route is in it on the day it is served.
"""

import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Any

import pytest

import app
from chalicelib.doors.http.routes import Route, Who
from local.settings import ADMIN_KEY
from tests.harness import House, Reply
from tests.products.qa.people import Customer

LET_IN = 0
"""Not a status: whatever the verb answers, it is neither 401 nor 403 of the door."""

REGISTRATION_KEY = "a-registration-key-that-opens-nothing-else"
REGISTRATION_HASH = hashlib.sha256(REGISTRATION_KEY.encode()).hexdigest()
CODES = {Who.AGENT: "invalid_api_key", Who.OPERATOR: "invalid_operator", Who.ADMIN: "admin_key_required"}

# What is shown, and the status with which each kind of route turns it away.
TABLE: dict[str, dict[Who, int]] = {
    "nothing": {Who.AGENT: 401, Who.OPERATOR: 401, Who.ADMIN: 403},
    "a wrong key": {Who.AGENT: 401, Who.OPERATOR: 401, Who.ADMIN: 403},
    "a wrong operator id": {Who.AGENT: 401, Who.OPERATOR: 401, Who.ADMIN: 403},
    "a wrong admin key": {Who.AGENT: 401, Who.OPERATOR: 401, Who.ADMIN: 403},
    "a revoked key": {Who.AGENT: 401, Who.OPERATOR: 401, Who.ADMIN: 403},
    "an agent's key": {Who.AGENT: LET_IN, Who.OPERATOR: 401, Who.ADMIN: 403},
    "an agent's key as bearer": {Who.AGENT: LET_IN, Who.OPERATOR: 401, Who.ADMIN: 403},
    "another agent's key": {Who.AGENT: LET_IN, Who.OPERATOR: 401, Who.ADMIN: 403},
    "an operator's id": {Who.AGENT: 401, Who.OPERATOR: LET_IN, Who.ADMIN: 403},
    "an operator's id as a key": {Who.AGENT: 401, Who.OPERATOR: 401, Who.ADMIN: 403},
    "an agent's key as an admin's": {Who.AGENT: 401, Who.OPERATOR: 401, Who.ADMIN: 403},
    "the registration key": {Who.AGENT: 401, Who.OPERATOR: 401, Who.ADMIN: 403},
    "an admin's key": {Who.AGENT: 401, Who.OPERATOR: 401, Who.ADMIN: LET_IN},
    "an admin's key as a key": {Who.AGENT: 401, Who.OPERATOR: 401, Who.ADMIN: 403},
    "a key without its scheme": {Who.AGENT: 401, Who.OPERATOR: 401, Who.ADMIN: 403},
    "a key under another scheme": {Who.AGENT: 401, Who.OPERATOR: 401, Who.ADMIN: 403},
    "an empty bearer": {Who.AGENT: 401, Who.OPERATOR: 401, Who.ADMIN: 403},
    "a right key and a wrong one": {Who.AGENT: 401, Who.OPERATOR: 401, Who.ADMIN: 403},
    "two right keys": {Who.AGENT: 401, Who.OPERATOR: 401, Who.ADMIN: 403},
    "a key and an operator's id": {Who.AGENT: 401, Who.OPERATOR: 401, Who.ADMIN: 403},
}
TWO = {"a right key and a wrong one", "two right keys", "a key and an operator's id"}


@dataclass(frozen=True)
class People:
    """One house, and everybody who comes to its doors."""

    house: House
    shown: dict[str, dict[str, str]]
    ids: dict[str, str]

    def ask(self, route: Route, headers: dict[str, str]) -> Reply:
        path = route.path
        for name in [part[1:-1] for part in path.split("/") if part.startswith("{")]:
            path = path.replace(f"{{{name}}}", self.ids.get(name, f"{name.removesuffix('_id')}_{'0' * 26}"))
        return self.house.request(route.method, path, None if route.method == "GET" else {}, headers=headers)


@pytest.fixture
def people(house: House) -> People:
    agent, other, operator = house.agent(deposit=100), house.agent(), house.operator()
    key, others = agent.headers["X-API-Key"], other.headers["X-API-Key"]
    gone = agent.send("/agents/keys", {"name": "gone"}).json
    assert agent.send(f"/agents/keys/{gone['id']}", method="DELETE").status == 200
    bearer = {"Authorization": f"Bearer {key}"}
    shown = {
        "nothing": {},
        "a wrong key": {"X-API-Key": f"{key[:-1]}!"},
        "a wrong operator id": {"X-Operator-Id": "op_" + "0" * 26},
        "a wrong admin key": {"X-Admin-Key": f"{ADMIN_KEY}x"},
        "a revoked key": {"X-API-Key": gone["api_key"]},
        "an agent's key": agent.headers,
        "an agent's key as bearer": bearer,
        "another agent's key": other.headers,
        "an operator's id": operator.headers,
        "an operator's id as a key": {"X-API-Key": operator.id},
        "an agent's key as an admin's": {"X-Admin-Key": key},
        "the registration key": {"X-Admin-Key": REGISTRATION_KEY},
        "an admin's key": {"X-Admin-Key": ADMIN_KEY},
        "an admin's key as a key": {"X-API-Key": ADMIN_KEY},
        "a key without its scheme": {"Authorization": key},
        "a key under another scheme": {"Authorization": f"Basic {key}"},
        "an empty bearer": {"Authorization": "Bearer "},
        "a right key and a wrong one": {**agent.headers, "Authorization": "Bearer wrong"},
        "two right keys": {**bearer, "X-API-Key": others},
        "a key and an operator's id": {**agent.headers, **operator.headers},
    }
    key_id, job_id = agent.get("/agents/keys").json["data"][0]["id"], Customer(agent).ordered()
    return People(house, shown, {"task_id": agent.posted(), "key_id": key_id, "job_id": job_id})


@pytest.mark.promise("auth.table")
@pytest.mark.parametrize("settings", [{"BYHAND_REGISTRATION_KEY_HASHES": f"desk:{REGISTRATION_HASH}"}])
def test_every_route_lets_in_whom_it_is_for_and_nobody_else(people: People) -> None:
    assert set(people.shown) == set(TABLE)
    for route in app.ROUTES:
        for name, headers in people.shown.items():
            if route.who is not Who.ANYONE and TABLE[name][route.who] != LET_IN:
                refused = people.ask(route, headers)
                assert (route.name, name, refused.status) == (route.name, name, TABLE[name][route.who])
                code = refused.json["code"]
                expected = {CODES[route.who], "two_credentials"} if name in TWO else {CODES[route.who]}
                assert (route.name, name, code in expected, code) == (route.name, name, True, code)


@pytest.mark.promise("auth.table")
def test_whoever_a_route_is_for_gets_past_its_door(people: People) -> None:
    codes = {*CODES.values(), "two_credentials"}
    for route in app.ROUTES:
        for name in ("another agent's key", "an operator's id", "an admin's key"):
            if route.who is not Who.ANYONE and TABLE[name][route.who] == LET_IN:
                answer = people.ask(route, people.shown[name])
                assert (route.name, name, answer.status) != (route.name, name, 500)
                assert answer.status < 400 or answer.json["code"] not in codes, (route.name, name)


@pytest.mark.promise("auth.table")
def test_another_accounts_things_are_404_on_every_route_of_an_agent_with_an_id(people: People) -> None:
    asked = [route for route in app.ROUTES if route.who is Who.AGENT and "{" in route.path]
    assert len(asked) >= 4
    for route in asked:
        answer = people.ask(route, people.shown["another agent's key"])
        # Words come before things: a deed that wants some may refuse the empty ones of this table first.
        expected = {404, 400} if route.method != "GET" and route.words.model_fields else {404}
        assert (route.name, answer.status in expected, answer.status) == (route.name, True, answer.status)


@pytest.mark.promise("auth.table")
def test_a_token_that_proves_nothing_opens_no_route_of_an_operator(people: People) -> None:
    """Real tokens of a real provider on loopback, each with one fault; the right one opens what it is for."""
    providers = pytest.importorskip("tests.core.providers", reason="Operators have no tokens yet.")
    from chalicelib.core.identity.keys import ProviderKeys
    from chalicelib.core.identity.tokens import JwtTokens

    with providers.providing() as provider:
        tokens = JwtTokens(ProviderKeys(provider.url), providers.ISSUER, frozenset({providers.PAGE}))
        with people.house.living_in(tokens=tokens):
            right = {"Authorization": f"Bearer {provider.token('user_table')}"}
            order = {"name": "Jane Doe", "email": "jane.table@example.com"}
            assert people.house.request("POST", "/api/v1/operator/register", order, headers=right).status == 201
            assert people.house.request("GET", "/api/v1/operator/earnings", headers=right).status == 200
            for name, token in _bad_tokens(provider, providers).items():
                for route in (one for one in app.ROUTES if one.who is Who.OPERATOR):
                    refused = people.ask(route, {"Authorization": f"Bearer {token}"})
                    assert (route.name, name, refused.status) == (route.name, name, 401)
                    assert refused.json["code"] == CODES[Who.OPERATOR]
            for route in (one for one in app.ROUTES if one.who in (Who.AGENT, Who.ADMIN)):
                assert (route.name, people.ask(route, right).status in (401, 403)) == (route.name, True)


def _bad_tokens(provider: Any, providers: Any) -> dict[str, str]:
    """Tokens of somebody who is registered, each with one fault."""
    right = provider.token("user_table")
    claims, signature = right.split(".")[1:]

    def headed(alg: str) -> str:
        return providers.encoded(json.dumps({"alg": alg, "kid": "first", "typ": "JWT"}).encode())

    by_public_key = f"{headed('HS256')}.{claims}"
    forged = hmac.new(providers.pem(providers.key()), by_public_key.encode(), hashlib.sha256).digest()
    return {
        "expired": provider.token("user_table", exp=1),
        "unsigned": f"{headed('none')}.{claims}.",
        "said to be unsigned": f"{headed('none')}.{claims}.{signature}",
        "signed with the public key": f"{by_public_key}.{providers.encoded(forged)}",
        "signed by another key": provider.token("user_table", pair=providers.key("second")),
        "of another issuer": provider.token("user_table", iss="https://evil.example.com"),
        "for another party": provider.token("user_table", azp="https://evil.example.com"),
        "of nobody who is registered": provider.token("user_elsewhere"),
        "no token": "no.token.at",
    }
