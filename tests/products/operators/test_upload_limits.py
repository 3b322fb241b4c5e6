"""How large, how many, of what type (ruling 21)."""

import io
from typing import Any

import pytest
from PIL import Image

from tests.harness import House, picture
from tests.products.operators.uploads import announce, at_work, send_body, uploaded

MEBIBYTE = 1024 * 1024


@pytest.mark.promise("operators.upload.announcement")
def test_an_announcement_says_type_size_and_sha256(house: House) -> None:
    stage, content = at_work(house), picture()
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"content_type": None}, "content_type"), ({"content_type": "image/gif"}, "content_type"),
        ({"content_type": "image/svg+xml"}, "content_type"), ({"content_type": "video/mp4"}, "content_type"),
        ({"content_type": "text/html"}, "content_type"), ({"size_bytes": None}, "size_bytes"),
        ({"size_bytes": 0}, "size_bytes"), ({"size_bytes": -1}, "size_bytes"), ({"size_bytes": "many"}, "size_bytes"),
        ({"sha256": None}, "sha256"), ({"sha256": "ab"}, "sha256"), ({"sha256": "g" * 64}, "sha256"),
        ({"sha256": "a" * 63 + "\n"}, "sha256"),
    ]  # fmt: skip
    for words, field in wrong:
        refused = announce(stage.operator, content, **words)
        assert (words, refused.status, refused.json["details"]["field"]) == (words, 400, field)
    assert announce(stage.operator, content, sha256="AB" * 32).status == 201


@pytest.mark.promise("operators.upload.ten_megabytes")
def test_an_announced_file_has_at_most_10_megabytes(house: House) -> None:
    stage = at_work(house)
    refused = announce(stage.operator, b"", size_bytes=10 * MEBIBYTE + 1)
    assert (refused.status, refused.json["details"]["field"]) == (400, "size_bytes")
    assert announce(stage.operator, b"", size_bytes=10 * MEBIBYTE).status == 201


@pytest.mark.promise("operators.upload.four_megabytes")
def test_a_body_has_at_most_4_megabytes(house: House) -> None:
    stage = at_work(house)
    assert send_body(stage.operator, b"\0" * 4 * MEBIBYTE).status == 201
    refused = send_body(stage.operator, b"\0" * (4 * MEBIBYTE + 1))
    assert (refused.status, refused.json["code"]) == (413, "too_large")
    empty = send_body(stage.operator, b"")
    assert (empty.status, empty.json["details"]["field"]) == (400, "body")


@pytest.mark.promise("operators.upload.types")
def test_a_body_of_another_type_is_415(house: House) -> None:
    stage = at_work(house)
    for content_type in ("image/gif", "image/svg+xml", "text/html", "application/octet-stream", "video/mp4"):
        refused = send_body(stage.operator, picture(), content_type)
        assert (content_type, refused.status, refused.json["code"]) == (content_type, 415, "unsupported_media_type")


def _flat(size: tuple[int, int]) -> bytes:
    """A picture of few bytes and many pixels."""
    out = io.BytesIO()
    Image.new("1", size).save(out, "PNG")
    return out.getvalue()


@pytest.mark.promise("operators.upload.fifty_megapixels")
def test_a_picture_has_at_most_50_megapixels(house: House) -> None:
    stage = at_work(house)
    refused = stage.operator.submit(stage.task_id, photos=[uploaded(stage.operator, _flat((10_000, 5_001)))])
    assert (refused.status, refused.json["details"]["field"]) == (400, "photos.0")
    assert "50 MP" in refused.json["error"]
    assert stage.operator.submit(stage.task_id, photos=[uploaded(stage.operator, _flat((10_000, 5_000)))]).status == 200


@pytest.mark.promise("operators.upload.twenty_photos")
def test_a_submission_has_at_most_20_photos_and_none_twice(house: House) -> None:
    stage = at_work(house)
    urls = [uploaded(stage.operator, picture()) for _ in range(21)]
    many = stage.operator.submit(stage.task_id, photos=urls)
    assert (many.status, many.json["details"]["field"]) == (400, "photos")
    twice = stage.operator.submit(stage.task_id, photos=[urls[0], urls[1], urls[0]])
    assert (twice.status, twice.json["details"]["field"]) == (400, "photos.2")
    assert stage.operator.submit(stage.task_id, photos=urls[:20]).status == 200
    assert len(stage.task["proof"]["photos"]) == 20


@pytest.mark.promise("operators.upload.own_only")
@pytest.mark.parametrize("settings", [{"BYHAND_EXTERNAL_PROOF_URLS": "false"}])
def test_where_external_links_are_off_only_own_uploads_are_proof(house: House) -> None:
    stage = at_work(house)
    own = uploaded(stage.operator, picture())
    for link in (
        "https://storage.example.com/proof-1.jpg", own.replace("https://", "https://evil."), own.upper(),
        own.replace("uploads/", "proof/"), "javascript:alert(1)", own + "/../other",
    ):  # fmt: skip
        refused = stage.operator.submit(stage.task_id, photos=[own, link])
        assert (link, refused.status, refused.json["details"]["field"]) == (link, 400, "photos.1")
    assert stage.operator.submit(stage.task_id, photos=[own]).status == 200


@pytest.mark.promise("operators.upload.external")
def test_a_link_elsewhere_counts_as_unread_and_a_person_looks(house: House) -> None:
    stage = at_work(house)
    stage.submit(photos=["https://storage.example.com/proof-1.jpg", "https://storage.example.com/proof-2.jpg"])
    house.drain()
    task = stage.task
    assert (task["status"], task["guardian_result"]["decision"]) == ("MANUAL_REVIEW", "MANUAL_REVIEW")
    assert 50 <= task["guardian_result"]["confidence"] <= 89
    assert task["proof"]["photos"] == [
        "https://storage.example.com/proof-1.jpg", "https://storage.example.com/proof-2.jpg",
    ]  # fmt: skip


@pytest.mark.promise("wire.urls.shown")
def test_a_url_that_people_will_see_is_http_or_https(house: House) -> None:
    stage = at_work(house)
    for link in ("javascript:alert(1)", "data:text/html,x", "ftp://example.com/a", "//example.com/a", "proof.jpg"):
        photo = stage.operator.submit(stage.task_id, photos=[link])
        assert (link, photo.status, photo.json["details"]["field"]) == (link, 400, "photos.0")
        reference = stage.operator.submit(stage.task_id, photos=["https://example.com/1.jpg"], reference_url=link)
        assert (link, reference.status, reference.json["details"]["field"]) == (link, 400, "reference_url")
    stage.submit(reference_url="https://example.com/done")
