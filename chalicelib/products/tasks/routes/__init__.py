"""Tasks over HTTP, by theme."""

from chalicelib.products.tasks.routes import admin, disputes, tasks

ROUTES = [*tasks.ROUTES, *disputes.ROUTES, *admin.ROUTES]
