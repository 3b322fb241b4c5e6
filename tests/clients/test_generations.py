"""Clients of every generation against a running stack, at both of its ports, over real connections."""

import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from shutil import which
from typing import Any
from uuid import uuid4

import httpx
import pytest

from local.runner import LocalStack
from local.settings import ADMIN_KEY
from tests.clients.programs import POLLERS, GaveUp, Poller, Report, Runner, by_data

PORTS = ("url", "waiting_url")
FLAT = {"works": {"type": "boolean", "description": "Does it work?"}}
DONE = {"testerResponse": "I bought a pencil.", "answers": {"works": True}, "passed": True}
BAD_ENDS: list[tuple[str, dict[str, Any], str, str]] = [
    ("submit", {**DONE, "answers": {}}, "incomplete", "every required field"),
    ("abandon", {"reason": "My browser broke."}, "abandoned", "My browser broke."),
    ("reject", {"reason": "No such page."}, "rejected", "No such page."),
]
GENERATIONS = pytest.mark.parametrize("poller", POLLERS, ids=lambda one: one.name)
NODE = which("node")


@dataclass
class Town:
    """A stack with people: every test has its own."""

    stack: LocalStack
    api: httpx.Client

    def agent(self, prefix: str = "qa_live_", deposit: int = 100) -> tuple[str, str]:
        """A key with money behind it, and whose it is."""
        words = {"name": "an agent", "email": f"{uuid4()}@example.com", "key_prefix": prefix}
        made = self._posted("/api/v1/agents/register", words, {})
        key = made["api_key"]
        paid = {"tx_hash": f"0x{uuid4().hex}", "amount_usdc": str(deposit)}
        self._posted("/api/v1/agents/deposit/usdc", paid, {"X-API-Key": key})
        return key, made["agent_id"]

    @cached_property
    def tester(self) -> dict[str, str]:
        """The headers of whoever tests here."""
        made = self._posted("/api/v1/operator/register", {"name": "Jane Doe", "email": f"{uuid4()}@example.com"}, {})
        return {"X-Operator-Id": made["operator_id"]}

    def works(self, job_id: str, verb: str, words: dict[str, Any]) -> None:
        """The tester claims a job and does something with it, and what follows from that is done."""
        self.stack.drain()
        self._posted(f"/api/tester/jobs/{job_id}/claim", {}, self.tester)
        self._posted(f"/api/tester/jobs/{job_id}/{verb}", words, self.tester)
        self.stack.drain()

    def suspended(self, agent_id: str) -> None:
        """The account is suspended for a moment, which ends its job as an error."""
        headers = {"X-Admin-Key": ADMIN_KEY}
        for verb in ("suspend", "unsuspend"):
            self.stack.drain()
            self._posted(f"/api/v1/admin/agents/{agent_id}/{verb}", {"reason": "a test"}, headers)
            self.stack.drain()

    def spent(self, key: str) -> tuple[float, float]:
        """What is left of an agent's deposit, and what is set aside."""
        found = self.api.get("/api/v1/agents/balance", headers={"X-API-Key": key}).json()
        return found["deposit_balance"], found["escrow_balance"]

    def _posted(self, path: str, words: dict[str, Any], headers: dict[str, str]) -> dict[str, Any]:
        answer = self.api.post(path, json=words, headers=headers)
        assert answer.is_success, answer.text
        return dict(answer.json())


@pytest.fixture(scope="module")
def stack() -> Iterator[LocalStack]:
    with LocalStack("memory", background=False) as running:
        yield running


@pytest.fixture
def town(stack: LocalStack) -> Iterator[Town]:
    with httpx.Client(base_url=stack.url, timeout=30) as api:
        yield Town(stack, api)


@pytest.fixture(params=PORTS)
def http(stack: LocalStack, request: pytest.FixtureRequest) -> Iterator[httpx.Client]:
    """A client of one of the two ports."""
    with httpx.Client(base_url=getattr(stack, request.param), timeout=30) as client:
        yield client


def _order(**more: Any) -> dict[str, Any]:
    return {"url": "https://shop.example.com", "description": f"Buy a pencil. {uuid4()}", "outputSchema": FLAT, **more}


def _tested(
    town: Town, poller: Poller, http: httpx.Client, key: str, verb: str = "submit", **words: Any
) -> Report:  # fmt: skip
    """What a client reports of a job with which a tester does something after its first look."""
    done: list[str] = []

    def meanwhile(job_id: str) -> None:
        if not done:
            done.append(job_id)
            town.works(job_id, verb, words)

    return poller.test(http, key, _order(), meanwhile)


@pytest.mark.promise("qa.clients.pollers")
@GENERATIONS
def test_every_generation_sees_a_test_pass_at_both_ports(town: Town, http: httpx.Client, poller: Poller) -> None:
    report = _tested(town, poller, http, town.agent()[0], **DONE)
    assert (report.passed, report.says) == (True, "$0.0018 for 1 s")
    assert report.job["result"]["data"] == {"works": True}


@pytest.mark.promise("qa.clients.pollers")
@GENERATIONS
@pytest.mark.slow
def test_every_generation_sees_every_bad_end_whose_word_it_knows(town: Town, poller: Poller) -> None:
    key, agent_id = town.agent()
    for verb, words, status, says in BAD_ENDS:
        if status in poller.final:
            report = _tested(town, poller, town.api, key, verb, **words)
            assert (status, report.job["status"], report.passed) == (status, status, False)
            assert says in report.says
        else:
            # Its own fault: it looks on until its time is up. We say the seed's word all the same.
            with pytest.raises(GaveUp, match="Timed out"):
                _tested(town, poller, town.api, key, verb, **words)
    report = poller.test(town.api, key, _order(), lambda _: town.suspended(agent_id))
    assert (report.passed, report.job["status"], report.says) == (False, "error", "The account is suspended.")


@pytest.mark.promise("qa.clients.pollers")
@GENERATIONS
def test_a_test_that_did_not_pass_breaks_the_build_of_whoever_asks_for_success(town: Town, poller: Poller) -> None:
    report = _tested(town, poller, town.api, town.agent()[0], **{**DONE, "passed": False})
    # One of them takes a field of the data for the verdict, which was not asked for here.
    assert report.passed is (poller.passes is by_data)
    assert report.passed or "did not pass" in report.says


@pytest.mark.promise("qa.clients.refusals")
@GENERATIONS
def test_a_refusal_makes_sense_whichever_of_its_words_a_client_shows(town: Town, poller: Poller) -> None:
    key = town.agent(deposit=5)[0]
    with pytest.raises(GaveUp, match=r"400: .*url: must be a URL such as https://"):
        poller.test(town.api, key, _order(url="nowhere"), lambda _: None)
    with pytest.raises(GaveUp, match=r"401: .*[kK]ey"):
        poller.test(town.api, f"{key}x", _order(), lambda _: None)
    with pytest.raises(GaveUp, match=r"402: .*6\.48"):
        poller.test(town.api, key, _order(targetDurationMinutes=60), lambda _: None)


@pytest.mark.promise("qa.clients.prefix")
def test_clients_that_refuse_other_keys_are_given_one_of_theirs(town: Town) -> None:
    picky = [one for one in (*POLLERS, Runner()) if one.key_prefix]
    assert {one.key_prefix for one in picky} == {"qa_live_"}
    assert town.agent()[0].startswith("qa_live_")
    with pytest.raises(GaveUp, match="must start with qa_live_"):
        POLLERS[0].test(town.api, town.agent("ho_live_")[0], _order(), lambda _: None)


@pytest.mark.promise("qa.clients.slashes")
@pytest.mark.parametrize("port", PORTS)
def test_a_base_url_with_a_slash_at_its_end_works(town: Town, stack: LocalStack, port: str) -> None:
    """These clients put one behind the other, and nobody on the way makes one slash of two."""
    base, headers = f"{getattr(stack, port)}/", {"Authorization": f"Bearer {town.agent()[0]}"}
    made = httpx.post(f"{base}/api/jobs", json=_order(), headers=headers)
    assert made.status_code == 201, made.text
    for path in ("/api/job/{}", "/api/jobs/{}", "/api/jobs/{}/status"):
        found = httpx.get(base + path.format(made.json()["jobId"]), headers=headers)
        assert (found.status_code, found.json()["status"]) == (200, "pending")


class Dropping(httpx.HTTPTransport):
    """A connection that breaks after the first request has arrived and before its answer has."""

    dropped = False

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = super().handle_request(request)
        if not self.dropped:
            self.dropped = True
            answer.close()
            raise httpx.RemoteProtocolError("socket hang up", request=request)
        return answer


@pytest.mark.promise("qa.clients.resent")
@pytest.mark.parametrize("poller", [POLLERS[0], POLLERS[-1]], ids=lambda one: one.name)
def test_what_is_sent_again_after_a_dropped_connection_is_one_job_and_one_bill(
    town: Town, stack: LocalStack, poller: Poller
) -> None:
    key = town.agent()[0]
    with httpx.Client(base_url=stack.url, transport=Dropping(), timeout=30) as http:
        poller.test(http, key, _order(), lambda job_id: town.works(job_id, "submit", DONE))
    assert town.spent(key) == (99.9982, 0)


@pytest.mark.promise("qa.clients.runner")
def test_the_client_that_waits_in_its_request_gets_its_report_at_both_ports(town: Town, stack: LocalStack) -> None:
    key = town.agent()[0]

    def run(port: str) -> Report:
        with httpx.Client(base_url=getattr(stack, port), timeout=60) as http:
            return Runner().test(http, key, _order(allowDurationExtension=False))

    with ThreadPoolExecutor(2) as both:
        waiting = [both.submit(run, port) for port in PORTS]
        for job_id in _ordered(town, key, 2):
            town.works(job_id, "submit", DONE)
        reports = [one.result(30) for one in waiting]
    assert [(one.passed, one.says) for one in reports] == [(True, "$0.0018 for 1 s")] * 2
    assert all(one.job["testerColor"].startswith("#") for one in reports)


def _ordered(town: Town, key: str, number: int) -> list[str]:
    """The ids of an account's jobs, once there are so many."""
    for _ in range(200):
        rows = town.api.get("/api/jobs", headers={"X-API-Key": key}).json()["data"]
        if len(rows) == number:
            return [row["id"] for row in rows]
    raise AssertionError("the jobs were never ordered")


@pytest.mark.promise("qa.job.steady")
def test_looking_never_fails_while_the_job_moves_under_it(town: Town, stack: LocalStack) -> None:
    """Some of these clients give up at the first 500, so there must be none while others write the same rows."""
    headers = {"Authorization": f"Bearer {town.agent()[0]}"}
    made = town.api.post("/api/jobs", json=_order(), headers=headers).json()

    def look(path: str) -> list[int]:
        with httpx.Client(base_url=stack.url, headers=headers, timeout=30) as http:
            return [http.get(path.format(made["jobId"])).status_code for _ in range(25)]

    paths = sorted({poller.path for poller in POLLERS})
    assert len(paths) == 3
    with ThreadPoolExecutor(3) as crowd:
        looking = [crowd.submit(look, path) for path in paths]
        town.works(made["jobId"], "submit", DONE)
        assert {status for one in looking for status in one.result(60)} == {200}


@pytest.mark.promise("qa.clients.pollers", "qa.clients.runner")
@pytest.mark.skipif(NODE is None, reason="There is no Node.js here.")
@pytest.mark.parametrize("port", PORTS)
def test_the_fetch_of_node_orders_looks_and_waits(town: Town, stack: LocalStack, port: str) -> None:
    key = town.agent()[0]
    program = [str(NODE), str(Path(__file__).parent / "visit.mjs"), getattr(stack, port), key]
    with subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as visitor:
        for number in (1, 2):
            town.works(_ordered(town, key, number)[0], "submit", DONE)
        out, errors = visitor.communicate(timeout=60)
    assert (visitor.returncode, out, errors) == (0, "completed 0.0018\ncompleted 0.0018\n", "")
