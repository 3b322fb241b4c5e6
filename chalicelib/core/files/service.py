"""Announce a file, freeze what was put, sign URLs and links, keep long texts (ruling 21)."""

import base64
import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence

from chalicelib.core.files import freezing, links
from chalicelib.core.files import store as rows
from chalicelib.core.files.model import CONTENT_TYPES, PUT_SECONDS, READ_SECONDS, Frozen, KeptText, Upload
from chalicelib.core.identity.model import Operator
from chalicelib.core.ports.judge import Likeness
from chalicelib.core.world import World
from chalicelib.kit import ids
from chalicelib.kit.errors import Conflict, Invalid
from chalicelib.kit.store import Place
from chalicelib.kit.table import Item, Write


class UploadUsed(Conflict):
    """An upload is proof once."""

    code = "upload_used"

    def __init__(self, upload_id: str) -> None:
        super().__init__(f"Upload {upload_id} was submitted before; upload the file again.", upload_id=upload_id)


class TextLost(Exception):
    """A text that was kept is not there, or is another one by now."""


def announce(operator: Operator, content_type: str, size_bytes: int, sha256: str) -> tuple[Upload, Write]:
    """A new upload and its row. `sha256` is lower-case hex."""
    upload = Upload(ids.new("up"), operator.id, content_type, size_bytes, sha256)
    return upload, rows.add_upload(upload)


def put_headers(upload: Upload) -> dict[str, str]:
    """The headers that the PUT must carry: the signature covers them all."""
    return {
        "Content-Type": upload.content_type,
        "Content-Length": str(upload.size_bytes),
        "x-amz-checksum-sha256": _base64(upload.sha256),
        "If-None-Match": "*",
    }


def put_url(world: World, upload: Upload) -> str:
    """A URL that stores exactly the announced bytes, once."""
    signed: dict[str, str | int] = {
        "ContentType": upload.content_type, "ContentLength": upload.size_bytes,
        "ChecksumSHA256": _base64(upload.sha256), "IfNoneMatch": "*",
    }  # fmt: skip
    return world.bucket.url_to_put(upload.key, signed, PUT_SECONDS)


def store_body(world: World, upload: Upload, content: bytes) -> None:
    """Store a small file that came as the body of a request."""
    world.bucket.put(upload.key, content, upload.content_type)


def url(world: World, upload: Upload) -> str:
    """The URL to submit: a name for the upload, which by itself opens nothing."""
    return world.bucket.url(upload.key)


def find(world: World, upload_id: str) -> Upload:
    """An upload that a committed answer names: its row is there, because nothing removes it."""
    upload = rows.find_many(world.store, [upload_id])[0]
    assert upload is not None, f"{upload_id} was committed"  # noqa: S101
    return upload


def own_upload_id(world: World, link: str) -> str | None:
    """The upload that a submitted URL names; None for a URL from elsewhere."""
    prefix = world.bucket.url("uploads/")
    upload_id = link.removeprefix(prefix).partition("?")[0]
    return upload_id if link.startswith(prefix) and ids.looks_like(upload_id, "up") else None


def rows_of(upload_ids: Iterable[str]) -> list[Place]:
    """Where the uploads with these ids stand: who reads something else anyway reads them in the same call."""
    return [rows.place(upload_id) for upload_id in upload_ids]


def freeze(
    world: World, operator: Operator, places: Mapping[str, str], found: Sequence[Item | None], used_by: str,
    *, takes: Collection[str] = CONTENT_TYPES,
) -> tuple[dict[str, Frozen], list[Write]]:  # fmt: skip
    """Check the bytes of some uploads and keep clean copies: the copies by upload, and the writes that use them up.

    `places` says for each upload where the request names it, `found` is what stands at its row, `takes` which types
    this work is proven by. Raises Invalid, naming that place, for an upload that is not the operator's own, is of
    another type, was never put, or is not what was announced; the writes refuse UploadUsed.
    """
    frozen: dict[str, Frozen] = {}
    writes: list[Write] = []
    for upload_id, upload in zip(places, rows.read_many(found), strict=True):
        if upload is None or upload.operator_id != operator.id:
            raise Invalid(places[upload_id], "is not an upload of yours")
        if upload.used_by is not None:
            raise UploadUsed(upload_id)
        if upload.content_type not in takes:
            raise Invalid(places[upload_id], f"is {upload.content_type}; here it must be one of {', '.join(takes)}")
        frozen[upload_id] = freezing.freeze(world, upload, places[upload_id])
        writes.append(rows.use(upload, used_by, UploadUsed(upload_id)))
        writes += rows.add_look(upload_id, frozen[upload_id], used_by, world.now())
    return frozen, writes


def read_url(world: World, frozen: Frozen) -> str:
    """A signed URL that reads a frozen file for an hour."""
    return links.signed_url(world, frozen.key, frozen.content_type, READ_SECONDS)


def link(world: World, frozen: Frozen) -> str:
    """A link that reads a frozen file for FILE_LINK_DAYS, for those whom an answer is passed on to.

    Where nobody said under which address this deployment is reached it is `read_url`, which lasts an hour.
    """
    return links.make(world, frozen) if world.settings.byhand_public_url else read_url(world, frozen)


def content(world: World, frozen: Frozen) -> bytes | None:
    """The bytes of a frozen file; those of a video may be more than fit into memory."""
    return world.bucket.get(frozen.key)


def keep_text(world: World, folder: str, text: str) -> KeptText:
    """Keep a text that is too large for a row under a folder of ours, such as the id of what it belongs to.

    Its key says what is in it, so that a repeat after a crash writes the same again, and a text that is there is never
    replaced by another. The caller puts what is answered into a row.
    """
    content = text.encode()
    sha256 = hashlib.sha256(content).hexdigest()
    kept = KeptText(key=f"kept/{folder}/{sha256}", sha256=sha256)
    world.bucket.put(kept.key, content, "text/plain; charset=utf-8")
    return kept


def read_text(world: World, kept: KeptText) -> str:
    """A text that a row says was kept. Raises TextLost, which is no refusal: nobody but us can have lost it."""
    content = world.bucket.get(kept.key)
    if content is None or hashlib.sha256(content).hexdigest() != kept.sha256:
        raise TextLost(kept.key)
    return content.decode()


def likeness(world: World, frozen: Frozen, used_by: str) -> Likeness:
    """Whether a picture was handed in for something else before it was first handed in for this.

    Whoever was first is in the right, also when somebody hands in their picture after them.
    """
    found = [(look.handed_in_at, look.upload_id, look) for look in rows.find_looks(world.store, frozen.looks)]
    first = min((use[:2] for use in found if use[2].used_by == used_by), default=(world.now(), ""))
    earlier = [look for *when, look in found if look.used_by != used_by and tuple(when) < first]
    if any(look.sha256 == frozen.sha256 for look in earlier):
        return Likeness.SAME
    return Likeness.ALIKE if earlier else Likeness.NEW


def _base64(sha256_hex: str) -> str:
    return base64.b64encode(bytes.fromhex(sha256_hex)).decode()
