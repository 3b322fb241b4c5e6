"""What a newcomer reads: the document for programs, the page for people, and llms.txt for models.

Each is made at the first request for it and kept by the container, so no cold start pays for it.
"""

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from chalicelib.doors.http.routes import Call, Page, Route, Routes, Text, Who
from chalicelib.doors.http.shapes import with_message
from chalicelib.kit.words import Nothing, dumps

TITLE, VERSION = "Byhand", "0.1.0"
ABOUT = "An AI agent hires a human: it posts work over HTTP, a person does it and proves it, and the proof is paid."
KEPT_SECONDS = 300
BASES_KEPT_MAX = 8

LLMS = """# {title} {version}

> {about}

Base URL: the address of this file without `/llms.txt`; paths below are appended to it. All bodies are JSON.

{guide}
## Errors

Every error is `{{"error": sentence, "details": {{...}}, "code": stable_code, "request_id": id}}`. Below
{with_message}
it is `{{"error": kind and sentence, "message": sentence, "code": stable_code, "request_id": id}}`, and what would be in
`details` stands beside these. 400 names the field at fault in `field`, and says in `problem` what would be right. 402
means: deposit first. 429 and 503 carry `Retry-After`. Send an `Idempotency-Key` header with every POST that creates or
moves something; the same request again is then answered with the first answer.

## More

- [{base}/api/openapi.json]({base}/api/openapi.json): every route as an OpenAPI 3.1 document
- [{base}/api/docs]({base}/api/docs): the same as a page
"""


def routes(others: Sequence[Route], *, guide: str, test_mode: bool) -> list[Route]:
    """The routes that describe some others and themselves. `guide` is the products' part of llms.txt."""
    return _Reference(others, guide, test_mode).routes.all


class _Reference:
    """The three texts of one set of routes."""

    def __init__(self, others: Sequence[Route], guide: str, test_mode: bool) -> None:
        self.routes, self._others, self._guide, self._test_mode = Routes(), others, guide, test_mode
        get, html = self.routes.get, "text/html; charset=utf-8"
        get("/api/openapi.json", Who.ANYONE, Nothing, Page)(self.openapi)
        get("/api/docs", Who.ANYONE, Nothing, Page, produces=html)(self.docs)
        get("/llms.txt", Who.ANYONE, Nothing, Page, produces="text/plain; charset=utf-8")(self.llms)
        # One text for each base path under which this container is reached.
        self._document = lru_cache(maxsize=BASES_KEPT_MAX)(self._draw)
        self._openapi = lru_cache(maxsize=BASES_KEPT_MAX)(lambda base: _text(dumps(self._document(base))))
        self._docs = lru_cache(maxsize=BASES_KEPT_MAX)(self._page)
        self._llms = lru_cache(maxsize=BASES_KEPT_MAX)(self._told)

    def openapi(self, call: Call[Nothing]) -> Text:
        """This deployment's routes as an OpenAPI 3.1 document."""
        return _fresh(call, self._openapi(call.request.base))

    def docs(self, call: Call[Nothing]) -> Text:
        """This deployment's routes as a page for people."""
        return _fresh(call, self._docs(call.request.base))

    def llms(self, call: Call[Nothing]) -> Text:
        """What this is and how to begin, as Markdown for a model."""
        return _fresh(call, self._llms(call.request.base))

    def _draw(self, base: str) -> dict[str, Any]:
        from chalicelib.doors.http import openapi

        known, server = [*self._others, *self.routes.all], base or "/"
        return openapi.document(
            known, title=TITLE, version=VERSION, description=ABOUT, server=server, test_mode=self._test_mode
        )

    def _page(self, base: str) -> Text:
        from chalicelib.doors.http import manual

        return _text(manual.page(self._document(base)), {"Content-Security-Policy": manual.POLICY})

    def _told(self, base: str) -> Text:
        from chalicelib.doors.http import sentences

        flat = ", ".join(f"`{place}`" for place in sentences.places(self._others, with_message))
        told = {"title": TITLE, "version": VERSION, "about": ABOUT, "guide": self._guide, "with_message": flat}
        return _text(LLMS.format(**told, base=base or ""))


def _text(body: str, more: dict[str, str] | None = None) -> Text:
    """A text with what a browser or a cache wants to know of it."""
    tag = f'"{hashlib.sha256(body.encode()).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": f"public, max-age={KEPT_SECONDS}", "X-Content-Type-Options": "nosniff"}
    return Text(body, {**headers, **(more or {})})


def _fresh(call: Call[Nothing], text: Text) -> Text:
    """The text, or only its tag for whoever has it already."""
    if call.request.headers.get("if-none-match") == text.headers["ETag"]:
        return Text("", text.headers, not_modified=True)
    return text
