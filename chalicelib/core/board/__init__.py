"""Humans, openings, assignments: who may take what work, and who has taken it."""
