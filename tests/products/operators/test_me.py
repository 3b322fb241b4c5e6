"""GET and PATCH /operator/me, and the feed that follows an operator's skills (ruling 20)."""

from typing import Any
from urllib.parse import quote

import pytest

from chalicelib.core.board import feeds
from chalicelib.core.identity import people
from chalicelib.core.identity.model import Kyc
from chalicelib.kit.commit import commit
from chalicelib.kit.lifecycle import MovedOn
from tests.harness import House, Operator, Reply, task_ids
from tests.products.operators.calls import counting

PROFILE = {"region": "NY", "language": "en", "age": 34, "gender": "f", "education": "college", "device": "iPhone 15"}


def _change(operator: Operator, **words: Any) -> Reply:
    return operator.send("/operator/me", words, method="PATCH")


def _changed(operator: Operator, **words: Any) -> dict[str, Any]:
    made = _change(operator, **words)
    assert made.status == 200, made
    assert operator.get("/operator/me").json == made.json, "what it answers is what is kept"
    return dict(made.json)


@pytest.mark.promise("operators.me.profile", "operators.me.partial")
def test_an_operator_reads_and_changes_who_they_are(house: House) -> None:
    operator = house.operator(phone="+1234567890", location={"city": "New York", "country": "US"}, skills=["PHOTO"])
    me = operator.get("/operator/me").json
    nothing = dict.fromkeys(PROFILE)
    assert me == {
        "operator_id": operator.id, "name": "Jane Doe", "email": "operator-1@example.com", "phone": "+1234567890",
        "location": {"city": "New York", "country": "US", "lat": None, "lng": None}, "skills": ["PHOTO"],
        "profile": nothing, "kyc_status": "APPROVED", "rating": None, "created_at": me["created_at"],
    }  # fmt: skip
    assert _changed(operator) == me
    assert _changed(operator, unknown="field", email="new@example.com", kyc_status="REJECTED") == me
    me = _changed(operator, name=" Jane Roe ", profile=PROFILE, skills=["photo", "Delivery", "PHOTO"])
    assert (me["name"], me["profile"], me["skills"]) == ("Jane Roe", PROFILE, ["PHOTO", "DELIVERY"])
    me = _changed(operator, location={"lat": 40.7128, "lng": -74.006}, profile={"age": None, "region": "NJ"})
    assert (me["location"]["city"], me["phone"]) == ("New York", "+1234567890")
    assert me["profile"] == {**PROFILE, "age": None, "region": "NJ"}
    place = me["location"]
    assert 0 < abs(place["lat"] - 40.7128) + abs(place["lng"] + 74.006) < 0.1, "the centre of a cell, not the place"
    assert "40.7128" not in str(house.world.store.client.scan(TableName=house.world.store.names["identity"]))
    me = _changed(operator, location={"city": None})
    assert me["location"] == {**place, "city": None}
    me = _changed(operator, phone=None, location=None, skills=None, profile=None)
    assert (me["phone"], me["skills"], me["profile"], set(me["location"].values())) == (None, [], nothing, {None})


@pytest.mark.promise("operators.me.profile", "operators.register.fields")
def test_what_is_wrong_is_400_and_named(house: House) -> None:
    operator = house.operator()
    for words, field in (
        ({"name": None}, "name"), ({"name": " "}, "name"), ({"name": "n" * 201}, "name"),
        ({"phone": "1" * 41}, "phone"),
        ({"location": {"lat": 1}}, "location"), ({"location": {"lat": 91, "lng": 0}}, "location.lat"),
        ({"location": {"lat": "x", "lng": 0}}, "location.lat"), ({"location": []}, "location"),
        ({"skills": ["two words"]}, "skills.0"), ({"skills": ["x" * 41]}, "skills.0"),
        ({"skills": ["A"] * 31}, "skills"),
        ({"profile": {"age": 15}}, "profile.age"), ({"profile": {"device": "d" * 41}}, "profile.device"),
    ):  # fmt: skip
        refused = _change(operator, **words)
        assert (words, refused.status, refused.json["details"]["field"]) == (words, 400, field)
    assert house.request("PATCH", "/api/v1/operator/me", {"name": "x"}).status == 401
    order = {"name": "J", "email": "j@example.com", "profile": PROFILE, "location": {"lat": 0, "lng": 0}}
    made = house.request("POST", "/api/v1/operator/register", order)
    me = Operator(house, {"X-Operator-Id": made.json["operator_id"]}, "").get("/operator/me").json
    assert (me["profile"], me["location"]["lat"] is None) == (PROFILE, False)


@pytest.mark.promise("operators.me.partial")
def test_a_change_and_a_decision_at_the_same_moment_both_hold(house: House) -> None:
    world, operator = house.world, house.operator(location={"lat": 40.7, "lng": -74})
    before = people.find(world.store, operator.id)
    assert before is not None
    commit(world.store, [people.decide_kyc(before, Kyc.REJECTED, world.wall(), "provider", None)])
    commit(world.store, [people.change(before, {"name": "New", "phone": None})])
    with pytest.raises(MovedOn):
        commit(world.store, [people.change(before, {"cell": before.cell})])
    _changed(operator, location={"lat": 48.1, "lng": 11.6})
    after = people.find(world.store, operator.id)
    assert after is not None
    assert (after.name, after.kyc, after.cell == before.cell) == ("New", Kyc.REJECTED, False)
    with pytest.raises(MovedOn):
        commit(world.store, [people.decide_kyc(before, Kyc.APPROVED, world.wall(), "provider", None)])


@pytest.mark.promise("feed.skills")
def test_an_operator_with_skills_sees_tasks_that_fit_them(house: House) -> None:
    agent, operator = house.agent(deposit=1_000), house.operator()
    photo, delivery = agent.posted(task_type="PHOTO"), agent.posted(task_type="DELIVERY")
    inspection = agent.posted(task_type="INSPECTION")
    everything = [inspection, delivery, photo]
    for skills, seen in (
        ([], everything), (["DRIVING"], everything), (["PHOTO"], [photo]), (["VERIFICATION"], []),
        (["PHOTO", "INSPECTION", "DRIVING"], [inspection, photo]),
    ):  # fmt: skip
        _changed(operator, skills=skills)
        page = operator.page("/operator/tasks")
        assert (skills, task_ids(page), page["pagination"]["total"]) == (skills, seen, len(seen))
    assert task_ids(operator.page("/operator/tasks?task_type=DELIVERY")) == [delivery]
    assert task_ids(operator.page("/operator/tasks?all=true")) == everything
    with counting(house) as calls:
        assert task_ids(operator.page("/operator/tasks?limit=1&offset=1")) == [photo]
    assert (calls.count("Query"), len(calls)) == (1, 5), "no more than the feed of everything, with the test clock"


@pytest.mark.promise("feed.skills", "feed.pages")
def test_pages_of_several_skills_are_stable_and_read_no_more_than_a_thousand_keys(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds, "FEED_COUNTED_MAX", 4)
    agent, operator = house.agent(deposit=1_000), house.operator(skills=["PHOTO", "DELIVERY"])
    kinds = [
        "PHOTO",
        "INSPECTION",
        "DELIVERY",
        "INSPECTION",
        "INSPECTION",
        "INSPECTION",
        "INSPECTION",
        "PHOTO",
        "PHOTO",
    ]
    posted = [agent.posted(task_type=kind, reward_usd=10) for kind in kinds]
    fitting = [task for task, kind in zip(posted, kinds, strict=True) if kind != "INSPECTION"]
    page = operator.page("/operator/tasks?limit=1")
    assert page["pagination"]["total"] == 2
    assert page["pagination"]["total_capped"] is True
    seen = task_ids(page)
    while cursor := page["pagination"].get("next_cursor"):
        agent.posted(task_type="PHOTO", reward_usd=10)
        page = operator.page(f"/operator/tasks?limit=1&cursor={quote(cursor)}")
        assert "total" not in page["pagination"]
        seen += task_ids(page)
    assert seen == fitting[::-1]
    other = house.operator(skills=["PHOTO", "INSPECTION"])
    strange = operator.page("/operator/tasks?limit=1")["pagination"]["next_cursor"]
    assert other.get(f"/operator/tasks?cursor={quote(strange)}").status == 400
