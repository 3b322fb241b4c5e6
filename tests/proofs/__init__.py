"""Proofs: what holds whatever happens, in whatever order, at once, twice, or cut off in the middle."""
