"""Requests and answers of disputes and of the backoffice's other words on tasks."""

from typing import Annotated, Any

from pydantic import BeforeValidator, StringConstraints

from chalicelib.kit import money
from chalicelib.kit.pages import PageWords, Pagination
from chalicelib.kit.words import AmountOut, Because, Moment, Words
from chalicelib.products.tasks.lifecycle import Status
from chalicelib.products.tasks.model.disputes import DisputeState, Outcome, Source


def _share(value: Any) -> int:
    """Millionths of a whole: a share is as exact as an amount, and read by the same grammar."""
    try:
        millionths = money.parse(value)
    except ValueError:
        millionths = -1
    if not 0 <= millionths <= money.MICROS_PER_USD:
        raise ValueError("must be a share from 0 to 1 with at most 6 decimals, such as 0.6")
    return millionths


class DisputeOrder(Words):
    """POST /tasks/:id/dispute."""

    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000)]


class ResolveOrder(Because):
    """POST /admin/disputes/:id/resolve; the share is in millionths here."""

    outcome: Outcome
    operator_share: Annotated[int, BeforeValidator(_share)] | None = None


class DisputesQuery(PageWords):
    """GET /admin/disputes; the open ones unless a state is named."""

    state: DisputeState = DisputeState.OPEN


class DisputeShown(Words):
    """A dispute as the agent sees it, in GET /tasks/:id."""

    dispute_id: str
    source: Source
    reason: str
    opened_at: Moment
    completed_before: bool
    resolved_at: Moment | None
    outcome: Outcome | None
    operator_share_usd: AmountOut | None
    refunded_usd: AmountOut | None


class Disputed(Words):
    """The task after somebody disputed it inside its hold."""

    task_id: str
    status: Status
    dispute: DisputeShown


class DisputeRow(Words):
    """A dispute as the backoffice sees it."""

    dispute_id: str
    task_id: str
    account_id: str
    operator_id: str
    state: DisputeState
    source: Source
    reason: str
    opened_at: Moment
    completed_before: bool
    confidence: int | None
    reward_usd: AmountOut
    platform_fee_usd: AmountOut
    outcome: Outcome | None
    operator_share_usd: AmountOut | None
    house_share_usd: AmountOut | None
    refunded_usd: AmountOut | None
    resolved_by: str | None
    resolution: str | None
    resolved_at: Moment | None


class DisputePage(Words):
    """GET /admin/disputes."""

    data: list[DisputeRow]
    pagination: Pagination


class Resolved(Words):
    """How a dispute ended: what the operator and the house got, and what went back."""

    dispute_id: str
    task_id: str
    status: Status
    outcome: Outcome
    operator_share_usd: AmountOut
    house_share_usd: AmountOut
    refunded_usd: AmountOut
    resolved_at: Moment
