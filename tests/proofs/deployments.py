"""Deployments that a proof raises itself: one per example of a search, or a real store in a child process."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from chalicelib.doors import wiring
from local.ministack import store_python
from local.runner import LocalStack
from local.settings import laptop
from local.stack import raise_stack
from local.store import open_store
from tests.conftest import LIMITS
from tests.harness import House, Reply

ANSWER_SECONDS = 60

ON_BOTH_STORES = pytest.mark.parametrize(
    "quiet", ["memory", pytest.param("ministack", marks=pytest.mark.slow)], indirect=True
)
"""For races: quickly over moto, and as a long proof over MiniStack, which is a process of its own."""


@contextmanager
def raised() -> Iterator[House]:
    """An empty deployment in test mode over a strict moto of its own, for as long as the block lasts."""
    import app

    with laptop(), open_store("memory", Path()):
        os.environ.update(LIMITS)
        os.environ.update(raise_stack(None))
        wiring.forget(clients=False)
        yield House(app.app, wiring.world())
        wiring.forget(clients=False)


@dataclass
class Distant(House):
    """A house whose doors are reached over HTTP, as a client does."""

    client: httpx.Client | None = None

    def request(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        headers: dict[str, str] | None = None,
        raw: bytes | None = None,
        source: str = "",
    ) -> Reply:
        assert self.client is not None
        content: dict[str, Any] = {"content": raw} if raw is not None else {} if body is None else {"json": body}
        made = self.client.request(method, path, headers=headers, **content)
        return Reply(made.status_code, made.json(), dict(made.headers), made.text)


@contextmanager
def on_the_real_store(state: Path) -> Iterator[House]:
    """The whole local stack over a MiniStack of its own, reached over HTTP."""
    if not store_python().exists():
        pytest.fail(f"MiniStack is not installed at {store_python()}; run `make store`, which installs it.")
    with (
        LocalStack("ministack", background=False, state=state) as stack,
        httpx.Client(base_url=stack.url, timeout=ANSWER_SECONDS) as client,
    ):
        import app

        yield Distant(app.app, wiring.world(), client=client)
