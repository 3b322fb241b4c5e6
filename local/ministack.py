"""The store that keeps what you did: MiniStack, a child process that listens on loopback and saves on a clean stop.

.byhand/store-venv/     its own Python environment, because it pins another botocore than ours
.byhand/state/          what it keeps; `rm -rf .byhand/state` starts from nothing
    store.lock          held by us and by the child: whoever of the two lives longest, nobody else may start here
    port                the port of last time, tried first, so that presigned URLs survive a restart
    store.log           what the child says
"""

import contextlib
import fcntl
import os
import signal
import socket
import subprocess
import time
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from local.stack import ROOT

HOME = ROOT / ".byhand"
SERVICES = "cloudformation,dynamodb,kms,s3,sqs"
READY_SECONDS = 30.0
STOP_SECONDS = 15.0
# A run that was killed leaves a child that is still saving; waiting that long for it is kinder than refusing.
LOCK_PATIENCE_SECONDS = 3.0


class StoreUnavailable(RuntimeError):
    """The store cannot be started; the message says why and what to do."""


def store_python() -> Path:
    """The Python that has MiniStack: BYHAND_STORE_VENV if set, else the environment that the Makefile makes."""
    return Path(os.environ.get("BYHAND_STORE_VENV") or HOME / "store-venv") / "bin" / "python"


class MiniStack:
    """One child process on one state folder: `with MiniStack() as store: store.url`. Raises StoreUnavailable."""

    def __init__(
        self, state: Path = HOME / "state", python: Path | None = None, patience: float = LOCK_PATIENCE_SECONDS
    ) -> None:
        self.state, self.python, self.patience = state, python or store_python(), patience
        self.url = ""
        self._process: subprocess.Popen[bytes] | None = None
        self._lock: IO[str] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def pid(self) -> int | None:
        """The child's process id while it runs."""
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Take the folder, start the child and wait until it answers."""
        if not self.python.exists():
            raise StoreUnavailable(f"MiniStack is not installed at {self.python}. Run `make store`, or use STORE=moto.")
        self.state.mkdir(parents=True, exist_ok=True)
        self._lock = self._take_lock()
        try:
            self._process = self._launch(self._choose_port(), self._lock)
            self._wait_until_ready(self._process)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End the child so that it keeps its state; kill it when it takes too long. Stopping twice is fine."""
        if self._process:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            finally:
                _close(self._process.stdin)
                self._process = None
        _close(self._lock)
        self._lock = None

    def _take_lock(self) -> IO[str]:
        # Opened for appending, so that a run which is refused does not wipe out who holds it.
        lock = (self.state / "store.lock").open("a+")
        until = time.monotonic() + self.patience
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > until:
                    raise self._in_use(lock) from None
                time.sleep(0.05)
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        return lock

    def _in_use(self, lock: IO[str]) -> StoreUnavailable:
        lock.seek(0)
        holder = lock.read().strip() or "unknown"
        lock.close()
        return StoreUnavailable(
            f"Another run (process {holder}) is using {self.state}. Stop it with Ctrl-C where it runs, "
            "or start this one beside it with STORE=moto, which keeps nothing."
        )

    def _choose_port(self) -> int:
        remembered = self.state / "port"
        last = remembered.read_text().strip() if remembered.exists() else ""
        port = _free_port(int(last) if last.isdigit() else 0) or _free_port(0)
        remembered.write_text(str(port))
        return port

    def _launch(self, port: int, lock: IO[str]) -> subprocess.Popen[bytes]:
        self.url = f"http://127.0.0.1:{port}"
        with (self.state / "store.log").open("wb") as log:
            return subprocess.Popen(
                # Isolated, or it would find this very file when it imports ministack.
                [str(self.python), "-I", str(Path(__file__).with_name("tether.py"))],
                env=self._environment(port),
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                pass_fds=[lock.fileno()],
                start_new_session=True,  # Ctrl-C is for us; we stop the child when nothing needs it any more.
            )

    def _environment(self, port: int) -> dict[str, str]:
        """Nothing is inherited but what a program needs: no credentials, no settings meant for another MiniStack."""
        temporary = self.state / "tmp"
        temporary.mkdir(exist_ok=True)
        return {
            **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
            "BIND_HOST": "127.0.0.1",  # Its default is every interface.
            "GATEWAY_PORT": str(port),
            "SERVICES": SERVICES,
            "PERSIST_STATE": "1",
            "STATE_DIR": str(self.state / "services"),
            "S3_PERSIST": "1",
            "S3_DATA_DIR": str(self.state / "objects"),
            "TMPDIR": str(temporary),
            "IOT_MTLS_ENABLED": "0",  # Without these two it opens ports of its own beside ours.
            "SFTP_ENABLED": "0",
            "DOCKER_HOST": f"unix://{self.state}/no-docker",  # It would look after containers; there are none of ours.
            "LOG_LEVEL": "WARNING",
        }

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> None:
        until = time.monotonic() + READY_SECONDS
        while not _answers(f"{self.url}/_ministack/ready"):
            if process.poll() is not None:
                raise StoreUnavailable(f"MiniStack ended while starting. It said: {self._last_words()}")
            if time.monotonic() > until:
                raise StoreUnavailable(
                    f"MiniStack did not answer within {READY_SECONDS:.0f} s. It said: {self._last_words()}"
                )
            time.sleep(0.03)

    def _last_words(self) -> str:
        return (self.state / "store.log").read_text(errors="replace").strip()[-600:] or "nothing"


def _answers(url: str) -> bool:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _free_port(wanted: int) -> int:
    """The wanted loopback port if it can be had, any free one for 0, and 0 if the wanted one is taken."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            return 0
        return int(probe.getsockname()[1])


def _close(stream: IO[str] | IO[bytes] | None) -> None:
    if stream:
        with contextlib.suppress(OSError):
            stream.close()
