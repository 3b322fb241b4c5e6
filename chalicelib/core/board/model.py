"""An opening asks for one or more people; an assignment is one operator on one opening.

opening      open ──(last slot claimed)──► full ──(given back)──► open ──(work ended or withdrawn)──► closed
assignment   claimed ──► submitted ──► completed
                └──► released | withdrawn
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class AssignmentState(StrEnum):
    """Where one operator's work stands."""

    CLAIMED = "claimed"
    SUBMITTED = "submitted"
    COMPLETED = "completed"
    RELEASED = "released"
    WITHDRAWN = "withdrawn"
    """The work ended without being done: it was cancelled, it expired, or, where nobody else takes it up, was left."""


@dataclass(frozen=True)
class Opening:
    """Work that somebody can take. `shown` is what the feed tells of it, in the words of its product.

    Each product has a feed of its own; within it, work is of kinds.
    """

    opening_id: str
    product: str
    kind: str
    owner_id: str
    owner_email: str
    title: str
    pay_micros: int
    posted_at: datetime
    deadline: datetime
    slots: int = 1
    taken: int = 0
    closed: bool = False
    shown: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        """Whether there is a slot for somebody."""
        return not self.closed and self.taken < self.slots

    def can_be_taken(self, now: datetime) -> bool:
        """Whether there is one, and time to take it."""
        return self.is_open and self.deadline > now


@dataclass(frozen=True)
class Assignment:
    """One operator on one opening, with what the operator's own lists tell of it."""

    opening_id: str
    operator_id: str
    owner_id: str
    product: str
    kind: str
    title: str
    pay_micros: int
    state: AssignmentState
    claimed_at: datetime
    ended_at: datetime | None = None
