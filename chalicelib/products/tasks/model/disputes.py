"""A dispute on record: why a task is DISPUTED, and how that ended.

open ──(better proof is handed in)──► resubmitted
  └──(the backoffice, or after 14 days the clock)──► resolved: release | refund | split

A submission leads to at most one dispute, so a dispute has the number of its submission.
"""

from enum import StrEnum

from chalicelib.core.disputes import Outcome
from chalicelib.kit.words import Moment, Words


class Source(StrEnum):
    """Who disputes."""

    GUARDIAN = "guardian"
    AGENT = "agent"
    CLOCK = "clock"
    ADMIN = "admin"


class DisputeState(StrEnum):
    """Where a dispute stands."""

    OPEN = "open"
    RESUBMITTED = "resubmitted"
    RESOLVED = "resolved"


class Dispute(Words):
    """One dispute. `completed_before` says where its money lies: in pending and fees, or still in escrow."""

    dispute_id: str
    task_id: str
    account_id: str
    operator_id: str
    number: int
    source: Source
    reason: str
    opened_at: Moment
    completed_before: bool
    reward_micros: int
    fee_micros: int
    confidence: int | None = None
    """What the Guardian gave the proof that is disputed; none, if it gave no verdict on it."""
    state: DisputeState = DisputeState.OPEN
    outcome: Outcome | None = None
    resolved_by: str | None = None
    resolution: str | None = None
    """Why it ended like that, in the words of who resolved it."""
    resolved_at: Moment | None = None
    operator_micros: int | None = None
    house_micros: int | None = None
    refunded_micros: int | None = None
