"""qa over HTTP, by theme."""

from chalicelib.products.qa.routes import admin

ROUTES = [*admin.ROUTES]
