"""Who may come in by which door (rulings 1, 2, 3, 20; seed, "Authentication")."""

import pytest

from tests.harness import Agent, House, Operator, Reply

BALANCE, EARNINGS = "/api/v1/agents/balance", "/api/v1/operator/earnings"


def _asked(house: House, path: str, **headers: str) -> Reply:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return house.request("GET", path, headers=named)


@pytest.fixture
def agent(house: House) -> Agent:
    return house.agent()


@pytest.fixture
def operator(house: House) -> Operator:
    return house.operator()


@pytest.mark.promise("auth.key.headers")
def test_a_key_is_sent_as_x_api_key_or_as_bearer(house: House, agent: Agent) -> None:
    key = agent.headers["X-API-Key"]
    for headers in (
        {"X_API_Key": key}, {"x_api_key": key}, {"Authorization": f"Bearer {key}"},
        {"authorization": f"bearer {key}"}, {"X_API_Key": f" {key} "},
    ):  # fmt: skip
        assert (headers, _asked(house, BALANCE, **headers).status) == (headers, 200)


@pytest.mark.promise("auth.key.wrong")
def test_a_missing_wrong_or_malformed_key_is_401(house: House, agent: Agent) -> None:
    key = agent.headers["X-API-Key"]
    wrong = [
        {}, {"X_API_Key": ""}, {"X_API_Key": key[:-1]}, {"X_API_Key": key + "x"}, {"X_API_Key": key.upper()},
        {"X_API_Key": "ho_live_EXAMPLE_KEY"}, {"X_API_Key": "schlüssel"}, {"X_API_Key": "k" * 5_000},
        {"Authorization": key}, {"Authorization": "Bearer"}, {"Authorization": f"Basic {key}"}, {"X_Admin_Key": key},
        {"X_API_Key": key.replace("ho_live_", "ih_")}, {"X_API_Key": agent.id},
    ]  # fmt: skip
    for headers in wrong:
        refused = _asked(house, BALANCE, **headers)
        assert (headers, refused.status, refused.json["code"]) == (headers, 401, "invalid_api_key")
        assert set(refused.json) >= {"error", "code", "request_id"}


@pytest.mark.promise("auth.two_credentials")
def test_two_equal_credentials_are_one_and_two_different_ones_are_401(house: House, agent: Agent) -> None:
    key, other = agent.headers["X-API-Key"], house.agent().headers["X-API-Key"]
    assert _asked(house, BALANCE, X_API_Key=key, Authorization=f"Bearer {key}").status == 200
    for second in (other, "ho_live_wrong", key + "x"):
        refused = _asked(house, BALANCE, X_API_Key=key, Authorization=f"Bearer {second}")
        assert (refused.status, refused.json["code"]) == (401, "two_credentials")


@pytest.mark.promise("auth.two_credentials", "auth.wrong_door")
def test_an_operators_header_opens_no_agents_door(house: House, agent: Agent, operator: Operator) -> None:
    alone = _asked(house, BALANCE, X_Operator_Id=operator.id)
    assert (alone.status, alone.json["code"]) == (401, "invalid_api_key")
    both = _asked(house, BALANCE, X_Operator_Id=operator.id, X_API_Key=agent.headers["X-API-Key"])
    assert (both.status, both.json["code"]) == (401, "two_credentials")


@pytest.mark.promise("auth.two_credentials", "auth.wrong_door")
def test_an_agents_key_opens_no_operators_door(house: House, agent: Agent, operator: Operator) -> None:
    key = agent.headers["X-API-Key"]
    for headers in ({"X_API_Key": key}, {"Authorization": f"Bearer {key}"}, {"X_Operator_Id": agent.id}):
        refused = _asked(house, EARNINGS, **headers)
        assert (headers, refused.status, refused.json["code"]) == (headers, 401, "invalid_operator")
    both = _asked(house, EARNINGS, X_Operator_Id=operator.id, X_API_Key=key)
    assert (both.status, both.json["code"]) == (401, "two_credentials")


@pytest.mark.promise("auth.operator.dev_header")
def test_in_dev_an_operator_is_known_by_the_id_and_a_wrong_id_is_401(house: House, operator: Operator) -> None:
    assert _asked(house, EARNINGS, X_Operator_Id=operator.id).status == 200
    wrong = ("", "op_xyz789", operator.id.upper(), operator.id + "0", "op_" + "0" * 26, "op_" + "é" * 26, "x" * 5_000)
    for operator_id in wrong:
        refused = _asked(house, EARNINGS, X_Operator_Id=operator_id)
        assert (operator_id, refused.status, refused.json["code"]) == (operator_id, 401, "invalid_operator")
    assert _asked(house, EARNINGS).status == 401


@pytest.mark.promise("operators.auth.dev_header_off")
@pytest.mark.parametrize("settings", [{"ALLOW_DEV_OPERATOR_ID_HEADER": "false"}])
def test_where_the_dev_header_is_off_it_opens_nothing(house: House) -> None:
    for operator_id in ("op_" + "0" * 26, "op_xyz789"):
        refused = _asked(house, EARNINGS, X_Operator_Id=operator_id)
        assert (refused.status, refused.json["code"]) == (401, "invalid_operator")


@pytest.mark.promise("operators.auth.dev_header_off")
def test_an_operator_made_while_the_header_was_on_cannot_use_it_once_it_is_off(
    house: House, operator: Operator
) -> None:
    settings = house.world.settings.model_copy(update={"allow_dev_operator_id_header": False})
    with house.living_in(settings=settings):
        refused = _asked(house, EARNINGS, X_Operator_Id=operator.id)
    assert (refused.status, refused.json["code"]) == (401, "invalid_operator")


@pytest.mark.promise("auth.every_route")
def test_every_route_but_registration_health_and_the_test_clock_asks_who_it_is(house: House) -> None:
    open_to_all = {
        ("POST", "/api/v1/agents/register"), ("POST", "/api/v1/operator/register"), ("GET", "/api/health"),
        ("POST", "/api/v1/test/clock"), ("GET", "/api/openapi.json"), ("GET", "/api/docs"), ("GET", "/llms.txt"),
        ("GET", "/api/v1/tasks/categories"), ("GET", "/operator"), ("GET", "/operator/{version}/{file}"),
        # The link itself is the permission.
        ("GET", "/api/files/{token}"), ("HEAD", "/api/files/{token}"),
        # There is nothing to get there, whoever asks.
        ("GET", "/api/v1/mcp"), ("GET", "/api/qa/mcp"),
        # A picture that says nothing of whom it stands for.
        ("GET", "/api/avatars/{avatar}"),
    }  # fmt: skip
    asked = [(method, path) for path, methods in house.app.routes.items() for method in methods]
    assert len(asked) >= 20
    for method, path in asked:
        concrete = path.replace("{", "task_").replace("}", "")
        status = house.request(method, concrete).status
        if (method, path) in open_to_all:
            assert (method, path, status) not in ((method, path, 401), (method, path, 403))
        else:
            # A missing admin key is 403 everywhere (ruling 2).
            assert (method, path, status) == (method, path, 403 if "/admin/" in path else 401)
