"""Payouts: the table of moves. On the wire the four states are the seed's own words (ruling 26).

pending ──► sent ──► completed        pending: cooling, in review, or about to be sent
   │         │                        sent: handed to the rail, or about to be; committed before the rail is called
   └─────────┴─────► failed           the money is available again
"""

from enum import StrEnum

from chalicelib.kit.lifecycle import Lifecycle, Move, Role


class PayoutState(StrEnum):
    """Where a payout stands."""

    PENDING = "pending"
    SENT = "sent"
    COMPLETED = "completed"
    FAILED = "failed"


class Review(StrEnum):
    """Why a payout waits for a person."""

    DAY_SUM = "day_sum"
    FUNDED_AGENT = "funded_agent"


_S = PayoutState
_OUT = "in flight → out"
_BACK = "in flight → available"

PAYOUT = Lifecycle(
    "payout",
    tuple(_S),
    (
        Move("release", _S.PENDING, _S.PENDING, Role.ADMIN, "", "payout.released"),
        Move("send", _S.PENDING, _S.SENT, Role.CLOCK, "", "payout.sent"),
        Move("settle", _S.PENDING, _S.COMPLETED, Role.CLOCK, _OUT, "payout.completed"),
        Move("settle", _S.SENT, _S.COMPLETED, Role.CLOCK, _OUT, "payout.completed"),
        Move("fail", _S.PENDING, _S.FAILED, Role.ADMIN, _BACK, "payout.failed"),
        Move("fail", _S.PENDING, _S.FAILED, Role.CLOCK, _BACK, "payout.failed"),
        Move("fail", _S.SENT, _S.FAILED, Role.CLOCK, _BACK, "payout.failed"),
    ),
)
