"""POST /agents/register: an account, its first key, and who may have one."""

import hashlib
from typing import Any

import pytest

from tests.harness import House, Reply

ORDER = {"name": "my-agent", "email": "agent@example.com"}
REGISTRATION_KEY, OLDER_KEY, SHORT_KEY = "r" * 40, "o" * 32, "s" * 31


def _register(house: House, headers: dict[str, str] | None = None, **words: Any) -> Reply:
    order = {name: value for name, value in {**ORDER, **words}.items() if value is not None}
    return house.request("POST", "/api/v1/agents/register", order, headers=headers)


@pytest.mark.promise("accounts.register.created")
def test_registering_answers_201_with_an_id_a_key_and_the_warning(house: House) -> None:
    made = _register(house, company="Acme Inc")
    assert made.status == 201
    assert set(made.json) == {"agent_id", "api_key", "message"}
    assert made.json["message"] == "Save this API key - it won't be shown again."
    assert made.json["agent_id"].startswith("agent_")
    balance = house.request("GET", "/api/v1/agents/balance", headers={"X-API-Key": made.json["api_key"]})
    assert (balance.status, balance.json["deposit_balance"]) == (200, 0)


@pytest.mark.promise("accounts.register.prefix")
def test_a_key_begins_with_the_prefix_that_was_asked_for_and_has_256_random_bits(house: House) -> None:
    for prefix in ("ho_live_", "ih_", "qa_live_"):
        key = _register(house, key_prefix=prefix, email=f"{prefix}@example.com").json["api_key"]
        assert key.startswith(prefix)
        assert len(key.removeprefix(prefix)) == 43  # 32 bytes in base64 without padding
        assert house.request("GET", "/api/v1/agents/balance", headers={"X-API-Key": key}).status == 200
    assert _register(house).json["api_key"].startswith("ho_live_")
    spelled = _register(house, email="spelled@example.com", prefix="qa_live_")
    assert spelled.json["api_key"].startswith("qa_live_"), "as it is spelled elsewhere"
    refused = _register(house, email="other@example.com", key_prefix="sk_")
    assert (refused.status, refused.json["details"]["field"]) == (400, "key_prefix")


WRONG_WORDS: list[tuple[dict[str, Any], str]] = [
    ({"name": None}, "name"), ({"name": ""}, "name"), ({"name": "   "}, "name"), ({"name": "n" * 101}, "name"),
    ({"name": 7}, "name"), ({"email": None}, "email"), ({"email": "agent"}, "email"),
    ({"email": "agent@example"}, "email"), ({"email": "a gent@example.com"}, "email"),
    ({"email": "@example.com"}, "email"), ({"email": "a" * 250 + "@example.com"}, "email"),
    ({"company": "c" * 201}, "company"),
]  # fmt: skip


@pytest.mark.promise("accounts.register.fields")
def test_a_name_and_an_email_address_are_required_and_a_company_is_not(house: House) -> None:
    for words, field in WRONG_WORDS:
        refused = _register(house, **words)
        assert (words, refused.status, refused.json["details"]["field"]) == (words, 400, field)
    assert _register(house, company=None).status == 201


@pytest.mark.promise("accounts.register.email_taken")
def test_an_email_belongs_to_one_agent_however_it_is_written(house: House) -> None:
    assert _register(house).status == 201
    for email in ("agent@example.com", "Agent@Example.COM", " agent@example.com "):
        again = _register(house, email=email)
        assert (again.status, again.json["code"]) == (409, "email_taken")


@pytest.mark.promise("idempotency.register.ignores")
def test_registering_ignores_the_idempotency_key_since_the_email_makes_it_once(house: House) -> None:
    headers = {"Idempotency-Key": "the-same"}
    first = _register(house, headers)
    assert (first.status, "idempotent-replayed" in first.headers) == (201, False)
    assert _register(house, headers).status == 409
    other = _register(house, headers, email="other@example.com")
    assert other.status == 201
    assert other.json["agent_id"] != first.json["agent_id"]


@pytest.mark.promise("accounts.register.admin_key")
@pytest.mark.parametrize("settings", [{"BYHAND_REGISTRATION": "admin_key"}])
def test_a_registration_key_that_was_never_set_lets_nobody_in(house: House) -> None:
    for headers in ({}, {"X-Admin-Key": ""}, {"X-Admin-Key": REGISTRATION_KEY}):
        refused = _register(house, headers)
        assert (refused.status, refused.json["code"]) == (403, "registration_refused")


HASHES = ",".join(
    f"{name}:{hashlib.sha256(key.encode()).hexdigest()}"
    for name, key in {"old": OLDER_KEY, "new": REGISTRATION_KEY, "weak": SHORT_KEY}.items()
)
BEHIND_A_KEY = {"BYHAND_REGISTRATION": "admin_key", "BYHAND_REGISTRATION_KEY_HASHES": HASHES}


@pytest.mark.promise("accounts.register.admin_key")
@pytest.mark.parametrize("settings", [BEHIND_A_KEY])
def test_registration_behind_a_key_takes_any_of_the_keys_and_refuses_others_with_403(house: House) -> None:
    for wrong in (
        {},
        {"X-Admin-Key": ""},
        {"X-Admin-Key": "wrong"},
        {"X-Admin-Key": "schlüssel"},
        {"X-Admin-Key": SHORT_KEY},
    ):
        refused = _register(house, wrong)
        assert (refused.status, refused.json["code"]) == (403, "registration_refused")
    assert _register(house, {"X-Admin-Key": REGISTRATION_KEY}).status == 201
    assert _register(house, {"X-Admin-Key": OLDER_KEY}, email="other@example.com").status == 201


@pytest.mark.promise("accounts.register.key_opens_nothing_else")
@pytest.mark.parametrize("settings", [BEHIND_A_KEY])
def test_the_registration_key_opens_nothing_else(house: House) -> None:
    for headers in ({"X-API-Key": REGISTRATION_KEY}, {"X-Admin-Key": REGISTRATION_KEY}):
        assert house.request("GET", "/api/v1/agents/balance", headers=headers).status == 401


@pytest.mark.promise("accounts.register.closed")
@pytest.mark.parametrize("settings", [{**BEHIND_A_KEY, "BYHAND_REGISTRATION": "closed"}])
def test_a_closed_deployment_registers_nobody(house: House) -> None:
    refused = _register(house, {"X-Admin-Key": REGISTRATION_KEY})
    assert (refused.status, refused.json["code"]) == (403, "registration_refused")
