"""Documents, and what draws some of them from the code."""

import os

# What the app serves is decided by the mode at import. The pages show a test deployment: a live one has no clock.
os.environ.setdefault("BYHAND_MODE", "test")
