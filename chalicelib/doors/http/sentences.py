"""What a route says of itself: its own docstring, or that of the action it calls, and the refusals named there.

So nothing is written twice: the document, the page and docs/routes.md tell what the code tells its readers.
"""

import dis
import inspect
import re
from collections.abc import Callable, Iterable, Iterator
from types import FunctionType, ModuleType
from typing import Any

from chalicelib.doors.http.routes import Route, Who
from chalicelib.doors.http.shapes import Shape
from chalicelib.kit import lazily
from chalicelib.kit.errors import Refusal

_RAISES = re.compile(r"\s*(?:Raises|[Tt]hey refuse|It refuses) ((?:[A-Z]\w+(?:, (?:and )?| and )?)+)[^.]*\.?")
_OURS = re.compile(r" \((?:seed|rulings?)[^)]*\)")
_GLOBAL, _PART = ("LOAD_GLOBAL", "LOAD_NAME"), ("LOAD_ATTR", "LOAD_METHOD")


def told(docstring: str) -> str:
    """A docstring as callers read it: where a decision is written down says nothing to them."""
    return _OURS.sub("", docstring)


def summary(route: Route) -> str:
    """One sentence: what calling this route does."""
    return _told(route).partition("\n\n")[0].replace("\n", " ").partition(". ")[0].rstrip(".") + "."


def description(route: Route) -> str:
    """Everything else that is said of it, without the names of our classes."""
    whole = " ".join(part.replace("\n", " ") for part in [_told(route).replace("\n\n", " ")])
    return whole.partition(". ")[2].strip()


def name(route: Route) -> str:
    """A stable name for programs: the product, and what the verb is called there; an admin's may bear the same name."""
    door = "_admin" if route.who is Who.ADMIN else ""
    return f"{product(route)}{door}_{_verb(route).__name__.strip('_')}"


def product(route: Route) -> str:
    """Whose route this is, as the name of a package or module."""
    parts = route.verb.__module__.split(".")
    return parts[2] if parts[1:2] == ["products"] else parts[-1]


def places(routes: Iterable[Route], shape: Shape) -> list[str]:
    """Below which paths refusals look so, in alphabetical order: the first two parts of the routes' own."""
    return sorted({"/".join(route.path.split("/")[:3]) for route in routes if route.errors is shape})


def raised(route: Route) -> list[str]:
    """The names of the refusals that a route's docstring and those of its actions say they raise."""
    texts = [inspect.getdoc(function) or "" for function in (route.verb, *_called(route.verb))]
    lists = [found.group(1) for text in texts for found in _RAISES.finditer(" ".join(text.split()))]
    return [one for names in lists for one in re.findall(r"[A-Z]\w+", names)]


def statuses(route: Route) -> set[int]:
    """The statuses of the refusals that a route's actions say they raise."""
    lazily.load_all()
    known = {one.__name__: one.status for one in _refusals(Refusal)}
    return {known[one] for one in raised(route) if one in known}


def _told(route: Route) -> str:
    for function in (route.verb, *_called(route.verb)):
        if text := inspect.getdoc(function):
            return told(_RAISES.sub("", text)).strip()
    return ""


def _verb(route: Route) -> Callable[..., Any]:
    """The route function, or, where that is a lambda, the function it stands for."""
    if route.verb.__name__ == "<lambda>":
        return next(_called(route.verb), route.verb)
    return route.verb


def _called(verb: Callable[..., Any]) -> Iterator[FunctionType]:
    """The functions of ours that a route function names, in the order in which it names them: `actions.post`."""
    names, place = getattr(verb, "__globals__", {}), None
    for step in dis.get_instructions(verb):
        if step.opname in _PART and isinstance(place, ModuleType):
            place = getattr(place, str(step.argval), None)
        elif step.opname in _GLOBAL:
            place = names.get(str(step.argval))
        else:
            continue
        if isinstance(place, FunctionType) and place.__module__.startswith("chalicelib."):
            yield place


def _refusals(parent: type[Refusal]) -> Iterator[type[Refusal]]:
    yield parent
    for child in parent.__subclasses__():
        yield from _refusals(child)
