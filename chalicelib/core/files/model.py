"""Uploads, and the frozen copies that proof is made of.

requested ──(bytes put under uploads/)──► submitted: checked, cleaned, frozen under proof/ ──► read by signed URL
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import Field

from chalicelib.kit.words import Moment, Words

IMAGE_TYPES = ("image/jpeg", "image/png", "image/webp")
CONTENT_TYPES = (*IMAGE_TYPES, "application/pdf")

UPLOAD_BYTES_MAX = 10 * 1024 * 1024
BODY_BYTES_MAX = 4 * 1024 * 1024
PUT_SECONDS = 15 * 60
READ_SECONDS = 60 * 60


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

    EXIF was taken out of the copy; what it said of place and time is kept beside it, for the Guardian alone.
    """

    key: str
    content_type: str
    sha256: str
    latitude: float | None = None
    longitude: float | None = None
    taken_at: Moment | None = None
    looks: Sequence[str] = Field(default_factory=list)


@dataclass(frozen=True)
class Look:
    """What a picture that was handed in looks like, and for what and when it was handed in."""

    look: str
    upload_id: str
    used_by: str
    sha256: str
    handed_in_at: datetime
