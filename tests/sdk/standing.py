"""The real app behind a socket on loopback, for programs that bring their own client."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from tests.contract.gateway import wsgi
from tests.harness import House
from tests.loopback import running


class _Quiet(WSGIRequestHandler):
    def get_environ(self) -> dict[str, Any]:
        """What the client said, and no content type that it never named."""
        return super().get_environ() | {"CONTENT_TYPE": self.headers.get("Content-Type", "")}

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def on_loopback(house: House) -> Iterator[str]:
    """A house that is up until the block ends; its URL."""
    with running(make_server("127.0.0.1", 0, _measured(wsgi(house)), WSGIServer, _Quiet)) as url:
        yield url


def _measured(application: Any) -> Any:
    """A socket has no end of its own: read what Content-Length announces and no more."""

    def measured(environ: dict[str, Any], start: Any) -> Any:
        length = int(environ.get("CONTENT_LENGTH") or 0)
        body = environ["wsgi.input"].read(length)
        environ["wsgi.input"] = type("Body", (), {"read": lambda _: body})()
        return application(environ, start)

    return measured
