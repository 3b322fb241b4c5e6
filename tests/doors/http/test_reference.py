"""The document for programs, the page for people, llms.txt for models (rulings 3, 4, 6)."""

import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from chalice.local import LambdaContext
from openapi_spec_validator import validate

import app
from chalicelib.doors.http import examples, manual, openapi, sentences
from chalicelib.doors.http.routes import Route
from chalicelib.doors.mcp import manifest
from tests.contract.described import document, problems, request_schema
from tests.harness import House
from tests.rules.source import ROOT

PLACES = ("/api/openapi.json", "/api/docs", "/llms.txt")
DEEDS = [route for route in app.ROUTES if route.method == "POST" and route.words.model_fields]
ALONE = {"meta", "br", "link", "!doctype"}


class Reader(HTMLParser):
    """Reads a page as a browser does: which tags are open, what is linked, which text is shown."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.links: list[str] = []
        self.ids: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.open += [] if tag in ALONE else [tag]
        known = dict(attributes)
        self.links += [str(value) for name, value in known.items() if name in ("href", "src")]
        self.ids += [str(known["id"])] if "id" in known else []
        assert not [name for name in known if name.startswith("on")]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, text: str) -> None:
        self.text.append(text)


def _read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    assert reader.open == []
    return reader


def _document(**words: Any) -> dict[str, Any]:
    return openapi.document(app.ROUTES, **{"title": "T", "version": "1", "description": "D", **words})


@pytest.mark.promise("reference.openapi")
def test_the_document_is_openapi_3_1_and_has_every_route_and_no_other(house: House) -> None:
    document = house.request("GET", "/api/openapi.json").json
    validate(document)
    assert document["openapi"] == "3.1.0"
    told = {f"{method.upper()} {path}" for path, methods in document["paths"].items() for method in methods}
    assert told == {route.name for route in app.ROUTES}
    assert document["servers"] == [{"url": "/"}]
    assert "$defs" not in str(document)


@pytest.mark.promise("reference.openapi")
def test_every_operation_says_what_it_does_under_a_name_of_its_own() -> None:
    names = [sentences.name(route) for route in app.ROUTES]
    assert sorted(names) == sorted(set(names))
    for route in app.ROUTES:
        assert re.fullmatch(r"[a-z]+(_[a-z]+)+", sentences.name(route)), route.name
        assert re.fullmatch(r"[A-Z][^\n]{10,}\.", sentences.summary(route)), f"{route.name} says not what it does"
        told = sentences.summary(route) + sentences.description(route)
        assert not re.search("Raises|ruling|seed", told), route.name


def test_every_refusal_that_an_action_names_is_one() -> None:
    known = {one.__name__ for one in sentences._refusals(sentences.Refusal)}
    assert {name for route in app.ROUTES for name in sentences.raised(route)} - known == set()


def test_money_goes_out_as_numbers_and_comes_in_as_text_too() -> None:
    schemas = _document()["components"]["schemas"]
    assert schemas["Balance"]["properties"]["deposit_balance"] == {"type": "number"}
    kinds = [one["type"] for one in schemas["TaskOrder"]["properties"]["reward_usd"]["anyOf"]]
    assert kinds == ["number", "string"]
    assert schemas["TaskOrder"]["properties"]["deadline"] == {"type": "string", "format": "date-time"}


def test_a_deed_of_a_known_caller_takes_a_key_and_says_who_may_call_it() -> None:
    paths = _document(test_mode=True)["paths"]
    post, browse = paths["/api/v1/tasks"]["post"], paths["/api/v1/operator/tasks"]["get"]
    assert "Idempotency-Key" in [one["name"] for one in post["parameters"]]
    assert {"400", "401", "402", "409", "413", "415", "429", "503"} <= set(post["responses"])
    assert post["security"] == [{"apiKey": []}, {"apiKeyAsBearer": []}]
    assert browse["security"] == [{"operatorToken": []}, {"operatorId": []}]
    assert _document()["paths"]["/api/v1/operator/tasks"]["get"]["security"] == [{"operatorToken": []}]


@pytest.mark.promise("reference.docs")
def test_the_page_needs_no_other_host_and_no_script_and_links_to_what_is_there(house: House) -> None:
    reply = house.request("GET", "/api/docs")
    page = _read(reply.text)
    assert reply.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in reply.headers["content-security-policy"]
    assert f"<style>{manual.STYLE}</style>" in reply.text, "the policy's hash is of this style"
    assert not page.seen & {"script", "img", "iframe", "link", "form"}
    assert {link for link in page.links if not link.startswith("#")} == {"/api/openapi.json", "/llms.txt"}
    assert [link for link in page.links if link.startswith("#") and link[1:] not in page.ids] == []
    assert {sentences.name(route) for route in app.ROUTES} == set(page.ids)
    shown = "".join(page.text)
    for route in app.ROUTES:
        assert route.path in shown
        assert sentences.summary(route) in shown
    assert 'viewport" content="width=device-width' in reply.text
    assert "prefers-color-scheme:dark" in reply.text


def test_what_the_document_says_cannot_become_part_of_the_page() -> None:
    bad = "<script>alert(1)</script>\"'&"
    document = _document(title=bad, description=bad)
    operation = document["paths"]["/api/v1/tasks"]["post"]
    operation["summary"] = operation["description"] = bad
    operation["parameters"][0]["name"] = bad
    document["components"]["schemas"]["TaskOrder"]["properties"][bad] = {"type": bad, "description": bad}
    page = manual.page(document)
    assert "<script" not in page
    assert bad in "".join(_read(page).text)


def test_nothing_that_is_served_speaks_of_where_our_decisions_are_written_down(house: House) -> None:
    texts = {path: house.request("GET", path).text for path in PLACES}
    texts |= {name: manifest.read(name) for name in ("tasks", "qa")}
    texts |= {page: (ROOT / "docs" / f"{page}.md").read_text() for page in ("errors", "routes", "tools")}
    for name, text in texts.items():
        assert re.findall(r".{,60}\b(?:rulings?|seeds?)\b.{,60}", text, re.IGNORECASE) == [], name


@pytest.mark.promise("reference.llms")
def test_llms_txt_tells_a_model_how_to_begin_by_routes_that_are_there(house: House) -> None:
    reply = house.request("GET", "/llms.txt")
    assert reply.headers["content-type"] == "text/plain; charset=utf-8"
    named = set(re.findall(r"`((?:GET|POST) /[^`]+?)`", reply.text))
    assert len(named) >= 5
    assert named - {f"{method} {path}" for path, methods in house.app.routes.items() for method in methods} == set()
    for word in ("X-API-Key", "/api/openapi.json", "/api/docs", "request_id", "Idempotency-Key"):
        assert word in reply.text


@pytest.mark.parametrize("path", PLACES)
def test_a_text_is_kept_by_its_tag_and_counted_like_any_request(house: House, path: str) -> None:
    first = house.request("GET", path)
    assert (first.status, "max-age" in first.headers["cache-control"]) == (200, True)
    assert "x-ratelimit-remaining" in first.headers
    again = house.request("GET", path, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status, again.text, again.headers["etag"]) == (304, "", first.headers["etag"])
    assert house.request("GET", path, headers={"If-None-Match": '"other"'}).status == 200


def test_a_text_that_is_made_already_costs_one_call_and_that_is_the_count(house: House) -> None:
    for path in PLACES:
        house.request("GET", path)
    calls: list[str] = []
    events = house.world.store.client.meta.events
    events.register("before-call.dynamodb", lambda model, **_: calls.append(model.name), unique_id="counted")
    for path in PLACES:
        house.request("GET", path)
    events.unregister("before-call.dynamodb", unique_id="counted")
    # Business time is asked for once more in a test deployment only: its clock is a row.
    assert [name for name in calls if name != "GetItem"] == ["UpdateItem"] * len(PLACES)


def test_behind_a_stage_all_addresses_begin_with_it(house: House) -> None:
    told = {}
    for path in PLACES:
        event = house._event("GET", path, None, {}, None, "127.0.0.1")
        event["requestContext"]["path"] = f"/live{path}"
        told[path] = house.app(event, LambdaContext("api", 1024, 30_000))["body"]
    assert json.loads(told["/api/openapi.json"])["servers"] == [{"url": "/live"}]
    assert {link for link in _read(told["/api/docs"]).links if link.startswith("/")} == {
        "/live/api/openapi.json", "/live/llms.txt",
    }  # fmt: skip
    assert "(/live/api/openapi.json)" in told["/llms.txt"]
    assert house.request("GET", "/api/openapi.json").json["servers"] == [{"url": "/"}]


@pytest.mark.parametrize("route", DEEDS, ids=lambda route: route.name)
def test_the_example_of_a_request_is_one_that_the_document_allows(route: Route) -> None:
    schema = request_schema(route.name)
    assert problems(schema, examples.of({"$ref": schema["$ref"]}, document())) == []
