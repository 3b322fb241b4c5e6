"""Registers every door. No logic lives here.

Consumers and schedules are registered here and not in a blueprint, because only then does their Lambda import this.
"""

from typing import Any

from chalice.app import Chalice, CloudWatchEvent, Cron, Rate, SQSEvent

from chalicelib import jobs, waiting_door
from chalicelib.doors import schedules, workers
from chalicelib.doors.http.mount import mount, prepare
from chalicelib.doors.mcp.mount import mount_tools
from chalicelib.doors.wiring import world
from chalicelib.routes import ENDPOINTS, ROUTES

app = Chalice(app_name="byhand", configure_logs=False)
prepare(app)
mount(app, ROUTES, world)
for path, server in ENDPOINTS.items():
    mount_tools(app, path, server, world)


@app.lambda_function(name="wait")
def wait(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return waiting_door.DOOR.answer(event)


@app.on_sqs_message(queue="timers", batch_size=5, name="timers")
def timers(event: SQSEvent) -> dict[str, Any]:
    return workers.consume(world(), jobs.JOBS, event.to_dict())


@app.on_sqs_message(queue="courier", batch_size=1, name="courier")
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
