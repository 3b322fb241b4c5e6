"""Jobs: the table of moves (seed, "Job Lifecycle"; rulings 15, 29 to 32).

pending ──► waiting ──► working ──► (handed in) ──► completed ──► (hold, dispute) ──► paid out
   │           │           │             ├────────► incomplete
   │           │           │             └────────► error
   ├───────────┴──► error  ├──────────────────────► rejected
   └───────────┴───────────┴──────────────────────► abandoned
"""

from enum import StrEnum

from chalicelib.kit.lifecycle import Lifecycle, Move, Role


class Status(StrEnum):
    """Where a job stands: one of eight, and nothing else (ruling 29). One in which it has ended never changes."""

    PENDING = "pending"
    WAITING = "waiting"
    WORKING = "working"
    COMPLETED = "completed"
    INCOMPLETE = "incomplete"
    ABANDONED = "abandoned"
    REJECTED = "rejected"
    ERROR = "error"


class Reason(StrEnum):
    """Why a job ended without a result."""

    NO_CAPACITY = "no_capacity"
    TESTER_ABANDONED = "tester_abandoned"
    TESTER_OVERTIME = "tester_overtime"
    TESTER_INVALIDATED = "tester_invalidated"
    INCOMPLETE_DATA = "incomplete_data"
    AI_PROCESSING_ERROR = "ai_processing_error"
    ACCOUNT_SUSPENDED = "account_suspended"


_S, _R = Status, Role
_REFUND = "escrow → deposit"
_SPLIT = "pending and fees → available, fees, deposit"
TERMINAL = (_S.COMPLETED, _S.INCOMPLETE, _S.ABANDONED, _S.REJECTED, _S.ERROR)

JOB = Lifecycle(
    "job",
    tuple(_S),
    (
        # Finding a tester
        Move("announce", _S.PENDING, _S.WAITING, _R.CLOCK, "", "job.waiting"),
        Move("claim", _S.WAITING, _S.WORKING, _R.OPERATOR, "", "job.claimed"),
        Move("expire", _S.PENDING, _S.ABANDONED, _R.CLOCK, _REFUND, "job.abandoned"),
        Move("expire", _S.WAITING, _S.ABANDONED, _R.CLOCK, _REFUND, "job.abandoned"),
        # Testing
        Move("extend", _S.WORKING, _S.WORKING, _R.OPERATOR, "", "job.extended"),
        Move("submit", _S.WORKING, _S.WORKING, _R.OPERATOR, "", "job.submitted"),
        Move("abandon", _S.WORKING, _S.ABANDONED, _R.OPERATOR, _REFUND, "job.abandoned"),
        Move("reject", _S.WORKING, _S.REJECTED, _R.OPERATOR, _REFUND, "job.rejected"),
        Move("overrun", _S.WORKING, _S.ABANDONED, _R.CLOCK, _REFUND, "job.abandoned"),
        # Reading what was handed in
        Move("complete", _S.WORKING, _S.COMPLETED, _R.GUARDIAN, "escrow → pending, fees, deposit", "job.completed"),
        Move("miss", _S.WORKING, _S.INCOMPLETE, _R.GUARDIAN, _REFUND, "job.incomplete"),
        Move("fail", _S.WORKING, _S.ERROR, _R.CLOCK, _REFUND, "job.failed"),
        # After it
        Move("mature", _S.COMPLETED, _S.COMPLETED, _R.CLOCK, "pending → available", "job.earnings_available"),
        Move("dispute", _S.COMPLETED, _S.COMPLETED, _R.ADMIN, "pending frozen", "job.dispute_opened"),
        Move("resolve_release", _S.COMPLETED, _S.COMPLETED, _R.ADMIN, "pending → available", "job.resolved"),
        Move("resolve_refund", _S.COMPLETED, _S.COMPLETED, _R.ADMIN, "pending, fees → deposit", "job.resolved"),
        Move("resolve_split", _S.COMPLETED, _S.COMPLETED, _R.ADMIN, _SPLIT, "job.resolved"),
        Move("resolve_release", _S.COMPLETED, _S.COMPLETED, _R.CLOCK, "pending → available", "job.resolved"),
        # Not doing it after all
        Move("withdraw", _S.PENDING, _S.ERROR, _R.ADMIN, _REFUND, "job.failed"),
        Move("withdraw", _S.WAITING, _S.ERROR, _R.ADMIN, _REFUND, "job.failed"),
    ),
)
