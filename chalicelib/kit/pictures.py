"""What a picture is, read from its bytes and never from what somebody says of them.

Pillow is imported inside the functions: only a submit and a judgement need it.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from chalicelib.kit import looks

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PIL.Image import Image, Transpose

PIXELS_MAX = 50_000_000
TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
# What is tried, in this order, to make a picture fit: its longer side in pixels, and the quality of its JPEG.
_SMALLER = ((2_000, 85), (1_600, 75), (1_200, 70), (800, 60), (400, 50))


class Unreadable(Exception):
    """These bytes are no picture that we can open; the sentence says why."""


@dataclass(frozen=True)
class Picture:
    """A picture without its metadata, and what the metadata said."""

    content: bytes
    content_type: str
    latitude: float | None
    longitude: float | None
    taken_at: datetime | None
    looks: Sequence[str] = ()


@dataclass(frozen=True)
class _Metadata:
    orientation: int = 1
    latitude: float | None = None
    longitude: float | None = None
    taken_at: datetime | None = None


def clean(content: bytes) -> Picture:
    """The picture in some bytes, with its metadata taken out. Raises Unreadable.

    A JPEG keeps its quantisation tables, and what must be encoded anew is encoded finely, so that nothing visible
    changes. A picture that EXIF says to rotate is rotated first, because without EXIF no viewer would know.
    """
    image = _open(content)
    said = _metadata(image)
    kind, turn = str(image.format), _turns().get(said.orientation)
    try:
        image.load()
        upright = image if turn is None else image.transpose(turn)
        seen = looks.looks(upright)
        cleaned = io.BytesIO()
        upright.info = {}
        quality = "keep" if kind == "JPEG" and turn is None else 95
        upright.save(cleaned, format=kind, exif=b"", quality=quality)
    except (OSError, ValueError, SyntaxError) as error:
        raise Unreadable(f"the picture is damaged: {error}") from None
    return Picture(cleaned.getvalue(), TYPES[kind], said.latitude, said.longitude, said.taken_at, seen)


def is_readable(content: bytes) -> bool:
    """Whether the bytes hold a picture that opens to its last line."""
    try:
        _open(content).load()
    except (Unreadable, OSError, ValueError, SyntaxError):
        return False
    return True


def fit(content: bytes, side_max: int, bytes_max: int) -> tuple[bytes, str]:
    """A picture that is at most this large, and its content type: itself if it is, otherwise a smaller JPEG of it.

    Raises Unreadable.
    """
    image = _open(content)
    try:
        image.load()
        if max(image.size) <= side_max and len(content) <= bytes_max:
            return content, TYPES[str(image.format)]
        plain = image.convert("RGB")
        plain.info = {}
        for side, quality in _SMALLER:
            plain.thumbnail((min(side, side_max), min(side, side_max)))
            out = io.BytesIO()
            plain.save(out, format="JPEG", quality=quality)
            if out.tell() <= bytes_max:
                return out.getvalue(), TYPES["JPEG"]
    except (OSError, ValueError, SyntaxError) as error:
        raise Unreadable(f"the picture is damaged: {error}") from None
    raise Unreadable(f"the picture cannot be made to fit into {bytes_max} bytes")


def _open(content: bytes) -> "Image":
    """Open a picture by its magic bytes, and look at its size before anything is decoded."""
    from PIL import Image
    from PIL.JpegImagePlugin import JpegImageFile

    Image.MAX_IMAGE_PIXELS = None  # ours is smaller, and is an answer instead of a warning
    try:
        image = Image.open(io.BytesIO(content), formats=list(TYPES))
        if image.format == "MPO":
            # Phones put a second picture, such as a depth map, behind the JPEG; only the first is the photo.
            image = JpegImageFile(io.BytesIO(content))
    except (OSError, ValueError, SyntaxError):
        raise Unreadable("the bytes are no JPEG, PNG or WebP picture") from None
    if image.width * image.height > PIXELS_MAX:
        raise Unreadable(f"the picture has {image.width} x {image.height} pixels; {PIXELS_MAX // 1_000_000} MP fit")
    return image


def _metadata(image: "Image") -> _Metadata:
    """What the EXIF block says. One that cannot be read says nothing: the picture itself may still be fine."""
    try:
        exif = image.getexif()
        gps, taken = exif.get_ifd(0x8825), exif.get_ifd(0x8769)
        latitude, longitude = _place(gps)
        orientation = exif.get(0x0112)
        return _Metadata(orientation if isinstance(orientation, int) else 1, latitude, longitude, _moment(taken))
    except Exception:  # noqa: BLE001 on hostile EXIF Pillow trips in ways that nobody can list, and all mean the same
        return _Metadata()


def _turns() -> "Mapping[int, Transpose]":
    """What sets a picture upright, by its EXIF orientation; 1 is upright."""
    from PIL.Image import Transpose

    return {
        2: Transpose.FLIP_LEFT_RIGHT, 3: Transpose.ROTATE_180, 4: Transpose.FLIP_TOP_BOTTOM, 5: Transpose.TRANSPOSE,
        6: Transpose.ROTATE_270, 7: Transpose.TRANSVERSE, 8: Transpose.ROTATE_90,
    }  # fmt: skip


def _place(gps: dict[int, Any]) -> tuple[float | None, float | None]:
    """Latitude and longitude of an EXIF block; a block that makes no sense says nothing."""
    try:
        latitude, longitude = _degrees(gps[2], gps[1] == "S"), _degrees(gps[4], gps[3] == "W")
    except (KeyError, TypeError, ValueError, ZeroDivisionError, IndexError):
        return None, None
    return (latitude, longitude) if abs(latitude) <= 90 and abs(longitude) <= 180 else (None, None)


def _degrees(parts: Any, negative: bool) -> float:
    degrees = float(parts[0]) + float(parts[1]) / 60 + float(parts[2]) / 3600
    return round(-degrees if negative else degrees, 6)


def _moment(taken: dict[int, Any]) -> datetime | None:
    """When a picture was taken, if the EXIF block says so together with its offset from UTC."""
    try:
        return datetime.strptime(f"{taken[0x9003]} {taken[0x9011]}", "%Y:%m:%d %H:%M:%S %z").astimezone(UTC)
    except (KeyError, ValueError):
        return None
