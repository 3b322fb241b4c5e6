"""The courier: carries a message to a URL that a stranger gave us, and nowhere else.

The guard stands at connect time (ruling 10): the name is resolved once, every address must be allowed, and the socket
goes to the address that was checked, so a DNS answer cannot change under us. No redirects, no proxies, no cookies; ten
seconds for the whole exchange; 64 KB of answer read.
"""

import ipaddress
import socket
import ssl
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from urllib.parse import urlsplit

from chalicelib.core.world import Receipt, UnsafeUrl

EXCHANGE_SECONDS = 10
ANSWER_BYTES = 64 * 1024
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


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

    def check(self, url: str) -> None:
        """Refuse a URL whose words already show that it will not be called. Raises UnsafeUrl."""
        self.rule.check(url)

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Receipt:
        """Deliver one message."""
        try:
            self.rule.check(url)
            return self._exchange(url, headers, body)
        except UnsafeUrl as unsafe:
            return Receipt(None, str(unsafe))
        except (OSError, HTTPException, UnicodeError) as error:
            return Receipt(None, f"{type(error).__name__}: {error}"[:200])

    def _exchange(self, url: str, headers: Mapping[str, str], body: bytes) -> Receipt:
        deadline = time.monotonic() + self.exchange_seconds
        parts = urlsplit(url)
        assert parts.hostname is not None, "the rule has looked"  # noqa: S101
        secure = parts.scheme == "https"
        kind = HTTPSConnection if secure else HTTPConnection
        connection = kind(parts.hostname, parts.port, timeout=self.exchange_seconds)
        with closing(connection):
            sock = self._connect(parts.hostname, parts.port or (443 if secure else 80), deadline)
            if secure:
                sock = ssl.create_default_context().wrap_socket(sock, server_hostname=parts.hostname)
            connection.sock = sock
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request("POST", path, body, dict(headers))
            sock.settimeout(max(deadline - time.monotonic(), 0.1))
            answer = connection.getresponse()
            _read(answer, sock, deadline)
            return Receipt(answer.status)

    def _connect(self, host: str, port: int, deadline: float) -> socket.socket:
        """A connection to the first address of a host, after all of them were found to be allowed."""
        addresses = [str(place[0]) for *_, place in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
        for address in addresses:
            self.rule.check_address(ipaddress.ip_address(address))
        problem: OSError | None = None
        for address in addresses:
            try:
                return socket.create_connection((address, port), timeout=max(deadline - time.monotonic(), 0.1))
            except OSError as error:
                problem = error
        raise problem or OSError(f"{host} has no address")


def _read(answer: HTTPResponse, sock: socket.socket, deadline: float) -> None:
    """Read the answer away, in small sips: a server that drips must not outlast the deadline."""
    left = ANSWER_BYTES
    while left > 0 and not answer.isclosed():
        if (remaining := deadline - time.monotonic()) <= 0:
            raise TimeoutError("the answer took longer than the whole exchange may")
        sock.settimeout(remaining)
        sip = answer.read1(min(left, 4096))
        if not sip:
            return
        left -= len(sip)


def _unwrapped(address: Address) -> Address:
    """The address that an IPv6 form carries inside: mapped, NAT64, 6to4 and IPv4-compatible."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and (address in NAT64 or (int(address) >> 32 == 0 and int(address) > 1)):
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        return inner or address
    return address
