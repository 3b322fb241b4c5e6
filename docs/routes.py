"""The routes of every product as rows for a page."""

from chalicelib.doors.http import sentences
from chalicelib.doors.http.routes import Route

HEADER = ("route", "who", "what it does", "reads", "answers", "status", "repeatable")


def served() -> list[Route]:
    """Every route of a test deployment: a live one has no clock to move."""
    from chalicelib import routes

    return routes.ROUTES


def by_product() -> dict[str, list[tuple[str, ...]]]:
    """The rows of each product."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for route in served():
        found.setdefault(sentences.product(route), []).append(_row(route))
    return found


def _row(route: Route) -> tuple[str, ...]:
    reads = "" if route.words.__name__ == "Nothing" else f"`{route.words.__name__}`"
    key = "by key" if route.once else "yes" if route.method in ("GET", "DELETE") else "no"
    return (
        f"`{route.name}`", route.who.value, sentences.summary(route), reads + (" or a file" if route.uploads else ""),
        " or ".join(f"`{one.__name__}`" for one in route.answer), str(route.status), key,
    )  # fmt: skip
