"""Jobs as others see them: records become answers, and links are signed on the way out."""

from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

import simplejson

from chalicelib.core.board.model import Assignment, Opening
from chalicelib.core.files import service as files
from chalicelib.core.ports.reader import WantedField
from chalicelib.core.reader import narrowing, schemas
from chalicelib.core.world import World
from chalicelib.products.qa import rules, sessions
from chalicelib.products.qa.lifecycle import Status
from chalicelib.products.qa.model.jobs import Job, Order, Result, Session, Sheets
from chalicelib.products.qa.words import disputes as dispute_words
from chalicelib.products.qa.words import jobs as words
from chalicelib.products.qa.words import testers as tester_words
from chalicelib.products.qa.words.numbers import plain

MINUTE_SECONDS = 60


def row(job: Job) -> words.JobRow:
    """A job in its account's list."""
    return words.JobRow(**_told(job), title=job.title)


def job(world: World, sheets: Sheets) -> words.JobShown:
    """A job with everything about it, for the agent whose job it is."""
    head, order = sheets.job, sheets.order
    return words.JobShown(
        **_told(head), description=order.description,
        outputSchema=loads(order.output_schema) if order.output_schema else None,
        allowDurationExtension=order.allow_extension, maxExtensionMinutes=_extension_max(order),
        additionalValidationInstructions=order.validation, screenSize=_screen(order), repoName=order.repo,
        canCreateGithubIssues=order.opens_issues, responseDeadline=_deadline(head),
        jobUrl=absolute(world, f"/api/job/{head.job_id}"), **_tester(world, head), **_outcome(world, sheets),
    )  # fmt: skip


def on_board(sheets: Sheets) -> dict[str, Any]:
    """What the board tells every tester of a job, beside its title and pay."""
    head, order = sheets.job, sheets.order
    return {
        "url": rules.public_url(order.url), "description": rules.offered(order.description),
        "target_seconds": head.target_seconds,
        "screen": order.screen.model_dump() if order.screen else None,
        "wage_micros_per_minute": rules.wage_for(MINUTE_SECONDS, head.share_percent),
    }  # fmt: skip


def offer(opening: Opening) -> tester_words.JobOffer:
    """A job that a tester can take."""
    shown = opening.shown
    return tester_words.JobOffer(
        id=opening.opening_id, title=opening.title, url=shown["url"], description=shown["description"],
        targetDurationMinutes=minutes(shown["target_seconds"]), payUsdPerMinute=shown["wage_micros_per_minute"],
        payUsdMax=opening.pay_micros, screenSize=shown["screen"], createdAt=opening.posted_at,
        claimBefore=opening.deadline,
    )  # fmt: skip


def my_row(mine: Assignment, head: Job) -> tester_words.MyJobRow:
    """A job in its tester's own list."""
    return tester_words.MyJobRow(
        id=mine.opening_id, title=mine.title, state=mine.state, status=head.status, reason=head.reason,
        claimedAt=mine.claimed_at, endsAt=head.ends_at, endedAt=head.ended_at, payUsd=head.wage_micros,
        dispute=_my_dispute(head),
    )  # fmt: skip


def my_job(world: World, sheets: Sheets, mine: Assignment) -> tester_words.MyJob:
    """A job with all that the test needs, for the tester who has it."""
    head, order = sheets.job, sheets.order
    assert head.ends_at is not None, "somebody has it"  # noqa: S101
    left = rules.extension_left(head.target_seconds, head.extension_seconds, head.extension_seconds_max)
    return tester_words.MyJob(
        id=head.job_id, now=world.now(), title=head.title, status=head.status, state=mine.state, url=order.url,
        description=order.description, screenSize=_screen(order), form=_form(order),
        targetDurationMinutes=minutes(head.target_seconds), totalExtensionMinutes=minutes(head.extension_seconds),
        extensionMinutesLeft=minutes(left),
        payUsdPerMinute=rules.wage_for(MINUTE_SECONDS, head.share_percent),
        claimedAt=mine.claimed_at, endsAt=head.ends_at, handInBefore=head.ends_at + rules.LATE,
        submittedAt=head.submitted_at, endedAt=head.ended_at, reason=head.reason, payUsd=head.wage_micros,
        heldUntil=head.hold_until, dispute=_my_dispute(head),
    )  # fmt: skip


def wanted(order: Order) -> list[WantedField]:
    """The fields that are to be read out of what a tester says."""
    return schemas.read_schema(loads(order.output_schema), "outputSchema") if order.output_schema else []


def minutes(seconds: int) -> Decimal:
    """Minutes of some seconds, to the thousandth."""
    return (Decimal(seconds) / 60).quantize(Decimal("0.001"))


def identity(world: World, account_id: str, operator_id: str) -> rules.Identity:
    """How an account sees a tester, in this deployment."""
    return rules.identity(world.seal.derive("byhand/tester/v1"), account_id, operator_id)


def absolute(world: World, path: str) -> str | None:
    """An address here for somebody elsewhere; None where nobody has said where this deployment is reached."""
    base = world.settings.byhand_public_url.rstrip("/")
    return f"{base}{path}" if base else None


def plain_minutes(seconds: int) -> str:
    """Minutes for a sentence: 5, or 5.5."""
    return str(plain(minutes(seconds)))


def loads(text: str) -> Any:
    """JSON of ours again, digit by digit."""
    return simplejson.loads(text, use_decimal=True)


def _told(head: Job) -> dict[str, Any]:
    return {
        "id": head.job_id, "jobId": head.job_id, "status": head.status, "url": head.url,
        "targetDurationMinutes": minutes(head.target_seconds),
        "totalExtensionMinutes": minutes(head.extension_seconds), "createdAt": head.created_at,
        "waitingAt": head.waiting_at, "workingAt": head.working_at, "endedAt": head.ended_at, "reason": head.reason,
        "error": head.why, "costUsd": head.cost_micros,
        "testDurationSeconds": head.billed_seconds if head.status is Status.COMPLETED else None,
        "dispute": _dispute(head),
    }  # fmt: skip


def _dispute(head: Job) -> dispute_words.JobDispute | None:
    if head.disputed_at is None:
        return None
    return dispute_words.JobDispute(
        openedAt=head.disputed_at, outcome=head.dispute_outcome, refundedUsd=head.refunded_micros,
        resolvedAt=head.resolved_at,
    )  # fmt: skip


def _my_dispute(head: Job) -> dispute_words.MyDispute | None:
    if head.disputed_at is None:
        return None
    return dispute_words.MyDispute(
        openedAt=head.disputed_at, outcome=head.dispute_outcome, resolvedAt=head.resolved_at
    )  # fmt: skip


def _extension_max(order: Order) -> Decimal | Literal[False]:
    return False if order.extension_minutes_max is None else order.extension_minutes_max


def _screen(order: Order) -> words.ScreenSize | None:
    return words.ScreenSize(**order.screen.model_dump()) if order.screen else None


def _deadline(head: Job) -> datetime:
    """Until when something must have come of a job, one way or another: for the clients' own patience."""
    if head.ended_at is not None:
        return head.ended_at
    if head.submitted_at is not None:
        return head.submitted_at + rules.EXTRACTION_OVERDUE
    return head.ends_at + rules.LATE if head.ends_at is not None else head.unclaimed_until


def _tester(world: World, head: Job) -> dict[str, Any]:
    if head.operator_id is None:
        return {}
    seen = identity(world, head.account_id, head.operator_id)
    avatar = absolute(world, f"/api/avatars/{seen.avatar}")
    return {"testerAlias": seen.alias, "testerColor": seen.colour, "testerAvatarUrl": avatar}


def _outcome(world: World, sheets: Sheets) -> dict[str, Any]:
    """What came of a test: there once it is completed, since nothing else is paid for (rulings 30, 31)."""
    session, result = sheets.session, sheets.result
    if sheets.job.status is not Status.COMPLETED or session is None or result is None:
        return {}
    return {
        "result": words.ResultShown(success=result.success, explanation=result.explanation, data=loads(result.data)),
        "testerResponse": session.words, "testerData": _captured(world, sheets.job, session),
        "extractedIssues": _issues(sheets, result),
    }  # fmt: skip


def _captured(world: World, head: Job, session: Session) -> words.TesterData:
    return words.TesterData(
        **loads(sessions.recorded(world, session)), testDurationSeconds=head.billed_seconds or 0,
        screenshots=[files.link(world, one) for one in session.screenshots],
        videoUrl=files.link(world, session.video) if session.video else None,
        recordedUrl=files.link(world, session.recorded_whole) if session.recorded_whole else None,
    )  # fmt: skip


def _issues(sheets: Sheets, result: Result) -> list[words.ExtractedIssue]:
    return [
        words.ExtractedIssue(
            **one.model_dump(), githubIssueUrl=sheets.issues[number].url if number in sheets.issues else None
        )
        for number, one in enumerate(result.findings, 1)
    ]


def _form(order: Order) -> list[tester_words.FormField]:
    return [
        tester_words.FormField(
            name=one.name,
            type=one.type,
            description=one.description,
            required=one.required,
            answerSchema=narrowing.honoured(schemas.own_schema(one)),
        )
        for one in wanted(order)
    ]
