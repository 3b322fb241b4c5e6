"""Rows of the qa table, by what they keep."""
