"""Plain HTTP servers on loopback, for stand-ins that answer politely; rude ones are in core/servers.py."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer, ThreadingHTTPServer


class Quiet(BaseHTTPRequestHandler):
    """A handler whose requests are told to nobody: a test reads what was heard."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def handling(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """A server of a handler that is up until the block ends; its URL."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    with running(server) as url:
        yield url


@contextmanager
def running(server: HTTPServer) -> Iterator[str]:
    """A server that is up until the block ends; its URL."""
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
