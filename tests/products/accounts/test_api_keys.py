"""POST, GET and DELETE /agents/keys."""

import pytest

from tests.harness import Agent, House


def _opens(house: House, key: str) -> bool:
    return house.request("GET", "/api/v1/agents/balance", headers={"X-API-Key": key}).status == 200


def _ids(agent: Agent) -> list[str]:
    return [row["id"] for row in agent.get("/agents/keys").json["data"]]


@pytest.mark.promise("accounts.keys.created")
def test_another_key_is_shown_once_with_its_prefix_name_and_time(house: House) -> None:
    agent = house.agent()
    made = agent.send("/agents/keys", {"name": "ci-pipeline"})
    assert made.status == 201
    assert {"api_key", "key_prefix", "name", "created_at"} <= set(made.json)
    assert made.json["name"] == "ci-pipeline"
    assert made.json["key_prefix"].endswith("..")
    assert made.json["api_key"].startswith(made.json["key_prefix"].removesuffix(".."))
    assert _opens(house, made.json["api_key"])


@pytest.mark.promise("accounts.keys.created")
def test_a_key_needs_no_name_and_takes_each_prefix(house: House) -> None:
    agent = house.agent()
    assert agent.send("/agents/keys").json["name"] == "default"
    for spelling in ("key_prefix", "prefix"):
        made = agent.send("/agents/keys", {spelling: "qa_live_"})
        assert made.json["api_key"].startswith("qa_live_")
        assert _opens(house, made.json["api_key"])
        refused = agent.send("/agents/keys", {spelling: "sk_"})
        assert (refused.status, refused.json["details"]["field"]) == (400, spelling)


@pytest.mark.promise("accounts.keys.listed")
def test_the_list_has_every_key_by_prefix_and_never_its_secret(house: House) -> None:
    agent = house.agent()
    made = agent.send("/agents/keys", {"name": "ci-pipeline"}).json
    listed = agent.get("/agents/keys")
    assert listed.status == 200
    newest, first = listed.json["data"]
    assert set(newest) == set(first) == {"id", "keyPrefix", "name", "lastUsed", "createdAt"}
    assert (newest["name"], newest["keyPrefix"], newest["createdAt"]) == (
        "ci-pipeline", made["key_prefix"], made["created_at"],
    )  # fmt: skip
    assert first["name"] == "default"
    assert made["api_key"] not in listed.text
    assert agent.headers["X-API-Key"] not in listed.text


@pytest.mark.promise("accounts.keys.listed")
def test_the_list_tells_when_a_key_was_last_used(house: House) -> None:
    agent = house.agent()
    made = agent.send("/agents/keys").json
    used, unused = agent.get("/agents/keys").json["data"][::-1]
    assert (used["lastUsed"] is not None, unused["lastUsed"]) == (True, None)
    assert _opens(house, made["api_key"])
    assert agent.get("/agents/keys").json["data"][0]["lastUsed"] is not None


@pytest.mark.promise("accounts.keys.revoked")
def test_a_revoked_key_opens_nothing_and_is_gone_for_good(house: House) -> None:
    agent = house.agent()
    made = agent.send("/agents/keys").json
    revoked = agent.send(f"/agents/keys/{made['id']}", method="DELETE")
    assert (revoked.status, revoked.json) == (200, {"revoked": True})
    assert not _opens(house, made["api_key"])
    assert made["id"] not in _ids(agent)
    again = agent.send(f"/agents/keys/{made['id']}", method="DELETE")
    assert (again.status, again.json["code"]) == (404, "key_not_found")


@pytest.mark.promise("accounts.keys.other_account")
def test_a_key_of_another_account_is_not_found_and_lives_on(house: House) -> None:
    agent, other = house.agent(), house.agent()
    made = other.send("/agents/keys").json
    refused = agent.send(f"/agents/keys/{made['id']}", method="DELETE")
    assert (refused.status, refused.json["code"]) == (404, "key_not_found")
    assert _opens(house, made["api_key"])
    assert made["id"] not in _ids(agent)


def test_the_last_key_cannot_be_revoked_because_nobody_could_come_back(house: House) -> None:
    agent = house.agent()
    refused = agent.send(f"/agents/keys/{_ids(agent)[0]}", method="DELETE")
    assert (refused.status, refused.json["code"]) == (409, "last_key")
    assert _opens(house, agent.headers["X-API-Key"])


def test_a_key_may_revoke_itself_when_there_is_another(house: House) -> None:
    agent = house.agent()
    made = agent.send("/agents/keys").json
    own = Agent(house, {"X-API-Key": made["api_key"]}, agent.id)
    assert own.send(f"/agents/keys/{made['id']}", method="DELETE").status == 200
    assert own.get("/agents/keys").status == 401


def test_an_account_has_at_most_twenty_keys(house: House) -> None:
    agent = house.agent()
    for _ in range(19):
        assert agent.send("/agents/keys").status == 201
    refused = agent.send("/agents/keys")
    assert (refused.status, refused.json["code"], refused.json["details"]) == (409, "too_many_keys", {"most": 20})
    agent.send(f"/agents/keys/{_ids(agent)[0]}", method="DELETE")
    assert agent.send("/agents/keys").status == 201
