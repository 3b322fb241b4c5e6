"""Agents, their keys, and operators."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar


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
    suspended: bool = False

    @property
    def id(self) -> str:
        return self.operator_id

    @property
    def shown_name(self) -> str:
        """How others see the name: "Jane D."."""
        first, *rest = self.name.split() or [self.name]
        return f"{first} {rest[-1][0]}." if rest else first


@dataclass(frozen=True)
class Admin:
    """Somebody of the team that runs this deployment, known by the name of their admin key (ruling 2)."""

    kind: ClassVar[str] = "admin"
    name: str

    @property
    def id(self) -> str:
        return f"admin#{self.name}"
