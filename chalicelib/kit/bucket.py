"""The bucket: files by key, and signed URLs to put and get them without passing through us."""

from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@dataclass(frozen=True)
class Facts:
    """What the bucket knows of a file without anybody reading it. `etag` names these very bytes.

    `sha256` is hex, and there only when the PUT stated one: the bucket then checked it against the bytes.
    """

    size_bytes: int
    sha256: str | None
    etag: str


@dataclass(frozen=True)
class Bucket:
    """One private bucket. Every URL it gives out is signed and expires."""

    client: "S3Client"
    name: str

    def put(self, key: str, content: bytes, content_type: str) -> None:
        """Store a file."""
        self.client.put_object(Bucket=self.name, Key=key, Body=content, ContentType=content_type)

    def get(self, key: str) -> bytes | None:
        """A whole file, or None when there is none."""
        try:
            answer = self.client.get_object(Bucket=self.name, Key=key)
        except self.client.exceptions.NoSuchKey:
            return None
        with answer["Body"] as body:
            return body.read()

    def facts(self, key: str) -> Facts | None:
        """What is known of a file, or None when there is none."""
        try:
            answer = self.client.head_object(Bucket=self.name, Key=key, ChecksumMode="ENABLED")
        except ClientError as error:
            # The answer to a HEAD has no body that could say NoSuchKey.
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
                return None
            raise
        checksum = answer.get("ChecksumSHA256")
        return Facts(answer["ContentLength"], b64decode(checksum).hex() if checksum else None, answer["ETag"])

    def first_bytes(self, key: str, count: int) -> bytes:
        """The beginning of a file that is there and not empty."""
        answer = self.client.get_object(Bucket=self.name, Key=key, Range=f"bytes=0-{count - 1}")
        with answer["Body"] as body:
            return body.read()

    def copy(self, key: str, target: str, etag: str, content_type: str) -> bool:
        """Copy a file inside the bucket, whatever its size up to 5 GB; False when its bytes are others by now.

        Nothing that came along with the file goes with it: headers that somebody put are not said again.
        """
        try:
            self.client.copy_object(
                Bucket=self.name, Key=target, CopySource={"Bucket": self.name, "Key": key}, CopySourceIfMatch=etag,
                MetadataDirective="REPLACE", ContentType=content_type,
            )  # fmt: skip
        except ClientError as error:
            if error.response["Error"]["Code"] in ("PreconditionFailed", "NoSuchKey"):
                return False
            raise
        return True

    def is_reachable(self) -> bool:
        """Whether the bucket answers. Raises what the client raises when it does not."""
        self.client.head_bucket(Bucket=self.name)
        return True

    def url(self, key: str) -> str:
        """The plain address of a file: a name for it that opens nothing."""
        return f"{self.client.meta.endpoint_url}/{self.name}/{key}"

    def url_to_get(self, key: str, seconds: int, *, to_save: bool = False, to_look: bool = False) -> str:
        """A signed URL that reads one file until it expires; `to_save`: a browser saves it and does not open it.

        A signature is good for one method: `to_look` makes it HEAD.
        """
        parameters = {"Bucket": self.name, "Key": key}
        if to_save:
            parameters["ResponseContentDisposition"] = "attachment"
        method = "head_object" if to_look else "get_object"
        return self.client.generate_presigned_url(method, Params=parameters, ExpiresIn=seconds)

    def url_to_put(self, key: str, headers: Mapping[str, str | int], seconds: int) -> str:
        """A signed URL that stores one file; its signature covers every parameter in `headers`, under S3's names."""
        parameters = {"Bucket": self.name, "Key": key, **headers}
        return self.client.generate_presigned_url("put_object", Params=parameters, ExpiresIn=seconds)
