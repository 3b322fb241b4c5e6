"""The routes of every product as rows for a page."""

from collections.abc import Iterable
from types import ModuleType

from chalicelib.doors.http import house, reference, sentences
from chalicelib.doors.http.routes import Route

HEADER = ("route", "who", "what it does", "reads", "answers", "status", "repeatable")


def by_product(modules: Iterable[ModuleType]) -> dict[str, list[tuple[str, ...]]]:
    """The rows of each product. They are those of a test deployment: a live one has no clock to move."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for route in _routes(modules):
        found.setdefault(sentences.product(route), []).append(_row(route))
    return found


def _routes(modules: Iterable[ModuleType]) -> list[Route]:
    products = [route for one in modules if one.__name__.endswith(".routes") for route in getattr(one, "ROUTES", [])]
    described = [*house.routes({}, test_mode=True), *products]
    return [*described, *reference.routes(described, guide="", test_mode=True)]


def _row(route: Route) -> tuple[str, ...]:
    reads = "" if route.words.__name__ == "Nothing" else f"`{route.words.__name__}`"
    key = "by key" if route.once else "yes" if route.method in ("GET", "DELETE") else "no"
    return (
        f"`{route.name}`", route.who.value, sentences.summary(route), reads + (" or a file" if route.uploads else ""),
        f"`{route.answer.__name__}`", str(route.status), key,
    )  # fmt: skip
