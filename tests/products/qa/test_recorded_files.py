"""What a browser recorded, as an uploaded file: more than fits into one request."""

import base64
import hashlib
import json
from typing import Any

from tests.harness import House
from tests.products.qa.people import Test, test_of

LOG = {"consoleMessages": [{"type": "error", "message": "Boom", "timestamp": "00:01"}] * 3_000}


def _uploaded(made: Test, words: Any) -> str:
    """A file that was announced, and put as its signed URL has it."""
    content = json.dumps(words).encode()
    digest = hashlib.sha256(content)
    order = {"content_type": "application/json", "size_bytes": len(content), "sha256": digest.hexdigest()}
    ready = made.tester.send("/uploads", order).json
    bucket = made.house.world.bucket
    bucket.client.put_object(
        Bucket=bucket.name, Key=f"uploads/{ready['upload_id']}", Body=content, ContentType="application/json",
        ChecksumSHA256=base64.b64encode(digest.digest()).decode(),
    )  # fmt: skip
    return str(ready["url"])


def test_a_file_holds_more_lines_than_a_request_and_is_shown_like_them(house: House) -> None:
    made = test_of(house).claimed()
    url = _uploaded(made, LOG)
    assert made.tester.submit(made.job_id, testerData={"recordedUrl": url}).status == 200
    house.drain()
    assert made.job["testerData"]["consoleMessages"] == LOG["consoleMessages"]


def test_a_file_of_another_shape_is_refused_and_its_place_named(house: House) -> None:
    made = test_of(house).claimed()
    url = _uploaded(made, {"clicks": [{"x": "left"}]})
    refused = made.tester.submit(made.job_id, testerData={"recordedUrl": url})
    assert (refused.status, refused.json["field"]) == (400, "testerData.recordedUrl.clicks.0.x")
    assert made.job["status"] == "working"
