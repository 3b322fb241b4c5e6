"""Patience: how long an exchange may take in this process, how often it looks meanwhile, and how it sleeps."""

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Patience:
    """How a door waits. API Gateway gives up after 29 seconds, so an exchange takes 25 unless it is told otherwise."""

    exchange_seconds: float = 25
    first_pause_seconds: float = 1
    look_every_seconds: float = 5
    sleep: Callable[[float], None] = time.sleep
    elapsed: Callable[[], float] = time.monotonic

    def left(self, began: float) -> float:
        """How many seconds an exchange that began then may still take."""
        return began + self.exchange_seconds - self.elapsed()
