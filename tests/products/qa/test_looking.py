"""GET /api/job/:id in its three spellings, and GET /api/jobs."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import pytest

from chalicelib.products.qa.lifecycle import TERMINAL, Status
from tests.faults import FlakyClient, Killed, killed, nth
from tests.harness import House
from tests.products.qa.conftest import Hours
from tests.products.qa.people import SAID, Test, customer, test_of

SPELLINGS = ("/job/{}", "/jobs/{}", "/jobs/{}/status")
SEEDS_EIGHT = ["pending", "waiting", "working", "completed", "incomplete", "abandoned", "rejected", "error"]
OUTCOME = {"result", "costUsd", "testDurationSeconds", "testerResponse", "testerData", "extractedIssues"}
TESTER = {"testerAlias", "testerColor"}


def _shown(made: Test) -> dict[str, Any]:
    """The job, which is the same in every spelling."""
    told = [made.customer.get(path.format(made.job_id)) for path in SPELLINGS]
    assert [one.status for one in told] == [200] * 3
    assert told[0].text == told[1].text == told[2].text
    return dict(told[0].json)


@pytest.mark.promise("qa.job.spellings", "qa.job.shown", "qa.job.outcome_when_completed")
def test_a_job_is_the_same_in_every_spelling_and_tells_its_outcome_when_it_is_completed(hours: Hours) -> None:
    made = test_of(hours.house)
    waiting = _shown(made)
    assert (waiting["id"], waiting["jobId"], waiting["status"]) == (made.job_id, made.job_id, "waiting")
    assert waiting.keys().isdisjoint(OUTCOME | TESTER | {"reason", "error", "workingAt", "endedAt"})
    made.claimed()
    working = _shown(made)
    assert working["status"] == "working"
    assert working.keys() >= TESTER | {"workingAt", "waitingAt"}
    hours.pass_by(seconds=300)
    made.tester.submit(made.job_id)
    assert _shown(made).keys().isdisjoint(OUTCOME), "handed in is not read yet"
    hours.house.drain()
    completed = _shown(made)
    assert completed.keys() >= OUTCOME | TESTER | {"endedAt", "description", "targetDurationMinutes"}
    assert completed["status"] == "completed"
    assert (completed["costUsd"], completed["testDurationSeconds"], completed["testerResponse"]) == (0.54, 300, SAID)
    assert completed["testerData"] == {
        "testDurationSeconds": 300, "consoleMessages": [], "networkRequests": [], "clicks": [], "screenshots": [],
    }  # fmt: skip
    assert completed.keys().isdisjoint({"reason", "error"})


@pytest.mark.promise("qa.job.eight_statuses")
def test_there_are_the_seeds_eight_statuses_and_five_of_them_are_final() -> None:
    assert list(Status) == SEEDS_EIGHT
    assert sorted(TERMINAL) == sorted(SEEDS_EIGHT[3:])


@pytest.mark.promise("qa.job.deadline")
def test_the_deadline_says_until_when_something_must_have_come_of_a_job(hours: Hours) -> None:
    made = test_of(hours.house)
    times = [made.job["responseDeadline"]]
    began = hours.clock.now()
    made.claimed()
    times.append(made.job["responseDeadline"])
    hours.pass_by(minutes=1)
    made.tester.submit(made.job_id)
    times.append(made.job["responseDeadline"])
    hours.house.drain()
    times.append(made.job["responseDeadline"])
    minutes = [120, 5 + 5, 1 + 30, 1]
    assert [_minutes_after(began, one) for one in times] == minutes
    assert made.job["responseDeadline"] == made.job["endedAt"]


@pytest.mark.promise("qa.job.other_account", "qa.errors.shape")
def test_another_accounts_job_is_not_there_and_neither_is_one_that_never_was(house: House) -> None:
    made, other = test_of(house), customer(house)
    for job_id in (made.job_id, f"job_{'0' * 26}", "job_1", "x", made.job_id.upper(), "%2e%2e", "job_" + "z" * 600):
        for path in SPELLINGS:
            refused = other.get(path.format(job_id))
            assert (job_id, refused.status, refused.json["code"]) == (job_id, 404, "job_not_found")
            assert refused.json["message"] == "Job not found."
            assert refused.json["error"] == "Not Found: Job not found."
            assert refused.json["request_id"] == refused.headers["x-request-id"]
    assert other.get("/jobs").json["data"] == []
    assert other.agent.get(f"/tasks/{made.job_id}").status == 404, "nor is a job a task"


@pytest.mark.promise("qa.job.steady")
@pytest.mark.parametrize("after", [False, True])
def test_looking_goes_on_when_a_testers_request_was_cut_off(house: House, after: bool) -> None:
    made = test_of(house)
    for deed in (made.tester.claim, made.tester.submit):
        cut = FlakyClient(house.world.store.client, nth(0, killed(after=after), operation="transact_write_items"))
        with house.living_in(store=replace(house.world.store, client=cut)), pytest.raises(Killed):
            deed(made.job_id, key=deed.__name__)
        _shown(made)
        assert deed(made.job_id, key=deed.__name__).status == 200
        _shown(made)


@dataclass
class Torn:
    """A DynamoDB client whose next reads see some rows as they were before a commit, as DynamoDB's batches may."""

    client: Any
    unseen: str
    times: int

    def __getattr__(self, name: str) -> Any:
        return getattr(self.client, name)

    def batch_get_item(self, **words: Any) -> Any:
        answer = self.client.batch_get_item(**words)
        if self.times > 0:
            self.times -= 1
            for name, rows in answer["Responses"].items():
                answer["Responses"][name] = [row for row in rows if row["sk"]["S"] != self.unseen]
        return answer


@pytest.mark.promise("qa.job.steady")
@pytest.mark.parametrize("unseen", ["result", "session"])
def test_a_look_into_the_middle_of_a_commit_tells_of_no_completed_job_without_its_result(
    house: House, unseen: str
) -> None:
    made = test_of(house).completed()
    whole = made.job
    for times in (1, 3):
        torn = Torn(house.world.store.client, unseen, times)
        with house.living_in(store=replace(house.world.store, client=torn)):
            assert made.job == whole
    torn = Torn(house.world.store.client, unseen, 99)
    with house.living_in(store=replace(house.world.store, client=torn)):
        assert made.customer.get(f"/job/{made.job_id}").status == 503, "rather nothing than half of it"


@pytest.mark.promise("qa.errors.shape")
def test_without_a_key_nothing_is_told_and_the_refusal_has_the_seeds_shape(house: House) -> None:
    made = test_of(house)
    for path in ("/api/jobs", *(f"/api{path.format(made.job_id)}" for path in SPELLINGS)):
        refused = house.request("GET", path)
        assert (refused.status, refused.json["code"]) == (401, "invalid_api_key")
        assert refused.json["error"].startswith("Unauthorized: ")
        assert refused.json["message"] in refused.json["error"]


@pytest.mark.promise("qa.jobs.listed")
def test_jobs_are_listed_newest_first_by_page_and_by_status(hours: Hours) -> None:
    made = test_of(hours.house)
    ids = [made.job_id]
    for _ in range(3):
        hours.pass_by(seconds=1)
        ids.insert(0, made.customer.ordered())
    made.claimed()
    page = made.customer.get("/jobs").json
    assert [row["id"] for row in page["data"]] == ids
    assert page["pagination"]["total"] == 4
    assert page["data"][-1]["status"] == "working"
    cut = made.customer.get("/jobs?limit=2&offset=1").json
    assert [row["id"] for row in cut["data"]] == ids[1:3]
    behind = made.customer.get(f"/jobs?limit=2&cursor={cut['pagination']['next_cursor']}").json
    assert [row["id"] for row in behind["data"]] == ids[3:]
    for status, found in (("working", ids[3:]), ("waiting", ids[:3]), ("completed", [])):
        listed = made.customer.get(f"/jobs?status={status}").json
        assert ([row["id"] for row in listed["data"]], listed["pagination"]["total"]) == (found, len(found))


@pytest.mark.promise("qa.jobs.listed")
@pytest.mark.parametrize(
    ("query", "field"),
    [("limit=0", "limit"), ("limit=101", "limit"), ("offset=1001", "offset"), ("status=done", "status"),
     ("status=COMPLETED", "status"), ("cursor=x", "cursor")],
)  # fmt: skip
def test_a_list_that_cannot_be_is_400_and_names_what_is_wrong(house: House, query: str, field: str) -> None:
    refused = customer(house).get(f"/jobs?{query}")
    assert (refused.status, refused.json["field"]) == (400, field)
    assert field in refused.json["message"]


@pytest.mark.promise("qa.job.url")
@pytest.mark.parametrize("settings", [{"BYHAND_PUBLIC_URL": "https://byhand.test/"}])
def test_a_job_has_an_address_where_the_deployment_has_one(house: House) -> None:
    made = test_of(house)
    assert made.job["jobUrl"] == f"https://byhand.test/api/job/{made.job_id}"


def _minutes_after(began: datetime, moment: str) -> float:
    return (datetime.fromisoformat(moment) - began).total_seconds() / 60
