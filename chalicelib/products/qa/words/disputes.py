"""Requests and answers about disputes: the backoffice's, and what both sides of a job are shown."""

from chalicelib.core.disputes import Division, Outcome
from chalicelib.kit.words import AmountOut, Moment, SparseWords, Words
from chalicelib.products.qa.lifecycle import Status


class JobDispute(SparseWords):
    """A dispute as the agent sees it: how it ended is there once it has."""

    openedAt: Moment
    outcome: Outcome | None = None
    refundedUsd: AmountOut | None = None
    resolvedAt: Moment | None = None


class MyDispute(Words):
    """A dispute as the tester sees it, beside what the job pays them."""

    openedAt: Moment
    outcome: Outcome | None
    resolvedAt: Moment | None


class JobDisputed(Words):
    """POST /admin/jobs/:id/dispute."""

    job_id: str
    status: Status
    opened_at: Moment


class JobResolved(Division):
    """POST /admin/jobs/:id/dispute/resolve."""

    job_id: str
    status: Status
