"""Requests and answers of the backoffice."""

from typing import Annotated, Any

from pydantic import Field, StringConstraints

from chalicelib.kit.pages import CursorWords, Pagination
from chalicelib.kit.words import AmountOut, Because, Moment, Words

EntryId = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
Day = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
Month = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}$")]


class Suspended(Words):
    """Whether an account is suspended now."""

    id: str
    suspended: bool


class AgentShown(Words):
    """GET /admin/agents/:id."""

    id: str
    name: str
    email: str
    company: str | None
    created_at: Moment
    keys: int
    suspended_since: Moment | None
    balances: dict[str, AmountOut]


class DeadEntry(Words):
    """One agenda entry that ran out of tries."""

    id: str
    kind: str
    subject: str
    attempts: int
    why: str
    due_at: Moment


class DeadPage(Words):
    """GET /admin/agenda/dead."""

    data: list[DeadEntry]
    pagination: Pagination


class EntryOrder(Because):
    """POST /admin/agenda/rerun and /drop: the id is in the body, as its characters fit no path."""

    entry_id: EntryId


class EntryDone(Words):
    """What became of an entry."""

    entry_id: str
    state: str


class AuditQuery(CursorWords):
    """GET /admin/audit."""

    month: Month | None = None


class Audited(Words):
    """One deed of an admin."""

    id: str
    act: str
    admin: str
    subject: str
    reason: str
    at: Moment
    facts: dict[str, Any]


class AuditPage(Words):
    """GET /admin/audit."""

    data: list[Audited]
    pagination: Pagination


class DayQuery(Words):
    """The query of a trial balance: a UTC day, today unless said otherwise."""

    day: Day | None = None


class TrialBalanceShown(Words):
    """GET /admin/books/trial-balance: below zero is where money came from."""

    day: str
    transfers: int
    in_balance: bool
    opening: dict[str, AmountOut] | None
    moved: dict[str, AmountOut]
    closing: dict[str, AmountOut] | None


class Leg(Words):
    """One transfer, as it touched an account."""

    transfer_id: str
    code: str
    debit: str
    credit: str
    amount_usd: AmountOut
    at: Moment


class Statement(Words):
    """GET /admin/accounts/:id/statement: the balances now, and the transfers by their ids."""

    owner_id: str
    balances: dict[str, AmountOut]
    data: list[Leg]
    pagination: Pagination


class ProofShown(Words):
    """GET /admin/books/proof: `state` is none, running, proved or broken."""

    state: str
    run: str | None = None
    started_at: Moment | None = None
    owners: int = 0
    proved: int = 0
    problems: list[str] = Field(default_factory=list)


class ProofOrder(Because):
    """POST /admin/books/prove: one owner, or everybody whose money moved since yesterday."""

    owner_id: Annotated[str, StringConstraints(min_length=1, max_length=100)] | None = None


class ProofBegun(Words):
    """The proof of one owner is in the answer; of all others GET /admin/books/proof tells."""

    state: str
    problems: list[str] = Field(default_factory=list)
