"""Jobs over HTTP, by theme."""

from chalicelib.products.qa.routes import admin, analysis, avatars, jobs, testers

ROUTES = [*jobs.ROUTES, *analysis.ROUTES, *avatars.ROUTES, *testers.ROUTES, *admin.ROUTES]
