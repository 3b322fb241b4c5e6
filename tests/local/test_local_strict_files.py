"""moto's files: under races, under checksums, and copied on a condition."""

import base64
import hashlib
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import pytest
import requests
from botocore.exceptions import ClientError

SHA256 = base64.b64encode(hashlib.sha256(b"bytes").digest()).decode()


@pytest.fixture
def s3(aws: None) -> Any:
    client = boto3.client("s3")
    client.create_bucket(Bucket="files")
    return client


def test_bytes_that_are_not_what_their_checksum_says_are_not_stored(s3: Any) -> None:
    with pytest.raises(ClientError, match="BadDigest"):
        s3.put_object(Bucket="files", Key="video", Body=b"other", ChecksumSHA256=SHA256)
    assert "Contents" not in s3.list_objects_v2(Bucket="files")


def test_a_checksum_that_a_signed_put_stated_is_told_by_a_head_that_asks_and_goes_with_a_copy(s3: Any) -> None:
    place = {"Bucket": "files", "Key": "video", "ChecksumSHA256": SHA256}
    url = s3.generate_presigned_url("put_object", Params=place)
    headers = {"x-amz-checksum-sha256": SHA256}
    assert requests.put(url, b"other", headers=headers, timeout=10).status_code == 400
    assert requests.put(url, b"bytes", headers=headers, timeout=10).status_code == 200
    s3.copy_object(Bucket="files", Key="copy", CopySource={"Bucket": "files", "Key": "video"})
    for key in ("video", "copy"):
        assert s3.head_object(Bucket="files", Key=key, ChecksumMode="ENABLED")["ChecksumSHA256"] == SHA256
        assert "ChecksumSHA256" not in s3.head_object(Bucket="files", Key=key)


def test_a_file_is_copied_while_it_is_the_one_that_was_meant(s3: Any) -> None:
    meant = s3.put_object(Bucket="files", Key="video", Body=b"bytes")["ETag"]
    copy = {"Bucket": "files", "Key": "copy", "CopySource": {"Bucket": "files", "Key": "video"}}
    s3.copy_object(**copy, CopySourceIfMatch=meant)
    s3.put_object(Bucket="files", Key="video", Body=b"other")
    with pytest.raises(ClientError, match="PreconditionFailed"):
        s3.copy_object(**copy, CopySourceIfMatch=meant)
    assert s3.get_object(Bucket="files", Key="copy")["Body"].read() == b"bytes"


def test_a_file_put_and_read_by_many_at_once_is_whole(aws: None) -> None:
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="files")
    contents = [bytes([number]) * 20_000 for number in range(8)]

    def put_and_read(content: bytes) -> set[bytes]:
        found = set()
        for _ in range(15):
            s3.put_object(Bucket="files", Key="photo", Body=content)
            found.add(s3.get_object(Bucket="files", Key="photo")["Body"].read())
        return found

    with ThreadPoolExecutor(len(contents)) as people:
        found = set[bytes]().union(*people.map(put_and_read, contents))
    assert found <= set(contents)
