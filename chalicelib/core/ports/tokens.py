"""Whoever reads the tokens of an identity provider."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True)
class Bearer:
    """Whose token it is: `subject` is unique for its issuer, and for nobody else."""

    issuer: str
    subject: str


class BadToken(Exception):
    """The token proves nothing. What is wrong with it is for our log alone."""


class Tokens(Protocol):
    """Somebody who reads the tokens of an identity provider. Raises BadToken."""

    def read(self, token: str, wall: datetime) -> Bearer:
        """Whose token this is at that moment."""
        ...
