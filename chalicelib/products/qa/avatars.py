"""Avatars: a picture for a tester, drawn from sixteen hex digits. Nothing is kept, and nothing tells who it is.

Its first two digits choose the colour, its last ones which cells of a five by five grid are filled; the right half
mirrors the left.
"""

import re

from chalicelib.kit.errors import NotFound
from chalicelib.products.qa import rules

DIGITS = re.compile("[0-9a-f]{16}")
SIDE, CELL, MARGIN = 5, 14, 15


class AvatarNotFound(NotFound):
    """No avatar is named so."""

    code = "avatar_not_found"

    def __init__(self) -> None:
        super().__init__("Avatar not found: its name is sixteen hex digits.")


def draw(avatar: str) -> str:
    """The picture as SVG. `avatar` is its name, sixteen hex digits. Raises AvatarNotFound."""
    if not DIGITS.fullmatch(avatar):
        raise AvatarNotFound
    cells = int(avatar, 16)
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
        f'<rect width="100" height="100" fill="#F2F2F2"/><g fill="{rules.colour(avatar)}">{squares}</g></svg>'
    )
