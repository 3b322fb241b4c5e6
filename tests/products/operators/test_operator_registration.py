"""POST /operator/register."""

from typing import Any

import pytest

from tests.harness import House, Operator, Reply

# The seed's own example.
ORDER = {
    "name": "Jane Doe",
    "email": "jane@example.com",
    "phone": "+1234567890",
    "location": {"city": "New York", "country": "US"},
    "skills": ["VERIFICATION", "PHOTO"],
}


def _register(house: House, **words: Any) -> Reply:
    order = {name: value for name, value in {**ORDER, **words}.items() if value is not None}
    return house.request("POST", "/api/v1/operator/register", order)


@pytest.mark.promise("operators.register.created", "operators.register.kyc_in_test")
def test_registering_answers_201_with_an_id_a_name_and_kyc_that_a_test_deployment_passes(house: House) -> None:
    made = _register(house)
    operator_id = made.json["operator_id"]
    assert (made.status, made.json) == (
        201, {"operator_id": operator_id, "name": "Jane Doe", "kyc_status": "APPROVED"},
    )  # fmt: skip
    assert operator_id.startswith("op_")
    operator = Operator(house, {"X-Operator-Id": operator_id}, operator_id)
    assert operator.earnings() == (0, 0, 0)


@pytest.mark.promise("operators.register.fields")
def test_a_name_and_an_email_are_required_and_the_rest_is_not(house: House) -> None:
    for words, field in (
        ({"name": None}, "name"), ({"name": "  "}, "name"), ({"email": None}, "email"), ({"email": "jane"}, "email"),
        ({"phone": "1" * 41}, "phone"), ({"location": "New York"}, "location"),
        ({"location": {"city": "c" * 201}}, "location.city"), ({"skills": ["s"] * 31}, "skills"),
        ({"skills": "PHOTO"}, "skills"),
    ):  # fmt: skip
        refused = _register(house, **words)
        assert (words, refused.status, refused.json["details"]["field"]) == (words, 400, field)
    assert _register(house, phone=None, location=None, skills=None).status == 201


@pytest.mark.promise("operators.register.once")
def test_the_same_person_is_registered_once(house: House) -> None:
    assert _register(house).status == 201
    again = _register(house, email="JANE@example.com", name="Jane Roe")
    assert (again.status, again.json["code"]) == (409, "operator_exists")


@pytest.mark.promise("operators.register.once")
def test_an_agent_and_an_operator_may_have_the_same_email(house: House) -> None:
    house.agent(email="jane@example.com")
    assert _register(house).status == 201


@pytest.mark.promise("operators.auth.dev_header_off")
@pytest.mark.parametrize("settings", [{"ALLOW_DEV_OPERATOR_ID_HEADER": "false"}])
def test_where_the_dev_header_is_off_nobody_becomes_an_operator_without_a_token(house: House) -> None:
    refused = _register(house)
    assert (refused.status, refused.json["code"]) == (401, "token_required")
