"""What the Guardian is shown, and what follows from what it says."""

from datetime import datetime, timedelta
from typing import Any

from chalicelib.core.agenda import service as agenda
from chalicelib.core.board import service as board
from chalicelib.core.files import service as files
from chalicelib.core.ports.judge import Case, Likeness, Photo, Place, Verdict
from chalicelib.core.world import World
from chalicelib.kit.lifecycle import Role
from chalicelib.kit.table import Write
from chalicelib.products.tasks import kinds, news, rules
from chalicelib.products.tasks.actions import disputes
from chalicelib.products.tasks.lifecycle import TASK
from chalicelib.products.tasks.model.disputes import Source
from chalicelib.products.tasks.model.tasks import Body, ProofPhoto, Sheets
from chalicelib.products.tasks.store import tasks as rows
from chalicelib.products.tasks.words.tasks import GuardianResult, RequirementResult

_VERBS = {
    rules.Decision.APPROVE: "approve",
    rules.Decision.MANUAL_REVIEW: "review",
    rules.Decision.REJECT: "reject",
}


def case(world: World, sheets: Sheets) -> Case:
    """What the Guardian gets to see: the frozen copies, and words that nobody has vouched for."""
    proof = sheets.proof
    assert proof is not None, "submitted work has proof"  # noqa: S101
    return Case(
        title=sheets.task.title, description=sheets.body.description, requirements=sheets.body.proof_requirements,
        proof_type=sheets.body.proof_type, notes=proof.notes or "", confirmation_text=proof.confirmation_text or "",
        reference_url=proof.reference_url or "", place=_place(sheets.body), accepted_at=sheets.task.accepted_at,
        submitted_at=proof.submitted_at,
        photos=[_photo(world, photo, sheets.task.task_id) for photo in (*proof.photos, *proof.artifacts)],
    )  # fmt: skip


def used_before(shown: Case) -> bool:
    """Whether any picture that the Guardian was shown was proof of another task before."""
    return any(photo.likeness is Likeness.SAME for photo in shown.photos)


def with_verdict(world: World, sheets: Sheets, verdict: Verdict, *, used_before: bool = False) -> list[Write]:
    """The move that follows from a verdict, with its webhook and what comes next."""
    limit = world.settings.auto_approve_max_micros
    requirements = len(sheets.body.proof_requirements)
    decision, reason = rules.decide(
        verdict, requirements, sheets.task.reward_micros, limit, used_before=used_before
    )  # fmt: skip
    if reason == rules.UNAVAILABLE:
        # Words that are no verdict are not kept or shown either: nobody must take them for one.
        return without_verdict(world, sheets, Role.GUARDIAN)
    result = GuardianResult(
        decision=decision.value, confidence=verdict.confidence, reasoning=verdict.reasoning, reason=reason or None,
        requirement_results=[RequirementResult(**vars(one)) for one in verdict.requirement_results],
        model=verdict.model,
    )  # fmt: skip
    return _follow(world, sheets, decision, result, Role.GUARDIAN)


def without_verdict(world: World, sheets: Sheets, role: Role) -> list[Write]:
    """There is no verdict, because the Guardian failed or, to the clock, was too slow: a person decides."""
    result = GuardianResult(
        decision="MANUAL_REVIEW", confidence=None, reasoning="The Guardian gave no verdict; please look yourself.",
        reason=rules.UNAVAILABLE,
    )  # fmt: skip
    return _follow(world, sheets, rules.Decision.MANUAL_REVIEW, result, role)


def _place(body: Body) -> Place | None:
    """Where the work is to be done; work that is done remotely is done anywhere."""
    if body.location is None or body.task_domain != "PHYSICAL":
        return None
    return Place(body.location.lat, body.location.lng, body.location.address or "")


def _photo(world: World, photo: ProofPhoto, task_id: str) -> Photo:
    if photo.frozen is None:
        return Photo(None)
    frozen = photo.frozen
    return Photo(
        files.content(world, frozen), frozen.latitude, frozen.longitude, frozen.taken_at,
        look=frozen.looks[0] if frozen.looks else "", likeness=files.likeness(world, frozen, task_id),
    )  # fmt: skip


def _follow(
    world: World, sheets: Sheets, decision: rules.Decision, result: GuardianResult, role: Role
) -> list[Write]:  # fmt: skip
    task, now = sheets.task, world.now()
    move = TASK.find(_VERBS[decision] if role is Role.GUARDIAN else "lose_guardian", task.status, role)
    return [
        *rows.HEADS.move(
            task.ref, move, where=disputes.same_proof(task), confidence=result.confidence, **_changes(decision, now)
        ),
        rows.add_verdict(task.task_id, task.submissions, result),
        *_next(world, sheets, decision, result, now),
        news.moved(world, task.ref, move, guardian_result=result.model_dump()),
        *news.callback(world, sheets, str(move.announced), result),
    ]


def _changes(decision: rules.Decision, now: datetime) -> dict[str, Any]:
    """What a decision writes on the head beside the status."""
    if decision is rules.Decision.APPROVE:
        return {"verified_at": now, "verified_by": "guardian"}
    return {"resubmit_until": now + rules.RESUBMIT_WITHIN} if decision is rules.Decision.REJECT else {}


def _next(
    world: World, sheets: Sheets, decision: rules.Decision, result: GuardianResult, now: datetime
) -> list[Write]:  # fmt: skip
    """What comes after a decision: completion, the end of the agent's patience, or a dispute and better proof."""
    path, number = sheets.task.ref.path, str(sheets.task.submissions)
    if decision is rules.Decision.APPROVE:
        due = now + timedelta(seconds=sheets.body.auto_complete_after_seconds)
        return [agenda.at(kinds.COMPLETE, path, due, now, which=number)]
    if decision is rules.Decision.MANUAL_REVIEW:
        due = now + timedelta(hours=world.settings.manual_review_hours)
        return [agenda.at(kinds.LAPSE, path, due, now, which=number)]
    reason = f"The Guardian rejected the proof with a confidence of {result.confidence}."
    dispute = disputes.new(world, sheets.task, Source.GUARDIAN, reason, result.confidence)
    again = board.expect_again(str(sheets.task.operator_id), now + rules.RESUBMIT_WITHIN)
    return [*disputes.enter(world, dispute), again]
