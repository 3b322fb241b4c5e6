"""The stage for browser walks: the local stack, a Chromium as small as a phone, an agent, and all that was sent.

What drives the browser is imported when it is needed: `make test` passes by here without having it.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from local.runner import LocalStack

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Request

PHONE = {"viewport": {"width": 360, "height": 740}, "device_scale_factor": 2, "is_mobile": True, "has_touch": True}
PATIENCE_MILLISECONDS = 15_000
# Chromium must ask nobody but us, and must not need more than a build machine has.
QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
]  # fmt: skip


@dataclass
class Sent:
    """Everything that left the browser: address, headers and body of every request."""

    requests: list[tuple[str, str, bytes]] = field(default_factory=list)

    def hear(self, request: Request) -> None:
        headers = "\n".join(f"{name}: {value}" for name, value in request.all_headers().items())
        self.requests.append((request.url, headers, request.post_data_buffer or b""))

    @property
    def whole(self) -> bytes:
        return b"\n".join(f"{url}\n{headers}\n".encode() + body for url, headers, body in self.requests)


@dataclass
class Visit:
    """One person's browser on the operators' page."""

    page: Page
    sent: Sent
    said: list[str]
    url: str

    def at(self, place: str) -> Page:
        self.page.goto(f"{self.url}/operator{place}")
        return self.page


@dataclass
class Agent:
    """An agent of the local stack, over HTTP."""

    http: httpx.Client
    headers: dict[str, str]

    def ask(self, method: str, path: str, *, root: str = "/api/v1", **words: Any) -> dict[str, Any]:
        answer = self.http.request(method, f"{root}{path}", headers=self.headers, **words)
        assert answer.status_code in (200, 201), answer.text
        return dict(answer.json())


@pytest.fixture(scope="session")
def stack() -> Iterator[LocalStack]:
    store = os.environ.get("STORE") or "ministack"
    with tempfile.TemporaryDirectory() as state, LocalStack(store, state=Path(state) / "state") as running:
        yield running


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE_MILLISECONDS)
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    assert path, "There is no Chromium: apt-get install chromium, or set CHROMIUM to one."
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, headless=True, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def visit(stack: LocalStack, chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """A phone that was never here before; a test may ask for more with `parametrize(..., indirect=True)`."""
    with _phone(stack, chromium, **getattr(request, "param", {})) as visit:
        yield visit


@pytest.fixture
def another_visit(stack: LocalStack, chromium: Browser) -> Iterator[Visit]:
    """The phone of somebody else."""
    with _phone(stack, chromium) as visit:
        yield visit


@contextmanager
def _phone(stack: LocalStack, chromium: Browser, **more: Any) -> Iterator[Visit]:
    with chromium.new_context(**PHONE, **more) as context:
        context.set_default_timeout(PATIENCE_MILLISECONDS)
        sent, said = Sent(), list[str]()
        context.on("request", sent.hear)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        yield Visit(page, sent, said, stack.url)


@pytest.fixture
def agent(stack: LocalStack) -> Iterator[Agent]:
    with httpx.Client(base_url=stack.url, timeout=20, trust_env=False) as http:
        made = http.post("/api/v1/agents/register", json={"name": "walk", "email": _address("agent")}).json()
        agent = Agent(http, {"X-API-Key": made["api_key"]})
        agent.ask("POST", "/agents/deposit/usdc", json={"tx_hash": "0x" + os.urandom(32).hex(), "amount_usdc": "500"})
        yield agent


def _address(name: str) -> str:
    return f"{name}-{os.urandom(4).hex()}@example.com"
