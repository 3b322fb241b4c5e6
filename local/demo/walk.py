"""One walk over HTTP: what is asked, what must come of it, and what is printed."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx

from local.webhooks import Receiver

PATIENCE_SECONDS = 30.0


class Off(Exception):
    """Something is not as it should be."""


@dataclass
class Walk:
    """One walk: who takes part, and what was printed so far."""

    http: httpx.Client
    webhooks: Receiver
    steps: int = 0
    agent: dict[str, str] = field(default_factory=dict)
    agent_id: str = ""
    operator: dict[str, str] = field(default_factory=dict)

    def say(self, sentence: str) -> None:
        """Print a step, with what everybody has after it."""
        self.steps += 1
        print(f"{self.steps:>3}. {sentence}")
        if self.agent and self.operator:
            a, o = self.ask("GET", "/agents/balance", self.agent), self.earnings()
            print(
                f"       agent: deposit {_say(a['deposit_balance'])}, escrow {_say(a['escrow_balance'])}"
                f"   operator: pending {_say(o['pending_balance'])}, available {_say(o['available_balance'])}"
            )

    def ask(
        self, method: str, path: str, who: dict[str, str] | None = None, *, status: int = 200, **words: Any
    ) -> dict[str, Any]:
        """One request; anything but the expected status is off."""
        whole = path if path.startswith("/api/") else f"/api/v1{path}"
        answer = self.http.request(method, whole, headers=who, **words)
        if answer.status_code != status:
            raise Off(f"{method} {path} answered {answer.status_code}, not {status}: {answer.text}")
        return dict(answer.json())

    def task(self, task_id: str) -> dict[str, Any]:
        return self.ask("GET", f"/tasks/{task_id}", self.agent)

    def until(self, what: str, look: Callable[[], bool]) -> None:
        """Wait until something is so, for a bounded while."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not look():
            if time.monotonic() > deadline:
                raise Off(f"after {PATIENCE_SECONDS:.0f} s still not: {what}")
            time.sleep(0.1)

    def until_status(self, task_id: str, status: str) -> dict[str, Any]:
        self.until(f"{task_id} is {status}", lambda: self.task(task_id)["status"] == status)
        return self.task(task_id)

    def advance(self, **time_span: float) -> None:
        seconds = int(timedelta(**time_span).total_seconds())
        self.ask("POST", "/test/clock", json={"advance_seconds": seconds})

    def earnings(self) -> dict[str, Any]:
        return self.ask("GET", "/operator/earnings", self.operator)

    def expect(self, **amounts: float) -> None:
        """Every cent is where it should be."""
        found = {**self.ask("GET", "/agents/balance", self.agent), **self.earnings()}
        for name, amount in amounts.items():
            if found[f"{name}_balance"] != amount:
                raise Off(f"{name} is {found[f'{name}_balance']}, and should be {amount}")


def _say(amount: float) -> str:
    """Cents, and more decimals where cents do not say it all."""
    return f"{amount:.2f}" if round(amount, 2) == amount else f"{amount:g}"
