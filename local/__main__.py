"""`python -m local`, which is `make run`: everything, on this machine, until Ctrl-C.

PORT=8000          where the API listens, on 127.0.0.1 only
WAITING_PORT=8001  where the waiting door listens; unless it says otherwise, one port further
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
from local.runner import PORT_MAX, LocalStack, PortUnusable
from local.stack import StackFailed

KEEPS_NOTHING = ("moto", "memory")


def main() -> int:
    """Run until told to stop. 0 after Ctrl-C or SIGTERM, 1 with a sentence when something could not be started."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _end)
    try:
        waiting = os.environ.get("WAITING_PORT")
        port = _port("PORT", os.environ.get("PORT") or "8000")
        _run(os.environ.get("STORE") or "ministack", port, _port("WAITING_PORT", waiting) if waiting else None)
    except KeyboardInterrupt:
        print("\nByhand has stopped.", flush=True)
        return 0
    except (StoreUnavailable, StackFailed, PortUnusable, ConfigurationError, credentials.ApiRefused) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _run(store: str, port: int, waiting_port: int | None) -> None:
    keeps = store not in KEEPS_NOTHING
    kept = credentials.KEPT if keeps else None
    with LocalStack(store, port, waiting_port=waiting_port) as stack:
        # Built before the first request, so that a setting that cannot be is a sentence here and not a 500 later.
        world = wiring.world()
        credentials.wait_until_healthy(stack.url)
        yours = credentials.ensure(stack.url, kept)
        print(screen.welcome(yours, stack.waiting_url, stack.state if keeps else None, kept, world.now()), flush=True)
        threading.Event().wait()


def _port(variable: str, written: str) -> int:
    if not written.isdigit() or int(written) > PORT_MAX:
        raise PortUnusable(f"{variable}={written} is not a port. Try {variable}=8001 make run")
    return int(written)


def _end(number: int, frame: Any) -> None:
    """The first signal ends us, by the way that cleans up; those after it must not interrupt the cleaning."""
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
