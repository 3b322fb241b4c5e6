"""Every route of every product, the endpoints for tools, and which of them the waiting door serves too."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from chalicelib import jobs, suspension
from chalicelib.core import settings
from chalicelib.doors.http import house, reference, web
from chalicelib.doors.http.routes import Route, Who
from chalicelib.products.accounts import routes as accounts
from chalicelib.products.backoffice import routes as backoffice
from chalicelib.products.operators import routes as operators
from chalicelib.products.qa import guide as qa_guide
from chalicelib.products.qa import routes as qa
from chalicelib.products.tasks import guide as task_guide
from chalicelib.products.tasks import routes as tasks
from chalicelib.tools import qa as qa_tools
from chalicelib.tools import tasks as task_tools

if TYPE_CHECKING:
    from chalicelib.doors.mcp.server import Server

TEST_MODE = settings.test_mode_at_import()
OFFICE = backoffice.routes(lambda: suspension.ON_SUSPENSION)
PRODUCTS = [*accounts.ROUTES, *operators.ROUTES, *tasks.ROUTES, *qa.ROUTES, *OFFICE]
DESCRIBED = [*house.routes(lambda: jobs.JOBS, test_mode=TEST_MODE), *PRODUCTS, *web.routes()]
GUIDE = f"{task_guide.GUIDE}\n{qa_guide.GUIDE}"
ROUTES = [*DESCRIBED, *reference.routes(DESCRIBED, guide=GUIDE, test_mode=TEST_MODE)]
WAITING_ROUTES: list[Route] = [
    route for route in PRODUCTS if not route.path.startswith("/api/v1/") and route.who not in (Who.ADMIN, Who.OPERATOR)
]
"""What the waiting door serves beside the endpoints: all that agents may ask of the products whose clients wait, so
that these have one base URL. Nobody else has reason to be there, and its function knows neither admin keys nor whose
tokens operators show.
"""
ENDPOINTS: Mapping[str, Callable[[], Server]] = {
    "/api/v1/mcp": lambda: task_tools.SERVER, "/api/qa/mcp": lambda: qa_tools.SERVER,
}  # fmt: skip
"""The MCP endpoints by their paths; a server is asked for at the first request. Both doors serve all of them."""
