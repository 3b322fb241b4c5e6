"""What the protocol's own people test: their suites and clients, against the door as Lambda meets it.

`make conformance` runs all of it. The suites call tools by names of their own; those are in fixtures.py and beside it,
served by the same door, and never packaged.
"""
