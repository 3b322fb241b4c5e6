"""Requests and answers about what can be asked for: categories, their switches, and what it would cost."""

from typing import Literal

from chalicelib.kit.words import AmountIn, AmountOut, Because, Words
from chalicelib.products.tasks.rules import TaskType, Tier
from chalicelib.products.tasks.words.tasks import TypeIn


class QuoteQuery(Words):
    """GET /tasks/quote."""

    reward_usd: AmountIn
    task_type: TypeIn | None = None


class Quote(Words):
    """What a task with this reward costs now; the fee of a task is fixed when it is created."""

    reward_usd: AmountOut
    platform_fee: AmountOut
    platform_fee_usd: AmountOut
    total_escrow: AmountOut
    fee_percent: int
    tier: Tier
    trailing_30_day_usd: AmountOut
    minimum_fee_usd: AmountOut


class CategoryShown(Words):
    """One task type as everybody may see it. Tier 2 is delivered end-to-end encrypted."""

    task_type: TaskType
    task_domain: str
    description: str
    default_minutes: int | None
    reward_min_usd: AmountOut
    reward_max_usd: AmountOut
    proof_type: str
    tier_2: bool
    enabled: bool


class Categories(Words):
    """GET /tasks/categories."""

    digital: list[CategoryShown]
    physical: list[CategoryShown]


class TypeShown(Words):
    """One task type as the backoffice sees it. `disabled_by` says what keeps it off: the setting, the switch, both."""

    task_type: TaskType
    task_domain: str
    proof_type: str
    reward_max_usd: AmountOut
    default_minutes: int | None
    enabled: bool
    disabled_by: list[Literal["setting", "switch"]]


class TypesShown(Words):
    """GET /admin/task-types."""

    data: list[TypeShown]


class SwitchOrder(Because):
    """POST /admin/task-types/:task_type."""

    enabled: bool
