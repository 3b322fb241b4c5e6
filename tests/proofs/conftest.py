"""What several proofs stand on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import LIMITS
from tests.harness import House
from tests.proofs import order
from tests.proofs.deployments import on_the_real_store


@pytest.fixture
def quiet(
    request: pytest.FixtureRequest, moto_session: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[House]:
    """A house in which everything is in order when the race is over: over moto, or by a parameter over MiniStack."""
    if getattr(request, "param", "memory") == "memory":
        house = request.getfixturevalue("house")
        yield house
        order.check(house)
        return
    for name, limit in LIMITS.items():
        monkeypatch.setenv(name, limit)
    with on_the_real_store(tmp_path / "state") as house:
        yield house
        order.check(house)
