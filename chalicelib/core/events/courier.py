"""The courier: carries a message to a URL that a stranger gave us, and nowhere else.

The guard stands at connect time (ruling 10): the name is resolved once, every address must be allowed, and the socket
goes to the address that was checked, so a DNS answer cannot change under us. No redirects, no proxies, no cookies; ten
seconds for the whole exchange; 64 KB of answer read.

    resolve ──► every address checked ──► connect ──► TLS ──► request ──► answer, read away ──► Receipt
    └──────────────── one deadline; at its end somebody else hangs up ────────────────┘
"""

import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from threading import Timer
from urllib.parse import SplitResult, urlsplit

from chalicelib.core.world import Receipt, UnsafeUrl

EXCHANGE_SECONDS = 10
ANSWER_BYTES = 64 * 1024
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolver = Callable[[str, int], list[str]]


def resolve(host: str, port: int) -> list[str]:
    """Every address of a host, as the system's resolver knows them."""
    return [str(place[0]) for *_, place in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


@dataclass(frozen=True)
class UrlRule:
    """Which URLs we call: strict in live mode; a laptop may also call itself."""

    https_only: bool
    loopback_allowed: bool

    def check(self, url: str) -> None:
        """Refuse what the words of a URL already show to be wrong. Raises UnsafeUrl with what would be right."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise UnsafeUrl("is not a URL") from None
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise UnsafeUrl("must be a URL such as https://example.com/hook")
        if parts.username is not None or parts.password is not None:
            raise UnsafeUrl("must not carry a user name or password")
        if self.https_only and (parts.scheme != "https" or port not in (None, 443)):
            raise UnsafeUrl("must be https on port 443")
        try:
            literal = ipaddress.ip_address(parts.hostname)
        except ValueError:
            return
        self.check_address(literal)

    def check_address(self, address: Address) -> None:
        """Refuse an address that is not out on the internet. Raises UnsafeUrl."""
        real = _unwrapped(address)
        if self.loopback_allowed and real.is_loopback:
            return
        if not real.is_global or real.is_multicast or real.is_reserved or real.is_unspecified:
            raise UnsafeUrl(f"leads to {address}, which is not an address on the public internet")


@dataclass(frozen=True)
class HttpCourier:
    """Delivers over HTTP/1.1. Every problem of the other side ends in a Receipt, none in an exception."""

    rule: UrlRule
    exchange_seconds: float = EXCHANGE_SECONDS
    resolve: Resolver = resolve

    def check(self, url: str) -> None:
        """Refuse a URL whose words already show that it will not be called. Raises UnsafeUrl."""
        self.rule.check(url)

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Receipt:
        """Deliver one message."""
        deadline = time.monotonic() + self.exchange_seconds
        try:
            self.rule.check(url)
            return self._exchange(urlsplit(url), headers, body, deadline)
        except UnsafeUrl as unsafe:
            return Receipt(None, str(unsafe))
        except (OSError, HTTPException, ValueError) as error:
            if time.monotonic() >= deadline:
                return Receipt(None, f"no whole answer within {self.exchange_seconds:g} s")
            return Receipt(None, f"{type(error).__name__}: {error}"[:200])

    def _exchange(self, parts: SplitResult, headers: Mapping[str, str], body: bytes, deadline: float) -> Receipt:
        host, secure = str(parts.hostname), parts.scheme == "https"
        port = parts.port or (443 if secure else 80)
        with self._connect(host, port, deadline) as sock:
            connection = _secured(host, port, sock) if secure else HTTPConnection(host, port)
            connection.sock = connection.sock or sock
            with closing(connection), _hanging_up(connection.sock, deadline):
                if isinstance(connection.sock, ssl.SSLSocket):
                    connection.sock.do_handshake()
                path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
                connection.request("POST", path, body, dict(headers))
                answer = connection.getresponse()
                _read(answer, deadline)
                return Receipt(answer.status)

    def _connect(self, host: str, port: int, deadline: float) -> socket.socket:
        """A connection to the first address of a host, after all of them were found to be allowed."""
        addresses = self._resolve(host, port, deadline)
        for address in addresses:
            self.rule.check_address(ipaddress.ip_address(address))
        problem: OSError | None = None
        for address in addresses:
            try:
                return socket.create_connection((address, port), timeout=_left(deadline))
            except OSError as error:
                problem = error
        raise problem or OSError(f"{host} has no address")

    def _resolve(self, host: str, port: int, deadline: float) -> list[str]:
        """Ask in a thread: the system's resolver knows no time-out of ours, and a stranger's name server may dawdle."""
        pool = ThreadPoolExecutor(max_workers=1)
        try:
            return pool.submit(self.resolve, host, port).result(timeout=_left(deadline))
        finally:
            pool.shutdown(wait=False)


def _secured(host: str, port: int, sock: socket.socket) -> HTTPSConnection:
    """TLS over a socket; the handshake waits until somebody watches the clock, for it can be dripped as well."""
    tls = ssl.create_default_context()
    connection = HTTPSConnection(host, port, context=tls)
    connection.sock = tls.wrap_socket(sock, server_hostname=host, do_handshake_on_connect=False)
    return connection


def _left(deadline: float) -> float:
    return max(deadline - time.monotonic(), 0.001)


@contextmanager
def _hanging_up(sock: socket.socket, deadline: float) -> Iterator[None]:
    """Hang up at the deadline, whatever is going on: a socket's own time-out begins anew with every byte that drips."""
    timer = Timer(_left(deadline), _hang_up, [sock])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _hang_up(sock: socket.socket) -> None:
    with suppress(OSError):
        # The plain socket's own method: TLS's would take its state away from under the thread that is reading.
        socket.socket.shutdown(sock, socket.SHUT_RDWR)


def _read(answer: HTTPResponse, deadline: float) -> None:
    """Read the answer away. Raises TimeoutError when its end came from our side."""
    left = ANSWER_BYTES
    while left > 0 and not answer.isclosed() and (sip := answer.read1(min(left, 4096))):
        left -= len(sip)
    if time.monotonic() >= deadline:
        raise TimeoutError


def _unwrapped(address: Address) -> Address:
    """The address that an IPv6 form carries inside: mapped, NAT64, 6to4 and IPv4-compatible."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and (address in NAT64 or (int(address) >> 32 == 0 and int(address) > 1)):
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        return inner or address
    return address
