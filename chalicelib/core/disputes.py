"""What disputes about any work have in common: how one ends, how its money is divided, and what refuses one.

earned ──► (hold) ──► paid out          release   the operator and the house have what they had earned, at once
             │ disputed: frozen         refund    everything goes back to the agent
             └──► an outcome, final     split     the operator's share of both parts stays, the rest goes back
"""

from enum import StrEnum
from typing import Annotated, Any

from pydantic import BeforeValidator

from chalicelib.core.ledger.postings import Shares
from chalicelib.kit import money
from chalicelib.kit.errors import Conflict, Invalid, NotFound
from chalicelib.kit.words import AmountOut, Because, Moment, Words


class Outcome(StrEnum):
    """How a dispute ends (ruling 15)."""

    RELEASE = "release"
    REFUND = "refund"
    SPLIT = "split"


class DisputeNotFound(NotFound):
    """There is no such dispute."""

    code = "dispute_not_found"

    def __init__(self) -> None:
        super().__init__("Dispute not found.")


class HoldOver(Conflict):
    """The hold is over: what was earned is the operator's."""

    code = "hold_over"

    def __init__(self, thing: str) -> None:
        super().__init__(f"The hold of this {thing} is over; a completed {thing} can be disputed only inside it.")


class DisputeFinal(Conflict):
    """This was disputed and resolved before, and the outcome is final."""

    code = "dispute_final"

    def __init__(self, outcome: str) -> None:
        super().__init__(f"This dispute ended with a {outcome}. The outcome is final.", outcome=outcome)


def _share(value: Any) -> int:
    """Millionths of a whole: a share is as exact as an amount, and read by the same grammar."""
    try:
        millionths = money.parse(value)
    except ValueError:
        millionths = -1
    if not 0 <= millionths <= money.MICROS_PER_USD:
        raise ValueError("must be a share from 0 to 1 with at most 6 decimals, such as 0.6")
    return millionths


class ResolveOrder(Because):
    """The end of a dispute by the backoffice; the share is in millionths here."""

    outcome: Outcome
    operator_share: Annotated[int, BeforeValidator(_share)] | None = None


class Division(Words):
    """How a dispute ended: what the operator and the house got, and what went back."""

    outcome: Outcome
    operator_share_usd: AmountOut
    house_share_usd: AmountOut
    refunded_usd: AmountOut
    resolved_at: Moment


def check_share(outcome: Outcome, operator_share: int | None) -> None:
    """A split names the operator's share, in millionths, and nothing else does. Raises Invalid.

    All or nothing is no split: whoever means a release or a refund has to say so.
    """
    if outcome is not Outcome.SPLIT:
        if operator_share is not None:
            raise Invalid("operator_share", f"goes with the outcome split only, not with {outcome}")
    elif operator_share is None:
        raise Invalid("operator_share", "is required for a split: a share such as 0.6")
    elif operator_share in (0, money.MICROS_PER_USD):
        meant = Outcome.RELEASE if operator_share else Outcome.REFUND
        raise Invalid("operator_share", f"must be between 0 and 1; this is no split, send the outcome {meant}")


def divide(outcome: Outcome, earned_micros: int, fee_micros: int, operator_share: int | None = None) -> Shares:
    """How an outcome divides what was earned and the house's fee, in micros; the share is in millionths (ruling 15).

    Each is rounded by itself, and the rest goes back.
    """
    if outcome is Outcome.SPLIT:
        assert operator_share is not None, "a split has a share"  # noqa: S101
        operator, house = _part(earned_micros, operator_share), _part(fee_micros, operator_share)
    else:
        operator, house = (earned_micros, fee_micros) if outcome is Outcome.RELEASE else (0, 0)
    return Shares(operator, house, earned_micros - operator, fee_micros - house)


def _part(micros: int, millionths: int) -> int:
    """A share of an amount, half-up to the cent, and never more than there is."""
    cent = money.MICROS_PER_USD * money.MICROS_PER_CENT
    return min((micros * millionths * 2 + cent) // (2 * cent) * money.MICROS_PER_CENT, micros)
