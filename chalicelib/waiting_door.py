"""The waiting door: what is served where a request may wait for ten minutes (docs/waiting.md).

A module of its own, so that only the function behind it builds its table of places.
"""

from chalicelib.doors.http import function_url
from chalicelib.doors.mcp.mount import places
from chalicelib.doors.wiring import world
from chalicelib.routes import ENDPOINTS, WAITING_ROUTES

DOOR = function_url.FunctionUrl([
    *function_url.places(WAITING_ROUTES, world),
    *(place for path, server in ENDPOINTS.items() for place in places(path, server, world)),
])  # fmt: skip
