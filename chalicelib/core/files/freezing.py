"""Freezing: what was put is checked for being what was announced, and a clean copy of it is kept.

    kind        read whole by us            what is kept
    picture     yes, at most 10 MB          drawn anew, without EXIF
    document    yes, at most 10 MB          as it is
    video       no: 200 MB are too many     as it is, copied inside the bucket
    JSON        yes, at most 20 MB          said anew, in one spelling, without characters that nobody means

The key of a copy follows from its upload, so that a repeat after a crash writes the same again. What is known of a copy
is kept beside it when it is there, so that a hand-in that broke off is gone on with and not begun anew: its files take
longer to draw than whoever waits for an answer is given. It stands in no header of the copy, which others read, because
of what EXIF said.

    proof/up_…          the copy
    proof/up_…/facts    what is known of it
"""

import hashlib

import simplejson

from chalicelib.core.files.model import IMAGE_TYPES, JSON_TYPE, VIDEO_TYPES, Frozen, Upload
from chalicelib.core.world import World
from chalicelib.kit import pictures, strict_json, words
from chalicelib.kit.errors import Invalid

# How many values a JSON file may hold, roughly: 20 MB of empty lists are half a gigabyte in memory.
JSON_PARTS_MAX = 1_000_000
# The header of a video stands in its first bytes, and says what follows.
HEADER_BYTES = 256
_EBML, _WEBM, _MP4 = b"\x1a\x45\xdf\xa3", b"webm", b"ftyp"


def freeze(world: World, upload: Upload, place: str) -> Frozen:
    """Check one upload and keep its copy, unless that was done before: bytes that were put do not change. Raises
    Invalid, naming the place of the request that names it.
    """
    facts = f"{_key(upload)}/facts"
    if (known := world.bucket.get(facts)) is not None:
        return Frozen.model_validate_json(known)
    frozen = _freeze(world, upload, place)
    world.bucket.put(facts, frozen.dump().encode(), JSON_TYPE)
    return frozen


def _freeze(world: World, upload: Upload, place: str) -> Frozen:
    if upload.content_type in VIDEO_TYPES:
        return _video(world, upload, place)
    content = _read(world, upload, place)
    if upload.content_type in IMAGE_TYPES:
        return _picture(world, upload, content, place)
    clean = _json(content, place) if upload.content_type == JSON_TYPE else _document(content, place)
    world.bucket.put(_key(upload), clean, upload.content_type)
    return _frozen(upload)


def _video(world: World, upload: Upload, place: str) -> Frozen:
    """The bucket compared size and hash when the file was put, and says so; the copy is of those very bytes."""
    found = world.bucket.facts(upload.key)
    if found is None:
        raise _missing(place)
    if (found.size_bytes, found.sha256) != (upload.size_bytes, upload.sha256):
        raise _another(place)
    if not _is_video(world.bucket.first_bytes(upload.key, HEADER_BYTES), upload.content_type):
        raise Invalid(place, f"was announced as {upload.content_type}, and is none")
    if not world.bucket.copy(upload.key, _key(upload), found.etag, upload.content_type):
        raise _another(place)
    return _frozen(upload)


def _is_video(header: bytes, content_type: str) -> bool:
    if content_type == "video/webm":
        return header.startswith(_EBML) and _WEBM in header
    return header[4:8] == _MP4


def _read(world: World, upload: Upload, place: str) -> bytes:
    """The bytes that were announced."""
    content = world.bucket.get(upload.key)
    if content is None:
        raise _missing(place)
    if len(content) != upload.size_bytes or hashlib.sha256(content).hexdigest() != upload.sha256:
        raise _another(place)
    return content


def _document(content: bytes, place: str) -> bytes:
    if not content.startswith(b"%PDF-"):
        raise Invalid(place, "was announced as application/pdf, and is none")
    return content


def _json(content: bytes, place: str) -> bytes:
    """The same values in one spelling, so that nobody after us can read others out of them."""
    if sum(map(content.count, (b",", b"[", b"{"))) > JSON_PARTS_MAX:
        raise Invalid(place, f"holds too much: a JSON file may have about {JSON_PARTS_MAX:,} values")
    try:
        value = strict_json.parse(content)
    except ValueError:
        raise Invalid(place, "was announced as application/json, and is none") from None
    strict_json.check_depth(value, place)
    return simplejson.dumps(
        words.cleaned(value), use_decimal=True, ensure_ascii=False, sort_keys=True, separators=(",", ":")
    ).encode()


def _picture(world: World, upload: Upload, content: bytes, place: str) -> Frozen:
    try:
        picture = pictures.clean(content)
    except pictures.Unreadable as problem:
        raise Invalid(place, str(problem)) from None
    if picture.content_type != upload.content_type:
        raise Invalid(place, f"was announced as {upload.content_type}, and is {picture.content_type}")
    world.bucket.put(_key(upload), picture.content, picture.content_type)
    return Frozen(
        key=_key(upload), content_type=picture.content_type, sha256=upload.sha256, latitude=picture.latitude,
        longitude=picture.longitude, taken_at=picture.taken_at, looks=picture.looks,
    )  # fmt: skip


def _frozen(upload: Upload) -> Frozen:
    return Frozen(key=_key(upload), content_type=upload.content_type, sha256=upload.sha256)


def _key(upload: Upload) -> str:
    return f"proof/{upload.upload_id}"


def _missing(place: str) -> Invalid:
    return Invalid(place, "was never uploaded: PUT the bytes to upload_url first")


def _another(place: str) -> Invalid:
    return Invalid(place, "is not the file that was announced: size or SHA-256 differ")
