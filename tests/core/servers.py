"""Servers on loopback that behave as servers of strangers may: each is a few bytes and what is done around them."""

import datetime
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Behaviour = Callable[[socket.socket, "Server"], None]

# No server outlives its test by more than this, whatever its client does.
LONGEST_SECONDS = 20.0
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@dataclass
class Server:
    """A server that is running: its port, and what it was sent."""

    port: int
    requests: list[bytes] = field(default_factory=list)
    sent: int = 0
    over: threading.Event = field(default_factory=threading.Event)

    def url(self, path: str = "/hook", host: str = "127.0.0.1", scheme: str = "http") -> str:
        return f"{scheme}://{host}:{self.port}{path}"


@contextmanager
def serving(behave: Behaviour, tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    """Serve on a free port of loopback until the block ends."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.05)
    server = Server(listener.getsockname()[1])
    thread = threading.Thread(target=_accept, args=(listener, behave, server, tls), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.over.set()
        thread.join(LONGEST_SECONDS)
        listener.close()


def answering(*parts: bytes) -> Behaviour:
    """Read the request, and send these bytes."""

    def behave(conn: socket.socket, server: Server) -> None:
        server.requests.append(read_request(conn))
        for part in parts:
            conn.sendall(part)
            server.sent += len(part)

    return behave


def dripping(head: bytes, drop: bytes) -> Behaviour:
    """Read the request, send a beginning, and then a little more and a little more, longer than anybody should wait."""

    def behave(conn: socket.socket, server: Server) -> None:
        server.requests.append(read_request(conn))
        conn.sendall(head)
        until = time.monotonic() + LONGEST_SECONDS
        while not server.over.wait(0.02) and time.monotonic() < until:
            conn.sendall(drop)
            server.sent += len(drop)

    return behave


def silent(conn: socket.socket, server: Server) -> None:
    """Take the connection and say nothing, not even in a handshake."""
    server.over.wait(LONGEST_SECONDS)


def blurting(conn: socket.socket, server: Server) -> None:
    """Answer in plain HTTP before anything was asked."""
    conn.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    server.requests.append(conn.recv(65536))


def hanging_up(conn: socket.socket, server: Server) -> None:
    """Read the request and close."""
    server.requests.append(read_request(conn))


def read_request(conn: socket.socket) -> bytes:
    """One request with the body that its Content-Length announces."""
    data = b""
    while b"\r\n\r\n" not in data:
        if not (more := conn.recv(65536)):
            return data
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    announced = [line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
    length = int(announced[0].partition(b":")[2]) if announced else 0
    while len(body) < length and (more := conn.recv(65536)):
        body += more
    return head + b"\r\n\r\n" + body


def certified(folder: Path, *hosts: str) -> tuple[ssl.SSLContext, Path]:
    """A server's TLS for some hosts, and the file of the authority that vouches for it: itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "tests")])
    now = datetime.datetime.now(datetime.UTC)
    names = x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts])
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1)).add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True).sign(key, hashes.SHA256())
    )  # fmt: skip
    pem, private = folder / "certificate.pem", folder / "key.pem"
    pem.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, private)
    return context, pem


def _accept(listener: socket.socket, behave: Behaviour, server: Server, tls: ssl.SSLContext | None) -> None:
    """One connection after the other: no test of ours has two at once."""
    while not server.over.is_set():
        with suppress(TimeoutError):
            conn, _ = listener.accept()
            conn.settimeout(LONGEST_SECONDS)
            # A client that hangs up is what several of these tests are about.
            with conn, suppress(OSError):
                if tls is None:
                    behave(conn, server)
                else:
                    with tls.wrap_socket(conn, server_side=True) as secured:
                        behave(secured, server)
