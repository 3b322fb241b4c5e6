"""Files on their way in: announced and PUT, or sent as the body itself."""

import hashlib
from typing import Any

import requests

from tests.harness import House, Operator, Reply
from tests.products.tasks.stages import Scene, scene


def at_work(house: House, **order: Any) -> Scene:
    """An operator who has accepted a task, and so may upload."""
    return scene(house, "ACCEPTED", **order)


def announce(operator: Operator, content: bytes, content_type: str = "image/png", **words: Any) -> Reply:
    """Announce a file; `words` replace parts of what is said of it."""
    order = {"content_type": content_type, "size_bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    return operator.send("/operator/upload", {**order, **words})


def announce_recording(
    operator: Operator, content: bytes, content_type: str | None, key: str | None = None, **words: Any
) -> Reply:
    """Announce a file of a session; `words` replace parts of what is said of it."""
    digest = hashlib.sha256(content).hexdigest()
    order = {"content_type": content_type, "size_bytes": len(content), "sha256": digest, **words}
    headers = {**operator.headers, **({"Idempotency-Key": key} if key else {})}
    return operator.house.request("POST", "/api/tester/uploads", order, headers=headers)


def put(announced: Reply, content: bytes) -> int:
    """PUT the bytes as the answer says: its URL, its headers. The status of the store's answer."""
    sent = requests.put(announced.json["upload_url"], content, headers=announced.json["headers"], timeout=10)
    return sent.status_code


def send_body(operator: Operator, content: bytes, content_type: str = "image/png", key: str | None = None) -> Reply:
    """Upload a small file as the body itself."""
    headers = {**operator.headers, "Content-Type": content_type, **({"Idempotency-Key": key} if key else {})}
    return operator.house.request("POST", "/api/v1/operator/upload", headers=headers, raw=content)


def uploaded(operator: Operator, content: bytes, content_type: str = "image/png") -> str:
    """The URL to submit of a file that is stored."""
    made = send_body(operator, content, content_type)
    assert made.status == 201, made
    return str(made.json["url"])
