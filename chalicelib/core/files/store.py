"""Rows of the files table.

pk      sk       what
up_…    upload   one announced file, and what used it
"""

from boto3.dynamodb.conditions import Attr

from chalicelib.core.files.model import Upload
from chalicelib.kit.store import Store
from chalicelib.kit.table import Else, Item, Key, Write, add, update

TABLE = "files"


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
    found = store.get_many(TABLE, [Key(upload_id, "upload") for upload_id in upload_ids])
    return [_upload(item) if item else None for item in found]


def _upload(item: Item) -> Upload:
    return Upload(
        upload_id=item["pk"], operator_id=item["operator_id"], content_type=item["content_type"],
        size_bytes=item["size_bytes"], sha256=item["sha256"], used_by=item.get("used_by"),
    )  # fmt: skip
