"""Answers of the deployment, typed: money as Decimal, times as aware datetimes, names in Python's own casing.

Fields that this version does not know are kept, as attributes and in `model_extra`; statuses are plain text, since a
newer deployment may have more of them.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar

from pydantic import AliasChoices, AwareDatetime, BaseModel, ConfigDict, Field

OPEN = frozenset({"PENDING", "ACCEPTED", "IN_PROGRESS", "SUBMITTED", "VERIFIED"})
"""The states in which a task goes on by itself; in any other it needs its agent, or has ended."""


class Answer(BaseModel):
    """What every answer is."""

    model_config = ConfigDict(frozen=True, extra="allow", populate_by_name=True, hide_input_in_errors=True)


# Accounts ------------------------------------------------------------------------------------------------------------


class Registered(Answer):
    """A new account and its first key, shown this once."""

    agent_id: str
    api_key: str = Field(repr=False)


class KeyMade(Answer):
    """A new key, shown this once."""

    api_key: str = Field(repr=False)
    key_prefix: str
    name: str
    created_at: AwareDatetime
    id: str | None = None


class ApiKey(Answer):
    """A key without its secret."""

    id: str
    key_prefix: str = Field(alias="keyPrefix")
    name: str
    last_used: AwareDatetime | None = Field(alias="lastUsed", default=None)
    created_at: AwareDatetime = Field(alias="createdAt")


class ApiKeys(Answer):
    """The keys of the account."""

    data: list[ApiKey]


class Revoked(Answer):
    """A key opens nothing more."""

    revoked: bool


class Balance(Answer):
    """What the account can spend, and what is set aside for open tasks."""

    deposit_balance: Decimal
    escrow_balance: Decimal
    currency: str = "USD"


class Deposited(Answer):
    """A deposit. With a `redirect_url` it is not paid yet: the payer has to go there."""

    amount_usd: Decimal
    status: str
    transaction_id: str | None = None
    payment_id: str | None = None
    payment_method: str | None = None
    redirect_url: str | None = None
    message: str | None = None
    created_at: AwareDatetime | None = None


# Tasks ---------------------------------------------------------------------------------------------------------------


class Location(Answer):
    """Where a task is done; a digital one has only the address "Remote/Digital"."""

    lat: float | None = None
    lng: float | None = None
    address: str | None = None


class Operator(Answer):
    """An operator as agents see one, such as "Jane D."."""

    id: str
    name: str
    rating: float | None = None


class Proof(Answer):
    """What the operator handed in last; the links expire."""

    photos: list[str] = Field(default_factory=list)
    notes: str | None = None
    confirmation_text: str | None = None
    reference_url: str | None = None
    artifacts: list[str] = Field(default_factory=list)
    submitted_at: AwareDatetime | None = Field(
        default=None, validation_alias=AliasChoices("submitted_at", "submittedAt")
    )


class RequirementResult(Answer):
    """What the Guardian says of one proof requirement."""

    requirement: str
    met: bool
    confidence: int | None = None
    note: str | None = None


class GuardianResult(Answer):
    """The Guardian's last verdict."""

    decision: str
    confidence: int | None = None
    reasoning: str
    reason: str | None = None
    requirement_results: list[RequirementResult] = Field(default_factory=list)


class Estimate(Answer):
    """How long the work will take, in the operator's opinion."""

    minutes: int
    note: str | None = None
    at: AwareDatetime | None = None


class TaskRow(Answer):
    """A task as lists and answers to deeds show it: with what the deed was about, and no more."""

    task_id: str
    status: str
    title: str | None = None
    task_type: str | None = None
    reward_usd: Decimal | None = None
    platform_fee: Decimal | None = None
    total_escrow: Decimal | None = None
    refunded_usd: Decimal | None = None
    operator: Operator | None = None
    message: str | None = None
    created_at: AwareDatetime | None = None
    accepted_at: AwareDatetime | None = None
    deadline: AwareDatetime | None = None


class Task(TaskRow):
    """A task with everything about it."""

    description: str
    task_domain: str | None = None
    proof_type: str | None = None
    digital_instructions: str | None = None
    location: Location | None = None
    proof_requirements: list[str] = Field(default_factory=list)
    proof: Proof | None = None
    guardian_result: GuardianResult | None = None
    estimate_required: bool = False
    estimate: Estimate | None = None
    submissions: int = 0
    cancel_reason: str | None = None
    callback_url: str | None = None
    rating: int | None = None
    verified_by: str | None = None
    dispute: dict[str, Any] | None = None
    started_at: AwareDatetime | None = None
    submitted_at: AwareDatetime | None = None
    verified_at: AwareDatetime | None = None
    completed_at: AwareDatetime | None = None
    hold_until: AwareDatetime | None = None
    cancelled_at: AwareDatetime | None = None
    agent_public_key: str | None = None


class Rated(Answer):
    """The operator with the new average."""

    task_id: str
    rating: int
    comment: str | None = None
    operator: Operator


class Quote(Answer):
    """What a task would cost now."""

    reward_usd: Decimal
    platform_fee: Decimal
    total_escrow: Decimal
    fee_percent: Decimal
    tier: str


class Category(Answer):
    """A task type: what it implies, and whether this deployment takes it."""

    task_type: str
    task_domain: str
    description: str
    default_minutes: int | None = None
    reward_min_usd: Decimal
    reward_max_usd: Decimal
    proof_type: str
    tier_2: bool
    enabled: bool


class Categories(Answer):
    """Everything that can be asked for."""

    digital: list[Category]
    physical: list[Category]


class FoundOperator(Answer):
    """An operator near a place; the distance is to the middle of the area they work in."""

    operator_id: str
    name: str
    skills: list[str] = Field(default_factory=list)
    rating: float | None = None
    distance_km: float
    city: str | None = None
    country: str | None = None


class FoundOperators(Answer):
    """Operators near a place, nearest first."""

    data: list[FoundOperator]
    total: int


class EncryptedCredential(Answer):
    """A credential that only the private key of its task opens."""

    ciphertext: str
    iv: str
    ephemeral_public_key: str = Field(alias="ephemeralPublicKey")
    algorithm: str | None = None
    created_at: datetime | None = Field(alias="createdAt", default=None)

    def wire(self) -> dict[str, Any]:
        """As an operator's client sends it."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)


class RetrievedCredential(Answer):
    """A task's credential, still closed."""

    task_id: str
    encrypted_credential: EncryptedCredential


# Pages ---------------------------------------------------------------------------------------------------------------

Row = TypeVar("Row")


class Pagination(Answer):
    """Where a page stands; `next_cursor` is there while there is more, and always on a page of events."""

    limit: int
    offset: int | None = None
    total: int | None = None
    next_cursor: str | None = None
    has_more: bool | None = None


class Page(Answer, Generic[Row]):
    """A page of a list."""

    data: list[Row]
    pagination: Pagination
