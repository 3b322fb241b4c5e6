"""Every test of the SDK has a config folder of its own, and an environment that says nothing."""

from pathlib import Path

import pytest

from tests.harness import House
from tests.sdk.served import Line, Setting, Time

SPOKEN = (
    "BYHAND_WAIT_URL",
    "BYHAND_API_KEY",
    "BYHAND_API_URL",
    "HUMANOPS_API_KEY",
    "HUMANOPS_API_URL",
    "XDG_CONFIG_HOME",
)


@pytest.fixture(autouse=True)
def config_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where this test's keys and settings go."""
    for name in SPOKEN:
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "config"
    monkeypatch.setenv("BYHAND_CONFIG_DIR", str(folder))
    return folder


@pytest.fixture
def setting(house: House) -> Setting:
    """The app, a line to it and time."""
    return Setting(house, Line(house), Time(house))
