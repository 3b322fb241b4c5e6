"""Find operators near a place (ruling 28): a bounded number of reads, however many operators there are."""

from collections.abc import Iterable

from chalicelib.core.identity import people, places
from chalicelib.core.identity.model import Found
from chalicelib.core.identity.places import Place
from chalicelib.core.world import World
from chalicelib.products.operators.words import operators as words

LOOKED_AT_MAX = 200
"""How many operators are looked at in each stretch of cells; there are at most ten stretches."""


def search(world: World, query: words.SearchQuery) -> words.FoundNear:
    """Operators whose identity is checked and who work near a place, nearest first."""
    here = Place(query.lat, query.lng)
    looked_at: list[Found] = []
    capped = False
    for stretch in places.stretches(here, query.radius_km):
        found, more = people.within(world.store, stretch, LOOKED_AT_MAX)
        looked_at += found
        capped = capped or more
    near = sorted(_near(here, query, looked_at), key=lambda pair: (pair[0], pair[1].operator_id))
    rows = [_row(distance_km, one) for distance_km, one in near[: query.limit]]
    return words.FoundNear(data=rows, total=len(near), total_capped=capped)


def _near(here: Place, query: words.SearchQuery, looked_at: Iterable[Found]) -> Iterable[tuple[float, Found]]:
    """Those that fit, with their distance: measured from the centre of the cell, as is everything here."""
    distances = {cell: places.distance_km(here, places.centre(cell)) for cell in {one.cell for one in looked_at}}
    for one in looked_at:
        if distances[one.cell] <= query.radius_km and _fits(query, one):
            yield distances[one.cell], one


def _fits(query: words.SearchQuery, one: Found) -> bool:
    """Who names no skills does everything; who has no rating yet has not reached any."""
    rated = query.min_rating is None or (one.rating is not None and one.rating >= query.min_rating)
    return rated and (query.task_type is None or not one.skills or query.task_type in one.skills)


def _row(distance_km: float, one: Found) -> words.FoundRow:
    return words.FoundRow(
        operator_id=one.operator_id, name=one.name, rating=one.rating, completed_tasks=one.completed_tasks,
        skills=list(one.skills), distance_km=round(distance_km), city=one.city, country=one.country,
    )  # fmt: skip
