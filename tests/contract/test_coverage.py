"""Every promise has a test, and every mark names a promise. The tests are read, not run."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from tests.contract import promises

TESTS = Path(__file__).parents[1]
SHAPE = re.compile(r"[a-z_]+(\.[a-z0-9_]+){1,2}")


def test_every_promise_has_a_test() -> None:
    assert {promise.id for promise in promises.served()} - set(_marks()) == set()


def test_every_mark_names_a_promise() -> None:
    known = {promise.id for promise in promises.served()}
    assert {mark: places for mark, places in _marks().items() if mark not in known} == {}


def test_a_promise_of_later_has_no_test_yet() -> None:
    assert {promise.id for promise in promises.later()} & set(_marks()) == set()


def test_every_promise_is_made_once() -> None:
    made = Counter(promise.id for promise in [*promises.served(), *promises.later()])
    assert [name for name, times in made.items() if times > 1] == []


def test_a_promise_says_what_where_and_in_one_sentence() -> None:
    for promise in (*promises.served(), *promises.later()):
        assert SHAPE.fullmatch(promise.id), f"{promise.id}: an id is area.feature.variant"
        assert promise.where.startswith(("seed", "ruling")), f"{promise.id}: made by the seed or by a ruling"
        assert promise.says[0].isupper(), f"{promise.id}: a sentence begins with a capital"
        assert promise.says.endswith("."), f"{promise.id}: a sentence ends"
        assert len(promise.says) <= 160, f"{promise.id}: one sentence is enough"


@lru_cache
def _marks() -> dict[str, list[str]]:
    """Every id that a test carries, and the files that it is in."""
    found: dict[str, list[str]] = {}
    for path in sorted(TESTS.rglob("test_*.py")):
        for name in _marked(ast.parse(path.read_text())):
            found.setdefault(name, []).append(str(path.relative_to(TESTS)))
    return found


def _marked(tree: ast.AST) -> Iterator[str]:
    """The ids in every `pytest.mark.promise(…)` below a node, wherever such a mark can stand."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.promise":
            for argument in node.args:
                assert isinstance(argument, ast.Constant), f"an id is written out: {ast.unparse(node)}"
                yield str(argument.value)
