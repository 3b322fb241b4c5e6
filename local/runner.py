"""LocalStack: the whole of Byhand in one process, for `make run`, for demos and for tests.

    with LocalStack(store="memory", background=False) as stack:
        httpx.post(stack.url + "/api/v1/tasks", ...)
        stack.tick("sweep")       # a schedule, now
        stack.drain()             # every queue, until empty

    settings ─► store ─► stack (infra/) ─► environment ─► app.py, as Chalice loads it ─► HTTP twice, consumers, ticks

It begins like a cold start: what chalicelib keeps in functools caches (configuration, clients, wiring) is forgotten
when a stack starts and when it ends, because it belongs to the store of that stack.
"""

import contextlib
import dataclasses
import errno
import functools
import logging
import os
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import HTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import boto3
from chalice.cli.factory import CLIFactory
from chalice.local import LambdaContext

from local import consume, settings, ticks
from local.gateway import GatewayHandler
from local.ministack import HOME
from local.stack import ROOT, raise_stack
from local.store import open_store
from local.waiting import WaitingServer

log = logging.getLogger("local.runner")
HOST = "127.0.0.1"
PORT_MAX = 65_535
Invoke = Callable[[str, dict[str, Any]], Any]
# Chalice's own backlog is 5: under load, connections are reset before anybody has seen them.
BACKLOG = 128
JOIN_SECONDS = 5.0
_one_at_a_time = threading.Lock()


class PortUnusable(RuntimeError):
    """The port we were given is taken, or is no port; the message says what to do."""


class LocalStack:
    """Byhand on this machine. Port 0 takes a free one; without background, only drain and tick move things."""

    def __init__(
        self,
        store: str = "ministack",
        port: int = 0,
        *,
        background: bool = True,
        quick_seconds: float = ticks.QUICK_SECONDS,
        state: Path = HOME / "state",
        project: Path = ROOT,
        stage: str = "test",
        waiting_port: int | None = None,
    ) -> None:
        self.store, self.port, self.background, self.quick_seconds = store, port, background, quick_seconds
        self.state, self.project, self.stage = state, project, stage
        behind = port + 1 if 0 < port < PORT_MAX else 0
        self.waiting_port = behind if waiting_port is None else waiting_port
        self.url, self.waiting_url = "", ""
        self.endpoint_url: str | None = None
        self.consumers: list[consume.Consumer] = []
        self.tickers: list[ticks.Ticker] = []
        self._ending = threading.Event()
        self._closing = contextlib.ExitStack()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Raise everything. Raises PortUnusable, StoreUnavailable or StackFailed, with nothing left behind."""
        if not _one_at_a_time.acquire(blocking=False):
            raise RuntimeError("A LocalStack is running in this process already; its environment is the process's.")
        with contextlib.ExitStack() as opening:
            opening.callback(_one_at_a_time.release)
            opening.enter_context(settings.laptop())
            self.endpoint_url = opening.enter_context(open_store(self.store, self.state))
            self._set_environment()
            opening.enter_context(_forgetful())
            factory, config, app = self._load(opening)
            self._ending.clear()
            invoke = self._invoker(config, app)
            waits = "wait" in app.handler_map
            server = self._bind(factory, config, app, opening)
            opening.enter_context(_ending_waits(self._ending) if waits else contextlib.nullcontext())
            self._serve("http", server, opening)
            if waits:
                self._serve_waiting(invoke, opening)
            self._work(app, invoke, opening)
            self._closing = opening.pop_all()

    def stop(self) -> None:
        """End everything, in the order opposite to starting. Stopping twice is fine."""
        self._ending.set()
        self._closing.close()

    def drain(self) -> int:
        """Consume every queue until it is empty; the number of messages handled. Invisible ones are not awaited."""
        return consume.drain(self.consumers)

    def tick(self, name: str) -> Any:
        """Run a schedule once, now, and return what its handler returned."""
        return next(ticker for ticker in self.tickers if ticker.name == name).tick()

    def _set_environment(self) -> None:
        if self.endpoint_url:
            os.environ["AWS_ENDPOINT_URL"] = self.endpoint_url
        # A session made before knows neither this environment nor, in memory, the store.
        boto3.setup_default_session()
        infra = self.project / "infra"
        os.environ.update(
            raise_stack(self.endpoint_url, template=infra / "resources.yaml", overlay=infra / "lambda.yaml")
        )

    def _load(self, opening: contextlib.ExitStack) -> tuple[Any, Any, Any]:
        opening.enter_context(_importing_from(self.project))
        # Chalice would put the stage's variables over the user's; given a dictionary of its own, it leaves that to us.
        factory = CLIFactory(str(self.project), environ={})
        config = factory.create_config_obj(self.stage)
        settings.fill(config.environment_variables)
        return factory, config, config.chalice_app

    def _bind(self, factory: Any, config: Any, app: Any, opening: contextlib.ExitStack) -> HTTPServer:
        """Take the port and say where links lead, before the world of this stack is built from the settings."""
        opening.callback(setattr, app, "__class__", app.__class__)
        try:
            server: Any = factory.create_local_server(app, config, HOST, self.port).server
        except OSError as error:
            raise _unusable(error, self.port, "PORT") from error
        server.socket.listen(BACKLOG)
        server.RequestHandlerClass = functools.partial(GatewayHandler, app_object=app, config=config)
        server.handle_error = _client_went_away
        opening.callback(server.server_close)
        self.url = f"http://{HOST}:{server.server_address[1]}"
        settings.fill({"BYHAND_PUBLIC_URL": self.url})
        listening: HTTPServer = server
        return listening

    def _serve(self, name: str, server: HTTPServer, opening: contextlib.ExitStack) -> None:
        self._thread(name, functools.partial(server.serve_forever, poll_interval=0.05), opening)
        opening.callback(server.shutdown)

    def _serve_waiting(self, invoke: Invoke, opening: contextlib.ExitStack) -> None:
        """The waiting door, as a Function URL of this machine."""
        try:
            server = WaitingServer((HOST, self.waiting_port), functools.partial(invoke, "wait"))
        except OSError as error:
            raise _unusable(error, self.waiting_port, "WAITING_PORT") from error
        opening.callback(server.server_close)
        self.waiting_url = f"http://{HOST}:{server.server_address[1]}"
        self._serve("waiting", server, opening)

    def _invoker(self, config: Any, app: Any) -> Invoke:
        def invoke(name: str, event: dict[str, Any]) -> Any:
            scoped = config.scope(self.stage, name)
            context = LambdaContext(name, scoped.lambda_memory_size or 128, (scoped.lambda_timeout or 60) * 1000)
            return app.handler_map[name](event, context)

        return invoke

    def _work(self, app: Any, invoke: Invoke, opening: contextlib.ExitStack) -> None:
        self.consumers = consume.consumers(app, invoke)
        self.tickers = ticks.tickers(app, invoke, self.quick_seconds)
        workers: list[consume.Consumer | ticks.Ticker] = [*self.consumers, *self.tickers] if self.background else []
        for worker in workers:
            self._thread(worker.name, functools.partial(worker.run, self._ending), opening)
        opening.callback(self._ending.set)

    def _thread(self, name: str, work: Any, opening: contextlib.ExitStack) -> None:
        thread = threading.Thread(target=work, name=f"local-{name}", daemon=True)
        thread.start()
        opening.callback(thread.join, JOIN_SECONDS)


def _unusable(error: OSError, port: int, variable: str) -> Exception:
    """A taken port is a sentence; anything else is what it is."""
    if error.errno != errno.EADDRINUSE:
        return error
    return PortUnusable(f"Port {port} is taken by another program. Choose another one: {variable}={port + 1} make run")


@contextlib.contextmanager
def _ending_waits(ending: threading.Event) -> Iterator[None]:
    """Serve from a world in which who waits wakes up when the stack ends: nobody may look at a store that is gone."""
    from chalicelib.doors import wiring
    from chalicelib.kit.errors import OutcomeUnknown

    def sleep(seconds: float) -> None:
        if ending.wait(seconds):
            raise OutcomeUnknown

    world = wiring.world()
    with wiring.using(dataclasses.replace(world, patience=dataclasses.replace(world.patience, sleep=sleep))):
        yield


def _client_went_away(*arguments: Any) -> None:
    log.debug("A connection ended badly.", exc_info=True)


@contextlib.contextmanager
def _importing_from(project: Path) -> Iterator[None]:
    """Chalice imports `app` by that name; another project's app must not be taken for ours, nor ours for theirs."""
    path, imported = list(sys.path), sys.modules.get("app")
    if project != ROOT:
        sys.modules.pop("app", None)
    try:
        yield
    finally:
        sys.path[:] = path
        if project != ROOT:
            sys.modules.pop("app", None)
            sys.modules.update({"app": imported} if imported else {})


@contextlib.contextmanager
def _forgetful() -> Iterator[None]:
    _forget_caches()
    try:
        yield
    finally:
        _forget_caches()


def _forget_caches() -> None:
    for name in [name for name in sys.modules if name == "app" or name.split(".")[0] == "chalicelib"]:
        for thing in list(vars(sys.modules[name]).values()):
            if callable(clear := getattr(thing, "cache_clear", None)):
                clear()
