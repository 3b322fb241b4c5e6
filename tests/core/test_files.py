"""Files: only what was announced, by whom it was announced, once; and the copy that others read is clean."""

import hashlib
import io
import struct
import zlib
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from PIL import Image

from chalicelib.core.files import service as files
from chalicelib.core.files.model import Frozen
from chalicelib.core.files.service import UploadUsed
from chalicelib.core.world import World
from chalicelib.kit import ids
from chalicelib.kit.bucket import Bucket
from chalicelib.kit.commit import commit
from chalicelib.kit.errors import Invalid
from tests.core.uploads import JANE, announce, freeze, freezing, put, refused
from tests.faults import FlakyClient, no_connection
from tests.harness import picture

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n%%EOF"
TYPES = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp"}


@pytest.mark.parametrize("kind", TYPES)
def test_a_picture_is_frozen_as_a_clean_copy_of_its_own_kind(world: World, kind: str) -> None:
    content = picture(kind)
    frozen = freeze(world, put(world, content, TYPES[kind]))
    copy = files.content(world, frozen)
    assert copy is not None
    assert Image.open(io.BytesIO(copy)).format == kind
    assert frozen.key.startswith("proof/up_")
    assert (frozen.content_type, frozen.sha256) == (TYPES[kind], hashlib.sha256(content).hexdigest())


def test_a_document_is_frozen_byte_for_byte_and_saved_rather_than_opened_by_a_browser(world: World) -> None:
    frozen = freeze(world, put(world, PDF, "application/pdf"))
    assert files.content(world, frozen) == PDF
    query = parse_qs(urlsplit(files.read_url(world, frozen)).query)
    assert query["response-content-disposition"] == ["attachment"]
    assert query["X-Amz-Expires"] == ["3600"]


def test_where_and_when_a_picture_was_taken_is_kept_for_the_guardian_and_is_not_in_the_copy(world: World) -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8825).update({1: "N", 2: (40.0, 42.0, 46.08), 3: "W", 4: (74.0, 0.0, 21.6)})
    exif.get_ifd(0x8769).update({0x9003: "2026:02:10 12:00:00", 0x9011: "+01:00"})
    frozen = freeze(world, put(world, picture("JPEG", exif=exif), "image/jpeg"))
    assert (frozen.latitude, frozen.longitude) == (40.7128, -74.006)
    assert frozen.taken_at == datetime(2026, 2, 10, 11, tzinfo=UTC)
    copy = files.content(world, frozen)
    assert copy is not None
    assert dict(Image.open(io.BytesIO(copy)).getexif()) == {}


def test_a_picture_from_a_camera_with_a_clock_out_of_this_world_can_be_read_again(world: World) -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8769).update({0x9003: "0001:01:01 00:00:00", 0x9011: "+00:00"})
    frozen = freeze(world, put(world, picture("JPEG", exif=exif), "image/jpeg"))
    assert Frozen.model_validate_json(frozen.dump()) == frozen


@pytest.mark.parametrize(
    ("content", "announced", "sentence"),
    [
        (picture("PNG"), "image/jpeg", "was announced as image/jpeg, and is image/png"),
        (picture("JPEG"), "image/webp", "was announced as image/webp, and is image/jpeg"),
        (picture("WEBP"), "image/png", "was announced as image/png, and is image/webp"),
        (PDF, "image/png", "the bytes are no JPEG, PNG or WebP picture"),
        (picture("PNG"), "application/pdf", "was announced as application/pdf, and is none"),
        (b"<html><script>alert(1)</script></html>", "image/png", "the bytes are no JPEG, PNG or WebP picture"),
        (b"<html><script>alert(1)</script></html>", "application/pdf", "was announced as application/pdf, and is none"),
        (picture("PNG")[:-40], "image/png", "the picture is damaged"),
        (picture("GIF"), "image/png", "the bytes are no JPEG, PNG or WebP picture"),
    ],
    ids=lambda value: value if isinstance(value, str) else repr(value[:4]),
)
def test_bytes_that_are_not_what_was_announced_are_refused_by_what_they_are(
    world: World, content: bytes, announced: str, sentence: str
) -> None:
    upload = put(world, content, announced)
    assert sentence in refused(world, upload)
    assert world.bucket.get(f"proof/{upload.upload_id}") is None


def test_a_wall_of_pixels_is_refused_by_its_header(world: World) -> None:
    header = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(b"\0")), (b"IEND", b"")]
    bomb = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )
    assert "50 MP fit" in refused(world, put(world, bomb))


@pytest.mark.parametrize(
    "wrong", [{"sha256": "0" * 64}, {"size_bytes": 1}, {"sha256": hashlib.sha256(b"").hexdigest()}]
)
def test_bytes_of_another_length_or_hash_are_not_the_file_that_was_announced(
    world: World, wrong: dict[str, Any]
) -> None:
    upload = put(world, picture(), **wrong)
    assert refused(world, upload) == "is not the file that was announced: size or SHA-256 differ"


def test_what_was_announced_and_never_put_is_said_to_be_missing(world: World) -> None:
    assert "was never uploaded" in refused(world, announce(world, picture(), "image/png"))


def test_somebody_elses_upload_looks_like_one_that_was_never_announced(world: World) -> None:
    upload = put(world, picture())
    for operator, upload_id in [(replace(JANE, operator_id="op_other"), upload.upload_id), (JANE, ids.new("up"))]:
        with pytest.raises(Invalid, match=r"photos\.0: is not an upload of yours"):
            freezing(world, {upload_id: "photos.0"}, "task_1", operator)


def test_an_upload_is_proof_once_whether_the_second_use_comes_later_or_at_the_same_time(world: World) -> None:
    upload = put(world, picture())
    _, racing = freezing(world, {upload.upload_id: "photos.0"}, "task_2")
    freeze(world, upload)
    with pytest.raises(UploadUsed, match=f"Upload {upload.upload_id} was submitted before"):
        freeze(world, upload)
    with pytest.raises(UploadUsed):
        commit(world.store, racing)


def test_a_refused_freeze_uses_nothing_up(world: World) -> None:
    good, bad = put(world, picture()), put(world, b"no picture")
    places = {good.upload_id: "photos.0", bad.upload_id: "photos.1"}
    with pytest.raises(Invalid, match=r"photos\.1: the bytes are no JPEG"):
        freezing(world, places, "task_1")
    freeze(world, good)


@pytest.mark.parametrize("call", range(4))
def test_freezing_that_broke_off_at_any_call_leads_to_the_same_copy(world: World, call: int) -> None:
    upload = put(world, picture("JPEG"), "image/jpeg")
    flaky = FlakyClient(world.bucket.client, lambda name, count: no_connection() if count == call else None)
    broken = replace(world, bucket=Bucket(flaky, world.bucket.name))
    with pytest.raises(Exception, match="Could not connect"):
        freezing(broken, {upload.upload_id: "photos.0"}, "task_1")
    frozen = freeze(world, upload)
    assert (frozen.key, len(frozen.looks) > 0) == (f"proof/{upload.upload_id}", True)
    assert Image.open(io.BytesIO(files.content(world, frozen) or b"")).format == "JPEG"


def test_what_was_frozen_is_not_drawn_again(world: World) -> None:
    upload = put(world, picture("JPEG"), "image/jpeg")
    first, _ = freezing(world, {upload.upload_id: "photos.0"}, "task_1")
    watched = FlakyClient(world.bucket.client, lambda name, count: None)
    again = freeze(replace(world, bucket=Bucket(watched, world.bucket.name)), upload)
    assert watched.calls == ["get_object"], "of what is known"
    assert again == first[upload.upload_id]


def test_bytes_that_are_changed_after_the_freeze_change_nothing_that_others_read(world: World) -> None:
    upload = put(world, picture())
    frozen = freeze(world, upload)
    before = files.content(world, frozen)
    world.bucket.put(upload.key, picture(), "image/png")
    assert files.content(world, frozen) == before


def test_a_url_to_put_covers_everything_that_was_announced(world: World) -> None:
    upload = announce(world, picture(), "image/png")
    headers = files.put_headers(upload)
    assert headers["Content-Type"] == "image/png"
    assert headers["Content-Length"] == str(upload.size_bytes)
    assert headers["If-None-Match"] == "*"
    query = parse_qs(urlsplit(files.put_url(world, upload)).query)
    covered = {*query["X-Amz-SignedHeaders"][0].split(";"), *(name.lower() for name in query)}
    assert {"content-type", "content-length", "if-none-match", "x-amz-checksum-sha256"} <= covered
    assert query["X-Amz-Expires"] == ["900"]


def test_a_submitted_url_names_an_upload_of_ours_with_or_without_a_signature(world: World) -> None:
    upload = announce(world, picture(), "image/png")
    for link in (files.url(world, upload), files.url(world, upload) + "?X-Amz-Signature=abc"):
        assert files.own_upload_id(world, link) == upload.upload_id


@pytest.mark.parametrize("end", ["", "up_short", "../proof/up_" + "0" * 26, "op_" + "0" * 26, "up_" + "0" * 26 + "/x"])
def test_a_url_that_names_no_upload_of_ours_is_one_from_elsewhere(world: World, end: str) -> None:
    assert files.own_upload_id(world, world.bucket.url(f"uploads/{end}")) is None
    assert files.own_upload_id(world, f"https://elsewhere.example/uploads/up_{'0' * 26}") is None
