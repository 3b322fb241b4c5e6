"""Tasks as others see them: records become answers, and links are signed on the way out."""

from typing import Any

from chalicelib.core.board.model import Assignment, Opening
from chalicelib.core.files import service as files
from chalicelib.core.world import World
from chalicelib.products.tasks import rules
from chalicelib.products.tasks.model.disputes import Dispute
from chalicelib.products.tasks.model.tasks import Body, ProofPhoto, ProofSheet, Sheets, Task
from chalicelib.products.tasks.words import disputes as dispute_words
from chalicelib.products.tasks.words import tasks as words
from chalicelib.products.tasks.words import work as work_words


def created(task: Task) -> words.TaskCreated:
    """A new task."""
    return words.TaskCreated(
        task_id=task.task_id, status=task.status, reward_usd=task.reward_micros, platform_fee=task.fee_micros,
        platform_fee_usd=task.fee_micros, total_escrow=task.total_micros, deadline=task.deadline,
        created_at=task.created_at,
    )  # fmt: skip


def row(task: Task) -> words.TaskRow:
    """A task in its account's list."""
    return words.TaskRow(
        task_id=task.task_id, title=task.title, status=task.status, task_type=task.task_type,
        reward_usd=task.reward_micros, operator=operator(task), created_at=task.created_at, deadline=task.deadline,
    )  # fmt: skip


def task(world: World, sheets: Sheets) -> words.TaskShown:
    """A task with everything about it, for the agent whose task it is."""
    head = sheets.task
    return words.TaskShown(
        **_told(sheets), platform_fee_usd=head.fee_micros, platform_fee=head.fee_micros,
        proof=_proof(world, sheets.proof) if sheets.proof else None, operator=operator(head),
        callback_url=sheets.body.callback_url, rating=head.rating,
        rating_comment=sheets.rating.comment if sheets.rating else None, verified_by=head.verified_by,
        refunded_usd=head.refunded_micros, dispute=dispute(sheets.dispute) if sheets.dispute else None,
        verified_at=head.verified_at,
    )  # fmt: skip


def dispute(record: Dispute) -> dispute_words.DisputeShown:
    """A dispute, for the agent whose task it is about."""
    return dispute_words.DisputeShown(
        **record.model_dump(include={"dispute_id", "source", "reason", "completed_before", "outcome"}),
        opened_at=record.opened_at, resolved_at=record.resolved_at, operator_share_usd=record.operator_micros,
        refunded_usd=record.refunded_micros,
    )  # fmt: skip


def dispute_row(record: Dispute) -> dispute_words.DisputeRow:
    """A dispute, for the backoffice."""
    same = {"dispute_id", "task_id", "account_id", "operator_id", "state", "source", "reason", "completed_before"}
    return dispute_words.DisputeRow(
        **record.model_dump(include=same | {"confidence", "outcome", "resolved_by", "resolution"}),
        opened_at=record.opened_at, reward_usd=record.reward_micros, platform_fee_usd=record.fee_micros,
        operator_share_usd=record.operator_micros, house_share_usd=record.house_micros,
        refunded_usd=record.refunded_micros, resolved_at=record.resolved_at,
    )  # fmt: skip


def on_board(body: Body) -> dict[str, Any]:
    """What the board tells of a task beside its title and pay."""
    told = {"description", "location", "proof_requirements", "task_domain", "proof_type", "estimate_required"}
    return body.model_dump(include=told)


def my_row(mine: Assignment, task: Task) -> work_words.MyTaskRow:
    """A task in its operator's own list."""
    return work_words.MyTaskRow(
        task_id=mine.opening_id, title=mine.title, task_type=rules.TaskType(mine.kind), reward_usd=mine.pay_micros,
        state=mine.state, status=task.status, deadline=task.deadline,
        resubmit_until=task.resubmit_until, claimed_at=mine.claimed_at, ended_at=mine.ended_at,
    )  # fmt: skip


def my_task(sheets: Sheets, mine: Assignment) -> work_words.MyTask:
    """A task with all that the work needs, for the operator who has it; the agent's callback is none of theirs."""
    return work_words.MyTask(**_told(sheets), state=mine.state, resubmit_until=sheets.task.resubmit_until)


def operator(task: Task) -> words.OperatorShown | None:
    """Whoever has a task, with their average as the head remembers it."""
    if task.operator_id is None:
        return None
    tenths = task.operator_rating_tenths
    rating = None if tenths is None else tenths / 10
    return words.OperatorShown(id=task.operator_id, name=task.operator_name or "", rating=rating)


def in_feed(opening: Opening) -> work_words.FeedRow:
    """A task that an operator can take: its place, without the address."""
    shown = dict(opening.shown)
    place = shown.pop("location")
    return work_words.FeedRow(
        task_id=opening.opening_id, title=opening.title, task_type=rules.TaskType(opening.kind),
        location=words.Coordinates.model_validate(place) if place else words.Remote(),
        reward_usd=opening.pay_micros, deadline=opening.deadline, created_at=opening.posted_at, **shown,
    )  # fmt: skip


def _told(sheets: Sheets) -> dict[str, Any]:
    """What both sides of a task are told of it."""
    head, body = sheets.task, sheets.body
    of_head = {
        "task_id", "title", "status", "task_type", "deadline", "submissions", "cancel_reason", "accepted_at",
        "started_at", "submitted_at", "completed_at", "hold_until", "cancelled_at", "created_at",
    }  # fmt: skip
    of_body = {
        "description", "task_domain", "proof_type", "digital_instructions", "agent_public_key", "proof_requirements",
        "estimate_required",
    }  # fmt: skip
    return {
        **{name: getattr(head, name) for name in of_head}, **{name: getattr(body, name) for name in of_body},
        "location": body.location or words.Remote(), "reward_usd": head.reward_micros, "estimate": sheets.estimate,
        "guardian_result": sheets.verdict,
    }  # fmt: skip


def _proof(world: World, sheet: ProofSheet) -> words.Proof:
    return words.Proof(
        photos=[_link(world, photo) for photo in sheet.photos], notes=sheet.notes,
        confirmation_text=sheet.confirmation_text, reference_url=sheet.reference_url,
        artifacts=[_link(world, photo) for photo in sheet.artifacts], submittedAt=sheet.submitted_at,
        submitted_at=sheet.submitted_at,
    )  # fmt: skip


def _link(world: World, photo: ProofPhoto) -> str:
    return files.read_url(world, photo.frozen) if photo.frozen else str(photo.link)
