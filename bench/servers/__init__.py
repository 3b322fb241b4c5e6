"""One MCP server in several makes: the same tools out of the same manifest, each with a body that does nothing.

Each module has `handle(event)`, as Lambda calls it, and is run by `bench/rivals.py` in an interpreter that sees its own
make and this folder, and nothing else of this repository. None of them asks who calls, or how often. Beside each lies
what it needs, pinned whole.
"""
