"""Tasks: the table of moves (seed, "Task Lifecycle"; rulings 12 to 16, 19).

PENDING ──► ACCEPTED ──► IN_PROGRESS ──► SUBMITTED ──► VERIFIED ──► COMPLETED ──► (hold) ──► paid out
   │  ▲        │                            │  ▲
   │  └────────┴─ given back                ├──┼─────► MANUAL_REVIEW ──► COMPLETED | DISPUTED
   ▼                                        ▼  └─ again
CANCELLED                                DISPUTED ──► COMPLETED | CANCELLED
"""

from enum import StrEnum

from chalicelib.kit.lifecycle import Lifecycle, Move, Role


class Status(StrEnum):
    """The states on the wire; there is no EXPIRED (ruling 12)."""

    PENDING = "PENDING"
    ESTIMATE_PENDING = "ESTIMATE_PENDING"
    ACCEPTED = "ACCEPTED"
    IN_PROGRESS = "IN_PROGRESS"
    SUBMITTED = "SUBMITTED"
    VERIFIED = "VERIFIED"
    MANUAL_REVIEW = "MANUAL_REVIEW"
    COMPLETED = "COMPLETED"
    DISPUTED = "DISPUTED"
    CANCELLED = "CANCELLED"


class CancelReason(StrEnum):
    """Why a task was cancelled."""

    AGENT = "AGENT"
    EXPIRED = "EXPIRED"
    ADMIN = "ADMIN"
    REFUNDED = "REFUNDED"


_S, _R = Status, Role
_REFUND = "escrow → deposit"
_PAY = "escrow → pending, fees"
# Where the money of a dispute lies depends on when it began: in escrow, or, after completion, in pending and fees.
_RELEASE = "escrow → available, fees; or pending → available"
_GIVE_BACK = "escrow → deposit; or pending, fees → deposit"
_SPLIT = "escrow, or pending and fees → available, fees, deposit"

TASK = Lifecycle(
    "task",
    tuple(_S),
    (
        # Taking it
        Move("accept", _S.PENDING, _S.ACCEPTED, _R.OPERATOR, "", "task.accepted"),
        Move("estimate", _S.PENDING, _S.ESTIMATE_PENDING, _R.OPERATOR, "", "task.estimated"),
        Move("approve_estimate", _S.ESTIMATE_PENDING, _S.ACCEPTED, _R.AGENT, "", "task.accepted"),
        Move("reject_estimate", _S.ESTIMATE_PENDING, _S.PENDING, _R.AGENT, "", "task.estimate_rejected"),
        # Doing it
        Move("start", _S.ACCEPTED, _S.IN_PROGRESS, _R.OPERATOR, "", "task.started"),
        Move("release", _S.ACCEPTED, _S.PENDING, _R.OPERATOR, "", "task.released"),
        Move("release", _S.IN_PROGRESS, _S.PENDING, _R.OPERATOR, "", "task.released"),
        Move("submit", _S.ACCEPTED, _S.SUBMITTED, _R.OPERATOR, "", "task.submitted"),
        Move("submit", _S.IN_PROGRESS, _S.SUBMITTED, _R.OPERATOR, "", "task.submitted"),
        Move("submit", _S.DISPUTED, _S.SUBMITTED, _R.OPERATOR, "", "task.submitted"),
        # Looking at it
        Move("approve", _S.SUBMITTED, _S.VERIFIED, _R.GUARDIAN, "", "task.verified"),
        Move("review", _S.SUBMITTED, _S.MANUAL_REVIEW, _R.GUARDIAN, "", "task.manual_review"),
        Move("reject", _S.SUBMITTED, _S.DISPUTED, _R.GUARDIAN, "", "task.disputed"),
        Move("lose_guardian", _S.SUBMITTED, _S.MANUAL_REVIEW, _R.CLOCK, "", "task.manual_review"),
        Move("complete", _S.VERIFIED, _S.COMPLETED, _R.CLOCK, _PAY, "task.completed"),
        Move("approve", _S.SUBMITTED, _S.COMPLETED, _R.AGENT, _PAY, "task.completed"),
        Move("approve", _S.VERIFIED, _S.COMPLETED, _R.AGENT, _PAY, "task.completed"),
        Move("approve", _S.MANUAL_REVIEW, _S.COMPLETED, _R.AGENT, _PAY, "task.completed"),
        Move("reject", _S.SUBMITTED, _S.DISPUTED, _R.AGENT, "", "task.rejected"),
        Move("reject", _S.VERIFIED, _S.DISPUTED, _R.AGENT, "", "task.rejected"),
        Move("reject", _S.MANUAL_REVIEW, _S.DISPUTED, _R.AGENT, "", "task.rejected"),
        Move("lapse", _S.MANUAL_REVIEW, _S.DISPUTED, _R.CLOCK, "", "task.review_lapsed"),
        # After it
        Move("rate", _S.COMPLETED, _S.COMPLETED, _R.AGENT, "", "task.rated"),
        Move("mature", _S.COMPLETED, _S.COMPLETED, _R.CLOCK, "pending → available", "task.earnings_available"),
        Move("dispute", _S.COMPLETED, _S.DISPUTED, _R.AGENT, "pending frozen", "task.dispute_opened"),
        Move("dispute", _S.COMPLETED, _S.DISPUTED, _R.ADMIN, "pending frozen", "task.dispute_opened"),
        Move("resolve_release", _S.DISPUTED, _S.COMPLETED, _R.ADMIN, _RELEASE, "task.resolved"),
        Move("resolve_refund", _S.DISPUTED, _S.CANCELLED, _R.ADMIN, _GIVE_BACK, "task.resolved"),
        Move("resolve_split", _S.DISPUTED, _S.COMPLETED, _R.ADMIN, _SPLIT, "task.resolved"),
        Move("resolve_release", _S.DISPUTED, _S.COMPLETED, _R.CLOCK, _RELEASE, "task.resolved"),
        Move("resolve_refund", _S.DISPUTED, _S.CANCELLED, _R.CLOCK, _GIVE_BACK, "task.resolved"),
        # Not doing it after all
        Move("cancel", _S.PENDING, _S.CANCELLED, _R.AGENT, _REFUND, "task.cancelled"),
        Move("cancel", _S.ESTIMATE_PENDING, _S.CANCELLED, _R.AGENT, _REFUND, "task.cancelled"),
        Move("cancel", _S.ACCEPTED, _S.CANCELLED, _R.AGENT, _REFUND, "task.cancelled"),
        Move("expire", _S.PENDING, _S.CANCELLED, _R.CLOCK, _REFUND, "task.expired"),
        Move("expire", _S.ESTIMATE_PENDING, _S.CANCELLED, _R.CLOCK, _REFUND, "task.expired"),
        Move("expire", _S.ACCEPTED, _S.CANCELLED, _R.CLOCK, _REFUND, "task.expired"),
        Move("expire", _S.IN_PROGRESS, _S.CANCELLED, _R.CLOCK, _REFUND, "task.expired"),
        *(
            Move("withdraw", status, _S.CANCELLED, _R.ADMIN, _REFUND, "task.cancelled")
            for status in (
                _S.PENDING, _S.ESTIMATE_PENDING, _S.ACCEPTED, _S.IN_PROGRESS, _S.SUBMITTED, _S.VERIFIED,
                _S.MANUAL_REVIEW,
            )
        ),
    ),
)  # fmt: skip
