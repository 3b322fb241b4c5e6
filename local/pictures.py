"""Photos for demos and tests: real files of a few hundred bytes, each unlike any other."""

import io
import secrets
from typing import Any

from PIL import Image


def picture(kind: str = "PNG", size: tuple[int, int] = (64, 48), **options: Any) -> bytes:
    """The bytes of a picture, as PNG, JPEG or WEBP."""
    image = Image.frombytes("RGB", size, secrets.token_bytes(3 * size[0] * size[1]))
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()
