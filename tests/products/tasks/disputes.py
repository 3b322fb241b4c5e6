"""Tasks in dispute: how each comes to be disputed, and what is on record about it."""

from collections.abc import Callable
from typing import Any

from tests.harness import House, Reply
from tests.products.tasks.stages import Scene, scene
from tests.proofs.order import scan

REASON = "The photo shows another shop."


def by_guardian(house: House) -> Scene:
    return scene(house, "DISPUTED")


def by_agents_rejection(house: House) -> Scene:
    """Before completion; the last verdict gave it 70."""
    stage = scene(house, "MANUAL_REVIEW")
    assert stage.agent.verify(stage.task_id, "REJECT").status == 200
    return stage


def by_lapse(house: House) -> Scene:
    stage = scene(house, "MANUAL_REVIEW")
    house.advance(hours=72)
    return stage


def inside_hold(house: House) -> Scene:
    """After completion; the last verdict gave it 95."""
    stage = scene(house, "COMPLETED")
    assert dispute(stage).status == 200
    return stage


def by_admin(house: House) -> Scene:
    stage = scene(house, "COMPLETED")
    assert house.admin.do(f"/tasks/{stage.task_id}/dispute", REASON).status == 200
    return stage


def without_verdict(house: House) -> Scene:
    """The agent rejected it before the Guardian had looked."""
    stage = scene(house, "SUBMITTED")
    assert stage.agent.verify(stage.task_id, "REJECT").status == 200
    return stage


ENTRIES: dict[str, Callable[[House], Scene]] = {
    "guardian": by_guardian, "agent's rejection": by_agents_rejection, "clock": by_lapse, "agent": inside_hold,
    "admin": by_admin,
}  # fmt: skip


def dispute(stage: Scene, reason: str = REASON) -> Reply:
    return stage.agent.send(f"/tasks/{stage.task_id}/dispute", {"reason": reason})


def dispute_id(stage: Scene) -> str:
    return str(stage.task["dispute"]["dispute_id"])


def resolve(stage: Scene, outcome: str, share: Any = None, key: str | None = None, **words: Any) -> Reply:
    """The backoffice ends the dispute of a scene."""
    words |= {} if share is None else {"operator_share": share}
    return stage.house.admin.do(f"/disputes/{dispute_id(stage)}/resolve", outcome=outcome, key=key, **words)


def audits(house: House) -> list[tuple[str, str, str]]:
    """What admins did: the act, who, and why."""
    rows = [row for row in scan(house.world.store, "events") if row["pk"].startswith("audit#")]
    return sorted((row["type"], row["admin"], row["reason"]) for row in rows)
