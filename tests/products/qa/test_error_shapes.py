"""How refusals look below the paths of qa: the same fields, whoever refuses (ruling 4)."""

import json
import re

import pytest

from chalicelib import waiting_door
from chalicelib.doors.http.answers import of_framework
from tests.contract.described import problems, response_schema
from tests.doors.urls import Visitor
from tests.harness import House, Reply
from tests.products.qa.people import customer, test_of, tester
from tests.rules.source import ROOT

ALWAYS = {"error", "message", "code", "request_id"}
OF_WORDS = {"field", "problem"}
FILES = (
    "must be image/jpeg, image/png, image/webp, application/pdf as the body, or application/json to announce a larger"
)


def _typed(house: House, path: str, content_type: str, headers: dict[str, str]) -> Reply:
    return house.request("POST", path, raw=b"GIF89a", headers={**headers, "Content-Type": content_type})


@pytest.mark.promise("qa.errors.shape")
def test_every_refusal_has_the_same_fields_and_those_of_wrong_words_name_them(house: House) -> None:
    made = test_of(house)
    someone, agent = made.customer, made.customer.agent
    wrong = someone.create(targetDurationMinutes=0)
    assert set(wrong.json) == ALWAYS | OF_WORDS | {"fields"}
    assert wrong.json["fields"] == [{"field": wrong.json["field"], "problem": wrong.json["problem"]}]
    assert set(someone.create(canCreateGithubIssues=True).json) == ALWAYS | OF_WORDS
    assert set(someone.get("/job/job_1").json) == ALWAYS
    assert set(_typed(house, "/api/jobs", "text/plain", agent.headers).json) == ALWAYS | OF_WORDS
    assert set(house.request("PUT", "/api/jobs", headers=agent.headers).json) == ALWAYS
    with house.living_in(clock=None):
        assert set(someone.get("/jobs").json) == ALWAYS


@pytest.mark.promise("qa.errors.shape", "reference.openapi", "reference.llms")
def test_what_is_told_of_errors_is_what_they_are(house: House) -> None:
    wrong = customer(house).create(description=None).json
    assert problems(response_schema("POST /api/jobs", 400, ours=False), wrong) == [], "every field of it is described"
    shown = json.loads((ROOT / "docs/qa.md").read_text().partition("An error of wrong words")[2].split("```")[1][4:])
    assert {**wrong, "request_id": ""} == {**shown, "request_id": ""}
    for text in (house.request("GET", "/llms.txt").text, (ROOT / "docs/errors.md").read_text()):
        paths = set(re.findall("`(/api/[^`]+)`", text.partition("Below")[2].partition("it is `{")[0]))
        assert {"/api/jobs", "/api/tester", "/api/pr-analyzer"} <= paths
        assert not any(path.startswith("/api/v1") for path in paths)


@pytest.mark.promise("qa.errors.shape")
def test_the_waiting_door_refuses_in_the_same_shape(house: House) -> None:
    visitor = Visitor(waiting_door.DOOR.answer)
    typed = visitor.ask("POST", "/api/jobs", "x", headers={"content-type": "text/plain"})
    assert (typed.status, set(typed.json)) == (415, ALWAYS | OF_WORDS)
    other = visitor.ask("PUT", "/api/jobs", headers={})
    assert (other.status, set(other.json)) == (405, ALWAYS)


def test_where_no_route_is_known_the_fields_of_all_products_are_there() -> None:
    assert all(f'"{name}":' in of_framework(404, "req").body for name in (*ALWAYS, "details"))


@pytest.mark.promise("operators.recording.body", "operators.upload.types")
@pytest.mark.parametrize("kind", ["image/gif", "multipart/form-data; boundary=x", "video/mp4", "text/plain"])
def test_a_body_of_a_type_that_is_not_read_is_told_which_are(house: House, kind: str) -> None:
    jane = tester(house).operator
    recording = _typed(house, "/api/tester/uploads", kind, jane.headers)
    assert (recording.status, recording.json["code"]) == (415, "unsupported_media_type")
    assert FILES in recording.json["message"]
    proof = _typed(house, "/api/v1/operator/upload", kind, jane.headers)
    assert (proof.status, proof.json["details"]["field"]) == (415, "Content-Type")
    assert FILES in proof.json["error"]
    elsewhere = _typed(house, "/api/v1/tasks", kind, jane.headers)
    assert elsewhere.json["error"] == "Content-Type: must be application/json here"
