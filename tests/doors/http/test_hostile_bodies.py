"""Bodies that nobody could mean, at every route that reads one: always refused in our shape, never a fault."""

import pytest

import app
from chalicelib.doors.http.routes import JSON_BYTES_MAX, Route, Who
from local.settings import ADMIN_KEY
from tests.harness import Agent, House, Operator

HOSTILE: dict[str, bytes] = {
    "not json": b"{'a': 1}",
    "half of it": b'{"a": ',
    "an array": b"[]",
    "an array of objects": b'[{"a": 1}]',
    "null": b"null",
    "a text": b'"a"',
    "a number": b"7",
    "not a number": b'{"amount_usd": NaN, "reward_usd": NaN, "amount_usdc": NaN}',
    "without end": b'{"amount_usd": Infinity, "reward_usd": -Infinity}',
    "five thousand digits": b'{"reward_usd": ' + b"9" * 5_000 + b"}",
    "a huge exponent": b'{"reward_usd": 1e999999999}',
    "a tiny exponent": b'{"reward_usd": 1e-999999999}',
    "too deep": b'{"a":' * 33 + b"1" + b"}" * 33,
    "far too deep": b'{"a":' * 20_000,
    "deep arrays": b"[" * 20_000,
    "half a character": b'{"title": "\\ud800", "name": "\\udfff"}',
    "half a character in a name": b'{"\\ud800": 1}',
    "no text": b"\xff\xfe\x00",
    "text of another kind": '{"name": "schlüssel"}'.encode("utf-16"),
    "an end in the middle": b'{"name": "a\\u0000b"}',
    "turned round": '{"title": "\u202e"}'.encode(),
    "a byte too many": b'{"a": "' + b"x" * (JSON_BYTES_MAX - 8) + b'"}',
}
# What each kind of body is refused with; a route without words refuses it all the same.
STATUS = {name: 413 if name == "a byte too many" else 400 for name in HOSTILE}
# Strange, but of JSON's grammar: routes refuse them for their words, or take them for what they say.
STRANGE: dict[str, bytes] = {
    "the last of two": b'{"name": 1, "name": 2, "decision": 1, "decision": []}',
    "other types": b'{"name": [], "email": {}, "title": true, "photos": "x", "tx_hash": 1, "decision": null}',
    "big numbers": b'{"amount_usd": 1e39, "amount_usdc": -1e39, "reward_usd": 9999999999999, "advance_seconds": 1e30}',
    "big times": b'{"deadline": "9999-12-31T23:59:59-14:00", "advance_seconds": 99999999999999999999}',
    "prototypes": b'{"__proto__": {"a": 1}, "constructor": {"prototype": {}}, "__class__": "x"}',
}
WRITING = [route for route in app.ROUTES if route.method != "GET"]


def _headers(route: Route, agent: Agent, operator: Operator) -> dict[str, str]:
    right = {Who.AGENT: agent.headers, Who.OPERATOR: operator.headers, Who.ADMIN: {"X-Admin-Key": ADMIN_KEY}}
    return right.get(route.who, {})


def _path(route: Route) -> str:
    return "/".join(f"task_{'0' * 26}" if part.startswith("{") else part for part in route.path.split("/"))


@pytest.mark.promise("bodies.hostile")
def test_no_hostile_body_is_taken_by_any_route_or_breaks_one(house: House) -> None:
    """Every route meets a fifth of the bodies, and its neighbours the others; the long proof leaves none out."""
    _attack(house, 5)


@pytest.mark.slow
@pytest.mark.promise("bodies.hostile")
def test_not_one_of_the_hostile_bodies_is_taken_by_any_route_or_breaks_one(house: House) -> None:
    _attack(house, 1)


def _attack(house: House, share: int) -> None:
    agent, operator = house.agent(deposit=100), house.operator()
    assert len(HOSTILE["a byte too many"]) == JSON_BYTES_MAX + 1
    assert len(WRITING) > 10
    bodies = list({**HOSTILE, **STRANGE}.items())
    for number, route in enumerate(WRITING):
        headers = _headers(route, agent, operator)
        for name, raw in bodies[number % share :: share]:
            answer = house.request(route.method, _path(route), headers=headers, raw=raw)
            told = (route.name, name, answer.status)
            # Where bytes are signed, who signed them is asked first, and refused for that.
            if name in HOSTILE and not route.signed:
                assert told == (route.name, name, STATUS[name])
            assert 200 <= answer.status < 500, told
            if answer.status >= 400:
                assert set(answer.json) >= {"error", "code", "request_id"}, told
    assert agent.balance() == (100, 0)


@pytest.mark.promise("bodies.hostile")
def test_another_content_type_is_refused_by_every_route_that_reads_a_body(house: House) -> None:
    agent, operator = house.agent(), house.operator()
    for route in WRITING:
        if route.method == "DELETE":
            continue  # Nobody sends one with a body, and the framework does not look.
        for kind in ("text/plain", "application/x-www-form-urlencoded", "application/xml", "text/html", "x"):
            headers = {**_headers(route, agent, operator), "Content-Type": kind}
            refused = house.request(route.method, _path(route), headers=headers, raw=b'{"name": "a"}')
            assert (route.name, kind, refused.status) == (route.name, kind, 415)
            assert set(refused.json) >= {"error", "code", "request_id"}
