"""Whole lives, as price.py puts them into dollars: what people ask on the way, and what the clock does."""

from collections.abc import Callable
from datetime import timedelta

from bench.meter import Cost
from bench.price import Life
from bench.walk import MeteredHouse
from tests.core.stand_ins import Notebook
from tests.doors.strangers import FixedJudge
from tests.harness import Agent, Operator
from tests.products.qa.people import Customer, Tester
from tests.proofs.stand_ins import Hub, Scribe
from tests.providers import Payoneer, live

TASK = (
    "agent: POST /tasks; GET /tasks/{id} three times, when it was accepted, when it was handed in, and when it is done",
    "operator: GET /operator/tasks, POST accept, GET /operator/tasks/{id}, POST /operator/upload with the bytes of one "
    "photo, POST submit, GET /operator/earnings, POST /operator/payout, GET /operator/payout/status/{id}",
    "clock: the Guardian looks and approves, the task completes, the reward matures after the hold, the payout is "
    "sent, paid and looked up, and the timers that are no longer needed find that out",
)
JOB = (
    "agent: POST /api/jobs; GET /api/job/{id} every 10 seconds for six minutes, as its clients look",
    "tester: GET /api/tester/jobs, POST claim, GET /api/tester/jobs/{id}, POST /operator/upload with the bytes of one "
    "screenshot, POST submit after 220 seconds",
    "clock: the job is announced, what was said is read, the pay matures after the hold, and the timers that are no "
    "longer needed find that out; a payout is for many jobs, and is not in it",
)
LOOKS, WORK_SECONDS = 36, 220


def live_once(house: MeteredHouse, live_through: Callable[[MeteredHouse, Agent, Operator], None]) -> Life:
    """Measure one life between an agent and an operator who are there already."""
    with (
        live(house, payoneer=Payoneer(), payout_cooling_hours=0),
        house.living_in(judge=FixedJudge(95), courier=Notebook(), reader=Scribe(), forge=Hub()),
    ):
        agent, operator = _people(house)
        house.pass_time()
        idle = house.costs["sweep"][-1]
        house.costs.clear()
        live_through(house, agent, operator)
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


def of_a_task(house: MeteredHouse, agent: Agent, operator: Operator) -> None:
    """From the post to the payout."""
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


def of_a_job(house: MeteredHouse, agent: Agent, operator: Operator) -> None:
    """From the order to the end of the hold."""
    customer, tester = Customer(agent), Tester(operator)
    job_id = customer.ordered()
    tester.get("/jobs")
    assert tester.claim(job_id).status == 200
    tester.get(f"/jobs/{job_id}")
    shot = operator.upload()
    house.clock.ahead += timedelta(seconds=WORK_SECONDS)
    handed_in = tester.submit(job_id, testDurationSeconds=WORK_SECONDS, testerData={"screenshots": [shot]})
    assert handed_in.json["testDurationSeconds"] == WORK_SECONDS, handed_in
    house.drain()
    for _ in range(LOOKS):
        assert customer.job(job_id)["status"] == "completed"
    house.pass_time(days=8)
