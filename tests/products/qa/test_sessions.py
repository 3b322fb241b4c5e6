"""testerData: what was captured while somebody tested, inline and as files (seed, "Tester Data"; ruling 21)."""

from dataclasses import replace
from typing import Any

import pytest
import requests

from tests.faults import FlakyClient
from tests.harness import House, Reply, picture
from tests.products.operators.uploads import announce_recording, put
from tests.products.qa.conftest import Hours
from tests.products.qa.people import Test, test_of, tester

MP4 = b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41" + b"frames" * 1_000
AT = "2026-02-10T12:00:00.000Z"
RECORDED: dict[str, Any] = {
    "consoleMessages": [
        {"type": "error", "message": "Uncaught TypeError", "timestamp": AT},
        {"type": "log", "message": "<script>alert(1)</script>", "timestamp": AT},
    ],
    "networkRequests": [
        {"url": "https://shop.example.com/pay", "method": "POST", "status": 500, "timestamp": AT},
        {"url": "https://shop.example.com/", "method": "GET", "timestamp": AT},
    ],
    "clicks": [{"x": 10.5, "y": -3, "timestamp": AT, "element": "#pay"}, {"x": 0, "y": 0, "timestamp": AT}],
}  # fmt: skip
BASE = {"BYHAND_PUBLIC_URL": "https://byhand.test"}


@pytest.fixture
def made(hours: Hours) -> Test:
    """A job whose tester has worked on it for a minute."""
    made = test_of(hours.house).claimed()
    hours.pass_by(seconds=60)
    return made


def _data(made: Test, **data: Any) -> dict[str, Any]:
    """testerData of the job, once its tester has handed it in like that."""
    handed_in = made.tester.submit(made.job_id, testerData=data)
    assert handed_in.status == 200, handed_in
    made.house.drain()
    assert made.job["status"] == "completed"
    return dict(made.job["testerData"])


def _refused(made: Test, **data: Any) -> Reply:
    return made.tester.submit(made.job_id, testerData=data)


@pytest.mark.promise("qa.data.inline")
def test_what_the_browser_recorded_comes_back_as_it_went_in(made: Test) -> None:
    assert _data(made, **RECORDED) == {**RECORDED, "testDurationSeconds": 60, "screenshots": []}


@pytest.mark.promise("qa.data.large")
def test_a_long_recording_lies_in_a_file_and_comes_back_whole(made: Test) -> None:
    long = {"consoleMessages": [
        {"type": "log", "message": f"{number} " + "x" * 200, "timestamp": AT} for number in range(2_000)
    ]}  # fmt: skip
    assert _data(made, **long)["consoleMessages"] == long["consoleMessages"]
    rows = made.house.world.store.client.scan(TableName=made.house.world.store.names["qa"])["Items"]
    assert max(len(str(row)) for row in rows) < 110_000, "no row holds it"


@pytest.mark.promise("qa.data.links")
@pytest.mark.parametrize("settings", [BASE])
def test_screenshots_and_video_are_links_that_carry_their_own_right_to_be_read(made: Test) -> None:
    shots = [picture(), picture("JPEG")]
    links = [made.tester.uploaded(shots[0], "image/png"), made.tester.uploaded(shots[1], "image/jpeg")]
    data = _data(made, screenshots=links, videoUrl=made.tester.uploaded(MP4, "video/mp4"))
    assert len(data["screenshots"]) == 2
    kinds = ("image/png", "image/jpeg", "video/mp4")
    for link, kind in zip([*data["screenshots"], data["videoUrl"]], kinds, strict=True):
        assert link.startswith("https://byhand.test/")
        # Whoever has the link, without any key of ours.
        followed = made.house.request("GET", link.removeprefix("https://byhand.test"))
        assert followed.status == 302
        read = requests.get(followed.headers["location"], timeout=10)
        assert (read.status_code, read.headers["Content-Type"]) == (200, kind)
    assert read.content == MP4


@pytest.mark.promise("qa.data.own_uploads")
def test_only_files_of_ones_own_that_lie_here_are_taken_and_each_once(house: House, made: Test) -> None:
    shot, film = made.tester.uploaded(picture(), "image/png"), made.tester.uploaded(MP4, "video/mp4")
    other = Test(house, made.customer, tester(house), made.customer.ordered()).claimed()
    strangers = other.tester.uploaded(picture(), "image/png")
    never_put = announce_recording(made.tester.operator, MP4, "video/mp4").json["url"]
    place = "testerData.screenshots.0"
    for data, field in (
        ({"screenshots": ["https://evil.example.com/a.png"]}, place),
        ({"screenshots": [strangers]}, place),
        ({"screenshots": [film]}, place),
        ({"screenshots": [shot, shot]}, "testerData.screenshots.1"),
        ({"videoUrl": shot}, "testerData.videoUrl"),
        ({"videoUrl": never_put}, "testerData.videoUrl"),
        ({"screenshots": [shot] * 21}, "testerData.screenshots"),
        ({"screenshots": [shot, film]}, None),
    ):
        refused = _refused(made, **data)
        assert (data, refused.status) == (data, 400)
        assert field is None or refused.json["field"] == field
    assert made.job["status"] == "working"
    assert len(_data(made, screenshots=[shot], videoUrl=film)["screenshots"]) == 1
    again = Test(house, made.customer, made.tester, made.customer.ordered()).claimed()
    assert _refused(again, screenshots=[shot]).status in (400, 409)


@pytest.mark.promise("qa.data.retried")
def test_a_hand_in_that_is_sent_again_draws_no_picture_a_second_time(house: House, made: Test) -> None:
    links = [made.tester.uploaded(picture(), "image/png") for _ in range(3)]
    late = picture()
    last = announce_recording(made.tester.operator, late, "image/png")
    counted = FlakyClient(house.world.bucket.client, lambda name, count: None)
    with house.living_in(bucket=replace(house.world.bucket, client=counted)):
        assert _refused(made, screenshots=[*links, last.json["url"]]).json["field"] == "testerData.screenshots.3"
        assert counted.calls.count("put_object") == 3 * 2, "each copy, and what is known of it"
        assert put(last, late) == 200
        counted.calls.clear()
        assert len(_data(made, screenshots=[*links, last.json["url"]])["screenshots"]) == 4
    assert counted.calls.count("put_object") == 2, "the one that was not there the first time"
    assert counted.calls.count("get_object") == 4 + 1


@pytest.mark.promise("qa.data.links", "qa.ending.outcome_hidden")
def test_no_link_is_told_of_a_job_that_is_incomplete(hours: Hours) -> None:
    made = test_of(hours.house, outputSchema={"works": {"type": "boolean"}}).claimed()
    shot = made.tester.uploaded(picture(), "image/png")
    assert made.tester.submit(made.job_id, testerData={**RECORDED, "screenshots": [shot]}).status == 200
    hours.house.drain()
    assert made.job["status"] == "incomplete"
    for word in ("screenshots", "Uncaught", "files/", "X-Amz"):
        assert word not in made.customer.get(f"/job/{made.job_id}").text
