"""What every test stands on: a deployment of its own, over moto made strict, in this process."""

import os
from collections.abc import Iterator

import boto3
import pytest

from local import strict
from local.settings import laptop
from tests.standing import empty_stack

# app.py decides at import which routes exist; tests want those of a test deployment.
os.environ["BYHAND_MODE"] = "test"
# Tests make more requests a minute than a person; the limits have tests of their own.
LIMITS = {"RATE_LIMIT_PER_MINUTE": "1000000", "UPLOAD_LIMIT_PER_MINUTE": "1000000"}
# Nobody listens there: a test that wants a GitHub has one of its own.
NOBODY = {"GITHUB_API_URL": "https://127.0.0.1:9"}


@pytest.fixture(scope="session")
def moto_session() -> None:
    """A boto3 session that knows moto: one for all tests, since each reads the models of its services again."""
    strict.install()
    boto3.setup_default_session()


@pytest.fixture
def settings() -> dict[str, str]:
    """What a test wants set beside the usual; override it in a module or by parametrising."""
    return {}


@pytest.fixture
def house(moto_session: None, settings: dict[str, str]) -> Iterator["House"]:
    """An empty deployment in test mode."""
    import app
    from chalicelib.doors import wiring

    with laptop(), empty_stack() as environment:
        os.environ.update(LIMITS | NOBODY | settings | environment)
        # Making clients is half the cost of a house, and all houses of a process stand in the same moto.
        wiring.forget(clients=False)
        yield House(app.app, wiring.world())
        wiring.forget(clients=False)


from tests.harness import House  # noqa: E402 the environment comes first
from tests.proofs.summary import pytest_terminal_summary  # noqa: E402, F401 pytest finds its hooks here
