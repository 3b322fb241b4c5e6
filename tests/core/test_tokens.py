"""Operator tokens: what the provider signed for us and for now, and nothing else (ruling 20)."""

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.core.identity.keys import ASKED_EVERY, KEPT, ProviderKeys, published
from chalicelib.core.identity.tokens import ClosedDoor, JwtTokens
from chalicelib.core.ports.tokens import BadToken, Bearer
from tests.core.providers import ISSUER, PAGE, Provider, encoded, jwk, key, pem, providing

NOW = datetime(2026, 2, 10, 12, tzinfo=UTC)


@pytest.fixture
def provider() -> Iterator[Provider]:
    with providing() as provider:
        yield provider


@pytest.fixture
def tokens(provider: Provider) -> JwtTokens:
    return JwtTokens(ProviderKeys(provider.url), ISSUER, frozenset({PAGE, "https://other.example.com"}))


def _seconds(seconds: int) -> int:
    return int(NOW.timestamp()) + seconds


def _forged(header: dict[str, object], claims: dict[str, object] | None = None, secret: bytes = b"") -> str:
    """A token that nobody with the private key has signed."""
    whole = {"iss": ISSUER, "sub": "user_1", "azp": PAGE, "exp": _seconds(60), **(claims or {})}
    signed = f"{encoded(json.dumps(header).encode())}.{encoded(json.dumps(whole).encode())}"
    signature = hmac.new(secret, signed.encode(), hashlib.sha256).digest() if secret else b""
    return f"{signed}.{encoded(signature)}"


@pytest.mark.promise("operators.auth.token")
def test_a_token_says_whose_it_is(provider: Provider, tokens: JwtTokens) -> None:
    assert tokens.read(provider.token(now=NOW), NOW) == Bearer(ISSUER, "user_1")
    assert tokens.read(provider.token(now=NOW, nbf=None, iat=None), NOW).subject == "user_1"
    for moment, seconds in (("exp", -29), ("nbf", 29), ("iat", 29)):
        assert tokens.read(provider.token(now=NOW, **{moment: _seconds(seconds)}), NOW).subject == "user_1"
    assert provider.asked == 1


WRONG: dict[str, Callable[[Provider], str]] = {
    "nothing": lambda _: "",
    "no token": lambda _: "a.b",
    "no json": lambda _: f"{encoded(b'x')}.{encoded(b'x')}.{encoded(b'x')}",
    "not ascii": lambda provider: provider.token(now=NOW) + "é",
    "a claim too many": lambda provider: provider.token(now=NOW, more="x" * 8_192),
    "an unknown kid": lambda provider: provider.token(now=NOW, kid="second"),
    "a kid that is no text": lambda _: _forged({"alg": "RS256", "kid": 1}),
    "no kid": lambda _: _forged({"alg": "RS256"}),
    "another key": lambda provider: provider.token(now=NOW, pair=key("second")),
    "a changed claim": lambda provider: _changed(provider.token(now=NOW)),
    "alg none": lambda _: _forged({"alg": "none", "kid": "first"}),
    "alg none in capitals": lambda _: _forged({"alg": "NONE", "kid": "first"}),
    "HS256 with the public key": lambda _: _forged({"alg": "HS256", "kid": "first"}, secret=pem(key())),
    "RS256 that is HS256": lambda _: _forged({"alg": "RS256", "kid": "first"}, secret=pem(key())),
    "its own key": lambda provider: provider.token(
        now=NOW, pair=key("second"), kid="second", header={"jwk": jwk("second", key("second"))}
    ),
    "its own url": lambda provider: provider.token(
        now=NOW, pair=key("second"), kid="second", header={"jku": provider.url, "x5u": provider.url}
    ),
    "critical": lambda provider: provider.token(now=NOW, header={"crit": ["exp"]}),
    "another issuer": lambda provider: provider.token(now=NOW, iss=f"{ISSUER}/"),
    "several issuers": lambda provider: provider.token(now=NOW, iss=[ISSUER]),
    "no issuer": lambda provider: provider.token(now=NOW, iss=None),
    "another party": lambda provider: provider.token(now=NOW, azp="https://evil.example.com"),
    "several parties": lambda provider: provider.token(now=NOW, azp=[PAGE]),
    "no party": lambda provider: provider.token(now=NOW, azp=None),
    "no subject": lambda provider: provider.token(None, now=NOW),
    "an empty subject": lambda provider: provider.token("", now=NOW),
    "a subject that is no text": lambda provider: provider.token(1, now=NOW),
    "a long subject": lambda provider: provider.token("x" * 256, now=NOW),
    "no end": lambda provider: provider.token(now=NOW, exp=None),
    "an end in words": lambda provider: provider.token(now=NOW, exp=str(_seconds(60))),
    "an end that is true": lambda provider: provider.token(now=NOW, exp=True),
    "no end for ever": lambda provider: provider.token(now=NOW, exp=float("inf")),
    "ended": lambda provider: provider.token(now=NOW, exp=_seconds(-30)),
    "not yet": lambda provider: provider.token(now=NOW, nbf=_seconds(31)),
    "issued tomorrow": lambda provider: provider.token(now=NOW, iat=_seconds(31)),
    "issued in words": lambda provider: provider.token(now=NOW, iat="now"),
}


def _changed(token: str) -> str:
    head, _, signature = token.split(".")
    claims = {"iss": ISSUER, "sub": "user_2", "azp": PAGE, "exp": _seconds(60)}
    return f"{head}.{encoded(json.dumps(claims).encode())}.{signature}"


@pytest.mark.promise("operators.auth.token_wrong")
def test_a_token_with_anything_wrong_is_nobodys(provider: Provider, tokens: JwtTokens) -> None:
    for what, make in WRONG.items():
        with pytest.raises(BadToken):
            pytest.fail(f"{what}: {tokens.read(make(provider), NOW)}")
    assert tokens.read(provider.token(now=NOW), NOW).subject == "user_1", "and the right one still works"
    assert provider.asked == 1


def test_a_party_is_looked_at_only_where_parties_are_named_and_an_audience_likewise(provider: Provider) -> None:
    keys = ProviderKeys(provider.url)
    assert JwtTokens(keys, ISSUER).read(provider.token(now=NOW, azp=None, aud="whoever"), NOW)
    for_us = JwtTokens(keys, ISSUER, audience="byhand")
    for heard in ("byhand", ["other", "byhand"]):
        assert for_us.read(provider.token(now=NOW, aud=heard), NOW)
    for heard in (None, "other", ["other"], [], "byhand2", {"byhand": 1}):
        with pytest.raises(BadToken, match="aud"):
            for_us.read(provider.token(now=NOW, aud=heard), NOW)


@pytest.mark.promise("operators.auth.token_closed")
def test_where_no_provider_is_configured_no_token_means_anything(provider: Provider) -> None:
    with pytest.raises(BadToken):
        ClosedDoor().read(provider.token(now=NOW), NOW)


@pytest.mark.promise("operators.auth.keys_rotate")
def test_a_new_key_is_found_by_one_request_and_a_flood_of_unknown_ones_makes_one_a_minute(provider: Provider) -> None:
    keys = ProviderKeys(provider.url)
    assert keys.find("first", NOW)
    provider.keys = [jwk("first", key()), jwk("second", key("second"))]
    later = NOW + ASKED_EVERY
    assert keys.find("second", later - timedelta(seconds=1)) is None
    assert provider.asked == 1
    assert keys.find("second", later)
    assert provider.asked == 2
    for number in range(50):
        assert keys.find(f"unknown-{number}", later + timedelta(seconds=number)) is None
        assert keys.find("first", later)
    assert provider.asked == 2
    assert keys.find("unknown", later + ASKED_EVERY) is None
    assert provider.asked == 3


@pytest.mark.promise("operators.auth.keys_rotate")
def test_keys_are_kept_an_hour_and_go_on_working_while_the_provider_is_down(provider: Provider) -> None:
    keys = ProviderKeys(provider.url)
    provider.status = 503
    assert keys.find("first", NOW) is None
    assert keys.find("first", NOW + timedelta(seconds=59)) is None
    assert provider.asked == 1, "a failed try counts as one too"
    provider.status = 200
    start = NOW + ASKED_EVERY
    assert keys.find("first", start)
    assert keys.find("first", start + KEPT - timedelta(seconds=1))
    assert provider.asked == 2
    for broken in ({"status": 503}, {"status": 200, "keys": []}):
        for name, value in broken.items():
            setattr(provider, name, value)
        start += KEPT
        assert keys.find("first", start)
        assert keys.find("first", start + timedelta(seconds=30))
    assert provider.asked == 4
    provider.keys = [jwk("second", key("second"))]
    assert keys.find("first", start + ASKED_EVERY) is None, "a key that was taken back opens nothing within the hour"
    assert keys.find("second", start + ASKED_EVERY)


@pytest.mark.promise("operators.auth.keys_rotate")
def test_a_provider_that_is_not_there_closes_the_door_and_breaks_nothing() -> None:
    keys = ProviderKeys("http://127.0.0.1:9/jwks.json")
    assert keys.find("first", NOW) is None


def test_only_long_rsa_keys_for_signatures_are_taken() -> None:
    good = jwk("good", key())
    private = {**jwk("private", key()), "d": "AQAB"}
    bare = jwk("bare", key(), use=None, alg=None)
    bad = [
        jwk("short", key("short", 1_024)), jwk("for encryption", key(), use="enc"), jwk("other", key(), alg="RS512"),
        {"kty": "oct", "kid": "secret", "k": "AQAB"}, {"kty": "EC", "kid": "curve", "crv": "P-256", "x": "a", "y": "b"},
        jwk("no modulus", key(), n=None),
        jwk("odd", key(), n="!"), jwk("even", key(), e="Ag"), jwk("none", key(), e=""),
        {**good, "kid": 1}, {**good, "kid": ""}, "no key", None,
    ]  # fmt: skip
    assert set(published({"keys": [*bad, good, bare, private]})) == {"good", "bare", "private"}
    for answer in (None, [], "x", {}, {"keys": "x"}, {"keys": {}}):
        assert published(answer) == {}
