"""`python -m local`, which is `make run`: everything, on this machine, until Ctrl-C.

PORT=8000          where the API listens, on 127.0.0.1 only
STORE=ministack    keeps state under .byhand/state; moto keeps nothing; see local/store.py
"""

import logging
import os
import signal
import sys
import threading
from typing import Any

from chalicelib.doors import wiring
from chalicelib.kit.config import ConfigurationError
from local import credentials, screen
from local.ministack import StoreUnavailable
from local.runner import LocalStack, PortUnusable
from local.stack import StackFailed

KEEPS_NOTHING = ("moto", "memory")


def main() -> int:
    """Run until told to stop. 0 after Ctrl-C or SIGTERM, 1 with a sentence when something could not be started."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _end)
    try:
        _run(os.environ.get("STORE") or "ministack", _port(os.environ.get("PORT") or "8000"))
    except KeyboardInterrupt:
        print("\nByhand has stopped.", flush=True)
        return 0
    except (StoreUnavailable, StackFailed, PortUnusable, ConfigurationError, credentials.ApiRefused) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _run(store: str, port: int) -> None:
    keeps = store not in KEEPS_NOTHING
    kept = credentials.KEPT if keeps else None
    with LocalStack(store, port) as stack:
        # Built before the first request, so that a setting that cannot be is a sentence here and not a 500 later.
        world = wiring.world()
        credentials.wait_until_healthy(stack.url)
        yours = credentials.ensure(stack.url, kept)
        print(screen.welcome(yours, stack.state if keeps else None, kept, world.now()), flush=True)
        threading.Event().wait()


def _port(written: str) -> int:
    if not written.isdigit() or int(written) > 65535:
        raise PortUnusable(f"PORT={written} is not a port. Try PORT=8001 make run")
    return int(written)


def _end(number: int, frame: Any) -> None:
    """The first signal ends us, by the way that cleans up; those after it must not interrupt the cleaning."""
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
