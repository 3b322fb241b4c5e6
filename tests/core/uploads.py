"""Files on their way through the core: announced, put, and frozen by a submission."""

import base64
import hashlib
from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.core.files import service as files
from chalicelib.core.files.model import RECORDING_TYPES, Frozen, Upload
from chalicelib.core.identity.model import Kyc, Operator
from chalicelib.core.world import World
from chalicelib.kit.commit import commit
from chalicelib.kit.errors import Invalid

JANE = Operator("op_" + "0" * 26, "Jane Doe", "jane@example.com", Kyc.APPROVED, datetime(2026, 2, 10, tzinfo=UTC))


def announce(world: World, content: bytes, content_type: str, **other: Any) -> Upload:
    """An announced upload; `other` are facts that are announced wrongly."""
    facts = {"size_bytes": len(content), "sha256": hashlib.sha256(content).hexdigest(), **other}
    upload, write = files.announce(JANE, content_type, facts["size_bytes"], facts["sha256"])
    commit(world.store, [write])
    return upload


def put(world: World, content: bytes, content_type: str = "image/png", **other: Any) -> Upload:
    """An upload whose bytes lie in the bucket, however they came there."""
    upload = announce(world, content, content_type, **other)
    world.bucket.put(upload.key, content, content_type)
    return upload


def put_as_signed(world: World, content: bytes, content_type: str, **other: Any) -> Upload:
    """An upload whose bytes were put as the signed URL has it: with their checksum, which the bucket compared."""
    upload = announce(world, content, content_type, **other)
    checksum = base64.b64encode(hashlib.sha256(content).digest()).decode()
    world.bucket.client.put_object(
        Bucket=world.bucket.name, Key=upload.key, Body=content, ContentType=content_type, ChecksumSHA256=checksum
    )
    return upload


def freezing(
    world: World, places: dict[str, str], used_by: str, operator: Operator = JANE,
    takes: tuple[str, ...] = RECORDING_TYPES,
) -> Any:  # fmt: skip
    """What freezing some uploads answers: the copies, and the writes that use them up."""
    found = world.store.get_across(files.rows_of(places))
    return files.freeze(world, operator, places, found, used_by, takes=takes)


def freeze(world: World, upload: Upload, operator: Operator = JANE) -> Frozen:
    """Freeze one upload and use it up, as a submission does."""
    frozen, writes = freezing(world, {upload.upload_id: "photos.0"}, "task_1", operator)
    commit(world.store, writes)
    return frozen[upload.upload_id]


def refused(world: World, upload: Upload) -> str:
    """What is wrong with an upload, in the words of the refusal."""
    with pytest.raises(Invalid, match=r"^photos\.0: ") as caught:
        freeze(world, upload)
    return str(caught.value.details["problem"])
