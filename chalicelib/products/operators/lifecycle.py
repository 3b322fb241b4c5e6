"""Payouts: the table of moves. On the wire the four states are the seed's own words (ruling 26)."""

from enum import StrEnum

from chalicelib.kit.lifecycle import Lifecycle, Move, Role


class PayoutState(StrEnum):
    """Where a payout stands."""

    PENDING = "pending"
    SENT = "sent"
    COMPLETED = "completed"
    FAILED = "failed"


_S = PayoutState

PAYOUT = Lifecycle(
    "payout",
    tuple(_S),
    (
        Move("send", _S.PENDING, _S.SENT, Role.CLOCK, "", "payout.sent"),
        Move("settle", _S.PENDING, _S.COMPLETED, Role.CLOCK, "in flight → out", "payout.completed"),
        Move("settle", _S.SENT, _S.COMPLETED, Role.CLOCK, "in flight → out", "payout.completed"),
        Move("fail", _S.PENDING, _S.FAILED, Role.CLOCK, "in flight → available", "payout.failed"),
        Move("fail", _S.SENT, _S.FAILED, Role.CLOCK, "in flight → available", "payout.failed"),
    ),
)
