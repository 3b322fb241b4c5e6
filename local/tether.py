"""Runs MiniStack on a tether: it ends when the process that started it ends, however that one ended.

Executed by the store's own Python, never imported by ours. Our process holds the other end of this process's standard
input and never writes to it. When our process goes, also by `kill -9`, the kernel closes that end, the read below
returns, and MiniStack gets the same SIGTERM as on a clean stop, so that it keeps its state. Linux could be asked to
send a signal at the parent's death (PR_SET_PDEATHSIG), but that watches the *thread* that started us, and macOS has
nothing like it; a pipe means the same thing everywhere.
"""

import os
import signal
import sys
import threading
import time

GRACE_SECONDS = 20.0


def main() -> None:
    """Serve until SIGTERM or until the tether is cut."""
    threading.Thread(target=_watch, daemon=True).start()
    from ministack.app import main as serve  # type: ignore[import-not-found]

    sys.argv = ["ministack"]
    serve()


def _watch() -> None:
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE_SECONDS)
    os._exit(1)


if __name__ == "__main__":
    main()
