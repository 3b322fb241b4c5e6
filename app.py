"""Registers every door. No logic lives here.

Consumers and schedules are registered here and not in a blueprint, because only then does their Lambda import this.
"""

from typing import Any

from chalice.app import Chalice, CloudWatchEvent, Cron, Rate, SQSEvent

from chalicelib import jobs, suspension, tools
from chalicelib.core import settings
from chalicelib.doors import schedules, workers
from chalicelib.doors.http import house, reference, web
from chalicelib.doors.http.mount import mount, prepare
from chalicelib.doors.mcp.mount import mount_tools
from chalicelib.doors.wiring import world
from chalicelib.products.accounts import routes as accounts
from chalicelib.products.backoffice import routes as backoffice
from chalicelib.products.operators import routes as operators
from chalicelib.products.qa import routes as qa
from chalicelib.products.tasks import guide
from chalicelib.products.tasks import routes as tasks

TEST_MODE = settings.test_mode_at_import()
OFFICE = backoffice.routes(lambda: suspension.ON_SUSPENSION)
PRODUCTS = [*accounts.ROUTES, *operators.ROUTES, *tasks.ROUTES, *qa.ROUTES, *OFFICE]
DESCRIBED = [*house.routes(lambda: jobs.JOBS, test_mode=TEST_MODE), *PRODUCTS, *web.routes()]
ROUTES = [*DESCRIBED, *reference.routes(DESCRIBED, guide=guide.GUIDE, test_mode=TEST_MODE)]

app = Chalice(app_name="byhand", configure_logs=False)
prepare(app)
mount(app, ROUTES, world)
mount_tools(app, "/api/v1/mcp", lambda: tools.SERVER, world)


@app.on_sqs_message(queue="timers", batch_size=5, name="timers")
def timers(event: SQSEvent) -> dict[str, Any]:
    return workers.consume(world(), jobs.JOBS, event.to_dict())


@app.on_sqs_message(queue="courier", batch_size=5, name="courier")
def courier(event: SQSEvent) -> dict[str, Any]:
    return workers.consume(world(), jobs.JOBS, event.to_dict())


@app.on_sqs_message(queue="judge", batch_size=1, name="judge")
def judge(event: SQSEvent) -> dict[str, Any]:
    return workers.consume(world(), jobs.JOBS, event.to_dict())


@app.schedule(Rate(1, unit=Rate.MINUTES), name="sweep")
def sweep(event: CloudWatchEvent) -> None:
    schedules.sweep(world())


@app.schedule(Cron(0, 1, "*", "*", "?", "*"), name="prove")
def prove(event: CloudWatchEvent) -> None:
    schedules.prove(world())
