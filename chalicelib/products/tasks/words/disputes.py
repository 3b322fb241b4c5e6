"""Requests and answers of disputes and of the backoffice's other words on tasks."""

from typing import Annotated

from pydantic import StringConstraints

from chalicelib.core.disputes import Division, Outcome
from chalicelib.kit.pages import PageWords, Pagination
from chalicelib.kit.words import AmountOut, Moment, Words
from chalicelib.products.tasks.lifecycle import Status
from chalicelib.products.tasks.model.disputes import DisputeState, Source


class DisputeOrder(Words):
    """POST /tasks/:id/dispute."""

    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000)]


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


class Resolved(Division):
    """POST /admin/disputes/:id/resolve."""

    dispute_id: str
    task_id: str
    status: Status
