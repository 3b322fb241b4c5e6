"""The operators' page: the files of web/ as they are, read at the first request and kept by the container.

    /operator                    the page; asked for again every time, 304 if nothing changed
    /operator/{version}/{file}   what it is made of; the version is a hash of it all, so a browser keeps it for a year

A browser therefore never mixes two deployments, and somebody who comes back asks for one file.
"""

import hashlib
from functools import lru_cache
from html import escape
from pathlib import Path

from chalicelib.core.world import World
from chalicelib.doors.http.routes import Call, Page, Route, Routes, Text, Who
from chalicelib.kit.errors import NotFound
from chalicelib.kit.words import Nothing

FOLDER = Path(__file__).resolve().parents[3] / "web"
PAGE = "index.html"
KINDS = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
}
KEPT_SECONDS = 365 * 86_400
ASKED_AGAIN, KEPT = "no-cache", f"public, max-age={KEPT_SECONDS}, immutable"
# The page as it lies in web/ says these; what is served says where it is deployed, and how people sign in there.
PLACE, SIGN_IN = '"/operator/files/', 'data-sign-in="token"'
BASES_KEPT_MAX = 8
FILES_MAX = 20
"""How many files the page may be made of: people behind one address must not use up each other's first visit."""


class FileNotFound(NotFound):
    """There is no such file; its version may be that of an earlier deployment, and loading the page again helps."""

    code = "file_not_found"

    def __init__(self) -> None:
        super().__init__("There is no such file. Load the page again.")


def routes() -> list[Route]:
    """The page and its files, for anyone: who somebody is, the page asks and the API checks."""
    here = Routes()
    here.get("/operator", Who.ANYONE, Nothing, Page, produces=KINDS[".html"])(_page)
    files = here.get(
        "/operator/{version}/{file}", Who.ANYONE, Nothing, Page, produces="*/*", requests_a_visit=FILES_MAX
    )
    files(_file)
    return here.all


def _page(call: Call[Nothing]) -> Text:
    """The operators' page, for a phone's browser."""
    by_id = call.world.settings.allow_dev_operator_id_header
    return _answer(call, _placed(call.request.base, by_id=by_id), KINDS[".html"], ASKED_AGAIN)


def _file(call: Call[Nothing]) -> Text:
    """A script, style or picture of the operators' page. Raises FileNotFound."""
    name = call.ids["file"]
    if call.ids["version"] != version() or name not in files():
        raise FileNotFound
    return _answer(call, files()[name], KINDS[Path(name).suffix], KEPT)


@lru_cache
def files() -> dict[str, str]:
    """Every file of the page by its name; a path that somebody asks for is looked up here, and nowhere on a disk."""
    return {file.name: file.read_text("utf-8") for file in sorted(FOLDER.iterdir()) if file.suffix in KINDS}


@lru_cache
def version() -> str:
    """A hash over all files: another name or another letter is another version."""
    return _hash("\0".join(part for file in files().items() for part in file))[:16]


def policy(world: World) -> str:
    """What the page may load and talk to: this deployment, and where in the bucket its photos are put.

    The host alone would be too much: on AWS every bucket of the region has the same one.
    """
    rules = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' blob:",
        "manifest-src": "'self'",
        "connect-src": f"'self' {world.bucket.url('uploads/')}",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
        # No text may become HTML in this page: a browser that knows this rule refuses the attempt.
        "require-trusted-types-for": "'script'",
        "trusted-types": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


@lru_cache(maxsize=2 * BASES_KEPT_MAX)
def _placed(base: str, *, by_id: bool) -> str:
    page = files()[PAGE].replace(PLACE, f'"{escape(base)}/operator/{version()}/')
    return page.replace(SIGN_IN, 'data-sign-in="id"') if by_id else page


def _answer(call: Call[Nothing], body: str, content_type: str, kept: str) -> Text:
    tag = f'"{_hash(body)[:32]}"'
    headers = {
        "ETag": tag,
        "Cache-Control": kept,
        "Content-Security-Policy": policy(call.world),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
    }
    if call.request.headers.get("if-none-match") == tag:
        return Text("", headers, not_modified=True, content_type=content_type)
    return Text(body, headers, content_type=content_type)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
