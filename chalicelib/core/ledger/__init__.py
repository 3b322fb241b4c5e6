"""Money: double entry, whole micro-USD, transfers that are for ever, books that cannot go below zero."""
