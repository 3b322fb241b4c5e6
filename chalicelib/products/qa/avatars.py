"""Avatars: a picture for a tester, drawn from sixteen hex digits. Nothing is kept, and nothing tells who it is.

The first digits choose the colour, the others which cells of a five by five grid are filled; its right half mirrors the
left.
"""

import re

DIGITS = re.compile("[0-9a-f]{16}")
SIDE, CELL, MARGIN = 5, 14, 15


def draw(avatar: str) -> str:
    """The picture as SVG. `avatar` are sixteen hex digits."""
    bits = int(avatar, 16)
    hue, cells = bits % 360, bits >> 16
    filled = [
        (column, row)
        for row in range(SIDE)
        for column in range(SIDE)
        if cells >> (row * 3 + min(column, SIDE - 1 - column)) & 1
    ]
    squares = "".join(
        f'<rect x="{MARGIN + column * CELL}" y="{MARGIN + row * CELL}" width="{CELL}" height="{CELL}"/>'
        for column, row in filled
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" width="100" height="100">'
        f'<rect width="100" height="100" fill="hsl({hue},45%,90%)"/><g fill="hsl({hue},55%,40%)">{squares}</g></svg>'
    )
