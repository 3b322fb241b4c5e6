"""The samples of the qa product's seed: its requests are taken as they are written, and answered in their shapes."""

from collections.abc import Iterator

import pytest

from chalicelib.kit.clock import Patience
from tests.contract.sampled import Samples, read
from tests.doors.sleeper import Sleeper
from tests.doors.strangers import StillClock
from tests.harness import House, picture
from tests.products.operators.uploads import announce_recording, put
from tests.products.qa.people import Customer, Test, customer, tester

SAMPLES = read("qa_samples.yaml")
WEBM = b"\x1a\x45\xdf\xa3" + b"\x42\x82\x84webm" + b"frames" * 100


@pytest.fixture
def sleeper(house: House) -> Iterator[Sleeper]:
    """Whoever waits in this house wakes at once; both times stand until somebody sleeps or works."""
    sleeper = Sleeper(wall=StillClock())
    patience = Patience(exchange_seconds=600, sleep=sleeper.sleep, elapsed=sleeper.elapsed)
    with house.living_in(patience=patience, clock=sleeper.wall):
        yield sleeper


@pytest.mark.promise("qa.seed.samples")
def test_the_seeds_samples_go_through_from_top_to_bottom(house: House, sleeper: Sleeper) -> None:
    seed, someone = Samples(house, SAMPLES), customer(house, deposit=1_000)
    for name in ("output schema", "how to read", "screen size"):
        seed.compare(name, someone.send("/jobs", seed.request(name)))
    made = seed.compare("create", someone.send("/jobs", seed.request("output schema")))
    assert made["message"] == SAMPLES["create"]["response"]["message"]
    seed.compare("wrong words", someone.send("/jobs", {"url": "https://example.com"}))
    seed.compare("no key", house.request("POST", "/api/jobs", {}))
    seed.compare("an unknown job", someone.get("/job/job_abc123"))
    _run(seed, someone, sleeper)
    _look(seed, someone, made["jobId"])
    assert set(seed) - seed.compared == set(), "every sample was held against an answer"


def _run(seed: Samples, someone: Customer, sleeper: Sleeper) -> None:
    """Somebody comes while the client waits, and works for 220 seconds."""
    house, sample = seed.house, SAMPLES["run"]["response"]

    def happens() -> None:
        house.drain()
        made = Test(house, someone, tester(house), someone.get("/jobs?limit=1").json["data"][0]["id"]).claimed()
        assert sleeper.wall is not None
        sleeper.wall.pass_by(seconds=sample["testDurationSeconds"])
        answers = sample["result"]["data"]
        assert made.tester.submit(made.job_id, testerResponse=sample["testerResponse"], answers=answers).status == 200
        house.drain()

    sleeper.happens_at, sleeper.happens = 5, happens
    told = seed.compare("run", someone.send("/run", seed.request("run")))
    for field in ("status", "costUsd", "testDurationSeconds", "testerResponse"):
        assert told[field] == sample[field]
    assert told["result"]["data"] == sample["result"]["data"]
    seed.compare("run, too late", someone.send("/run", {**seed.request("run"), "url": "https://example.com/2"}))


def _look(seed: Samples, someone: Customer, job_id: str) -> None:
    """A job with everything that a session can hold."""
    house, sample = seed.house, SAMPLES["look"]["response"]
    made = Test(house, someone, tester(house), job_id).claimed()
    clock = house.world.clock
    assert isinstance(clock, StillClock)
    clock.pass_by(seconds=sample["testDurationSeconds"])
    recorded = {name: sample["testerData"][name] for name in ("consoleMessages", "networkRequests", "clicks")}
    data = {
        **recorded, "screenshots": [_uploaded(made, picture(), "image/png")],
        "videoUrl": _uploaded(made, WEBM, "video/webm"),
    }  # fmt: skip
    answers = {"loginWorks": True, "errorMessage": "Wrong password", "issuesFound": []}
    assert made.tester.submit(job_id, testerData=data, answers=answers).status == 200
    house.drain()
    told = seed.compare("look", someone.get(f"/job/{job_id}"))
    assert (told["costUsd"], told["testDurationSeconds"]) == (sample["costUsd"], sample["testDurationSeconds"])
    assert {name: told["testerData"][name] for name in recorded} == recorded
    assert told["result"]["data"] == answers
    assert isinstance(told["result"]["success"], bool)


def _uploaded(made: Test, content: bytes, content_type: str) -> str:
    announced = announce_recording(made.tester.operator, content, content_type)
    assert put(announced, content) == 200
    return str(announced.json["url"])
