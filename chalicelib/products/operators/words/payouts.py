"""Requests and answers about payouts and earnings, in the seed's casing."""

from typing import Annotated, Literal

from pydantic import StringConstraints

from chalicelib.core.ledger.model import Leg
from chalicelib.kit.pages import PageWords, Pagination
from chalicelib.kit.words import AmountIn, AmountOut, Moment, Words
from chalicelib.products.operators.lifecycle import PayoutState, Review


class PayoutOrder(Words):
    """POST /operator/payout."""

    amount_usd: AmountIn
    payoneer_payee_id: Annotated[str, StringConstraints(min_length=1, max_length=100)] | None = None
    wallet_address: Annotated[str, StringConstraints(min_length=1, max_length=100)] | None = None


class PayoutMade(Words):
    """A payout that was asked for."""

    payout_id: str
    status: str
    amount_usd: AmountOut
    message: str


class PayoutStatus(Words):
    """GET /operator/payout/status/:id."""

    payout_id: str
    status: str
    amount_usd: AmountOut


class PayoutShown(PayoutStatus):
    """One payout of the list: why it waits, if it does, and how it ended."""

    rail: str
    destination: str | None
    created_at: Moment
    cooling_until: Moment | None
    in_review: bool
    sent_at: Moment | None
    ended_at: Moment | None
    failure: str | None


class PayoutPage(Words):
    """GET /operator/payouts."""

    data: list[PayoutShown]
    pagination: Pagination


class Movement(Words):
    """One movement of the operator's money. `from_balance` is there when it went from one balance to another."""

    id: str
    type: str
    amount_usd: AmountOut
    balance: str
    from_balance: str | None
    task_id: str | None
    payout_id: str | None
    at: Moment

    @classmethod
    def of(cls, leg: Leg) -> "Movement":
        """The movement that a leg of the ledger is."""
        cause = leg.transfer.id.rpartition(".")[0]
        paid_out = cause.startswith("payout_")
        return cls(
            id=leg.transfer.id, type=leg.transfer.code.value, amount_usd=leg.amount_micros, balance=leg.balance,
            from_balance=leg.from_balance, task_id=None if paid_out else cause, payout_id=cause if paid_out else None,
            at=leg.at,
        )  # fmt: skip


class EarningsPage(Words):
    """GET /operator/earnings/history."""

    data: list[Movement]
    pagination: Pagination


class WaitingQuery(PageWords):
    """GET /admin/payouts."""

    state: Literal[PayoutState.PENDING, PayoutState.SENT] = PayoutState.PENDING


class WaitingPayout(PayoutShown):
    """One payout that has come to no end, as the backoffice sees it."""

    operator_id: str
    review: Review | None


class WaitingPage(Words):
    """Payouts that wait."""

    data: list[WaitingPayout]
    pagination: Pagination


class Paused(Words):
    """Whether payouts are paused now."""

    payouts_paused: bool
    reason: str
