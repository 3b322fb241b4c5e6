"""What came of a pair's affairs, without times and ids: two ways that led to the same end have equal outcomes."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from chalicelib.core.identity import service as identity
from chalicelib.core.ledger import store as ledger
from tests.proofs import order
from tests.proofs.deeds import Pair
from tests.proofs.stand_ins import Mailbox


@dataclass(frozen=True)
class Outcome:
    """The task, what the operator has, and everything that was written, told or is still to be done about the two.

    What the agent has is not in it, because one agent may want many things; order.py compares it with all of them.
    """

    tasks: list[tuple[Any, ...]]
    work: list[tuple[Any, ...]]
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
    task_id, operator_id = pair.known.get("task", ""), pair.operator.id
    letters = {letter.message_id: letter.words["event"] for letter in mailbox.about(task_id)}
    subjects = [task_id, *(one.dispute_id for one in rows.disputes if one.task_id == task_id)]
    deeds = [deed for subject in subjects for deed in rows.audits.get(subject, [])]
    happened = deeds + rows.history.get(task_id, []) + rows.events.get(operator_id, [])
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
            row["kind"] for row in rows.entries.values() if task_id and task_id in row["subject"] + row["data"]
        ),
        payouts=sorted((row["amount_micros"], row["state"]) for row in rows.payouts if row["pk"] == operator_id),
        deposits=sorted(
            (row["kind"], row["amount_micros"], row["state"])
            for row in rows.deposits if row["transaction_id"] in pair.deposits
        ),
        suspended=identity.any_suspended(pair.house.world.store, [pair.known.get("stranger", operator_id)]),
    )  # fmt: skip
