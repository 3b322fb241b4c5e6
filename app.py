"""Registers every door. No logic lives here.

Queue consumers and schedules are registered in this file and not in a blueprint, because only then does their Lambda
import it.
"""

from typing import Any

from chalice.app import Chalice, CloudWatchEvent, Rate, SQSEvent

from chalicelib.core import settings
from chalicelib.core.events import service as events
from chalicelib.doors import schedules, workers
from chalicelib.doors.http import house
from chalicelib.doors.http.mount import mount, prepare
from chalicelib.doors.wiring import world
from chalicelib.products.accounts import jobs as account_jobs
from chalicelib.products.accounts import routes as accounts
from chalicelib.products.operators import jobs as operator_jobs
from chalicelib.products.operators import routes as operators
from chalicelib.products.tasks import jobs as task_jobs
from chalicelib.products.tasks import routes as tasks

JOBS = {**events.JOBS, **account_jobs.JOBS, **operator_jobs.JOBS, **task_jobs.JOBS}
ROUTES = [
    *house.routes(JOBS, test_mode=settings.test_mode_at_import()),
    *accounts.ROUTES,
    *operators.ROUTES,
    *tasks.ROUTES,
]

app = Chalice(app_name="byhand", configure_logs=False)
prepare(app)
mount(app, ROUTES, world)


@app.on_sqs_message(queue="timers", batch_size=5, name="timers")
def timers(event: SQSEvent) -> dict[str, Any]:
    return workers.consume(world(), JOBS, event.to_dict())


@app.on_sqs_message(queue="courier", batch_size=5, name="courier")
def courier(event: SQSEvent) -> dict[str, Any]:
    return workers.consume(world(), JOBS, event.to_dict())


@app.on_sqs_message(queue="judge", batch_size=1, name="judge")
def judge(event: SQSEvent) -> dict[str, Any]:
    return workers.consume(world(), JOBS, event.to_dict())


@app.schedule(Rate(1, unit=Rate.MINUTES), name="sweep")
def sweep(event: CloudWatchEvent) -> None:
    schedules.sweep(world())
