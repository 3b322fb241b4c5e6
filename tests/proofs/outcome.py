"""What came of a pair's affairs, without times and ids: two ways that led to the same end have equal outcomes."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from chalicelib.core.identity import service as identity
from chalicelib.core.ledger import store as ledger
from tests.proofs import order
from tests.proofs.pairs import Pair
from tests.proofs.stand_ins import Hub, Mailbox


@dataclass(frozen=True)
class Outcome:
    """Task or job, what the operator has, and everything that was written, told or is still to be done about the two.

    What the agent has is not in it, because one agent may want many things; order.py compares it with all of them.
    """

    tasks: list[tuple[Any, ...]]
    work: list[tuple[Any, ...]]
    jobs: list[tuple[Any, ...]]
    issues: list[tuple[int, ...]]
    earnings: dict[str, int]
    events: Counter[str]
    verdicts: list[str]
    credentials: list[str]
    disputes: list[tuple[Any, ...]]
    letters: Counter[str]
    left_to_do: list[str]
    payouts: list[tuple[int, str]]
    deposits: list[tuple[str, int, str]]
    suspended: bool


def of(rows: order.Rows, pair: Pair, mailbox: Mailbox) -> Outcome:
    """The outcome for one pair."""
    task_id, job_id = pair.known.get("task", ""), pair.known.get("job", "")
    thing_id, operator_id = pair.thing_id, pair.operator.id
    # A message in a channel has no id by which repeats are told apart: it is told, at least once.
    about = mailbox.about(thing_id) if thing_id else []
    letters = {letter.message_id or letter.url: letter.words.get("event", "channel") for letter in about}
    subjects = [task_id, job_id, *(one.dispute_id for one in rows.disputes if one.task_id == task_id)]
    deeds = [deed for subject in subjects for deed in rows.audits.get(subject, [])]
    happened = deeds + rows.history.get(thing_id, []) + rows.events.get(operator_id, [])
    forge = pair.house.world.forge
    assert isinstance(forge, Hub)
    return Outcome(
        tasks=[
            (task.status, task.submissions, task.verified_by, task.cancel_reason, task.refunded_micros, task.held,
             task.operator_id is not None)
            for task in rows.tasks if task.task_id == task_id
        ],
        work=[
            (task.estimate_minutes, task.rating, task.accepted_at is not None, task.started_at is not None)
            for task in rows.tasks if task.task_id == task_id
        ],
        jobs=[
            (job.status, job.reason, job.extension_seconds, job.billed_seconds, job.cost_micros, job.wage_micros,
             job.held, job.disputed_at is not None, job.dispute_outcome, job.refunded_micros,
             job.waiting_at is not None, job.operator_id is not None, job.submitted_at is not None)
            for job in rows.jobs if job.job_id == job_id
        ],
        issues=[(len(rows.sheets[job_id].issues), forge.about(job_id))] if job_id in rows.sheets else [],
        earnings=ledger.find_book(pair.house.world.store, operator_id).balances,
        events=Counter(event["type"] for event in happened),
        verdicts=sorted(row["sk"] for row in rows.verdicts if row["pk"] == task_id),
        credentials=sorted(row["sk"] for row in rows.credentials if row["pk"] == task_id),
        disputes=sorted(
            (one.number, one.source.value, one.state.value, one.completed_before, str(one.outcome), one.resolved_by,
             one.operator_micros, one.house_micros, one.refunded_micros)
            for one in rows.disputes if one.task_id == task_id
        ),
        letters=Counter(letters.values()),
        left_to_do=sorted(
            row["kind"] for row in rows.entries.values() if thing_id and thing_id in row["subject"] + row["data"]
        ),
        payouts=sorted((row["amount_micros"], row["state"]) for row in rows.payouts if row["pk"] == operator_id),
        deposits=sorted(
            (row["kind"], row["amount_micros"], row["state"])
            for row in rows.deposits if row["transaction_id"] in pair.deposits
        ),
        suspended=identity.any_suspended(pair.house.world.store, [pair.known.get("stranger", operator_id)]),
    )  # fmt: skip
