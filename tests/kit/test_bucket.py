"""The bucket: bytes by key, and signed URLs that cover everything they promise."""

import base64
import hashlib
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from botocore.exceptions import ClientError

from chalicelib.kit.bucket import Bucket, Facts
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


def _put(bucket: Bucket, key: str, content: bytes, **more: str) -> None:
    """Store a file as a signed PUT does, with its checksum."""
    checksum = base64.b64encode(hashlib.sha256(content).digest()).decode()
    bucket.client.put_object(Bucket=bucket.name, Key=key, Body=content, ChecksumSHA256=checksum, **more)


def test_size_and_hash_of_a_file_are_known_without_reading_it(house: House) -> None:
    bucket = house.world.bucket
    _put(bucket, "uploads/one", b"bytes")
    facts = bucket.facts("uploads/one")
    assert facts == Facts(5, hashlib.sha256(b"bytes").hexdigest(), facts.etag if facts else "")
    assert bucket.facts("uploads/two") is None


def test_the_hash_of_a_file_that_nobody_stated_is_not_made_up(house: House) -> None:
    house.world.bucket.put("uploads/one", b"bytes", "image/png")
    facts = house.world.bucket.facts("uploads/one")
    assert facts is not None
    assert facts.sha256 is None


def test_an_outage_is_no_missing_file_to_facts_and_copies_either(house: House) -> None:
    def ailing() -> Bucket:
        return Bucket(FlakyClient(house.world.bucket.client, nth(0, no_connection())), house.world.bucket.name)

    with pytest.raises(Exception, match="Could not connect"):
        ailing().facts("uploads/one")
    with pytest.raises(Exception, match="Could not connect"):
        ailing().copy("uploads/one", "proof/one", '"etag"', "video/mp4")
    nowhere = Bucket(house.world.bucket.client, "not-our-bucket")
    with pytest.raises(ClientError, match="NoSuchBucket"):
        nowhere.copy("uploads/one", "proof/one", '"etag"', "video/mp4")


def test_the_beginning_of_a_file_is_read_and_no_more(house: House) -> None:
    bucket = house.world.bucket
    bucket.put("uploads/one", b"0123456789", "video/mp4")
    assert bucket.first_bytes("uploads/one", 4) == b"0123"
    assert bucket.first_bytes("uploads/one", 400) == b"0123456789"


def test_a_copy_has_the_type_it_is_given_and_nothing_else_that_came_with_the_file(house: House) -> None:
    bucket = house.world.bucket
    _put(bucket, "uploads/one", b"bytes", ContentType="text/html", ContentEncoding="gzip", CacheControl="max-age=9")
    facts = bucket.facts("uploads/one")
    assert facts is not None
    assert bucket.copy("uploads/one", "proof/one", facts.etag, "video/mp4")
    shown = requests.get(bucket.url_to_get("proof/one", 60), timeout=10)
    assert (shown.content, shown.headers["Content-Type"]) == (b"bytes", "video/mp4")
    assert not {"Content-Encoding", "Cache-Control"} & set(shown.headers)


def test_a_file_that_was_changed_or_removed_meanwhile_is_not_copied(house: House) -> None:
    bucket = house.world.bucket
    _put(bucket, "uploads/one", b"bytes")
    facts = bucket.facts("uploads/one")
    assert facts is not None
    _put(bucket, "uploads/one", b"other")
    assert not bucket.copy("uploads/one", "proof/one", facts.etag, "video/mp4")
    assert not bucket.copy("uploads/two", "proof/one", facts.etag, "video/mp4")
    assert bucket.get("proof/one") is None
