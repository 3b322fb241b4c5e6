"""POST /operator/upload, and what becomes of a file that is submitted (ruling 21).

The store here is moto in this process, and it answers a PUT to a presigned URL without checking its signature; that the
signature binds length, type, checksum and If-None-Match is proved against a real store by the slow tests.
"""

import io
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from PIL import Image

from tests.doors.strangers import FixedJudge
from tests.harness import House, picture
from tests.products.operators.uploads import announce, at_work, put, send_body, uploaded


@pytest.mark.promise("operators.upload.announced")
def test_an_announced_file_is_put_to_a_signed_url_and_submitted_by_its_url(house: House) -> None:
    stage, content = at_work(house), picture()
    made = announce(stage.operator, content)
    assert made.status == 201
    assert set(made.json) == {"upload_id", "upload_url", "headers", "url"}
    query = parse_qs(urlsplit(made.json["upload_url"]).query)
    assert query["X-Amz-Expires"] == ["900"]
    signed = set(query["X-Amz-SignedHeaders"][0].split(";"))
    assert {name.lower() for name in made.json["headers"]} | {"host"} == signed
    assert {"content-length", "content-type", "x-amz-checksum-sha256", "if-none-match"} <= signed
    assert "X-Amz" not in made.json["url"]

    assert put(made, content) == 200
    stage.submit(photos=[made.json["url"]])
    house.drain()
    assert stage.status == "COMPLETED"


@pytest.mark.promise("operators.upload.body")
def test_a_small_file_may_be_the_body_itself(house: House) -> None:
    first = at_work(house)
    for kind, content_type in (("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/webp")):
        stage = first.next("ACCEPTED")
        made = send_body(stage.operator, picture(kind), content_type)
        assert made.status == 201
        assert (made.json["upload_url"], made.json["headers"]) == (None, {})
        stage.submit(photos=[made.json["url"]])
        house.drain()
        assert (kind, stage.status) == (kind, "COMPLETED")
    assert send_body(first.operator, b"%PDF-1.7 ...", "application/pdf").status == 201


@pytest.mark.promise("operators.upload.open_assignment")
def test_an_upload_needs_an_open_assignment(house: House) -> None:
    operator = house.operator()
    for refused in (announce(operator, picture()), send_body(operator, picture())):
        assert (refused.status, refused.json["code"]) == (409, "no_open_assignment")
    stage = at_work(house)
    stage.submit()
    assert send_body(stage.operator, picture()).status == 409


@pytest.mark.promise("operators.upload.used_once")
def test_an_upload_is_proof_once(house: House) -> None:
    stage = at_work(house)
    url = uploaded(stage.operator, picture())
    stage.submit(photos=[url])
    stage.judged(20)
    again = stage.operator.submit(stage.task_id, photos=[url])
    assert (again.status, again.json["code"]) == (409, "upload_used")
    assert stage.status == "DISPUTED"


@pytest.mark.promise("operators.upload.own")
def test_an_upload_of_somebody_else_is_no_proof(house: House) -> None:
    stage, other = at_work(house), at_work(house)
    refused = stage.operator.submit(stage.task_id, photos=[uploaded(other.operator, picture())])
    assert (refused.status, refused.json["details"]["field"]) == (400, "photos.0")
    assert stage.status == "ACCEPTED"


@pytest.mark.promise("operators.upload.verified")
def test_what_was_announced_must_have_been_put(house: House) -> None:
    stage = at_work(house)
    refused = stage.operator.submit(stage.task_id, photos=[announce(stage.operator, picture()).json["url"]])
    assert (refused.status, refused.json["details"]["field"]) == (400, "photos.0")


@pytest.mark.promise("operators.upload.verified")
def test_other_bytes_than_those_announced_are_refused_at_submit(house: House) -> None:
    stage, content = at_work(house), picture()
    made = announce(stage.operator, content)
    for other in (content + b"more", bytes([content[0], content[1] ^ 1]) + content[2:], picture()):
        house.world.bucket.put(f"uploads/{made.json['upload_id']}", other, "image/png")
        refused = stage.operator.submit(stage.task_id, photos=[made.json["url"]])
        assert (refused.status, refused.json["details"]["field"]) == (400, "photos.0")
    house.world.bucket.put(f"uploads/{made.json['upload_id']}", content, "image/png")
    assert stage.operator.submit(stage.task_id, photos=[made.json["url"]]).status == 200


@pytest.mark.promise("operators.upload.magic_bytes")
def test_a_file_is_what_its_bytes_say_and_not_what_somebody_says_of_it(house: House) -> None:
    stage = at_work(house)
    for content, said in (
        (picture("JPEG"), "image/png"), (b"<svg onload=alert(1)>", "image/png"), (b"MZ\x90", "application/pdf"),
        (picture("PNG")[:200], "image/png"), (picture("PNG"), "application/pdf"), (picture("GIF"), "image/webp"),
    ):  # fmt: skip
        refused = stage.operator.submit(stage.task_id, photos=[uploaded(stage.operator, content, said)])
        assert (said, refused.status, refused.json["details"]["field"]) == (said, 400, "photos.0")
    assert stage.status == "ACCEPTED"


def _with_exif() -> bytes:
    """A photo of 40° 42' 46.08" N, 74° 0' 21.6" W, taken at noon in New York."""
    exif = Image.Exif()
    exif.get_ifd(0x8825).update({1: "N", 2: (40.0, 42.0, 46.08), 3: "W", 4: (74.0, 0.0, 21.6)})
    exif.get_ifd(0x8769).update({0x9003: "2026:02:06 12:00:00", 0x9011: "-05:00"})
    return picture("JPEG", exif=exif)


@pytest.mark.promise("operators.upload.exif")
def test_exif_is_kept_for_the_guardian_and_stripped_from_what_the_agent_reads(house: House) -> None:
    stage, guardian = at_work(house), FixedJudge(95)
    original = _with_exif()
    assert Image.open(io.BytesIO(original)).getexif().get_ifd(0x8825)
    stage.submit(photos=[uploaded(stage.operator, original, "image/jpeg")])
    shown = stage.judged(guardian)
    photo = guardian.cases[0].photos[0]
    assert (photo.latitude, photo.longitude) == (40.7128, -74.006)
    assert photo.taken_at == datetime(2026, 2, 6, 17, tzinfo=UTC)

    read = requests.get(shown["proof"]["photos"][0], timeout=10)
    assert (read.status_code, read.headers["Content-Type"]) == (200, "image/jpeg")
    copy = Image.open(io.BytesIO(read.content))
    assert dict(copy.getexif()) == {}
    assert b"Exif" not in read.content
    assert "40.7" not in str(shown["proof"])
    assert read.content == photo.content, "the Guardian and the agent read the very same copy"


@pytest.mark.promise("operators.upload.frozen")
def test_the_copy_is_frozen_at_submit_and_replacing_the_upload_changes_nothing(house: House) -> None:
    stage, guardian, content = at_work(house), FixedJudge(95), picture()
    made = send_body(stage.operator, content)
    stage.submit(photos=[made.json["url"]])
    house.world.bucket.put(f"uploads/{made.json['upload_id']}", picture(), "image/png")
    shown = stage.judged(guardian)
    pixels = Image.open(io.BytesIO(content)).tobytes()
    seen = guardian.cases[0].photos[0].content
    assert seen is not None
    assert Image.open(io.BytesIO(seen)).tobytes() == pixels
    read = requests.get(shown["proof"]["photos"][0], timeout=10).content
    assert Image.open(io.BytesIO(read)).tobytes() == pixels


@pytest.mark.promise("operators.upload.body")
def test_a_photo_of_a_phone_that_carries_a_second_picture_is_taken_as_its_first(house: House) -> None:
    stage, out, first = at_work(house), io.BytesIO(), Image.effect_noise((64, 48), 50).convert("RGB")
    first.save(out, "MPO", save_all=True, append_images=[Image.effect_noise((32, 24), 50).convert("RGB")])
    stage.submit(photos=[uploaded(stage.operator, out.getvalue(), "image/jpeg")])
    house.drain()
    assert stage.status == "COMPLETED"
    copy = Image.open(io.BytesIO(requests.get(stage.task["proof"]["photos"][0], timeout=10).content))
    assert (copy.format, copy.size, getattr(copy, "n_frames", 1)) == ("JPEG", (64, 48), 1)


@pytest.mark.promise("operators.upload.signed_reading")
def test_agents_read_photos_by_signed_urls_that_expire(house: House) -> None:
    stage = at_work(house)
    stage.submit(photos=[uploaded(stage.operator, picture())])
    query = parse_qs(urlsplit(stage.task["proof"]["photos"][0]).query)
    assert query["X-Amz-Expires"] == ["3600"]
    assert query["X-Amz-Signature"]
