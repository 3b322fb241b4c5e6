"""Modules that wait: they run once, when somebody asks, and nobody sees one half run."""

import importlib
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from chalicelib.kit import lazily

RUNS: list[str] = []
NOTING = "from tests.kit.test_lazily import RUNS\nRUNS.append(__name__)\n"


@pytest.fixture
def parcel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A package whose modules wait."""
    (tmp_path / "parcel").mkdir()
    (tmp_path / "parcel" / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    RUNS.clear()
    lazily.install("parcel")
    yield tmp_path / "parcel"
    for name in [name for name in sys.modules if name.partition(".")[0] == "parcel"]:
        del sys.modules[name]


def _module(name: str) -> ModuleType:
    importlib.invalidate_caches()
    return importlib.import_module(f"parcel.{name}")


def test_a_module_runs_once_and_when_it_is_asked_for_a_name(parcel: Path) -> None:
    (parcel / "one.py").write_text(f"{NOTING}ANSWER = 42\n")
    one = _module("one")
    assert (one.__name__, RUNS) == ("parcel.one", [])
    assert (one.ANSWER, one.ANSWER, RUNS) == (42, 42, ["parcel.one"])
    assert type(one) is ModuleType
    with pytest.raises(AttributeError, match="NOTHING"):
        _ = one.NOTHING


def test_all_that_wait_can_be_run_and_those_they_import_too(parcel: Path) -> None:
    (parcel / "one.py").write_text(f"from parcel import two\n{NOTING}")
    (parcel / "two.py").write_text(NOTING)
    _module("one")
    lazily.load_all()
    assert RUNS == ["parcel.one", "parcel.two"]


def test_a_module_that_fails_fails_the_same_way_again(parcel: Path) -> None:
    (parcel / "one.py").write_text("EARLY = 1\nraise ValueError('not today')\n")
    one = _module("one")
    for _ in range(2):
        with pytest.raises(ValueError, match="not today"):
            _ = one.EARLY


def test_two_modules_may_know_each_other(parcel: Path) -> None:
    (parcel / "one.py").write_text("from parcel import two\nHERE = 1\ndef both(): return HERE + two.HERE\n")
    (parcel / "two.py").write_text("from parcel import one\nHERE = 2\ndef both(): return HERE + one.HERE\n")
    assert (_module("one").both(), _module("two").both()) == (3, 3)


def test_threads_that_ask_at_once_see_it_whole(parcel: Path) -> None:
    (parcel / "one.py").write_text(f"import time\n{NOTING}FIRST = 1\ntime.sleep(0.05)\nLAST = 2\n")
    one, seen = _module("one"), list[int]()
    threads = [threading.Thread(target=lambda: seen.append(one.FIRST + one.LAST)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (seen, RUNS) == ([3] * 8, ["parcel.one"])
