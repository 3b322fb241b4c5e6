"""Tasks over HTTP: what everybody may know, the agent's side, and the operator's."""

from __future__ import annotations

from chalicelib.doors.http.routes import Call, Routes, Who
from chalicelib.kit.once import Outcome
from chalicelib.kit.words import Nothing
from chalicelib.products.tasks.actions import agents, categories, credentials, estimates, operators, ratings, work
from chalicelib.products.tasks.words import categories as category_words
from chalicelib.products.tasks.words import credentials as credential_words
from chalicelib.products.tasks.words import tasks as words
from chalicelib.products.tasks.words import work as work_words

RETRIEVE = "/api/v1/tasks/{task_id}/retrieve-credential"

_routes = Routes()


@_routes.post("/api/v1/tasks", Who.AGENT, lambda: words.TaskOrder, lambda: words.TaskCreated, status=201)
def post(call: Call[words.TaskOrder]) -> Outcome:
    return agents.post(call.world, call.agent, call.words, call.claim)


@_routes.get("/api/v1/tasks", Who.AGENT, lambda: words.ListQuery, lambda: words.TaskPage)
def list_tasks(call: Call[words.ListQuery]) -> words.TaskPage:
    return agents.list_tasks(call.world, call.agent, call.words)


@_routes.get("/api/v1/tasks/categories", Who.ANYONE, Nothing, lambda: category_words.Categories)
def list_categories(call: Call[Nothing]) -> category_words.Categories:
    return categories.list_categories(call.world)


@_routes.get("/api/v1/tasks/quote", Who.AGENT, lambda: category_words.QuoteQuery, lambda: category_words.Quote)
def quote(call: Call[category_words.QuoteQuery]) -> category_words.Quote:
    return agents.quote(call.world, call.agent, call.words)


@_routes.get("/api/v1/tasks/{task_id}", Who.AGENT, Nothing, lambda: words.TaskShown)
def find(call: Call[Nothing]) -> words.TaskShown:
    return agents.find(call.world, call.agent, call.ids["task_id"])


@_routes.post("/api/v1/tasks/{task_id}/cancel", Who.AGENT, Nothing, lambda: words.Cancelled)
def cancel(call: Call[Nothing]) -> Outcome:
    return agents.cancel(call.world, call.agent, call.ids["task_id"], call.claim)


@_routes.post("/api/v1/tasks/{task_id}/verify", Who.AGENT, lambda: words.VerifyOrder, lambda: words.Decided)
def verify(call: Call[words.VerifyOrder]) -> Outcome:
    return agents.verify(call.world, call.agent, call.ids["task_id"], call.words, call.claim)


@_routes.post(RETRIEVE, Who.AGENT, Nothing, lambda: credential_words.Retrieved, once=False, no_store=True)
def retrieve_credential(call: Call[Nothing]) -> Outcome:
    return credentials.retrieve(call.world, call.agent, call.ids["task_id"])


@_routes.get(RETRIEVE, Who.AGENT, Nothing, lambda: credential_words.Retrieved, no_store=True)
def read_credential(call: Call[Nothing]) -> Outcome:
    return credentials.retrieve(call.world, call.agent, call.ids["task_id"])


@_routes.post("/api/v1/tasks/{task_id}/estimate/approve", Who.AGENT, Nothing, lambda: work_words.EstimateApproved)
def approve_estimate(call: Call[Nothing]) -> Outcome:
    return estimates.approve(call.world, call.agent, call.ids["task_id"], call.claim)


@_routes.post(
    "/api/v1/tasks/{task_id}/estimate/reject", Who.AGENT, lambda: work_words.WithReason, lambda: work_words.Reopened
)
def reject_estimate(call: Call[work_words.WithReason]) -> Outcome:
    return estimates.reject(call.world, call.agent, call.ids["task_id"], call.words, call.claim)


@_routes.post("/api/v1/tasks/{task_id}/rate", Who.AGENT, lambda: work_words.RateOrder, lambda: work_words.Rated)
def rate(call: Call[work_words.RateOrder]) -> Outcome:
    return ratings.rate(call.world, call.agent, call.ids["task_id"], call.words, call.claim)


@_routes.get(
    "/api/v1/operator/tasks",
    Who.OPERATOR,
    lambda: work_words.FeedQuery,
    lambda: work_words.FeedPage | work_words.MyTaskPage,
)
def browse(call: Call[work_words.FeedQuery]) -> work_words.FeedPage | work_words.MyTaskPage:
    if call.words.scope == "mine":
        return work.list_mine(call.world, call.operator, call.words)
    return operators.browse(call.world, call.operator, call.words)


@_routes.get("/api/v1/operator/tasks/{task_id}", Who.OPERATOR, Nothing, lambda: work_words.MyTask | work_words.FeedRow)
def find_mine(call: Call[Nothing]) -> work_words.MyTask | work_words.FeedRow:
    return work.find(call.world, call.operator, call.ids["task_id"])


@_routes.post(
    "/api/v1/operator/tasks/{task_id}/accept", Who.OPERATOR, lambda: work_words.AcceptOrder,
    lambda: work_words.Accepted | work_words.Estimated,
)  # fmt: skip
def accept(call: Call[work_words.AcceptOrder]) -> Outcome:
    return operators.accept(call.world, call.operator, call.ids["task_id"], call.words, call.claim)


@_routes.post("/api/v1/operator/tasks/{task_id}/start", Who.OPERATOR, Nothing, lambda: work_words.Started)
def start(call: Call[Nothing]) -> Outcome:
    return work.start(call.world, call.operator, call.ids["task_id"], call.claim)


@_routes.post(
    "/api/v1/operator/tasks/{task_id}/release", Who.OPERATOR, lambda: work_words.WithReason, lambda: work_words.Reopened
)
def release(call: Call[work_words.WithReason]) -> Outcome:
    return work.release(call.world, call.operator, call.ids["task_id"], call.words, call.claim)


@_routes.post(
    "/api/v1/operator/tasks/{task_id}/submit", Who.OPERATOR, lambda: work_words.Submission, lambda: work_words.Submitted
)
def submit(call: Call[work_words.Submission]) -> Outcome:
    return operators.submit(call.world, call.operator, call.ids["task_id"], call.words, call.claim)


ROUTES = _routes.all
