"""Which era a request belongs to, and whether what it says of itself agrees.

A modern request says everything twice, in headers for whoever routes it and in the body for us. Whoever routes by one
and works by the other can be led astray, so any difference is refused.
"""

import base64
import re
from typing import Any

from chalicelib.doors.http.routes import Request
from chalicelib.doors.mcp.server import NAMED_BY, Server
from chalicelib.doors.mcp.wire import (
    CAPABILITIES,
    HANDSHAKE,
    METHOD_HEADER,
    MODERN,
    NAME_HEADER,
    ROUTING_HEADERS,
    VERSION,
    VERSION_HEADER,
    HeaderMismatch,
    InvalidParams,
    Message,
    UnsupportedVersion,
)

_ENCODED = re.compile(r"=\?base64\?(.*)\?=")
_WHOLE_NUMBER = re.compile(r"-?[0-9]{1,20}(\.0+)?")


def names_modern(request: Request) -> bool:
    """Whether the header names a revision that has no handshake, known to us or not."""
    return request.headers.get(VERSION_HEADER, HANDSHAKE[0]) not in HANDSHAKE


def is_modern(request: Request, message: Message) -> bool:
    """Whether a message is of the modern era, by its header or by what it says of itself."""
    said_inside = VERSION_HEADER not in request.headers and VERSION in (message.meta or {})
    return names_modern(request) or said_inside


def check_notification(request: Request) -> None:
    """A notification is taken in silence, if it is of a revision that we speak. Raises UnsupportedVersion."""
    named = request.headers.get(VERSION_HEADER, "")
    if names_modern(request) and named not in MODERN:
        raise _unsupported(named)


def check_modern(server: Server, request: Request, message: Message) -> None:
    """The ladder that a modern request climbs before its method is asked.

    Raises HeaderMismatch, InvalidParams, UnsupportedVersion.
    """
    repeated = sorted(request.repeated & set(ROUTING_HEADERS))
    if repeated:
        raise HeaderMismatch(f"The header {repeated[0]} is there more than once")
    meta = message.meta
    if meta is None or VERSION not in meta or CAPABILITIES not in meta:
        raise InvalidParams(f"params._meta must have {VERSION} and {CAPABILITIES}")
    if request.headers.get(VERSION_HEADER) != meta[VERSION]:
        raise HeaderMismatch(f"The header {VERSION_HEADER} must say what _meta says")
    if request.headers.get(METHOD_HEADER) != message.method:
        raise HeaderMismatch(f"The header {METHOD_HEADER} must say the method of the body")
    _check_name(request, message)
    if meta[VERSION] not in MODERN:
        raise _unsupported(meta[VERSION])
    if not isinstance(meta[CAPABILITIES], dict):
        raise InvalidParams(f"{CAPABILITIES} must be an object")
    if message.method == "tools/call":
        _check_mirrored(server, request, message)


def _unsupported(version: Any) -> UnsupportedVersion:
    return UnsupportedVersion(supported=list(MODERN), requested=version)


def _check_name(request: Request, message: Message) -> None:
    part = NAMED_BY.get(message.method)
    named = message.params.get(part) if part else None
    if named is not None and _decoded(request.headers.get(NAME_HEADER)) != named:
        raise HeaderMismatch(f"The header {NAME_HEADER} must say params.{part}")


def _check_mirrored(server: Server, request: Request, message: Message) -> None:
    for one in server.tools.mirrored(message.part("name")):
        value: Any = message.params.get("arguments")
        for step in one.path:
            value = value.get(step) if isinstance(value, dict) else None
        said = request.headers.get(one.header)
        if (value is None) != (said is None) or (said is not None and not _says(said, value, one.type)):
            raise HeaderMismatch(f"The header {one.header} must say the argument {'.'.join(one.path)}")


def _says(header: str, value: Any, kind: str) -> bool:
    """Whether a header says a value, in the spelling that its type has there."""
    text = _decoded(header)
    if isinstance(value, bool):
        return text == str(value).lower()
    if kind == "integer" and text is not None and _WHOLE_NUMBER.fullmatch(text):
        return bool(int(text.partition(".")[0]) == value)
    return text == str(value)


def _decoded(header: str | None) -> str | None:
    """A header's text; what is not plain ASCII travels as base64 in a wrapping that says so."""
    wrapped = _ENCODED.fullmatch(header) if header is not None else None
    if wrapped is None:
        return header
    try:
        return base64.b64decode(wrapped[1], validate=True).decode()
    except ValueError:
        return None
