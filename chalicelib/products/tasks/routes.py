"""Tasks over HTTP: the agent's side, and the operator's."""

from chalicelib.doors.http.routes import Call, Routes, Who
from chalicelib.kit.once import Outcome
from chalicelib.kit.words import Nothing
from chalicelib.products.tasks import words
from chalicelib.products.tasks.actions import agents, operators

_routes = Routes()


@_routes.post("/api/v1/tasks", Who.AGENT, words.TaskOrder, words.TaskCreated, status=201)
def post(call: Call[words.TaskOrder]) -> Outcome:
    return agents.post(call.world, call.agent, call.words, call.claim)


@_routes.get("/api/v1/tasks", Who.AGENT, words.ListQuery, words.TaskPage)
def list_tasks(call: Call[words.ListQuery]) -> words.TaskPage:
    return agents.list_tasks(call.world, call.agent, call.words)


@_routes.get("/api/v1/tasks/{task_id}", Who.AGENT, Nothing, words.TaskShown)
def find(call: Call[Nothing]) -> words.TaskShown:
    return agents.find(call.world, call.agent, call.ids["task_id"])


@_routes.post("/api/v1/tasks/{task_id}/cancel", Who.AGENT, Nothing, words.Cancelled)
def cancel(call: Call[Nothing]) -> Outcome:
    return agents.cancel(call.world, call.agent, call.ids["task_id"], call.claim)


@_routes.post("/api/v1/tasks/{task_id}/verify", Who.AGENT, words.VerifyOrder, words.Decided)
def verify(call: Call[words.VerifyOrder]) -> Outcome:
    return agents.verify(call.world, call.agent, call.ids["task_id"], call.words, call.claim)


@_routes.get("/api/v1/operator/tasks", Who.OPERATOR, words.FeedQuery, words.FeedPage)
def browse(call: Call[words.FeedQuery]) -> words.FeedPage:
    return operators.browse(call.world, call.operator, call.words)


@_routes.post("/api/v1/operator/tasks/{task_id}/accept", Who.OPERATOR, Nothing, words.Accepted)
def accept(call: Call[Nothing]) -> Outcome:
    return operators.accept(call.world, call.operator, call.ids["task_id"], call.claim)


@_routes.post("/api/v1/operator/tasks/{task_id}/submit", Who.OPERATOR, words.Submission, words.Submitted)
def submit(call: Call[words.Submission]) -> Outcome:
    return operators.submit(call.world, call.operator, call.ids["task_id"], call.words, call.claim)


ROUTES = _routes.all
