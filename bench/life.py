"""One task's whole life, as price.py puts it into dollars: what a client asks on the way, and what the clock does."""

from bench.meter import Cost
from bench.price import Life
from bench.walk import MeteredHouse
from tests.core.stand_ins import Notebook
from tests.doors.strangers import FixedJudge
from tests.harness import Agent, Operator
from tests.providers import Payoneer, live

STEPS = (
    "agent: POST /tasks; GET /tasks/{id} three times, when it was accepted, when it was handed in, and when it is done",
    "operator: GET /operator/tasks, POST accept, GET /operator/tasks/{id}, POST /operator/upload with the bytes of one "
    "photo, POST submit, GET /operator/earnings, POST /operator/payout, GET /operator/payout/status/{id}",
    "clock: the Guardian looks and approves, the task completes, the reward matures after the hold, the payout is "
    "sent, paid and looked up, and the timers that are no longer needed find that out",
)


def live_once(house: MeteredHouse) -> Life:
    """Measure one life between an agent and an operator who are there already."""
    with (
        live(house, payoneer=Payoneer(), payout_cooling_hours=0),
        house.living_in(judge=FixedJudge(95), courier=Notebook()),
    ):
        agent, operator = _people(house)
        house.pass_time()
        idle = house.costs["sweep"][-1]
        house.costs.clear()
        _one_life(house, agent, operator)
    sweeps = house.costs.pop("sweep")
    of_sweeps = sum(sweeps, Cost())
    # The sweep looks at its 16 shards every minute, task or no task; that is the deployment's cost and not a task's.
    of_sweeps.reads -= idle.reads * len(sweeps)
    of_sweeps.calls.subtract({name: number * len(sweeps) for name, number in idle.calls.items()})
    by_name = {name: costs for name, costs in house.costs.items() if costs}
    requests = sum(len(costs) for name, costs in by_name.items() if "/" in name)
    jobs = sum(len(costs) for name, costs in by_name.items() if "/" not in name)
    return Life(sum((one for costs in by_name.values() for one in costs), of_sweeps), requests, jobs)


def _people(house: MeteredHouse) -> tuple[Agent, Operator]:
    settings = house.world.settings.model_copy(update={"byhand_mode": "test"})
    with house.living_in(settings=settings):
        return house.agent(deposit=1_000), house.operator()


def _one_life(house: MeteredHouse, agent: Agent, operator: Operator) -> None:
    task_id = agent.posted()
    operator.get("/operator/tasks")
    assert operator.accept(task_id).status == 200
    operator.get(f"/operator/tasks/{task_id}")
    agent.task(task_id)
    operator.hand_in(task_id)
    agent.task(task_id)
    house.drain()
    assert agent.task(task_id)["status"] == "COMPLETED"
    house.pass_time(days=8)
    operator.get("/operator/earnings")
    paid = operator.send("/operator/payout", {"amount_usd": 25, "payoneer_payee_id": "payee_1"})
    assert paid.status == 200, paid
    house.drain()
    operator.get(f"/operator/payout/status/{paid.json['payout_id']}")
    house.pass_time(minutes=11)
