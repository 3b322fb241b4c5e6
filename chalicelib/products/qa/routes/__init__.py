"""Jobs over HTTP, by theme."""

from chalicelib.products.qa.routes import admin, jobs, testers

ROUTES = [*jobs.ROUTES, *testers.ROUTES, *admin.ROUTES]
