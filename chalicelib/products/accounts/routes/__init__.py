"""Accounts over HTTP, by theme."""

from chalicelib.products.accounts.routes import accounts, webhooks

ROUTES = [*accounts.ROUTES, *webhooks.ROUTES]
