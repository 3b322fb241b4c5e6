"""The bucket: files by key, and signed URLs to put and get them without passing through us."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


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

    def is_reachable(self) -> bool:
        """Whether the bucket answers. Raises what the client raises when it does not."""
        self.client.head_bucket(Bucket=self.name)
        return True

    def url(self, key: str) -> str:
        """The plain address of a file: a name for it that opens nothing."""
        return f"{self.client.meta.endpoint_url}/{self.name}/{key}"

    def url_to_get(self, key: str, seconds: int, *, to_save: bool = False) -> str:
        """A signed URL that reads one file until it expires; `to_save`: a browser saves it and does not open it."""
        parameters = {"Bucket": self.name, "Key": key}
        if to_save:
            parameters["ResponseContentDisposition"] = "attachment"
        return self.client.generate_presigned_url("get_object", Params=parameters, ExpiresIn=seconds)

    def url_to_put(self, key: str, headers: Mapping[str, str | int], seconds: int) -> str:
        """A signed URL that stores one file; its signature covers every parameter in `headers`, under S3's names."""
        parameters = {"Bucket": self.name, "Key": key, **headers}
        return self.client.generate_presigned_url("put_object", Params=parameters, ExpiresIn=seconds)
