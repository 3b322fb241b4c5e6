"""Imports go down, never up and never sideways; and no package is left out of the contracts that say so."""

import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.rules.source import ROOT

LINT = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()", "--no-cache"]


@pytest.fixture(scope="module")
def contracts() -> dict[str, dict[str, Any]]:
    """The contracts by their first word."""
    linter = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    return {contract["name"].split()[0]: contract for contract in linter["contracts"]}


def _lint(place: Path) -> subprocess.CompletedProcess[str]:
    """Check the contracts of a place, in a process of its own: they are read from where it stands."""
    return subprocess.run(LINT, cwd=place, capture_output=True, text=True, timeout=120, check=False)


def _packages(folder: str) -> set[str]:
    """The modules and packages of a folder, by their dotted names."""
    place = ROOT / folder
    found = [path.stem for path in place.glob("*.py") if path.stem != "__init__"]
    found += [path.parent.name for path in place.glob("*/__init__.py")]
    return {f"{folder.replace('/', '.')}.{name}" for name in found}


def _named(layers: list[str]) -> set[str]:
    return {one.strip() for layer in layers for one in layer.split("|")}


def test_every_contract_is_kept() -> None:
    done = _lint(ROOT)
    assert done.returncode == 0, done.stdout
    assert "0 broken" in done.stdout


def test_a_broken_contract_would_be_noticed(tmp_path: Path) -> None:
    """The same contracts over a copy in which the kit imports a product."""
    for source in (ROOT / "chalicelib").rglob("*.py"):
        copy = tmp_path / source.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(source.read_text())
    (tmp_path / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text())
    ids = tmp_path / "chalicelib/kit/ids.py"
    ids.write_text(ids.read_text() + "\nfrom chalicelib.products.tasks import rules\n")
    done = _lint(tmp_path)
    assert done.returncode != 0
    assert "chalicelib.kit.ids -> chalicelib.products.tasks.rules" in done.stdout


def test_every_storey_is_in_the_contract_of_the_storeys(contracts: dict[str, dict[str, Any]]) -> None:
    assert _named(contracts["The"]["layers"]) == _packages("chalicelib")


def test_everything_in_core_has_its_place_in_the_order(contracts: dict[str, dict[str, Any]]) -> None:
    assert _named(contracts["Inside"]["layers"]) == _packages("chalicelib/core")


def test_every_product_is_independent(contracts: dict[str, dict[str, Any]]) -> None:
    assert set(contracts["Products"]["modules"]) == _packages("chalicelib/products")
