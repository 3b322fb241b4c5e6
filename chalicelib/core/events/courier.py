"""The courier: carries a message, or a question, to a URL that a stranger gave us, and nowhere else.

The guard stands at connect time (ruling 10): the name is resolved once, every address must be allowed, and the socket
goes to the address that was checked, so a DNS answer cannot change under us. No redirects, no proxies, no cookies; ten
seconds for the whole exchange; 64 KB of answer read.

    resolve ──► every address checked ──► connect ──► TLS ──► request ──► answer, read away ──► Receipt
    └──────────────── one deadline; at its end somebody else hangs up ────────────────┘
"""

import ipaddress
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from chalicelib.core.ports.courier import Receipt, UnsafeUrl

EXCHANGE_SECONDS = 10
ANSWER_BYTES = 64 * 1024
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
# What the standard library of some Python versions takes for global, and is not: 6to4 relays, documentation, and all of
# IPv6 outside of its one block of global unicast addresses.
NOT_GLOBAL = tuple(
    ipaddress.ip_network(network)
    for network in ("192.88.99.0/24", "3fff::/20", "::/3", "4000::/2", "8000::/1")
)  # fmt: skip

_PRINTABLE = re.compile(r"[!-~]+", re.ASCII)
_HOST = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.?", re.I)

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolver = Callable[[str, int], list[str]]


class NotHeard(Exception):
    """There is no whole answer; says why. Nobody knows whether the other side did what it was asked."""


@dataclass(frozen=True)
class Heard:
    """What the other side said: its HTTP status, its headers in small letters, and the beginning of its body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


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
        if parts.scheme not in ("http", "https") or not parts.hostname or not _PRINTABLE.fullmatch(url):
            raise UnsafeUrl("must be a URL such as https://example.com/hook, without spaces, in ASCII")
        if parts.username is not None or parts.password is not None:
            raise UnsafeUrl("must not carry a user name or password")
        if self.https_only and (parts.scheme != "https" or port not in (None, 443)):
            raise UnsafeUrl("must be https on port 443")
        try:
            literal = ipaddress.ip_address(parts.hostname)
        except ValueError:
            if not _HOST.fullmatch(parts.hostname) or len(parts.hostname) > 253:
                raise UnsafeUrl("must name a host such as example.com") from None
            return
        self.check_address(literal)

    def check_address(self, address: Address) -> None:
        """Refuse an address that is not out on the internet. Raises UnsafeUrl."""
        real = _unwrapped(address)
        if self.loopback_allowed and real.is_loopback:
            return
        odd = any(real in network for network in NOT_GLOBAL if network.version == real.version)
        if not real.is_global or real.is_multicast or real.is_reserved or real.is_unspecified or odd:
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
        begun = time.monotonic()
        try:
            heard = self.ask("POST", url, headers, body)
            receipt = Receipt(heard.status, answer_bytes=len(heard.body))
        except NotHeard as silence:
            receipt = Receipt(None, str(silence))
        return replace(receipt, duration_ms=int((time.monotonic() - begun) * 1_000))

    def ask(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None = None,
        bytes_max: int = ANSWER_BYTES,
    ) -> Heard:  # fmt: skip
        """One exchange, of whose answer no more than `bytes_max` is read. Raises NotHeard."""
        deadline = Deadline(self.exchange_seconds)
        try:
            self.rule.check(url)
            heard = self._exchange(method, url, headers, body, bytes_max, deadline)
        except UnsafeUrl as unsafe:
            raise NotHeard(str(unsafe)) from None
        except OSError as error:
            raise NotHeard(deadline.problem or f"{type(error).__name__}: {error}"[:200]) from None
        except (HTTPException, ValueError) as error:
            # The words of these may quote the URL, and a URL may hold a secret.
            raise NotHeard(deadline.problem or type(error).__name__) from None
        finally:
            deadline.end()
        if deadline.problem:
            raise NotHeard(deadline.problem)
        return heard

    def _exchange(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None, bytes_max: int,
        deadline: "Deadline",
    ) -> Heard:  # fmt: skip
        parts = urlsplit(url)
        assert parts.hostname is not None, "the rule has looked"  # noqa: S101
        secure = parts.scheme == "https"
        port = parts.port or (443 if secure else 80)
        connection = (HTTPSConnection if secure else HTTPConnection)(parts.hostname, port)
        with closing(connection):
            sock = deadline.guard(self._connect(parts.hostname, port, deadline))
            if secure:
                sock = deadline.guard(ssl.create_default_context().wrap_socket(sock, server_hostname=parts.hostname))
            connection.sock = sock
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request(method, path, body, dict(headers))
            answer = connection.getresponse()
            said = {name.lower(): value for name, value in answer.getheaders()}
            return Heard(answer.status, said, answer.read(bytes_max))

    def _connect(self, host: str, port: int, deadline: "Deadline") -> socket.socket:
        """A connection to the first address of a host, after all of them were found to be allowed."""
        addresses = self._addresses(host, port, deadline)
        for address in addresses:
            self.rule.check_address(ipaddress.ip_address(address))
        problem = OSError(f"{host} has no address")
        for address in addresses:
            try:
                return socket.create_connection((address, port), timeout=deadline.left)
            except OSError as error:
                problem = error
        raise problem

    def _addresses(self, host: str, port: int, deadline: "Deadline") -> list[str]:
        """The addresses of a host. A resolver knows no time-out: it is asked in a thread that may be left behind."""
        answer: Future[list[str]] = Future()

        def ask() -> None:
            try:
                answer.set_result(self.resolve(host, port))
            except (OSError, ValueError) as error:
                answer.set_exception(error)

        threading.Thread(target=ask, daemon=True).start()
        return answer.result(deadline.left)


class Deadline:
    """The end of the whole exchange: when it passes, the socket is shut under whoever still reads or writes.

    A socket's own time-out begins anew at every byte, so a server that drips bytes, or sends one interim answer after
    another, could keep us for ever.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._at = time.monotonic() + seconds
        self._sockets: list[socket.socket] = []
        self._timer = threading.Timer(seconds, self._shut)
        self._timer.daemon = True
        self._timer.start()

    @property
    def problem(self) -> str:
        """What the sender hears when the deadline has passed; nothing before."""
        return f"no whole answer within {self._seconds:g} s" if time.monotonic() >= self._at else ""

    @property
    def left(self) -> float:
        return max(self._at - time.monotonic(), 0.01)

    def guard(self, sock: socket.socket) -> socket.socket:
        sock.settimeout(self.left)
        self._sockets.append(sock)
        return sock

    def end(self) -> None:
        self._timer.cancel()

    def _shut(self) -> None:
        for sock in self._sockets:
            # Below TLS, because a polite goodbye would wait for the other side.
            with suppress(OSError):
                socket.socket.shutdown(sock, socket.SHUT_RDWR)


def _unwrapped(address: Address) -> Address:
    """The address that an IPv6 form carries inside: mapped, NAT64, 6to4 and IPv4-compatible."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and (address in NAT64 or (int(address) >> 32 == 0 and int(address) > 1)):
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        return inner or address
    return address
