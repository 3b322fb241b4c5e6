"""What every drawn page needs: its first line, its tables, and the modules of ours that it is drawn from."""

import importlib
import inspect
import os
import pkgutil
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from types import ModuleType

import chalicelib
from chalicelib.doors.http import sentences
from chalicelib.kit import lazily

ROOT = Path(__file__).resolve().parent.parent
DRAWN = "<!-- Drawn from the code by `python -m docs.build`. Change the code, not this page. -->"


@cache
def modules() -> tuple[ModuleType, ...]:
    """Every module of ours, imported and run."""
    # Which routes there are is decided by the mode at import; a live deployment has no clock to move.
    os.environ.setdefault("BYHAND_MODE", "test")
    names = [found.name for found in pkgutil.walk_packages(chalicelib.__path__, "chalicelib.")]
    found = tuple(importlib.import_module(name) for name in sorted(names))
    lazily.load_all()
    return found


def sentence(thing: type) -> str:
    """The first sentence of a docstring, on one line."""
    said = sentences.told(inspect.getdoc(thing) or "")
    first, dot, _ = " ".join(said.split("\n\n")[0].split()).partition(". ")
    return first + dot.strip()


def page(title: str, *parts: str) -> str:
    """A whole page: the line that says where it comes from, a title, and its parts."""
    return "\n\n".join([DRAWN, f"# {title}", *parts]) + "\n"


def table(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table in Markdown."""
    heads = list(header)
    lines = [heads, ["---"] * len(heads), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
