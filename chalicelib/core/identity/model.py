"""Agents, their keys, and operators."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar


class Kyc(StrEnum):
    """How far a person's identity is checked."""

    PENDING = "PENDING"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"


@dataclass(frozen=True)
class Agent:
    """A caller with an API key: the account it opens, and the key that opened it."""

    kind: ClassVar[str] = "agent"
    account_id: str
    email: str
    key_id: str

    @property
    def id(self) -> str:
        return self.account_id


@dataclass(frozen=True)
class ApiKey:
    """One API key as its owner may see it: never the secret."""

    key_id: str
    account_id: str
    email: str
    name: str
    shown: str
    created_at: datetime
    last_used_at: datetime | None = None
    suspended: bool = False


@dataclass(frozen=True)
class Operator:
    """A person who does the work, identified by (issuer, subject) of their token (ruling 20)."""

    kind: ClassVar[str] = "operator"
    operator_id: str
    name: str
    email: str
    kyc: Kyc
    created_at: datetime
    phone: str | None = None
    city: str | None = None
    country: str | None = None
    skills: tuple[str, ...] = ()
    cell: str | None = None
    """The cell of the grid where they work; without one they are not found by place."""
    profile: Mapping[str, Any] = field(default_factory=dict)
    rating_sum: int = 0
    rating_count: int = 0
    completed_tasks: int | None = None
    kyc_decided_at: datetime | None = None
    """Wall time: the identity check compares it with its own clock."""
    kyc_decided_by: str | None = None
    kyc_reason: str | None = None
    suspended: bool = False

    @property
    def id(self) -> str:
        return self.operator_id

    @property
    def rating_tenths(self) -> int | None:
        """The average of what agents gave, in tenths of a star, half-up; None before anybody has rated."""
        return average_tenths(self.rating_sum, self.rating_count)

    @property
    def rating(self) -> float | None:
        """The same average in stars."""
        return None if self.rating_tenths is None else self.rating_tenths / 10

    @property
    def shown_name(self) -> str:
        """How others see the name: "Jane D."."""
        first, *rest = self.name.split() or [self.name]
        return f"{first} {rest[-1][0]}." if rest else first


def average_tenths(total: int, count: int) -> int | None:
    """The average of some stars, in tenths, half-up."""
    return (20 * total + count) // (2 * count) if count else None


@dataclass(frozen=True)
class Found:
    """An operator as a search by place shows one: who they are to others, and the cell where they work."""

    operator_id: str
    name: str
    cell: str
    skills: tuple[str, ...]
    city: str | None
    country: str | None
    rating: float | None
    completed_tasks: int | None


@dataclass(frozen=True)
class Admin:
    """Somebody of the team that runs this deployment, known by the name of their admin key (ruling 2)."""

    kind: ClassVar[str] = "admin"
    name: str

    @property
    def id(self) -> str:
        return f"admin#{self.name}"
