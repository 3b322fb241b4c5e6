"""Who an operator is, as they see and change it themselves."""

from typing import Any

from chalicelib.core.identity import people, places
from chalicelib.core.identity import service as identity
from chalicelib.core.identity.model import Kyc, Operator
from chalicelib.core.world import World
from chalicelib.kit import once
from chalicelib.kit.once import Outcome
from chalicelib.products.operators.words import operators as words


def newcomer(world: World, order: words.Registration, operator_id: str) -> Operator:
    """A new operator. Who they are is still to be checked, but for test deployments. Raises Invalid."""
    place = order.location
    return Operator(
        operator_id=operator_id, name=order.name, email=order.email, created_at=world.now(), phone=order.phone,
        kyc=Kyc.APPROVED if world.settings.test_mode else Kyc.PENDING, city=place.city, country=place.country,
        skills=tuple(order.skills), cell=_cell(place), profile=order.profile.model_dump(exclude_none=True),
    )  # fmt: skip


def show(operator: Operator) -> words.Me:
    """An operator as they see themselves."""
    return words.Me(**fields(operator))


def fields(operator: Operator) -> dict[str, Any]:
    """What everybody who may see the whole of an operator sees."""
    return {
        "operator_id": operator.id, "name": operator.name, "email": operator.email, "phone": operator.phone,
        "location": _place(operator), "skills": list(operator.skills), "profile": words.Profile(**operator.profile),
        "kyc_status": operator.kyc.value, "rating": operator.rating,
        "completed_tasks": operator.completed_tasks, "created_at": operator.created_at,
    }  # fmt: skip


def change(world: World, caller: Operator, order: words.MeChange) -> Outcome:
    """Change what is given, and leave the rest as it is. Raises Invalid."""
    changes = _changes(order)
    operator = identity.recognise_operator(world, caller.id)
    writes = [people.change(operator, changes)] if changes else []
    return once.commit(world.store, None, writes, show(people.changed(operator, changes)))


def _changes(order: words.MeChange) -> dict[str, Any]:
    """The attributes that a change is about; None clears one. Raises Invalid."""
    given = order.model_fields_set
    changes: dict[str, Any] = {name: getattr(order, name) for name in ("name", "phone") if name in given}
    if "skills" in given:
        changes["skills"] = order.skills or []
    if "location" in given:
        changes |= _moved(order.location)
    if "profile" in given:
        changes |= _described(order.profile)
    return changes


def _moved(place: words.Place | None) -> dict[str, Any]:
    if place is None:
        return {"city": None, "country": None, "cell": None}
    given = place.model_fields_set
    changes: dict[str, Any] = {name: getattr(place, name) for name in ("city", "country") if name in given}
    if given & {"lat", "lng"}:
        changes["cell"] = _cell(place)
    return changes


def _described(profile: words.Profile | None) -> dict[str, Any]:
    """Each part of a profile is an attribute of its own."""
    if profile is None:
        return {f"profile_{name}": None for name in people.PROFILE}
    return {f"profile_{name}": getattr(profile, name) for name in profile.model_fields_set}


def _cell(place: words.Place) -> str | None:
    """The cell of a place; the coordinates themselves are not kept. Raises Invalid."""
    if place.lat is None or place.lng is None:
        return None
    return places.cell_of(places.Place(place.lat, place.lng))


def _place(operator: Operator) -> words.Place:
    if operator.cell is None:
        return words.Place(city=operator.city, country=operator.country)
    centre = places.centre(operator.cell)
    lat, lng = round(centre.lat, 2), round(centre.lng, 2)
    return words.Place(city=operator.city, country=operator.country, lat=lat, lng=lng)
