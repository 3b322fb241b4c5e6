"""A job on record."""
