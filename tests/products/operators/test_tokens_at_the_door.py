"""Operator tokens over HTTP: who may register, and what a token opens (rulings 2, 3, 20)."""

from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.core.identity import service as identity
from chalicelib.core.ports.tokens import Bearer
from chalicelib.kit import ids as shape
from tests.core.providers import ISSUER, PAGE, Provider, key, providing
from tests.harness import House, Operator, Reply
from tests.products.operators.calls import counting

ORDER = {"name": "Jane Doe", "email": "jane@example.com"}
ME = "/api/v1/operator/me"


@pytest.fixture
def provider() -> Iterator[Provider]:
    with providing() as provider:
        yield provider


@pytest.fixture
def settings(provider: Provider) -> dict[str, str]:
    return {
        "OPERATOR_JWKS_URL": provider.url, "OPERATOR_JWT_ISSUER": ISSUER,
        "OPERATOR_JWT_AUTHORIZED_PARTIES": f"{PAGE}, ",
    }  # fmt: skip


def _register(house: House, token: str, **words: Any) -> Reply:
    return house.request("POST", "/api/v1/operator/register", {**ORDER, **words}, headers=_bearer(token))


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def _asked(house: House, **headers: str) -> tuple[int, str]:
    told = house.request("GET", ME, headers={name.replace("_", "-"): value for name, value in headers.items()})
    return told.status, told.json["code"] if told.status >= 400 else told.json["operator_id"]


@pytest.mark.promise("operators.auth.token", "operators.register.once")
def test_a_person_is_the_subject_of_a_token_whatever_the_email(house: House, provider: Provider) -> None:
    made = _register(house, provider.token("user_1"))
    operator_id = made.json["operator_id"]
    assert (made.status, made.json) == (
        201, {"operator_id": operator_id, "name": "Jane Doe", "kyc_status": "APPROVED"},
    )  # fmt: skip
    assert _asked(house, Authorization=f"Bearer {provider.token('user_1')}") == (200, operator_id)
    again = _register(house, provider.token("user_1"), email="other@example.com")
    assert (again.status, again.json["code"]) == (409, "operator_exists")
    other = _register(house, provider.token("user_2"))
    assert (other.status, other.json["operator_id"] == operator_id) == (201, False)
    assert _asked(house, Authorization=f"Bearer {provider.token('user_3')}") == (401, "invalid_operator")
    operator = Operator(house, _bearer(provider.token("user_1")), operator_id)
    agent = house.agent(deposit=100)
    task_id = agent.posted()
    assert operator.accept(task_id).status == 200
    operator.hand_in(task_id)
    assert provider.asked == 1


@pytest.mark.promise("operators.auth.token_wrong")
def test_what_is_no_token_of_ours_is_401_and_tells_nothing(house: House, provider: Provider) -> None:
    token, agent = provider.token("user_1"), house.agent()
    operator_id = _register(house, token).json["operator_id"]
    api_key = agent.headers["X-API-Key"]
    wrong = [token + "x", token[:-4], provider.token("user_1", pair=key("second")), "x", api_key, "é"]
    told = {house.request("GET", ME, headers=_bearer(one)).json["error"] for one in [*wrong, provider.token("nobody")]}
    assert len(told) == 1
    for one in wrong:
        assert _asked(house, Authorization=f"Bearer {one}") == (401, "invalid_operator")
        assert _register(house, one).status == 401
    assert _asked(house, X_API_Key=token) == (401, "invalid_operator")
    assert _asked(house, X_API_Key=token, Authorization=f"Bearer {token}") == (200, operator_id)
    for beside in ({"X_API_Key": api_key}, {"X_Operator_Id": house.operator().id}):
        assert _asked(house, Authorization=f"Bearer {token}", **beside) == (401, "two_credentials")
    assert _asked(house, Authorization="Bearer x", X_Operator_Id=operator_id) == (401, "two_credentials")
    assert _asked(house, Authorization=f"Bearer {token}", X_Operator_Id=operator_id) == (200, operator_id)
    balance = house.request("GET", "/api/v1/agents/balance", headers=_bearer(token))
    assert (balance.status, balance.json["code"]) == (401, "invalid_api_key")


@pytest.mark.promise("operators.auth.token", "operators.auth.dev_header_off")
def test_in_live_a_token_is_the_only_way_in_and_kyc_starts_as_pending(house: House, provider: Provider) -> None:
    task_id = house.agent(deposit=100).posted()
    live = {"byhand_mode": "live", "allow_dev_operator_id_header": False}
    with house.living_in(settings=house.world.settings.model_copy(update=live)):
        token = provider.token("user_1")
        nobody = house.request("POST", "/api/v1/operator/register", ORDER)
        assert (nobody.status, nobody.json["code"]) == (401, "token_required")
        made = _register(house, token)
        assert (made.status, made.json["kyc_status"]) == (201, "PENDING")
        operator_id = made.json["operator_id"]
        assert _asked(house, Authorization=f"Bearer {token}") == (200, operator_id)
        assert _asked(house, X_Operator_Id=operator_id) == (401, "invalid_operator")
        operator = Operator(house, _bearer(token), operator_id)
        for refused in (operator.payout(10), operator.accept(task_id)):
            assert (refused.status, refused.json["code"]) == (403, "kyc_required")


@pytest.mark.promise("operators.auth.token_closed")
@pytest.mark.parametrize("settings", [{}])
def test_where_no_provider_is_configured_a_token_opens_nothing(house: House, provider: Provider) -> None:
    token = provider.token("user_1")
    assert _asked(house, Authorization=f"Bearer {token}") == (401, "invalid_operator")
    refused = _register(house, token)
    assert (refused.status, refused.json["code"]) == (401, "invalid_operator")
    assert provider.asked == 0


def test_the_id_of_an_operator_follows_from_issuer_and_subject_and_from_both_together() -> None:
    ids = {
        identity.operator_id_of(Bearer(issuer, subject))
        for issuer, subject in (("a", "b"), ("a", "c"), ("ab", ""), ("", "ab"), ("b", "a"))
    }
    assert len(ids) == 5
    assert all(shape.looks_like(one, "op") for one in ids)
    assert identity.operator_id_of(Bearer(ISSUER, "user_1")) == "op_sn4i3n3jik2qov2revlsvwcy5w", "it must never change"


def test_a_token_costs_one_read(house: House, provider: Provider) -> None:
    token = provider.token("user_1")
    _register(house, token)
    with counting(house) as calls:
        assert _asked(house, Authorization=f"Bearer {token}")[0] == 200
    assert sorted(calls) == ["GetItem", "GetItem", "UpdateItem"], "the test clock, the operator, the rate"
