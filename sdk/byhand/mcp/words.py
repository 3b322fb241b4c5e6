"""What each tool reads, as the model is told it. No tool takes a path or a key: nothing it says can point elsewhere."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class Words(BaseModel):
    """The arguments of a tool; one that does not exist is an error, since it would be a wish not granted."""

    model_config = ConfigDict(extra="forbid", frozen=True)


TaskId = Annotated[str, Field(min_length=1, max_length=100, description="The task's id, such as task_01k…")]
Title = Annotated[str, Field(min_length=1, max_length=200, description="A short title for the operator.")]
Description = Annotated[str, Field(min_length=1, max_length=10_000, description="What to do, in full sentences.")]
Deadline = Annotated[str, Field(max_length=40, description="ISO 8601 with an offset, such as 2027-01-31T18:00:00Z.")]
Requirements = Annotated[
    list[Annotated[str, Field(min_length=1, max_length=500)]],
    Field(min_length=1, max_length=20, description="What the proof must show, one sentence each."),
]
Instructions = Annotated[str, Field(max_length=10_000, description="Step by step, for work on a screen.")]
CallbackUrl = Annotated[str, Field(max_length=2_000, description="Told of the Guardian's decision.")]
CallbackSecret = Annotated[str, Field(min_length=1, max_length=500, description="Signs what the callback is told.")]
IdempotencyKey = Annotated[
    str,
    Field(min_length=1, max_length=255, description="Your name for this order: said again, it posts nothing twice."),
]
PhysicalType = Literal["VERIFICATION", "PHOTO", "DELIVERY", "INSPECTION"]
DigitalCategory = Literal[
    "CAPTCHA_SOLVING", "FORM_FILLING", "BROWSER_INTERACTION", "CONTENT_REVIEW", "DATA_VALIDATION"
]  # fmt: skip
CredentialCategory = Literal["ACCOUNT_CREATION", "API_KEY_PROCUREMENT", "PHONE_VERIFICATION", "SUBSCRIPTION_SETUP"]


class Nothing(Words):
    """No arguments."""


class AboutTask(Words):
    """One task."""

    task_id: TaskId


class Place(Words):
    """Where, in degrees, and an address for people."""

    lat: float = Field(ge=-90, le=90)
    lng: float = Field(ge=-180, le=180)
    address: str | None = Field(default=None, max_length=500)


class SearchOperators(Words):
    """A circle on the map."""

    lat: float = Field(ge=-90, le=90)
    lng: float = Field(ge=-180, le=180)
    radius_km: float | None = Field(default=None, ge=5, le=500)
    task_type: PhysicalType | None = None
    min_rating: float | None = Field(default=None, ge=1, le=5)
    limit: int | None = Field(default=None, ge=1, le=100)


class PostTask(Words):
    """A task of any type that brings no credential."""

    title: Title
    description: Description
    location: Place | None = Field(default=None, description="Needed for work at a place.")
    reward_usd: Decimal = Field(
        gt=0, le=10_000, description="US dollars for the operator, at least 10; a fee comes on top."
    )
    deadline: Deadline
    proof_requirements: Requirements
    task_type: PhysicalType | DigitalCategory
    callback_url: CallbackUrl | None = None
    callback_secret: CallbackSecret | None = None
    idempotency_key: IdempotencyKey | None = None


class _Dispatch(Words):
    """A task on a screen, of whichever category."""

    title: Title
    description: Description
    reward_usd: Decimal = Field(
        gt=0, le=10_000, description="US dollars for the operator; each category has its own most."
    )
    deadline: Deadline | None = Field(default=None, description="Left out: an hour, and what such work usually takes.")
    digital_instructions: Instructions | None = None
    callback_url: CallbackUrl | None = None
    callback_secret: CallbackSecret | None = None
    idempotency_key: IdempotencyKey | None = Field(default=None, description="With one, say the deadline too.")


class DispatchDigital(_Dispatch):
    """A task on a screen that brings no credential."""

    digital_category: DigitalCategory
    proof_requirements: Requirements | None = None


class DispatchCredential(_Dispatch):
    """A task that brings a credential."""

    credential_category: CredentialCategory


class FundAccount(Words):
    """A deposit that was made on chain."""

    amount_usdc: Decimal = Field(ge=5, le=10_000, description="USDC, 5 to 10,000.")
    tx_hash: str = Field(min_length=1, max_length=80, description="The transaction on Base that brought it.")


class RequestPayout(Words):
    """What the original service asks for here."""

    amount_usd: Decimal = Field(ge=10, le=1_000_000)


class ListTasks(Words):
    """A page of tasks."""

    status: str | None = Field(default=None, max_length=40, description="Only this state, such as COMPLETED.")
    limit: int | None = Field(default=None, ge=1, le=100)
    offset: int | None = Field(default=None, ge=0, le=1_000)
    cursor: str | None = Field(default=None, max_length=1_000, description="The next_cursor of the page before.")


class WaitTask(AboutTask):
    """A wait, which is short enough for every host."""

    max_wait_seconds: float = Field(default=45, ge=0, le=50)


class VerifyTask(AboutTask):
    """A decision about proof."""

    decision: Literal["APPROVE", "REJECT"] = Field(description="APPROVE pays the operator; REJECT opens a dispute.")
    idempotency_key: IdempotencyKey | None = None


class CancelTask(AboutTask):
    """A task to withdraw."""

    idempotency_key: IdempotencyKey | None = None


class QuoteTask(Words):
    """A reward to have the fee told for."""

    reward_usd: Decimal = Field(gt=0, le=10_000)
    task_type: str | None = Field(default=None, max_length=40, description="Check it against what this type allows.")
