"""Where the data is: the one place that knows what a store's name means.

ministack      a child process that keeps its state under .byhand/state; what `make run` uses
moto           moto's server inside this process, on a loopback port: nothing kept, presigned URLs work from curl
memory         moto without a server, patched into botocore: nothing kept, the quickest, for tests
http://…       an emulator that somebody else runs
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local.ministack import MiniStack, StoreUnavailable


@contextmanager
def open_store(store: str, state: Path) -> Iterator[str | None]:
    """Open a store by its name for as long as the block lasts; yields its endpoint, None for memory.

    Raises StoreUnavailable.
    """
    if store == "ministack":
        with MiniStack(state) as child:
            yield child.url
    elif store == "moto":
        with _moto_server() as url:
            yield url
    elif store == "memory":
        with _moto_in_memory():
            yield None
    elif store.startswith(("http://", "https://")):
        yield store
    else:
        raise StoreUnavailable(
            f"There is no store called {store}; there are ministack, moto, memory, or the URL of an emulator."
        )


@contextmanager
def _moto_server() -> Iterator[str]:
    # Imported only here and below: moto takes a second, and who runs MiniStack does not need it.
    from moto.moto_api._internal.models import moto_api_backend
    from moto.server import ThreadedMotoServer

    from local import strict

    strict.install()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    # The server's data are the process's: nothing of an earlier store may be in them.
    moto_api_backend.reset()
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield f"http://{host}:{port}"
    finally:
        server.stop()
        # The server's data are the process's: without this the next store would begin with them.
        moto_api_backend.reset()


@contextmanager
def _moto_in_memory() -> Iterator[None]:
    from moto import mock_aws

    from local import strict

    strict.install()
    with mock_aws():
        yield
