"""Requests and answers of operators, in the seed's casing."""

from typing import Annotated

from pydantic import Field, StringConstraints

from chalicelib.core.files.model import CONTENT_TYPES, UPLOAD_BYTES_MAX
from chalicelib.kit.words import AmountIn, AmountOut, Email, Moment, Words

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
