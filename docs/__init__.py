"""Documents, and what draws some of them from the code."""
