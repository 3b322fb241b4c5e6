"""A task on record: a small head that moves, and sheets that are written once.

head       status, money, times: rewritten by every move, so it is kept under 1 KB
body       what was asked, in the agent's words
proof n    what was handed in the n-th time
verdict n  what the Guardian said of it
estimate   how long the operator who has it says it takes
credential n  what was handed in encrypted
rating     what the agent said of the work
dispute n  that it was disputed, and how that ended
"""

from dataclasses import dataclass

from chalicelib.core.files.model import Frozen
from chalicelib.core.heads import Head, Ref
from chalicelib.kit.words import Moment, Words
from chalicelib.products.tasks.lifecycle import CancelReason, Status
from chalicelib.products.tasks.model.disputes import Dispute
from chalicelib.products.tasks.rules import TaskType
from chalicelib.products.tasks.words.tasks import Estimate, GuardianResult, Location


class Task(Head):
    """The head of a task."""

    task_id: str
    account_id: str
    status: Status
    title: str
    task_type: TaskType
    reward_micros: int
    fee_micros: int
    deadline: Moment
    created_at: Moment
    operator_id: str | None = None
    operator_name: str | None = None
    operator_rating_tenths: int | None = None
    """The operator's average when they took the task, or when its agent rated them: what anybody said since is not in
    it, so that a list of tasks needs no look at their operators."""
    submissions: int = 0
    confidence: int | None = None
    """What the Guardian gave the last proof; none before its verdict, or without one."""
    verified_by: str | None = None
    cancel_reason: CancelReason | None = None
    refunded_micros: int | None = None
    held: bool = False
    estimate_minutes: int | None = None
    rating: int | None = None
    fiat: bool = False
    """Posted by an agent with a recent fiat deposit: its reward waits longer (ruling 27)."""
    accepted_at: Moment | None = None
    started_at: Moment | None = None
    submitted_at: Moment | None = None
    resubmit_until: Moment | None = None
    verified_at: Moment | None = None
    completed_at: Moment | None = None
    hold_until: Moment | None = None
    cancelled_at: Moment | None = None

    @property
    def ref(self) -> Ref:
        return Ref(self.account_id, self.task_id)

    @property
    def total_micros(self) -> int:
        """What is set aside for this task."""
        return self.reward_micros + self.fee_micros


class Body(Words):
    """What was asked."""

    description: str
    location: Location | None
    proof_requirements: list[str]
    task_domain: str
    proof_type: str
    digital_instructions: str | None
    callback_url: str | None
    sealed_callback_secret: str | None
    auto_complete_after_seconds: int
    estimate_required: bool = False
    agent_public_key: str | None = None
    """For whom a credential is to be encrypted; every task of Tier 2 has one, and no other."""


class Rating(Words):
    """What the agent said of the operator's work once it was done."""

    rating: int
    comment: str | None


class ProofPhoto(Words):
    """One picture of a proof: a frozen copy of ours, or a link elsewhere that nobody here has read."""

    frozen: Frozen | None = None
    link: str | None = None


class ProofSheet(Words):
    """What was handed in once."""

    photos: list[ProofPhoto]
    artifacts: list[ProofPhoto]
    notes: str | None
    confirmation_text: str | None
    reference_url: str | None
    submitted_at: Moment


@dataclass(frozen=True)
class Sheets:
    """A task with everything that was written about it."""

    task: Task
    body: Body
    proof: ProofSheet | None
    verdict: GuardianResult | None
    estimate: Estimate | None = None
    rating: Rating | None = None
    dispute: Dispute | None = None
    """The dispute about the last proof."""


def secret_place(task_id: str) -> str:
    """Where a task's callback secret belongs; what it is sealed with."""
    return f"{task_id}/callback_secret"
