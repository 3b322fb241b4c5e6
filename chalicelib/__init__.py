"""Byhand. Its modules run when they are first needed, and the garbage of an import is left lying for a while.

Both are for cold starts (docs/cold-start.md): most of what is here one request never needs, and an import makes a
hundred thousand objects that stay, which the collector would look through again and again.
"""

import gc

from chalicelib.kit import lazily

gc.set_threshold(200_000, 20, 20)
lazily.install(__name__)
