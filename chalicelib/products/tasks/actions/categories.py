"""What can be asked for here: the task types, and the switches that turn them off (ruling 25).

off by the setting   BYHAND_DISABLED_TASK_TYPES: decided with the deployment, and not undone while it runs
off by the switch    turned by the backoffice, for every process at once
"""

from chalicelib.core.events import service as events
from chalicelib.core.identity import deployment
from chalicelib.core.identity.deployment import Switches
from chalicelib.core.identity.model import Admin
from chalicelib.core.world import World
from chalicelib.kit import money, once
from chalicelib.kit.errors import Conflict, Forbidden, NotFound
from chalicelib.kit.once import Claim, Outcome
from chalicelib.products.tasks import rules
from chalicelib.products.tasks.rules import TaskType
from chalicelib.products.tasks.words import categories as words


class TaskTypeDisabled(Forbidden):
    """This deployment does not take such tasks."""

    code = "task_type_disabled"

    def __init__(self, task_type: TaskType) -> None:
        super().__init__(f"{task_type} is switched off in this deployment.", task_type=task_type.value)


class TaskTypeNotFound(NotFound):
    """There is no such task type."""

    code = "task_type_not_found"

    def __init__(self) -> None:
        super().__init__("There is no such task type; GET /api/v1/admin/task-types lists them.")


class DisabledBySetting(Conflict):
    """The setting says no, and a switch cannot say yes."""

    code = "disabled_by_setting"

    def __init__(self, task_type: TaskType) -> None:
        super().__init__(
            f"BYHAND_DISABLED_TASK_TYPES has {task_type}; change the setting and deploy again.",
            task_type=task_type.value,
        )  # fmt: skip


def check_enabled(world: World, switches: Switches, task_type: TaskType) -> None:
    """Raises TaskTypeDisabled."""
    if task_type in _disabled(world, switches):
        raise TaskTypeDisabled(task_type)


def list_categories(world: World) -> words.Categories:
    """What can be asked for, for everybody."""
    off = _disabled(world, deployment.switches(world.store))
    shown = [_category(task_type, enabled=task_type not in off) for task_type in TaskType]
    return words.Categories(
        digital=[one for one in shown if one.task_domain == "DIGITAL"],
        physical=[one for one in shown if one.task_domain == "PHYSICAL"],
    )


def list_types(world: World) -> words.TypesShown:
    """Every task type and what keeps it off, for the backoffice."""
    switches = deployment.switches(world.store)
    return words.TypesShown(data=[_type(world, switches, task_type) for task_type in TaskType])


def switch(world: World, admin: Admin, name: str, order: words.SwitchOrder, claim: Claim | None) -> Outcome:
    """Turn a task type off or on, for every process at once. Raises TaskTypeNotFound, DisabledBySetting."""
    if name not in set(TaskType):
        raise TaskTypeNotFound
    task_type = TaskType(name)
    if order.enabled and task_type in world.settings.disabled_task_types:
        raise DisabledBySetting(task_type)
    before = deployment.switches(world.store)
    off = before.disabled_task_types - {name} if order.enabled else before.disabled_task_types | {name}
    writes = [
        deployment.switch_task_types(before, off),
        events.audit(world, admin, "admin.task_type_switched", name, order.reason, enabled=order.enabled),
    ]
    return once.commit(world.store, claim, writes, _type(world, Switches(disabled_task_types=off), task_type))


def _disabled(world: World, switches: Switches) -> frozenset[str]:
    return world.settings.disabled_task_types | switches.disabled_task_types


def _category(task_type: TaskType, *, enabled: bool) -> words.CategoryShown:
    category = rules.CATEGORIES[task_type]
    return words.CategoryShown(
        task_type=task_type, task_domain=category.domain, description=category.description,
        default_minutes=category.default_minutes, reward_min_usd=money.usd(rules.REWARD_MIN_USD),
        reward_max_usd=money.usd(category.reward_max_usd), proof_type=category.proof_type,
        tier_2=category.credential, enabled=enabled,
    )  # fmt: skip


def _type(world: World, switches: Switches, task_type: TaskType) -> words.TypeShown:
    category, by_setting = rules.CATEGORIES[task_type], world.settings.disabled_task_types
    off = {"setting": task_type in by_setting, "switch": task_type in switches.disabled_task_types}
    return words.TypeShown(
        task_type=task_type, task_domain=category.domain, proof_type=category.proof_type,
        reward_max_usd=money.usd(category.reward_max_usd), default_minutes=category.default_minutes,
        enabled=not any(off.values()), disabled_by=[what for what, is_off in off.items() if is_off],
    )  # fmt: skip
