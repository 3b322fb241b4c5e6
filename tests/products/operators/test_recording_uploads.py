"""POST /api/tester/uploads: files of a session in front of a screen, which may be a video or JSON too (ruling 21)."""

import hashlib
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from chalicelib.core.files import service as files
from chalicelib.core.files.model import BYTES_MAX, VIDEO_TYPES, Frozen
from tests.core.uploads import JANE, freezing
from tests.doors.strangers import StillClock
from tests.harness import House, Operator, Reply, picture
from tests.products.operators.uploads import announce_recording, at_work, put

PATH = "/api/tester/uploads"
MEBIBYTE = 1024 * 1024
MP4 = b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41" + b"frames" * 1_000
JSON = b'{"consoleMessages":[{"message":"boom","type":"error"}]}'


def _send_body(operator: Operator, content: bytes, content_type: str) -> Reply:
    headers = {**operator.headers, "Content-Type": content_type}
    return operator.house.request("POST", PATH, headers=headers, raw=content)


def _frozen(operator: Operator, made: Reply) -> Frozen:
    """The copy of an upload, frozen as work does that takes recordings."""
    upload_id = made.json["upload_id"]
    frozen, _ = freezing(operator.house.world, {upload_id: "videoUrl"}, "job_1", replace(JANE, operator_id=operator.id))
    return frozen[upload_id]


@pytest.mark.promise("operators.recording.announced", "operators.recording.video", "operators.recording.json")
@pytest.mark.parametrize(("content", "content_type"), [(MP4, "video/mp4"), (JSON, "application/json")])
def test_a_recording_is_announced_put_and_frozen(house: House, content: bytes, content_type: str) -> None:
    stage = at_work(house)
    made = announce_recording(stage.operator, content, content_type)
    assert (made.status, set(made.json)) == (201, {"upload_id", "upload_url", "headers", "url"})
    signed = set(parse_qs(urlsplit(made.json["upload_url"]).query)["X-Amz-SignedHeaders"][0].split(";"))
    assert {name.lower() for name in made.json["headers"]} | {"host"} == signed
    assert put(made, content) == 200
    frozen = _frozen(stage.operator, made)
    assert (frozen.content_type, frozen.sha256) == (content_type, hashlib.sha256(content).hexdigest())
    shown = requests.get(files.read_url(house.world, frozen), timeout=10)
    assert shown.headers["Content-Type"] == content_type
    assert shown.content == content


@pytest.mark.promise("operators.recording.announced")
def test_the_bucket_takes_no_other_bytes_than_those_that_were_announced_and_takes_them_once(house: House) -> None:
    made = announce_recording(at_work(house).operator, MP4, "video/mp4")
    assert put(made, MP4[::-1]) == 400
    assert put(made, MP4) == 200
    assert put(made, MP4) == 412


@pytest.mark.promise("operators.recording.body")
def test_a_small_picture_may_be_the_body_and_a_video_or_json_may_not(house: House) -> None:
    stage = at_work(house)
    made = _send_body(stage.operator, picture(), "image/png")
    assert (made.status, made.json["upload_url"]) == (201, None)
    assert _frozen(stage.operator, made).content_type == "image/png"
    for content_type in VIDEO_TYPES:
        refused = _send_body(stage.operator, MP4, content_type)
        assert (content_type, refused.status, refused.json["code"]) == (content_type, 415, "unsupported_media_type")
    words = _send_body(stage.operator, JSON, "application/json")
    assert (words.status, words.json["field"]) == (400, "content_type")


@pytest.mark.promise("operators.recording.sizes")
def test_each_type_has_a_size_of_its_own(house: House) -> None:
    stage = at_work(house)
    sizes = {"video/mp4": 200, "video/webm": 200, "application/json": 20, "image/png": 10, "application/pdf": 10}
    for content_type, megabytes in sizes.items():
        most = megabytes * MEBIBYTE
        assert BYTES_MAX[content_type] == most
        assert announce_recording(stage.operator, b"", content_type, size_bytes=most).status == 201
        refused = announce_recording(stage.operator, b"", content_type, size_bytes=most + 1)
        assert (content_type, refused.status, refused.json["field"]) == (content_type, 400, "size_bytes")


@pytest.mark.promise("operators.recording.announced")
def test_what_is_wrong_with_an_announcement_is_named(house: House) -> None:
    stage = at_work(house)
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"content_type": None}, "content_type"), ({"content_type": "video/quicktime"}, "content_type"),
        ({"content_type": "text/html"}, "content_type"), ({"size_bytes": None}, "size_bytes"),
        ({"size_bytes": 0}, "size_bytes"), ({"sha256": None}, "sha256"), ({"sha256": "ab"}, "sha256"),
    ]  # fmt: skip
    for words, field in wrong:
        refused = announce_recording(stage.operator, MP4, **{"content_type": "video/mp4", **words})
        assert (words, refused.status, refused.json["field"]) == (words, 400, field)


@pytest.mark.promise("operators.recording.announced")
def test_a_recording_needs_an_open_assignment_and_an_operator(house: House) -> None:
    refused = announce_recording(house.operator(), MP4, "video/mp4")
    assert (refused.status, refused.json["code"]) == (409, "no_open_assignment")
    assert house.request("POST", PATH, {}).status == 401


@pytest.mark.promise("operators.recording.announced")
def test_the_same_announcement_again_is_the_same_upload_with_a_url_of_today(house: House) -> None:
    stage = at_work(house)
    first, again = (announce_recording(stage.operator, MP4, "video/mp4", key="once") for _ in range(2))
    assert again.headers["idempotent-replayed"] == "true"
    assert again.json["upload_id"] == first.json["upload_id"]
    assert put(again, MP4) == 200
    other = announce_recording(stage.operator, JSON, "application/json", key="once")
    assert (other.status, other.json["code"]) == (409, "key_reused")


@pytest.mark.promise("operators.recording.limit")
@pytest.mark.parametrize("settings", [{"RATE_LIMIT_PER_MINUTE": "12", "UPLOAD_LIMIT_PER_MINUTE": "10"}])
def test_the_usual_limit_holds_and_not_that_of_uploads(house: House) -> None:
    stage = at_work(house)
    with house.living_in(clock=StillClock()):
        replies = [announce_recording(stage.operator, MP4, "video/mp4") for _ in range(13)]
    assert [reply.status for reply in replies] == [201] * 12 + [429]


@pytest.mark.promise("operators.recording.not_asked")
def test_a_task_takes_no_video_as_proof(house: House) -> None:
    stage = at_work(house)
    made = announce_recording(stage.operator, MP4, "video/mp4")
    assert put(made, MP4) == 200
    refused = stage.operator.submit(stage.task_id, photos=[made.json["url"]])
    assert (refused.status, refused.json["details"]["field"]) == (400, "photos.0")
    assert "is video/mp4; here it must be one of" in refused.json["error"]
