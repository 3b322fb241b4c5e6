"""GET /operators/search: people near a place, by cell and in bounded reads (ruling 28)."""

import math
import random
from typing import Any

import pytest

from chalicelib.core.identity import people, places
from chalicelib.core.identity.places import Place
from chalicelib.products.operators.actions import search
from tests.harness import Agent, House, Operator
from tests.products.operators.calls import counting

NEW_YORK = Place(40.7128, -74.006)
EARTH_KM = 6_371


def _found(agent: Agent, place: Place = NEW_YORK, **words: Any) -> dict[str, Any]:
    query = "&".join(f"{name}={value}" for name, value in {"lat": place.lat, "lng": place.lng, **words}.items())
    found = agent.get(f"/operators/search?{query}")
    assert found.status == 200, found
    return dict(found.json)


def _ids(page: dict[str, Any]) -> list[str]:
    return [row["operator_id"] for row in page["data"]]


def _at(house: House, place: Place, **words: Any) -> Operator:
    return house.operator(location={"lat": place.lat, "lng": place.lng, "city": "A city", "country": "US"}, **words)


def _away(place: Place, distance_km: float, bearing: float) -> Place:
    """The place so far away in a direction."""
    lat, lng, angle = math.radians(place.lat), math.radians(place.lng), distance_km / EARTH_KM
    to = math.asin(math.sin(lat) * math.cos(angle) + math.cos(lat) * math.sin(angle) * math.cos(bearing))
    across = math.sin(bearing) * math.sin(angle) * math.cos(lat)
    turned = lng + math.atan2(across, math.cos(angle) - math.sin(lat) * math.sin(to))
    return Place(math.degrees(to), (math.degrees(turned) + 540) % 360 - 180)


def _rate(house: House, operator: Operator, total: int, count: int) -> None:
    house.world.store.update("identity", people.row(operator.id), put={"rating_sum": total, "rating_count": count})


@pytest.mark.promise("operators.search.near", "operators.search.private")
def test_people_near_a_place_are_found_nearest_first_and_shown_as_others_may_see_them(house: House) -> None:
    agent = house.agent()
    far, here = _at(house, _away(NEW_YORK, 20, 1)), _at(house, NEW_YORK, skills=["PHOTO"], phone="+1234567890")
    _at(house, _away(NEW_YORK, 60, 2))
    house.operator(location={"city": "New York", "country": "US"})
    page = _found(agent)
    assert (_ids(page), page["total"], page["total_capped"]) == ([here.id, far.id], 2, False)
    assert page["data"][0] == {
        "operator_id": here.id, "name": "Jane D.", "rating": None, "skills": ["PHOTO"],
        "distance_km": page["data"][0]["distance_km"], "city": "A city", "country": "US",
    }  # fmt: skip
    assert page["data"][0]["distance_km"] <= 5
    assert 15 <= page["data"][1]["distance_km"] <= 25
    assert _ids(_found(agent, radius_km=10)) == [here.id]
    assert _found(agent, radius_km=100)["total"] == 3
    limited = _found(agent, radius_km=100, limit=1)
    assert (_ids(limited), limited["total"]) == ([here.id], 3)
    assert _found(agent, Place(48.1, 11.6), radius_km=500)["total"] == 0


@pytest.mark.promise("operators.search.near")
def test_people_are_found_by_what_they_do_and_how_well(house: House) -> None:
    agent = house.agent()
    photo, anything = _at(house, NEW_YORK, skills=["PHOTO"]), _at(house, NEW_YORK)
    driver = _at(house, NEW_YORK, skills=["DRIVING", "DELIVERY"])
    assert set(_ids(_found(agent, task_type="PHOTO"))) == {photo.id, anything.id}
    assert set(_ids(_found(agent, task_type="delivery"))) == {driver.id, anything.id}
    _rate(house, photo, 9, 2)
    _rate(house, driver, 13, 3)
    rated = {row["operator_id"]: row["rating"] for row in _found(agent)["data"]}
    assert rated == {photo.id: 4.5, driver.id: 4.3, anything.id: None}
    assert photo.get("/operator/me").json["rating"] == 4.5
    assert _ids(_found(agent, min_rating=4.4)) == [photo.id]
    assert set(_ids(_found(agent, min_rating=1))) == {photo.id, driver.id}


@pytest.mark.promise("operators.search.private")
def test_only_people_whose_identity_is_checked_appear_and_only_where_they_are_now(house: House) -> None:
    agent, operator = house.agent(), _at(house, NEW_YORK)
    for status, seen in (("PENDING", []), ("APPROVED", [operator.id]), ("REJECTED", [])):
        assert house.admin.do(f"/operators/{operator.id}/kyc", status=status).status == 200
        assert (status, _ids(_found(agent))) == (status, seen)
    munich = Place(48.137, 11.575)
    moved = {"location": {"lat": munich.lat, "lng": munich.lng}}
    assert operator.send("/operator/me", moved, method="PATCH").status == 200
    assert _ids(_found(agent, munich)) == [], "moving approves nobody"
    house.admin.do(f"/operators/{operator.id}/kyc", status="APPROVED")
    assert (_ids(_found(agent, munich)), _ids(_found(agent))) == ([operator.id], [])
    operator.send("/operator/me", {"location": {"lat": None, "lng": None}}, method="PATCH")
    assert _ids(_found(agent, munich)) == []


@pytest.mark.promise("operators.search.near")
def test_a_search_that_makes_no_sense_is_400_and_is_for_agents(house: House) -> None:
    agent = house.agent()
    for words, field in (
        ("lng=0", "lat"), ("lat=91&lng=0", "lat"), ("lat=nan&lng=0", "lat"), ("lat=0&lng=181", "lng"),
        ("lat=0&lng=0&radius_km=4", "radius_km"), ("lat=0&lng=0&radius_km=501", "radius_km"),
        ("lat=0&lng=0&min_rating=6", "min_rating"), ("lat=0&lng=0&limit=101", "limit"),
        ("lat=0&lng=0&task_type=two+words", "task_type"),
    ):  # fmt: skip
        refused = agent.get(f"/operators/search?{words}")
        assert (words, refused.status, refused.json["details"]["field"]) == (words, 400, field)
    assert house.operator().get("/operators/search?lat=0&lng=0").status == 401


@pytest.mark.promise("operators.search.bounded")
def test_a_search_that_meets_more_people_than_it_looks_at_says_so(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "LOOKED_AT_MAX", 2)
    agent = house.agent()
    for _ in range(2):
        _at(house, NEW_YORK)
    full = _found(agent)
    assert (full["total"], full["total_capped"]) == (2, False)
    _at(house, NEW_YORK)
    assert (_found(agent)["total"], _found(agent)["total_capped"]) == (2, True)


@pytest.mark.promise("operators.search.bounded")
def test_a_search_makes_at_most_ten_queries_whatever_its_radius(house: House) -> None:
    agent = house.agent()
    _found(agent)
    for radius_km in (5, 25, 100, 500):
        with counting(house) as calls:
            _found(agent, radius_km=radius_km)
        assert 1 <= calls.count("Query") <= 10
        assert len(calls) - calls.count("Query") == 3, "the test clock, the caller, the rate"


@pytest.mark.promise("operators.search.bounded", "operators.search.near")
def test_everybody_within_the_radius_is_found_in_at_most_ten_stretches_wherever_on_the_globe() -> None:
    """Places near the pentagons, the poles and the date line among them."""
    chance = random.Random(28)
    for _ in range(4_000):
        lat = math.degrees(math.asin(chance.uniform(-1, 1)))
        here = Place(chance.choice([lat, 89.9, -89.9]), chance.choice([chance.uniform(-180, 180), 179.99]))
        radius_km = chance.choice([5, 25, 500, chance.uniform(5, 500)])
        stretches = places.stretches(here, radius_km)
        assert 1 <= len(stretches) <= 10
        there = places.cell_of(_away(here, radius_km * chance.random() ** 0.2, chance.uniform(0, 2 * math.pi)))
        if places.distance_km(here, places.centre(there)) <= radius_km:
            read = [one for one in stretches if one.region == places.region(there) and one.first <= there <= one.last]
            assert len(read) == 1, (here, radius_km)


@pytest.mark.promise("operators.search.private")
def test_a_distance_is_that_of_the_cell_so_that_no_two_places_in_it_can_be_told_apart(house: House) -> None:
    agent = house.agent()
    cell = places.cell_of(NEW_YORK)
    near = [_away(NEW_YORK, 0.2, turn) for turn in (0, 2, 4)]
    people = [_at(house, place) for place in [NEW_YORK, *near] if places.cell_of(place) == cell]
    assert len(people) > 1
    for place in (_away(NEW_YORK, 7, 1), _away(NEW_YORK, 12, 3)):
        assert len({row["distance_km"] for row in _found(agent, place)["data"]}) == 1
