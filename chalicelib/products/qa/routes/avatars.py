"""Testers' avatars, for whoever shows them."""

from __future__ import annotations

from chalicelib.doors.http.routes import Call, Page, Routes, Text, Who
from chalicelib.doors.http.shapes import with_message
from chalicelib.kit.words import Nothing
from chalicelib.products.qa import avatars

SVG = "image/svg+xml"
# Drawn from its own name, so it never changes; and whatever shows it runs nothing that is in it.
HEADERS = {
    "Cache-Control": "public, max-age=31536000, immutable",
    "Content-Security-Policy": "default-src 'none'",
    "X-Content-Type-Options": "nosniff",
}

_routes = Routes(errors=with_message)


@_routes.get("/api/avatars/{avatar}", Who.ANYONE, Nothing, Page, produces=SVG)
def avatar(call: Call[Nothing]) -> Text:
    """The picture of a tester. Raises AvatarNotFound."""
    name = call.ids["avatar"]
    tag, drawn = f'"{name}"', avatars.draw(name)
    headers = {**HEADERS, "ETag": tag}
    if call.request.headers.get("if-none-match") == tag:
        return Text("", headers, not_modified=True, content_type=SVG)
    return Text(drawn, headers, content_type=SVG)


ROUTES = _routes.all
