"""The waiting door: events of a Function URL in, answers of our doors out, and nothing else served."""

import base64
from dataclasses import replace
from typing import Any

import pytest
from chalice.deploy.swagger import CFNSwaggerGenerator

import app
from chalicelib import routes
from chalicelib.doors import wiring
from chalicelib.doors.http import function_url
from chalicelib.doors.http.answers import Answer
from chalicelib.doors.http.function_url import FunctionUrl, Place
from chalicelib.doors.http.mount import CORS
from chalicelib.doors.http.routes import Request, Who
from tests.doors.errands import ERRANDS
from tests.doors.sleeper import Sleeper
from tests.doors.urls import Visitor, event
from tests.harness import Agent, House

SHAPE = {"error", "details", "code", "request_id"}


@pytest.fixture
def agent(house: House) -> Agent:
    return house.agent(deposit=100)


@pytest.fixture
def visitor(house: House) -> Visitor:
    return Visitor(FunctionUrl(function_url.places(ERRANDS, wiring.world)).answer)


def _heard(**more: Any) -> Request:
    """What a route hears of an event."""
    heard: list[Request] = []

    def answer(request: Request) -> Answer:
        heard.append(request)
        return Answer(200, "{}")

    served = FunctionUrl([Place(more.get("method", "POST"), "/api/things/{id}/parts/{part}", answer, CORS)])
    words: dict[str, Any] = {"method": "POST", "path": "/api/things/a/parts/b", **more}
    assert served.answer(event(**words))["statusCode"] == 200
    return heard[0]


def test_a_request_is_heard_whole() -> None:
    heard = _heard(query="a=1&a=2&b=&c=x%20y+z", headers={"prefer": "wait=1"}, body="{}", cookies=["a=1", "b=2"])
    assert (heard.method, heard.route, heard.ids) == ("POST", "/api/things/{id}/parts/{part}", {"id": "a", "part": "b"})
    assert heard.query == {"a": "2", "b": "", "c": "x y z"}
    assert (heard.headers["prefer"], heard.headers["cookie"]) == ("wait=1", "a=1; b=2")
    assert (heard.body, heard.source, heard.request_id, heard.base) == (b"{}", "192.0.2.1", "req-of-the-event", "")


@pytest.mark.parametrize("body", [None, "", "text", b"\x00\xff bytes", "\u00e4 \U0001f984"])
def test_a_body_is_the_bytes_that_were_sent(body: str | bytes | None) -> None:
    assert _heard(body=body).body == (body.encode() if isinstance(body, str) else body or b"")


def test_a_body_that_is_no_base64_is_refused(visitor: Visitor) -> None:
    broken = {**event("POST", "/api/v1/errands"), "body": "!", "isBase64Encoded": True}
    assert visitor.handler(broken)["statusCode"] == 400


@pytest.mark.parametrize(
    "path",
    [
        "/api/things/a/parts/b/", "//api/things/a/parts/b", "/api//things///a/parts/b//", "/api/things/a/parts/b",
    ],
)  # fmt: skip
def test_a_slash_too_many_leads_to_the_same_place(path: str) -> None:
    assert _heard(path=path).ids == {"id": "a", "part": "b"}


def test_a_named_stage_is_what_stands_before_our_paths() -> None:
    heard = _heard(path="/live/api/things/a/parts/b", stage="live")
    assert (heard.base, heard.ids) == ("/live", {"id": "a", "part": "b"})
    assert _heard(stage="live").base == ""


def test_of_two_paths_that_fit_the_plainer_one_is_meant() -> None:
    places = [Place("GET", path, lambda request: Answer(200, request.route), CORS) for path in ("/a/{id}", "/a/b")]
    served = FunctionUrl(places)
    assert [served.answer(event("GET", path))["body"] for path in ("/a/b", "/a/c")] == ["/a/b", "/a/{id}"]


# Refusals -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "headers", "status", "code"),
    [
        ("GET", "/", {}, 404, "not_found"),
        ("GET", "/api/v1/errand", {}, 404, "not_found"),
        ("GET", "/api/v1/errands/a/b", {}, 404, "not_found"),
        ("OPTIONS", "/nowhere", {}, 404, "not_found"),
        ("GET", "/api/v1/errands", {}, 405, "method_not_allowed"),
        ("HEAD", "/api/v1/errands/a", {}, 405, "method_not_allowed"),
        ("POST", "/api/v1/errands", {"content-type": "text/plain"}, 415, "unsupported_media_type"),
        ("POST", "/api/v1/errands", {}, 401, "invalid_api_key"),
    ],
)
def test_what_is_not_served_is_refused_in_our_shape(
    visitor: Visitor, method: str, path: str, headers: dict[str, str], status: int, code: str
) -> None:
    refused = visitor.ask(method, path, headers=headers)
    assert (refused.status, refused.json["code"], set(refused.json) - {"message"}) == (status, code, SHAPE)
    assert refused.json["request_id"] == refused.headers["x-request-id"] == "req-of-the-event"
    assert refused.headers["access-control-allow-origin"] == "*"
    assert refused.headers.get("allow") == {405: "OPTIONS, POST" if path.endswith("s") else "GET, OPTIONS"}.get(status)


def test_too_large_a_body_is_refused(visitor: Visitor, agent: Agent) -> None:
    refused = visitor.ask("POST", "/api/v1/errands", {"title": "x" * 1_048_576}, headers=agent.headers)
    assert (refused.status, refused.json["code"]) == (413, "too_large")


def test_a_fault_tells_nothing(visitor: Visitor, house: House, agent: Agent) -> None:
    with house.living_in(clock=None):
        broken = visitor.ask("POST", "/api/v1/errands", {}, headers=agent.headers)
    assert (broken.status, broken.json["code"]) == (500, "internal")


# The same as through API Gateway --------------------------------------------------------------------------------------


def test_a_browser_may_ask_what_it_may_ask_there() -> None:
    """API Gateway answers OPTIONS itself, by what Chalice's template says."""
    wait, route = Visitor(_wait), "/api/v1/mcp"
    described = CFNSwaggerGenerator().generate_swagger(app.app)
    told = described["paths"][route]["options"]["x-amazon-apigateway-integration"]["responses"]["default"]
    there = {
        name.removeprefix("method.response.header.").lower(): value.strip("'")
        for name, value in told["responseParameters"].items()
    }
    here = wait.ask("OPTIONS", route, headers={"origin": "https://example.com"})
    assert here.status == int(told["statusCode"])
    there["access-control-allow-methods"] = ",".join(sorted(there["access-control-allow-methods"].split(",")))
    assert {name: here.headers[name] for name in there} == there


def test_an_errand_is_posted_and_waited_for_here(
    visitor: Visitor, agent: Agent, house: House, sleeper: Sleeper
) -> None:
    with house.living_in(patience=replace(house.world.patience, exchange_seconds=600)):
        late = visitor.ask("POST", "//api/v1/errands", agent.order(), headers=agent.headers)
    assert (late.status, late.json["code"], sleeper.now) == (408, "unfinished", 400)
    task_id = late.json["details"]["task_id"]
    assert agent.cancel(task_id).status == 200
    done = visitor.ask("GET", f"/api/v1/errands/{task_id}", headers=agent.headers)
    assert (done.status, done.json["status"]) == (200, "CANCELLED")
    assert done.headers["content-type"] == "application/json"
    assert "x-ratelimit-remaining" in done.headers


def _wait(given: dict[str, Any]) -> Any:
    return app.app.handler_map["wait"](given, None)


def test_the_tools_are_the_same_at_both_doors(house: House, agent: Agent) -> None:
    asked = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    headers = {**agent.headers, "Accept": "application/json, text/event-stream"}
    here = Visitor(_wait).ask("POST", "/api/v1/mcp", asked, headers=headers)
    there = house.request("POST", "/api/v1/mcp", asked, headers=headers)
    assert (here.status, here.json) == (200, there.json)
    kept = {name for name in there.headers if not name.startswith(("x-ratelimit", "x-request-id"))}
    assert {name: here.headers[name] for name in kept} == {name: there.headers[name] for name in kept}
    assert Visitor(_wait).ask("GET", "/api/v1/mcp", headers=headers).headers["allow"] == "POST, DELETE"


def test_the_waiting_door_opens_nothing_else(house: House) -> None:
    waiting = {(route.method, route.path) for route in routes.WAITING_ROUTES}
    for route in app.ROUTES:
        path = route.path.replace("{", "").replace("}", "")
        if (route.method, route.path) not in waiting:
            refused = Visitor(_wait).ask(route.method, path, headers={"x-admin-key": base64.b64encode(b"x").decode()})
            assert refused.status in (404, 405), route.name
    assert {route.who for route in routes.WAITING_ROUTES} <= {Who.AGENT, Who.ANYONE}, "whose keys its function knows"
    assert not [path for _, path in waiting if path.startswith(("/api/v1/admin", "/api/v1/tasks", "/api/v1/test"))]
