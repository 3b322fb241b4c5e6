"""The courier: somebody who carries messages to addresses that strangers gave us."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True)
class Receipt:
    """How a delivery went: the HTTP status, or None and the reason why there is none; how much of an answer was read,
    and how long it took.
    """

    status: int | None
    problem: str = ""
    answer_bytes: int | None = field(default=None, compare=False)
    duration_ms: int = field(default=0, compare=False)

    @property
    def accepted(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


class UnsafeUrl(Exception):
    """The URL leads, or may lead, into a network that is none of the caller's business; says what would be right."""


class Courier(Protocol):
    """Somebody who carries a message to an address that a stranger gave us."""

    def check(self, url: str) -> None:
        """Refuse a URL whose words already show that it will not be called. Raises UnsafeUrl."""
        ...

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Receipt:
        """Deliver one message; never raises for anything that the other side does."""
        ...
