"""The source as the house rules see it: files, trees, functions."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# What is packaged for Lambda, and what is written with the same care beside it.
PACKAGED = ("app.py", "chalicelib")
WRITTEN = (*PACKAGED, "local", "infra", "docs", "sdk")


@dataclass(frozen=True)
class Function:
    """One function: where it begins, how long it is, and whether anything says why."""

    place: str
    lines: int
    says_why: bool


@cache
def files(*folders: str) -> tuple[Path, ...]:
    """Every Python file below some folders."""
    found = [path for folder in folders for path in [ROOT / folder, *(ROOT / folder).rglob("*.py")]]
    return tuple(path for path in found if path.suffix == ".py" and "__pycache__" not in path.parts)


@cache
def tree(path: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse(path.read_text(), str(path))


def name(path: Path) -> str:
    """A file as a person would name it."""
    return str(path.relative_to(ROOT))


def functions(path: Path) -> Iterator[Function]:
    """Every function of a file, methods and inner ones too."""
    lines = path.read_text().splitlines()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            end = node.end_lineno or node.lineno
            body = lines[node.lineno - 1 : end]
            commented = any(line.strip().startswith("#") and "fmt:" not in line for line in body)
            documented = ast.get_docstring(node) is not None
            yield Function(f"{name(path)}:{node.lineno} {node.name}", end - node.lineno + 1, commented or documented)


def spoken(node: ast.AST) -> str:
    """An expression as it is written."""
    return ast.unparse(node)


def at_import(path: Path) -> Iterator[ast.AST]:
    """Every node that runs when a module is imported: all but the bodies of functions."""
    waiting: list[ast.AST] = [tree(path)]
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            waiting += [*node.decorator_list, *node.args.defaults, *(one for one in node.args.kw_defaults if one)]
        elif not isinstance(node, ast.Lambda):
            waiting += ast.iter_child_nodes(node)


def imported(path: Path) -> set[str]:
    """The modules that a file names in its imports."""
    names: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            names |= {one.name for one in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {node.module or ""} | {f"{node.module}.{one.name}" for one in node.names}
    return names
