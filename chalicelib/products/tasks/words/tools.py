"""What the tools of tasks read and answer, with the seed's names, beside the words of tasks."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from chalicelib.kit.words import AmountIn, IdempotencyKey, Moment, ToolWords, Words
from chalicelib.products.tasks.lifecycle import Status
from chalicelib.products.tasks.rules import TaskType
from chalicelib.products.tasks.words import tasks as words
from chalicelib.products.tasks.words.categories import CategoryShown, QuoteQuery
from chalicelib.products.tasks.words.credentials import PublicKey

WAIT_SECONDS_MAX = 240

TaskId = Annotated[
    str, StringConstraints(min_length=1, max_length=100), Field(description="As post_task or list_tasks answered it.")
]
Reward = Annotated[AmountIn, Field(description="What the person is paid, in US dollars; a fee comes on top.")]
Deadline = Annotated[
    Moment, Field(description="ISO 8601 with an offset, such as 2026-02-10T00:00:00Z; at most 90 days ahead.")
]
CredentialCategory = Literal["ACCOUNT_CREATION", "API_KEY_PROCUREMENT", "PHONE_VERIFICATION", "SUBSCRIPTION_SETUP"]
DigitalCategory = Annotated[
    Literal["CAPTCHA_SOLVING", "FORM_FILLING", "BROWSER_INTERACTION", "CONTENT_REVIEW", "DATA_VALIDATION"],
    words.ByNewName,
]


class _Order(ToolWords):
    """What every order of a task has, whichever tool posts it."""

    title: words.Title = Field(description="One line that says what is to be done.")
    description: words.Description = Field(description="All that a person needs to know who knows nothing else.")
    reward_usd: Reward
    deadline: Deadline
    callback_url: words.Url | None = Field(default=None, description="Is POSTed to when the proof was looked at.")
    callback_secret: words.CallbackSecret | None = Field(default=None, description="Signs what callback_url is sent.")
    idempotency_key: IdempotencyKey | None = None

    def order(self, task_type: str, **more: Any) -> words.TaskOrder:
        """The same order as it comes over HTTP; its words are read already."""
        said = {name: getattr(self, name) for name in type(self).model_fields if name in words.TaskOrder.model_fields}
        return words.TaskOrder.model_construct(**{**said, "task_type": TaskType(task_type), **more})


class _Proven(_Order):
    """An order whose proof people can look at."""

    proof_requirements: words.Requirements = Field(description="What has to be seen in the proof, one thing a line.")


class PostTask(_Proven):
    """post_task."""

    location: words.Location = Field(description="Where: lat and lng in degrees, and an address for people.")
    task_type: words.TypeIn


class DispatchDigital(_Proven):
    """dispatch_digital_task."""

    digital_category: DigitalCategory = Field(description="Call list_digital_categories for what each is and costs.")
    digital_instructions: words.Instructions | None = Field(default=None, description="What to do, step by step.")


class DispatchCredential(_Order):
    """dispatch_credential_task."""

    credential_category: CredentialCategory = Field(description="What kind of credential is to be had.")
    agent_public_key: PublicKey = Field(
        description="P-256 public key in base64: the 65-byte uncompressed point, or SPKI DER."
    )
    digital_instructions: words.Instructions | None = Field(default=None, description="What to do, step by step.")


class OneTask(ToolWords):
    """A tool about one task."""

    task_id: TaskId


class CancelTask(OneTask):
    """cancel_task."""

    idempotency_key: IdempotencyKey | None = None


class VerifyTask(words.VerifyOrder, OneTask):
    """verify_task."""

    idempotency_key: IdempotencyKey | None = None


class WaitTask(OneTask):
    """wait_task."""

    max_wait_seconds: int = Field(
        default=120, ge=0, le=WAIT_SECONDS_MAX, description="How long to wait at most; 0 looks once."
    )


class ListTasks(words.ListQuery, ToolWords):
    """list_tasks."""


class QuoteTask(QuoteQuery, ToolWords):
    """quote_task."""


class DigitalCategories(Words):
    """What can be asked for that needs no place. Tier 2 is delivered end-to-end encrypted."""

    categories: list[CategoryShown]


class TaskResult(words.TaskShown):
    """A task with everything about it, and what to do next."""

    next_action: str


class Verification(Words):
    """What was found about the proof of a task; nulls until somebody has looked."""

    task_id: str
    status: Status
    decision: str | None
    confidence: int | None
    reasoning: str | None
    reason: str | None
    requirement_results: list[words.RequirementResult]
    verified_by: str | None
    next_action: str


class Waited(Words):
    """How a task stands after waiting for it; `is_done` when there is nothing more to wait for."""

    task_id: str
    status: Status
    is_done: bool
    next_action: str
