"""Jobs over HTTP, by theme."""

from chalicelib.products.qa.routes import admin, helpers, jobs, testers

ROUTES = [*jobs.ROUTES, *helpers.ROUTES, *testers.ROUTES, *admin.ROUTES]
