"""What a session in front of a screen leaves behind: its video, which we never hold in memory, and JSON."""

import hashlib
import json
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from chalicelib.core.files import freezing as freezer
from chalicelib.core.files import service as files
from chalicelib.core.files.model import CONTENT_TYPES, Upload
from chalicelib.core.world import World
from chalicelib.kit import strict_json
from chalicelib.kit.bucket import Bucket
from chalicelib.kit.errors import Invalid
from tests.core.uploads import announce, freeze, freezing, put, put_as_signed, refused
from tests.faults import FlakyClient, no_connection
from tests.harness import picture

WEBM = b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm" + bytes(range(256)) * 40
MATROSKA = WEBM.replace(b"webm", b"mkv ")
MP4 = b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41" + bytes(range(256)) * 40


def _json(value: Any) -> bytes:
    return json.dumps(value).encode()


@pytest.mark.parametrize(("content", "content_type"), [(WEBM, "video/webm"), (MP4, "video/mp4")])
def test_a_video_is_frozen_as_it_is(world: World, content: bytes, content_type: str) -> None:
    frozen = freeze(world, put_as_signed(world, content, content_type))
    assert files.content(world, frozen) == content
    assert (frozen.content_type, frozen.sha256) == (content_type, hashlib.sha256(content).hexdigest())
    assert frozen.key.startswith("proof/up_")
    assert "response-content-disposition" not in parse_qs(urlsplit(files.read_url(world, frozen)).query)


def test_of_a_video_no_more_than_its_header_is_read(world: World) -> None:
    upload = put_as_signed(world, WEBM, "video/webm")
    watched = FlakyClient(world.bucket.client, lambda name, count: None)
    freeze(replace(world, bucket=Bucket(watched, world.bucket.name)), upload)
    assert watched.calls == ["get_object", "head_object", "get_object", "copy_object", "put_object"], "facts around it"
    assert len(world.bucket.first_bytes(upload.key, freezer.HEADER_BYTES)) == freezer.HEADER_BYTES


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (MP4, "video/webm"), (WEBM, "video/mp4"), (MATROSKA, "video/webm"), (b"ftyp" + MP4, "video/mp4"),
        (b"<html><script>alert(1)</script>", "video/mp4"), (b"webm" * 9, "video/webm"), (b"x", "video/mp4"),
    ],
    ids=lambda value: value if isinstance(value, str) else repr(value[:8]),
)  # fmt: skip
def test_a_video_is_what_its_first_bytes_say(world: World, content: bytes, content_type: str) -> None:
    upload = put_as_signed(world, content, content_type)
    assert refused(world, upload) == f"was announced as {content_type}, and is none"
    assert world.bucket.get(f"proof/{upload.upload_id}") is None


@pytest.mark.parametrize("wrong", [{"sha256": "0" * 64}, {"size_bytes": 1}])
def test_a_video_of_another_length_or_hash_is_not_the_one_that_was_announced(
    world: World, wrong: dict[str, Any]
) -> None:
    upload = put_as_signed(world, MP4, "video/mp4", **wrong)
    assert refused(world, upload) == "is not the file that was announced: size or SHA-256 differ"


def test_a_video_whose_hash_the_bucket_never_compared_is_refused(world: World) -> None:
    assert "size or SHA-256 differ" in refused(world, put(world, MP4, "video/mp4"))


def test_a_video_that_was_never_put_is_said_to_be_missing(world: World) -> None:
    assert "was never uploaded" in refused(world, announce(world, MP4, "video/mp4"))


class _ChangedMeanwhile(Bucket):
    """A bucket in which somebody changes a file after it was looked at."""

    def first_bytes(self, key: str, count: int) -> bytes:
        found = super().first_bytes(key, count)
        self.put(key, found + b"more", "video/mp4")
        return found


def test_a_video_that_changes_while_it_is_checked_is_refused(world: World) -> None:
    upload = put_as_signed(world, MP4, "video/mp4")
    bucket = _ChangedMeanwhile(world.bucket.client, world.bucket.name)
    assert "size or SHA-256 differ" in refused(replace(world, bucket=bucket), upload)
    assert world.bucket.get(f"proof/{upload.upload_id}") is None


@pytest.mark.parametrize(
    ("content", "content_type"), [(MP4, "video/mp4"), (_json({"b": 1, "a": 2.50}), "application/json")]
)
def test_a_recording_that_was_frozen_before_a_crash_is_the_same_again(
    world: World, content: bytes, content_type: str
) -> None:
    upload = put_as_signed(world, content, content_type)
    first = freezing(world, {upload.upload_id: "videoUrl"}, "job_1")[0][upload.upload_id]
    copy = files.content(world, first)
    again = freeze(world, upload)
    assert again == first
    assert files.content(world, again) == copy


@pytest.mark.parametrize("call", ["head_object", "get_object", "copy_object"])
def test_freezing_a_video_goes_on_where_the_bucket_broke_off(world: World, call: str) -> None:
    upload = put_as_signed(world, MP4, "video/mp4")
    flaky = FlakyClient(world.bucket.client, lambda name, count: no_connection() if name == call else None)
    with pytest.raises(Exception, match="Could not connect"):
        freeze(replace(world, bucket=Bucket(flaky, world.bucket.name)), upload)
    assert files.content(world, freeze(world, upload)) == MP4


def test_json_is_frozen_in_one_spelling_digit_by_digit(world: World) -> None:
    content = b' {"b": [1.50, "\\u00e9", null],\n"a": 12345678901234567890, "b2": {}} '
    frozen = freeze(world, put(world, content, "application/json"))
    assert files.content(world, frozen) == '{"a":12345678901234567890,"b":[1.50,"é",null],"b2":{}}'.encode()
    assert frozen.sha256 == hashlib.sha256(content).hexdigest()
    query = parse_qs(urlsplit(files.read_url(world, frozen)).query)
    assert query["response-content-disposition"] == ["attachment"]


@pytest.mark.parametrize("content", [b"5", b'"text"', b"null", b"[]", b'{"console":"[31m\\t\\n"}'])
def test_every_value_that_json_knows_is_taken(world: World, content: bytes) -> None:
    frozen = freeze(world, put(world, content, "application/json"))
    assert files.content(world, frozen) == content


def test_characters_that_nobody_means_are_not_in_the_copy(world: World) -> None:
    content = b'{"console\\u0000": "\\u001b[31m\\ud800", "more": ["\\u202e\xe2\x80\xae", 1]}'
    frozen = freeze(world, put(world, content, "application/json"))
    assert files.content(world, frozen) == b'{"console":"[31m","more":["",1]}'


@pytest.mark.parametrize(
    "content",
    [
        b"{", b"{}{}", b"{'a': 1}", b'{"a": NaN}', b'{"a": Infinity}', b'{"a": 1e99999}', b'{"a": "\xff"}',
        b"[" * 100_000, b"<html>", b'[1,]',
    ],
    ids=lambda value: repr(value[:14]),
)  # fmt: skip
def test_what_is_not_quite_json_is_refused(world: World, content: bytes) -> None:
    upload = put(world, content, "application/json")
    assert refused(world, upload) == "was announced as application/json, and is none"
    assert world.bucket.get(f"proof/{upload.upload_id}") is None


def test_json_out_of_all_proportion_is_refused_before_it_fills_the_memory(world: World) -> None:
    deep = b"[" * (strict_json.DEPTH_MAX + 1) + b"]" * (strict_json.DEPTH_MAX + 1)
    assert "nested at most" in refused(world, put(world, deep, "application/json"))
    many = b"[" + b"[]," * freezer.JSON_PARTS_MAX + b"[]]"
    assert "holds too much" in refused(world, put(world, many, "application/json"))


def test_work_that_is_proven_by_pictures_takes_no_recording(world: World) -> None:
    def problem(upload: Upload, takes: tuple[str, ...]) -> str:
        with pytest.raises(Invalid, match=r"^photos\.0: ") as caught:
            freezing(world, {upload.upload_id: "photos.0"}, "task_1", takes=takes)
        return str(caught.value.details["problem"])

    video = put_as_signed(world, MP4, "video/mp4")
    assert problem(video, CONTENT_TYPES) == f"is video/mp4; here it must be one of {', '.join(CONTENT_TYPES)}"
    assert problem(put(world, picture()), ("video/mp4",)) == "is image/png; here it must be one of video/mp4"
