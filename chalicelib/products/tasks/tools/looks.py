"""Looking at one task as a model does: what it needs to know now, and what it can do next."""

from collections.abc import Mapping

from chalicelib.core.heads import Ref
from chalicelib.core.identity.model import Agent
from chalicelib.core.world import World
from chalicelib.products.tasks import rules
from chalicelib.products.tasks.actions import agents
from chalicelib.products.tasks.lifecycle import Status
from chalicelib.products.tasks.model.tasks import Task
from chalicelib.products.tasks.store import tasks as rows
from chalicelib.products.tasks.words import tasks as task_words
from chalicelib.products.tasks.words import tools as words

_WAIT = "Call wait_task again with the same task_id."
_NEXT: Mapping[Status, str] = {
    Status.PENDING: f"Nobody has taken it yet. {_WAIT} Or call cancel_task, and everything comes back.",
    Status.ESTIMATE_PENDING: "Somebody says how long it will take: answer over HTTP, by "
    "POST /api/v1/tasks/{task_id}/estimate/approve or /reject.",
    Status.ACCEPTED: f"A person has taken it. {_WAIT}",
    Status.IN_PROGRESS: f"A person is at work. {_WAIT}",
    Status.SUBMITTED: f"Proof was handed in and is being looked at. {_WAIT}",
    Status.VERIFIED: f"The proof was approved and is about to be paid. {_WAIT}",
    Status.MANUAL_REVIEW: "Call get_task_result, look at the proof yourself, then call verify_task.",
    Status.COMPLETED: "Call get_task_result for the proof. Nothing else has to be done.",
    Status.DISPUTED: "Call check_verification_status for the reasons. The person may hand in better proof, or the "
    "backoffice decides; nothing has to be done.",
    Status.CANCELLED: "It is over, and what was set aside came back. Post another task if it is still needed.",
}
# The same for whoever is looking at the proof already.
_NEXT_WITH_PROOF: Mapping[Status, str] = {
    **_NEXT,
    Status.MANUAL_REVIEW: "Look at the proof yourself, then call verify_task.",
    Status.COMPLETED: "Nothing has to be done. While the reward is held, the work can be disputed over HTTP.",
}
_CREDENTIAL = "Call retrieve_credential and try what it brings; while the reward is held, it can be disputed over HTTP."
DONE = frozenset({
    Status.ESTIMATE_PENDING, Status.MANUAL_REVIEW, Status.COMPLETED, Status.DISPUTED, Status.CANCELLED,
})  # fmt: skip
"""What waiting ends with: it is over, or somebody else than the person at work has to do something."""


def result(world: World, agent: Agent, task_id: str) -> words.TaskResult:
    """A task with everything about it, and what to do next. Raises TaskNotFound."""
    shown = agents.find(world, agent, task_id)
    return words.TaskResult.model_construct(**dict(shown), next_action=next_action(shown, proof_is_shown=True))


def verification(world: World, agent: Agent, task_id: str) -> words.Verification:
    """What was found about the proof of a task. Raises TaskNotFound."""
    shown = agents.find(world, agent, task_id)
    found = shown.guardian_result
    return words.Verification(
        task_id=task_id, status=shown.status, decision=found.decision if found else None,
        confidence=found.confidence if found else None, reasoning=found.reasoning if found else None,
        reason=found.reason if found else None, requirement_results=found.requirement_results if found else [],
        verified_by=shown.verified_by, next_action=next_action(shown),
    )  # fmt: skip


def standing(world: World, agent: Agent, task_id: str) -> words.Waited:
    """How a task stands, by one small read. Raises TaskNotFound."""
    task = rows.HEADS.find(world.store, Ref(agent.account_id, task_id))
    is_done = task.status in DONE
    return words.Waited(task_id=task_id, status=task.status, is_done=is_done, next_action=next_action(task))


def next_action(task: Task | task_words.TaskShown, *, proof_is_shown: bool = False) -> str:
    """What an agent can do with a task that stands there."""
    if task.status is Status.COMPLETED and rules.CATEGORIES[task.task_type].credential:
        return _CREDENTIAL
    return (_NEXT_WITH_PROOF if proof_is_shown else _NEXT)[task.status]
