"""What a picture looks like, in 64 bits: pictures that look alike differ in few bits, whatever their bytes are.

The picture is shrunk to 9 x 8 grey dots, and each bit says whether a dot is brighter than the one on its right (known
as dHash). The bits are shuffled, so that the first 16, by which looks are found again, come from all over the picture.

    looks(image)  ──►  what it looks like, and what it would look like if one of the first bits that nearly fell
                       the other way had done so: a copy of the picture is found under one of them
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

COLUMNS, ROWS = 9, 8
BITS = 64
FIRST_BITS = 16
UNSURE_BITS = 4
# Blank pictures and plain gradients all look alike to this measure; they have no look.
BITS_SET_MIN = 8
ALIKE_BITS_MAX = 4
_STRIDE = 29  # without a common divisor with 64, so that it visits every bit once


def looks(image: "Image") -> Sequence[str]:
    """The look of a loaded picture as 16 hex digits, then its likely variants. Nothing for a picture without one."""
    from PIL.Image import Resampling

    dots = image.convert("L").resize((COLUMNS, ROWS), Resampling.BOX).tobytes()
    steps = [dots[y * COLUMNS + x] - dots[y * COLUMNS + x + 1] for y in range(ROWS) for x in range(COLUMNS - 1)]
    shuffled = [steps[place * _STRIDE % BITS] for place in range(BITS)]
    bits = sum(1 << (BITS - 1 - place) for place, step in enumerate(shuffled) if step > 0)
    if not BITS_SET_MIN <= bits.bit_count() <= BITS - BITS_SET_MIN:
        return ()
    unsure = sorted(range(FIRST_BITS), key=lambda place: abs(shuffled[place]))[:UNSURE_BITS]
    return [f"{look:016x}" for look in (bits, *(bits ^ (1 << (BITS - 1 - place)) for place in unsure))]


def alike(one: str, other: str) -> bool:
    """Whether two looks differ by no more than saving a picture again makes them differ."""
    return (int(one, 16) ^ int(other, 16)).bit_count() <= ALIKE_BITS_MAX


def first(look: str) -> str:
    """The part of a look by which it is found again."""
    return look[: FIRST_BITS // 4]
