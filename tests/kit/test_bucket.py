"""The bucket: bytes by key, and signed URLs that cover everything they promise."""

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.faults import FlakyClient, no_connection, nth
from tests.harness import House


def test_bytes_come_back_as_they_were_put_and_nothing_comes_back_from_nowhere(house: House) -> None:
    bucket = house.world.bucket
    bucket.put("uploads/one", b"\x00\xff", "image/png")
    assert bucket.get("uploads/one") == b"\x00\xff"
    assert bucket.get("uploads/two") is None


def test_an_outage_is_not_mistaken_for_a_missing_file(house: House) -> None:
    bucket = type(house.world.bucket)(FlakyClient(house.world.bucket.client, nth(0, no_connection())), "b")
    with pytest.raises(Exception, match="Could not connect"):
        bucket.get("uploads/one")


def test_the_plain_address_of_a_file_is_its_name_without_any_signature(house: House) -> None:
    parts = urlsplit(house.world.bucket.url("uploads/one"))
    assert parts.path == f"/{house.world.bucket.name}/uploads/one"
    assert parts.query == ""


def test_a_signed_url_to_get_expires_and_is_signed_with_version_4(house: House) -> None:
    url = urlsplit(house.world.bucket.url_to_get("proof/one", 3_600))
    query = parse_qs(url.query)
    assert url.path == f"/{house.world.bucket.name}/proof/one"
    assert (query["X-Amz-Algorithm"], query["X-Amz-Expires"]) == (["AWS4-HMAC-SHA256"], ["3600"])


def test_a_signed_url_to_put_covers_type_length_checksum_and_that_nothing_is_there_yet(house: House) -> None:
    headers: dict[str, str | int] = {
        "ContentType": "image/png", "ContentLength": 12, "ChecksumSHA256": "abc=", "IfNoneMatch": "*"
    }  # fmt: skip
    query = parse_qs(urlsplit(house.world.bucket.url_to_put("uploads/one", headers, 900)).query)
    signed = set(query["X-Amz-SignedHeaders"][0].split(";"))
    # The checksum may travel in the query, which the signature covers as well.
    covered = signed | {name.lower() for name in query}
    assert {"content-type", "content-length", "if-none-match", "x-amz-checksum-sha256"} <= covered
    assert query["X-Amz-Expires"] == ["900"]


def test_a_bucket_that_answers_is_reachable(house: House) -> None:
    assert house.world.bucket.is_reachable()
