"""Rows of the qa table.

    pk         sk           what
    agent_…    job_…        the head of a job; in the index `by_status` under <account>#<status>
    agent_…    counts       how many jobs of each status the account has
    job_…      order        what was asked
    job_…      session      what the tester handed in
    job_…      result       what was read out of it
    job_…      issues       the issue that each finding became, by the finding's number

Heads lie under their account (core/heads.py).
"""

from collections.abc import Sequence

from chalicelib.core.heads import Heads, Ref
from chalicelib.kit.conditions import Attr
from chalicelib.kit.errors import Busy, NotFound
from chalicelib.kit.store import Place, Store
from chalicelib.kit.table import Item, Key, Write, add, update
from chalicelib.kit.words import Words
from chalicelib.products.qa.lifecycle import JOB
from chalicelib.products.qa.model.jobs import Job, OpenedIssue, Order, Result, Session, Sheets

TABLE = "qa"
LOOKS_MAX = 4
SHEETS = ("order", "session", "result", "issues")


class JobNotFound(NotFound):
    """There is no such job, or it is another account's."""

    code = "job_not_found"

    def __init__(self) -> None:
        super().__init__("Job not found.")


HEADS = Heads(TABLE, Job, "job_id", "job", JOB, JobNotFound)


def add_job(job: Job, order: Order) -> list[Write]:
    """The rows of a new job."""
    return [*HEADS.add(job), _sheet(job.job_id, "order", order)]


def add_session(job_id: str, session: Session) -> Write:
    """What the tester handed in."""
    return _sheet(job_id, "session", session)


def add_result(job_id: str, result: Result) -> Write:
    """What was read out of it."""
    return _sheet(job_id, "result", result)


def add_issue(job_id: str, number: int, issue: OpenedIssue) -> Write:
    """The issue that a finding became. All lie in one row: a row that is not there is paid for at every look."""
    name = f"finding_{number}"
    return update(TABLE, Key(job_id, "issues"), put={name: issue.dump()}, where=Attr(name).not_exists())


def find_sheets(store: Store, ref: Ref) -> Sheets:
    """A job with everything that was written about it, in one read. Raises JobNotFound."""
    return find_sheets_and(store, ref, [])[0]


def find_sheets_and(store: Store, ref: Ref, others: Sequence[Place]) -> tuple[Sheets, list[Item | None]]:
    """The same, and some other rows beside it, of whatever tables, in the same read. Raises JobNotFound.

    Rows that are read together are not read at one moment: a look into the middle of a commit is made again.
    """
    if not HEADS.knows(ref):
        raise JobNotFound
    places = [(TABLE, HEADS.row(ref)), *((TABLE, Key(ref.id, name)) for name in SHEETS)]
    for _ in range(LOOKS_MAX):
        found = store.get_across([*places, *others])
        if not (sheets := _read(found[: len(places)])).is_torn:
            return sheets, found[len(places) :]
    raise Busy


def _read(found: Sequence[Item | None]) -> Sheets:
    head, order, session, result, issues = found
    if head is None or order is None:
        raise JobNotFound
    return Sheets(
        job=HEADS.read(head),
        order=Order.model_validate_json(order["words"]),
        session=Session.model_validate_json(session["words"]) if session else None,
        result=Result.model_validate_json(result["words"]) if result else None,
        issues={
            int(name.removeprefix("finding_")): OpenedIssue.model_validate_json(words)
            for name, words in (issues or {}).items()
            if name.startswith("finding_")
        },
    )


def _sheet(job_id: str, name: str, words: Words) -> Write:
    return add(TABLE, Key(job_id, name), {"words": words.dump()})
