"""Rules of tasks: what they may be, what they cost, when they end, and what follows from a verdict. All pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from chalicelib.core.disputes import Outcome
from chalicelib.core.ports.judge import Verdict
from chalicelib.kit import money
from chalicelib.kit.clock import iso
from chalicelib.kit.errors import Invalid


class TaskType(StrEnum):
    """What kind of thing is to be done."""

    VERIFICATION = "VERIFICATION"
    PHOTO = "PHOTO"
    DELIVERY = "DELIVERY"
    INSPECTION = "INSPECTION"
    CAPTCHA_SOLVING = "CAPTCHA_SOLVING"
    FORM_FILLING = "FORM_FILLING"
    BROWSER_INTERACTION = "BROWSER_INTERACTION"
    CONTENT_REVIEW = "CONTENT_REVIEW"
    DATA_VALIDATION = "DATA_VALIDATION"
    ACCOUNT_CREATION = "ACCOUNT_CREATION"
    API_KEY_PROCUREMENT = "API_KEY_PROCUREMENT"
    PHONE_VERIFICATION = "PHONE_VERIFICATION"
    SUBSCRIPTION_SETUP = "SUBSCRIPTION_SETUP"


Tier = Literal["standard", "growth", "enterprise"]


@dataclass(frozen=True)
class Category:
    """What a task type implies. `credential` marks the types whose result is delivered end-to-end encrypted (Tier 2).

    `default_minutes` is how long such a task usually takes; work at a place has no usual time.
    """

    domain: str
    proof_type: str
    reward_max_usd: int
    description: str
    default_minutes: int | None = None
    credential: bool = False


_T = TaskType

# Seed, "Parameters" of POST /tasks, "Available Categories" and "Credential Categories".
CATEGORIES: Mapping[TaskType, Category] = {
    _T.VERIFICATION: Category("PHYSICAL", "PHOTO", 10_000, "Verify that something at a place is as it should be"),
    _T.PHOTO: Category("PHYSICAL", "PHOTO", 10_000, "Take photos of a place or a thing"),
    _T.DELIVERY: Category("PHYSICAL", "PHOTO", 10_000, "Pick something up and bring it to a place"),
    _T.INSPECTION: Category("PHYSICAL", "PHOTO", 10_000, "Inspect a place or a thing and report its condition"),
    _T.CAPTCHA_SOLVING: Category(
        "DIGITAL", "SCREENSHOT", 10, "Solve CAPTCHAs and visual challenges that AI cannot handle", 15
    ),
    _T.FORM_FILLING: Category(
        "DIGITAL", "SCREENSHOT", 50, "Fill out web forms, applications, or registration flows", 60
    ),
    _T.BROWSER_INTERACTION: Category(
        "DIGITAL", "SCREENSHOT", 100, "Perform browser-based interactions requiring human judgment", 60
    ),
    _T.CONTENT_REVIEW: Category(
        "DIGITAL", "CONFIRMATION", 25, "Review and assess content for quality, accuracy, or compliance", 120
    ),
    _T.DATA_VALIDATION: Category(
        "DIGITAL", "CONFIRMATION", 50, "Validate data accuracy by cross-referencing real-world sources", 120
    ),
    _T.ACCOUNT_CREATION: Category(
        "DIGITAL", "ARTIFACT", 100, "Create accounts on third-party services", 60, credential=True
    ),
    _T.API_KEY_PROCUREMENT: Category(
        "DIGITAL", "ARTIFACT", 200, "Sign up and retrieve API keys from services", 120, credential=True
    ),
    _T.PHONE_VERIFICATION: Category(
        "DIGITAL", "ARTIFACT", 25, "Receive SMS codes and verify phone numbers", 30, credential=True
    ),
    _T.SUBSCRIPTION_SETUP: Category(
        "DIGITAL", "ARTIFACT", 500, "Configure paid service subscriptions", 120, credential=True
    ),
}  # fmt: skip

REWARD_MIN_USD = 10
DEADLINE_MAX = timedelta(days=90)
LATE = timedelta(hours=1)
"""How long past its deadline accepted work may still be handed in (ruling 19)."""

FEE_MIN_MICROS = money.usd(2)
# Seed, "Volume Pricing Tiers"; exactly $5,000 and exactly $25,000 belong to the middle one (ruling 17).
GROWTH_FROM_MICROS, ENTERPRISE_ABOVE_MICROS = money.usd(5_000), money.usd(25_000)
STANDARD_PERCENT, GROWTH_PERCENT, ENTERPRISE_PERCENT = 18, 15, 12
TIERS: Mapping[int, Tier] = {STANDARD_PERCENT: "standard", GROWTH_PERCENT: "growth", ENTERPRISE_PERCENT: "enterprise"}
REWARD_MAX_USD = 10_000
ESTIMATE_MAX = timedelta(days=90)

FILES_MAX = 20
APPROVE_FROM, REVIEW_FROM = 90, 50
RESUBMIT_WITHIN = timedelta(hours=24)
SUBMISSIONS_MAX = 3
"""The first submission, and two more before a dispute is final (ruling 16)."""

GUARDIAN_OVERDUE = timedelta(minutes=30)
UNAVAILABLE = "guardian_unavailable"
ABOVE_LIMIT = "above_auto_approve_limit"
USED_BEFORE = "proof_used_before"


class Decision(StrEnum):
    """What follows from a verdict."""

    APPROVE = "APPROVE"
    MANUAL_REVIEW = "MANUAL_REVIEW"
    REJECT = "REJECT"


def fee_micros(reward_micros: int, trailing_rewards_micros: int) -> int:
    """The platform fee: the tier's percentage, half-up to the cent, never under $2 (ruling 17)."""
    share = money.percent_half_up_to_cent(reward_micros, fee_percent(trailing_rewards_micros))
    return max(share, FEE_MIN_MICROS)


def fee_percent(trailing_rewards_micros: int) -> int:
    """The tier, by the rewards of the work completed in the trailing 30 days."""
    if trailing_rewards_micros < GROWTH_FROM_MICROS:
        return STANDARD_PERCENT
    return GROWTH_PERCENT if trailing_rewards_micros <= ENTERPRISE_ABOVE_MICROS else ENTERPRISE_PERCENT


def check_reward(task_type: TaskType | None, reward_micros: int) -> None:
    """A reward is $10 to the maximum of its type (ruling 18), or of any type. Raises Invalid."""
    most = money.usd(CATEGORIES[task_type].reward_max_usd if task_type else REWARD_MAX_USD)
    if not money.usd(REWARD_MIN_USD) <= reward_micros <= most:
        low, high = money.say(money.usd(REWARD_MIN_USD)), money.say(most)
        raise Invalid(
            "reward_usd", f"must be {low} to {high} for {task_type or 'a task'}, not {money.say(reward_micros)}"
        )


def check_deadline(deadline: datetime, now: datetime) -> None:
    """A deadline is ahead, and at most 90 days (ruling 18). Raises Invalid."""
    if not now < deadline <= now + DEADLINE_MAX:
        # A test deployment's clock may be days ahead of the caller's.
        raise Invalid("deadline", f"must be in the future, at most {DEADLINE_MAX.days} days; here it is {iso(now)}")


def check_kind(task_type: TaskType, task_domain: str | None, *, has_location: bool) -> None:
    """Type, domain and location must agree (ruling 18). Raises Invalid."""
    category = CATEGORIES[task_type]
    if task_domain not in (None, category.domain):
        raise Invalid("task_domain", f"must be {category.domain} for {task_type}, or be left out")
    if category.domain == "PHYSICAL" and not has_location:
        raise Invalid("location", f"is required for {task_type}: {{lat, lng, address}}")


def check_credential(task_type: TaskType, proof_type: str | None, *, has_key: bool) -> None:
    """What is delivered encrypted needs a key to encrypt it for, and proves itself (seed, "Tier 2"). Raises Invalid."""
    if not CATEGORIES[task_type].credential:
        if has_key:
            raise Invalid("agent_public_key", f"is for credential tasks only; leave it out for {task_type}")
    elif not has_key:
        raise Invalid("agent_public_key", f"is required for {task_type}: a P-256 public key in base64")
    elif proof_type not in (None, "ARTIFACT"):
        raise Invalid("proof_type", f"must be ARTIFACT for {task_type}, or be left out")


def estimate_minutes(days: int | None, hours: int | None, minutes: int | None, *, required: bool) -> int | None:
    """The minutes of an operator's estimate; none for a task that asks for none. Raises Invalid."""
    given = {"estimate_days": days, "estimate_hours": hours, "estimate_minutes": minutes}
    named = [name for name, number in given.items() if number is not None]
    if not required:
        if named:
            raise Invalid(named[0], "this task asks for no estimate; leave it out")
        return None
    if not named:
        raise Invalid("estimate_minutes", "is required: this task asks for an estimate in days, hours and minutes")
    total = ((days or 0) * 24 + (hours or 0)) * 60 + (minutes or 0)
    if not 1 <= total <= ESTIMATE_MAX.total_seconds() / 60:
        raise Invalid(named[0], f"days, hours and minutes together must be 1 minute to {ESTIMATE_MAX.days} days")
    return total


def latest_work(deadline: datetime) -> datetime:
    """Until when accepted work can be handed in."""
    return deadline + LATE


def default_outcome(confidence: int) -> Outcome:
    """How a dispute ends that nobody resolves, by the last verdict (ruling 15)."""
    return Outcome.RELEASE if confidence >= REVIEW_FROM else Outcome.REFUND


def decide(
    verdict: Verdict, requirements: int, reward_micros: int, limit_micros: int | None, *, used_before: bool = False
) -> tuple[Decision, str]:
    """What follows from a verdict, and the reason if it is not the confidence. We decide, not the model (ruling 13).

    Approval needs a whole confidence of 90 to 100, every requirement answered and met, and proof in which no file was
    proof of another task before. A verdict that is none is no verdict.
    """
    sure, results = verdict.confidence, verdict.requirement_results
    if type(sure) is not int or not 0 <= sure <= 100 or len(results) != requirements:
        return Decision.MANUAL_REVIEW, UNAVAILABLE
    if sure < REVIEW_FROM:
        return Decision.REJECT, ""
    if sure < APPROVE_FROM or not all(result.met for result in results):
        return Decision.MANUAL_REVIEW, ""
    if used_before:
        return Decision.MANUAL_REVIEW, USED_BEFORE
    if limit_micros is not None and reward_micros > limit_micros:
        return Decision.MANUAL_REVIEW, ABOVE_LIMIT
    return Decision.APPROVE, ""
