"""Events and webhook endpoints over HTTP."""

from __future__ import annotations

from chalicelib.doors.http.routes import Call, Routes, Who
from chalicelib.kit.once import Outcome
from chalicelib.kit.pages import CursorWords
from chalicelib.kit.words import Nothing
from chalicelib.products.accounts.actions import webhooks
from chalicelib.products.accounts.words import webhooks as words

ENDPOINTS = "/api/v1/webhooks/endpoints"
ENDPOINT = f"{ENDPOINTS}/{{endpoint_id}}"

_routes = Routes()


@_routes.get("/api/v1/events", Who.AGENT, lambda: words.EventQuery, lambda: words.EventPage)
def list_events(call: Call[words.EventQuery]) -> words.EventPage:
    return webhooks.list_events(call.world, call.agent.id, call.words)


@_routes.get("/api/v1/operator/events", Who.OPERATOR, lambda: words.EventQuery, lambda: words.EventPage)
def list_operator_events(call: Call[words.EventQuery]) -> words.EventPage:
    return webhooks.list_events(call.world, call.operator.id, call.words)


@_routes.post(ENDPOINTS, Who.AGENT, lambda: words.EndpointOrder, lambda: words.EndpointMade, status=201)
def make_endpoint(call: Call[words.EndpointOrder]) -> Outcome:
    return webhooks.make_endpoint(call.world, call.agent, call.words, call.claim)


@_routes.get(ENDPOINTS, Who.AGENT, Nothing, lambda: words.EndpointList)
def list_endpoints(call: Call[Nothing]) -> words.EndpointList:
    return webhooks.list_endpoints(call.world, call.agent)


@_routes.get(ENDPOINT, Who.AGENT, Nothing, lambda: words.EndpointShown)
def endpoint(call: Call[Nothing]) -> words.EndpointShown:
    return webhooks.endpoint(call.world, call.agent, call.ids["endpoint_id"])


@_routes.patch(ENDPOINT, Who.AGENT, lambda: words.EndpointChange, lambda: words.EndpointShown)
def change_endpoint(call: Call[words.EndpointChange]) -> Outcome:
    return webhooks.change_endpoint(call.world, call.agent, call.ids["endpoint_id"], call.words, call.claim)


@_routes.delete(ENDPOINT, Who.AGENT, Nothing, lambda: words.EndpointDeleted)
def delete_endpoint(call: Call[Nothing]) -> Outcome:
    return webhooks.delete_endpoint(call.world, call.agent, call.ids["endpoint_id"])


@_routes.post(f"{ENDPOINT}/rotate", Who.AGENT, lambda: words.RotateOrder, lambda: words.EndpointMade)
def rotate_secret(call: Call[words.RotateOrder]) -> Outcome:
    return webhooks.rotate_secret(call.world, call.agent, call.ids["endpoint_id"], call.words, call.claim)


@_routes.post(f"{ENDPOINT}/test", Who.AGENT, Nothing, lambda: words.DeliveryMade)
def try_endpoint(call: Call[Nothing]) -> Outcome:
    return webhooks.try_endpoint(call.world, call.agent, call.ids["endpoint_id"], call.claim)


@_routes.get(f"{ENDPOINT}/deliveries", Who.AGENT, CursorWords, lambda: words.DeliveryPage)
def list_deliveries(call: Call[CursorWords]) -> words.DeliveryPage:
    return webhooks.list_deliveries(call.world, call.agent, call.ids["endpoint_id"], call.words)


@_routes.post(f"{ENDPOINT}/deliveries/{{delivery_id}}/redeliver", Who.AGENT, Nothing, lambda: words.DeliveryMade)
def redeliver(call: Call[Nothing]) -> Outcome:
    endpoint_id, delivery_id = call.ids["endpoint_id"], call.ids["delivery_id"]
    return webhooks.redeliver(call.world, call.agent, endpoint_id, delivery_id, call.claim)


ROUTES = _routes.all
