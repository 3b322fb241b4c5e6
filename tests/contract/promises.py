"""Reads the promises. Each has an id (area.feature.variant), where it is made, and one sentence.

served/*.yaml     what the routes of today must keep; a test carries the id as @pytest.mark.promise("…")
later.yaml        what is promised and not served yet, in the same shape, so that a reader sees what is not there
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
SERVED = HERE / "served"
LATER = HERE / "later.yaml"


@dataclass(frozen=True)
class Promise:
    """One promise. `routes` are those that a promise of later will be kept by."""

    id: str
    where: str
    says: str
    routes: tuple[str, ...] = ()


@lru_cache
def served() -> tuple[Promise, ...]:
    """What the routes of today must keep."""
    return tuple(promise for path in sorted(SERVED.glob("*.yaml")) for promise in _read(path))


@lru_cache
def later() -> tuple[Promise, ...]:
    """What is promised and not served yet."""
    return tuple(_read(LATER))


def _read(path: Path) -> list[Promise]:
    groups: list[dict[str, Any]] = yaml.safe_load(path.read_text())
    return [
        Promise(name, group["where"], says, tuple(group.get("routes", ())))
        for group in groups
        for name, says in group["promises"].items()
    ]
