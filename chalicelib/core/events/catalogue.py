"""Every name that an event can have, with one sentence; docs/events.md is drawn from it.

A webhook endpoint asks for names, or for patterns: `*` is everything, `task.*` is every name that begins with `task.`.
"""

from collections.abc import Iterable, Mapping

NAMES: Mapping[str, str] = {
    "task.created": "A task was posted, and its price set aside.",
    "task.accepted": "An operator took the task, or their estimate was approved.",
    "task.estimated": "An operator says how long the task will take, and waits for a decision.",
    "task.estimate_rejected": "The estimate was turned down; the task is on the board again.",
    "task.started": "The operator has begun to work.",
    "task.released": "The operator gave the task back; it is on the board again.",
    "task.submitted": "Proof was handed in.",
    "task.verified": "The Guardian approved the proof.",
    "task.manual_review": "The Guardian is not sure, or gave no verdict: the agent decides.",
    "task.review_lapsed": "Nobody answered a manual review in time: the backoffice decides.",
    "task.disputed": "The Guardian did not approve the proof.",
    "task.rejected": "The agent rejected the proof.",
    "task.completed": "The work is accepted; the reward waits out its hold.",
    "task.earnings_available": "The hold is over; the reward can be paid out.",
    "task.dispute_opened": "A completed task is disputed; its reward is frozen.",
    "task.resolved": "A dispute has ended.",
    "task.rated": "The agent rated the operator's work.",
    "task.cancelled": "The task was withdrawn; what was set aside came back.",
    "task.expired": "The deadline passed; what was set aside came back.",
    "credential.retrieved": "The agent retrieved an encrypted credential.",
    "dispute.resolved": "A dispute about the operator's work has ended.",
    "job.created": "A test was ordered, and the most that it can cost set aside.",
    "job.waiting": "Testers can see the job.",
    "job.claimed": "A tester took the job; its time is measured.",
    "job.extended": "The tester was granted more time.",
    "job.submitted": "The tester handed in; what they said is being read.",
    "job.completed": "There is a result; the time is paid, and the pay waits out its hold.",
    "job.incomplete": "The tester did not say all that was asked for; nothing is charged.",
    "job.abandoned": "Nobody claimed the job, or whoever did left or did not hand in; nothing is charged.",
    "job.rejected": "The tester says that the instructions cannot be followed; nothing is charged.",
    "job.failed": "The job ended for a reason of ours, or because the account is suspended; nothing is charged.",
    "job.issue_opened": "A finding became an issue on GitHub.",
    "job.issue_refused": "GitHub takes no issue of a finding, and will not; `status_code` is what it answered.",
    "job.earnings_available": "The hold is over; the pay can be paid out.",
    "job.dispute_opened": "What a completed job has earned is disputed, and frozen.",
    "job.resolved": "A dispute about a job has ended.",
    "deposit.completed": "A payment has arrived and can be spent.",
    "deposit.failed": "A payment was refused or given up.",
    "deposit.parked": "The provider's notice does not fit the order: a person looks at it.",
    "deposit.reversed": "The provider took a payment back.",
    "deposit.returned": "The backoffice gave back what was left of a deposit.",
    "account.suspended": "The account was suspended because a deposit of it was reversed.",
    "operator.kyc_changed": "The operator's identity check was decided.",
    "payout.requested": "A payout was asked for, and its money set aside.",
    "payout.destination_changed": "Money is asked for at a place where none went before; the payout waits.",
    "payout.released": "A person let a payout go that was under review.",
    "payout.sent": "A payout is on its way.",
    "payout.completed": "A payout has arrived.",
    "payout.failed": "A payout did not arrive; the money is available again.",
    "webhook.test": "You asked for a trial delivery. It goes to that one endpoint only.",
    "webhook.endpoint_disabled": "An endpoint did not take its deliveries, and gets no more.",
}  # fmt: skip


def is_known(pattern: str) -> bool:
    """Whether a name or a pattern asks for anything that can happen."""
    return any(wants([pattern], name) for name in NAMES)


def wants(patterns: Iterable[str], name: str) -> bool:
    """Whether one of the patterns asks for events of this name."""
    return any(one in ("*", name) or (one.endswith(".*") and name.startswith(one[:-1])) for one in patterns)
