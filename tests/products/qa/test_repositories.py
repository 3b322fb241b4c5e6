"""The backoffice's grants: in which repositories the deployment's token may be used, and for whom (ruling 36)."""

import pytest

from chalicelib.products.qa.store import repositories as rows
from chalicelib.products.qa.store.repositories import RepoNotAllowed
from tests.harness import Agent, House

REPO = "Octocat/Hello-World"


def _grant(house: House, agent: Agent, repo: str = REPO, **more: str) -> None:
    told = house.admin.do(f"/agents/{agent.id}/repositories", repo=repo, **more)
    assert told.status == 200, told


def _granted(house: House, agent: Agent) -> list[str]:
    return [row["repo"] for row in house.admin.get(f"/admin/agents/{agent.id}/repositories").json["data"]]


@pytest.mark.promise("qa.github.granted")
def test_a_repository_is_allowed_when_it_is_granted_to_that_account_in_any_case(house: House) -> None:
    agent, other = house.agent(), house.agent()
    with pytest.raises(RepoNotAllowed) as caught:
        rows.check_allowed(house.world.store, agent.id, REPO)
    assert (caught.value.status, caught.value.code) == (403, "repo_not_allowed")
    assert "Ask those who run this deployment" in caught.value.sentence
    _grant(house, agent)
    for spelled in (REPO, REPO.lower(), REPO.upper()):
        rows.check_allowed(house.world.store, agent.id, spelled)
    for account, repo in ((other, REPO), (agent, f"{REPO}-2"), (agent, "octocat/hello"), (agent, "hello-world")):
        with pytest.raises(RepoNotAllowed):
            rows.check_allowed(house.world.store, account.id, repo)


@pytest.mark.promise("qa.github.grants_listed")
def test_grants_are_listed_by_name_page_by_page_with_who_granted_them(house: House) -> None:
    agent = house.agent()
    for repo in ("octocat/b", "Octocat/a", "octocat/c"):
        _grant(house, agent, repo)
    place = f"/admin/agents/{agent.id}/repositories"
    page = house.admin.get(f"{place}?limit=2").json
    assert page["data"][0] == {"repo": "Octocat/a", "granted_by": "local", "granted_at": page["data"][0]["granted_at"]}
    rest = house.admin.get(f"{place}?limit=2&cursor={page['pagination']['next_cursor']}").json
    assert [row["repo"] for row in page["data"] + rest["data"]] == ["Octocat/a", "octocat/b", "octocat/c"]
    assert _granted(house, house.agent()) == []


@pytest.mark.promise("qa.github.grants_listed")
def test_each_deed_is_kept_with_its_reason_and_done_once(house: House) -> None:
    agent, place = house.agent(), ""
    for place in ("", "/withdraw"):
        path = f"/agents/{agent.id}/repositories{place}"
        told = house.admin.do(path, "they asked", repo=REPO, key=f"key{place}")
        assert told.status == 200
        assert house.admin.do(path, "they asked", repo=REPO, key=f"key{place}").text == told.text
    audit = house.admin.get("/admin/audit").json["data"]
    assert [(row["act"], row["subject"], row["reason"], row["facts"]) for row in audit] == [
        ("admin.repository_withdrawn", agent.id, "they asked", {"repo": REPO}),
        ("admin.repository_granted", agent.id, "they asked", {"repo": REPO}),
    ]


@pytest.mark.promise("qa.github.granted")
def test_what_is_withdrawn_is_not_allowed_any_more(house: House) -> None:
    agent = house.agent()
    _grant(house, agent)
    _grant(house, agent, REPO.lower())
    assert _granted(house, agent) == [REPO.lower()], "granted twice is granted once"
    withdrawn = house.admin.do(f"/agents/{agent.id}/repositories/withdraw", repo=REPO)
    assert (withdrawn.status, withdrawn.json) == (200, {"repo": REPO, "withdrawn": True})
    assert _granted(house, agent) == []
    with pytest.raises(RepoNotAllowed):
        rows.check_allowed(house.world.store, agent.id, REPO)
    again = house.admin.do(f"/agents/{agent.id}/repositories/withdraw", repo=REPO)
    assert (again.status, again.json["code"]) == (404, "repository_not_granted")


@pytest.mark.promise("qa.github.granted")
def test_only_an_admin_with_a_reason_grants_to_an_account_that_is_there(house: House) -> None:
    agent = house.agent()
    place = f"/agents/{agent.id}/repositories"
    assert agent.send(f"/admin{place}", {"repo": REPO, "reason": "mine"}).status == 403
    assert house.admin.do(place, "", repo=REPO).json["details"]["field"] == "reason"
    assert house.admin.do(place).json["details"]["field"] == "repo"
    for account in ("agent_1", f"agent_{'0' * 26}", house.operator().id):
        for answer in (
            house.admin.do(f"/agents/{account}/repositories", repo=REPO),
            house.admin.do(f"/agents/{account}/repositories/withdraw", repo=REPO),
            house.admin.get(f"/admin/agents/{account}/repositories"),
        ):
            assert (answer.status, answer.json["code"]) == (404, "account_not_found")
    assert _granted(house, agent) == []


@pytest.mark.parametrize(
    "repo", ["", "octocat", "octocat/..", "https://github.com/octocat/hello", "a/b/c", "octocat/h ", "o/" + "h" * 101]
)
def test_what_names_no_repository_is_refused(house: House, repo: str) -> None:
    agent = house.agent()
    refused = house.admin.do(f"/agents/{agent.id}/repositories", repo=repo)
    assert (refused.status, refused.json["details"]["field"]) == (400, "repo")
