"""Rows of the files table.

pk        sk             what
up_…      upload         one announced file, and what used it
look_…    <look>#up_…    a picture that was handed in, under the first bits of what it looks like
"""

from collections.abc import Sequence
from datetime import datetime

from chalicelib.core.files.model import Frozen, Look, Upload
from chalicelib.kit import clock, looks
from chalicelib.kit.conditions import Attr
from chalicelib.kit.store import Place, Store, under
from chalicelib.kit.table import Else, Item, Key, Write, add, put, update

TABLE = "files"
# Looks spread over 65,536 partitions; one that holds more than this is read no further.
LOOKS_READ_MAX, SAME_READ_MAX = 200, 50


def add_upload(upload: Upload) -> Write:
    """The row of a new upload."""
    item: Item = {
        "operator_id": upload.operator_id, "content_type": upload.content_type, "size_bytes": upload.size_bytes,
        "sha256": upload.sha256,
    }  # fmt: skip
    return add(TABLE, Key(upload.upload_id, "upload"), item)


def use(upload: Upload, used_by: str, refusal: Else) -> Write:
    """An upload is used, once."""
    free = Attr("pk").exists() & Attr("used_by").not_exists()
    return update(TABLE, Key(upload.upload_id, "upload"), put={"used_by": used_by}, where=free, refusal=refusal)


def find_many(store: Store, upload_ids: list[str]) -> list[Upload | None]:
    """The uploads with these ids, in one read."""
    return read_many(store.get_across([place(upload_id) for upload_id in upload_ids]))


def place(upload_id: str) -> Place:
    """Where an upload stands."""
    return TABLE, Key(upload_id, "upload")


def read_many(items: Sequence[Item | None]) -> list[Upload | None]:
    """Uploads from their rows."""
    return [_upload(item) if item else None for item in items]


def add_look(upload_id: str, frozen: Frozen, used_by: str, handed_in_at: datetime) -> list[Write]:
    """The row by which a picture is found again by its look; none for what has no look."""
    return [
        put(
            TABLE, Key(_shelf(look), f"{look}#{upload_id}"),
            {"used_by": used_by, "sha256": frozen.sha256, "handed_in_at": clock.iso(handed_in_at)},
        )
        for look in frozen.looks[:1]
    ]  # fmt: skip


def find_looks(store: Store, variants: Sequence[str]) -> list[Look]:
    """The pictures that look like the first of these variants, as far as the reads go: at most six for a picture."""
    found: dict[str, Item] = {}
    for n, variant in enumerate(variants):
        if n == 0:
            found |= _read(store, variant, variant, SAME_READ_MAX)
        found |= _read(store, variant, "", LOOKS_READ_MAX)
    return [look for look in map(_look, found.values()) if looks.alike(look.look, variants[0])]


def _shelf(look: str) -> str:
    return f"look_{looks.first(look)}"


def _read(store: Store, look: str, prefix: str, limit: int) -> dict[str, Item]:
    """Pictures that begin to look like one, as far as a prefix of its look goes."""
    return {item["sk"]: item for item in store.query(TABLE, under(_shelf(look), prefix), limit=limit).items}


def _look(item: Item) -> Look:
    look, _, upload_id = item["sk"].partition("#")
    return Look(look, upload_id, item["used_by"], item["sha256"], clock.parse(item["handed_in_at"]))


def _upload(item: Item) -> Upload:
    return Upload(
        upload_id=item["pk"], operator_id=item["operator_id"], content_type=item["content_type"],
        size_bytes=item["size_bytes"], sha256=item["sha256"], used_by=item.get("used_by"),
    )  # fmt: skip
