"""Uploads, and the frozen copies that proof is made of.

requested ──(bytes put under uploads/)──► submitted: checked, cleaned, frozen under proof/ ──► read by signed URL
                                                                                          └──► or by a link that lasts
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import Field

from chalicelib.kit.words import Moment, Words

MEBIBYTE = 1024 * 1024

IMAGE_TYPES = ("image/jpeg", "image/png", "image/webp")
CONTENT_TYPES = (*IMAGE_TYPES, "application/pdf")
"""What is proof of any work, and may come as the body itself when it is small."""

VIDEO_TYPES = ("video/mp4", "video/webm")
JSON_TYPE = "application/json"
RECORDING_TYPES = (*CONTENT_TYPES, *VIDEO_TYPES, JSON_TYPE)
"""What a session in front of a screen leaves behind: pictures, its video, and what was noted as JSON."""

SHOWN_TYPES = (*IMAGE_TYPES, *VIDEO_TYPES)
"""What a browser may show. Everything else is saved: a document may hold scripts."""

BODY_BYTES_MAX = 4 * MEBIBYTE
UPLOAD_BYTES_MAX = 10 * MEBIBYTE
JSON_BYTES_MAX = 20 * MEBIBYTE
VIDEO_BYTES_MAX = 200 * MEBIBYTE
BYTES_MAX: Mapping[str, int] = {
    **dict.fromkeys(CONTENT_TYPES, UPLOAD_BYTES_MAX),
    **dict.fromkeys(VIDEO_TYPES, VIDEO_BYTES_MAX),
    JSON_TYPE: JSON_BYTES_MAX,
}
"""How large an announced file of each type may be."""

PUT_SECONDS = 15 * 60
READ_SECONDS = 60 * 60
LINK_PATH = "/api/files/"


@dataclass(frozen=True)
class Upload:
    """One file that an operator announced: what it will be, and whether it was used. It is used once."""

    upload_id: str
    operator_id: str
    content_type: str
    size_bytes: int
    sha256: str
    used_by: str | None = None

    @property
    def key(self) -> str:
        """Where the bytes are put; what is never submitted is removed from there after two days."""
        return f"uploads/{self.upload_id}"


class Frozen(Words):
    """A file as it was when it was submitted: the copy that the Guardian and the agent read.

    EXIF was taken out of a picture's copy; what it said of place and time is kept beside it, for the Guardian alone.
    `sha256` is that of the bytes that were handed in.
    """

    key: str
    content_type: str
    sha256: str
    latitude: float | None = None
    longitude: float | None = None
    taken_at: Moment | None = None
    looks: Sequence[str] = Field(default_factory=list)


class KeptText(Words):
    """Where a text lies that is too large for a row, and its hash: what a row keeps of it."""

    key: str
    sha256: str


@dataclass(frozen=True)
class Look:
    """What a picture that was handed in looks like, and for what and when it was handed in."""

    look: str
    upload_id: str
    used_by: str
    sha256: str
    handed_in_at: datetime
