"""Requests and answers of operators, in the seed's casing."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from chalicelib.core.files.model import CONTENT_TYPES, UPLOAD_BYTES_MAX
from chalicelib.core.ledger.model import Leg
from chalicelib.kit.pages import PageWords, Pagination
from chalicelib.kit.words import AmountIn, AmountOut, Email, Moment, Words
from chalicelib.products.operators.lifecycle import PayoutState, Review

Text200 = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class Place(Words):
    """Where an operator is at home."""

    city: Text200 | None = None
    country: Text200 | None = None


class Registration(Words):
    """POST /operator/register."""

    name: Text200
    email: Email
    phone: Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)] | None = None
    location: Place = Place()
    skills: list[Annotated[str, StringConstraints(max_length=40)]] = Field(default_factory=list, max_length=30)


class Registered(Words):
    """The new operator."""

    operator_id: str
    name: str
    kyc_status: str


class UploadOrder(Words):
    """POST /operator/upload with words: a file that will be PUT to a signed URL."""

    content_type: Annotated[str, StringConstraints(max_length=100)] | None = Field(
        default=None, description=f"one of {', '.join(CONTENT_TYPES)}"
    )
    size_bytes: int | None = Field(default=None, ge=1, le=UPLOAD_BYTES_MAX)
    sha256: Annotated[str, StringConstraints(to_lower=True, pattern=r"^[0-9a-fA-F]{64}$")] | None = None


class UploadKept(Words):
    """What is kept of the answer: signed URLs are made on the way out."""

    upload_id: str


class UploadReady(Words):
    """Where to PUT the bytes, with which headers, and the URL to submit. Without `upload_url` they are stored."""

    upload_id: str
    upload_url: str | None
    headers: dict[str, str]
    url: str


class RecentTask(Words):
    """One completed piece of work."""

    task_id: str
    title: str
    reward_usd: AmountOut
    status: str = "COMPLETED"
    completed_at: Moment | None


class Earnings(Words):
    """GET /operator/earnings."""

    pending_balance: AmountOut
    available_balance: AmountOut
    total_earned: AmountOut
    currency: str = "USD"
    recent_tasks: list[RecentTask]


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


class Reason(Words):
    """Why somebody of the backoffice does what they do."""

    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class Paused(Words):
    """Whether payouts are paused now."""

    payouts_paused: bool
    reason: str
