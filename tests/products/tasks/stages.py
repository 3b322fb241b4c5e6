"""Tasks brought to any state by the moves that lead there, so that a test can begin where it is interesting."""

from dataclasses import dataclass
from typing import Any

from chalicelib.core.ports.judge import Judge
from tests.doors.strangers import FixedJudge
from tests.harness import Agent, House, Operator, Reply

# Proof that lies elsewhere: a test deployment takes it, and a test that is not about files needs no bytes.
PHOTOS = ["https://storage.example.com/proof-1.jpg"]
WINDOW_SECONDS = 3_600

# What the Guardian says on the way to each state that its verdict leads to.
CONFIDENCE = {"VERIFIED": 95, "COMPLETED": 95, "MANUAL_REVIEW": 70, "DISPUTED": 20}
STATES = ("PENDING", "ACCEPTED", "SUBMITTED", "VERIFIED", "MANUAL_REVIEW", "DISPUTED", "COMPLETED", "CANCELLED")


@dataclass
class Scene:
    """One task, the agent who wants it done, and the operator who does it."""

    house: House
    agent: Agent
    operator: Operator
    task_id: str

    @property
    def task(self) -> dict[str, Any]:
        return self.agent.task(self.task_id)

    @property
    def status(self) -> str:
        return str(self.task["status"])

    def next(self, status: str = "PENDING", **order: Any) -> "Scene":
        """Another task of the same two people, in a state."""
        return _reach(Scene(self.house, self.agent, self.operator, self.agent.posted(**_order(status, order))), status)

    def accept(self) -> None:
        assert self.operator.accept(self.task_id).status == 200

    def give_estimate(self, **estimate: Any) -> None:
        assert self.operator.accept(self.task_id, **(estimate or {"estimate_hours": 2})).status == 200

    def submit(self, **words: Any) -> Reply:
        """Hand in proof, which nobody has looked at yet."""
        made = self.operator.submit(self.task_id, **{"photos": PHOTOS, "notes": "Sign confirmed at location", **words})
        assert made.status == 200, made
        return made

    def judged(self, judge: Judge | int) -> dict[str, Any]:
        """The task after a Guardian has looked at it: one of ours, or one that gives this confidence."""
        with self.house.living_in(judge=FixedJudge(judge) if isinstance(judge, int) else judge):
            self.house.drain()
        return self.task


def scene(house: House, status: str = "PENDING", **order: Any) -> Scene:
    """A task in a state. VERIFIED is kept from completing by the agent's window."""
    agent, operator = house.agent(deposit=10_000), house.operator()
    return _reach(Scene(house, agent, operator, agent.posted(**_order(status, order))), status)


def _order(status: str, order: dict[str, Any]) -> dict[str, Any]:
    if status == "ESTIMATE_PENDING":
        return {"estimate_required": True, **order}
    return {"auto_complete_after_seconds": WINDOW_SECONDS, **order} if status == "VERIFIED" else order


def _reach(stage: Scene, status: str) -> Scene:
    if status == "CANCELLED":
        assert stage.agent.cancel(stage.task_id).status == 200
    elif status == "ESTIMATE_PENDING":
        stage.give_estimate()
    elif status != "PENDING":
        stage.accept()
    if status == "IN_PROGRESS":
        assert stage.operator.start(stage.task_id).status == 200
    if status == "SUBMITTED" or status in CONFIDENCE:
        stage.submit()
    if status in CONFIDENCE:
        stage.judged(CONFIDENCE[status])
    assert stage.status == status
    return stage
