"""The two ways to do what a flow says, and how a verb that is described once becomes a method of either client.

    class Tasks(Desk):                          class AsyncTasks(AsyncDesk):
        get = Now(tasks.get)                        get = Soon(tasks.get)
        list = Each(tasks.every)                    list = AsyncEach(tasks.every)

Signature, types and words of the method are those of the verb, without its first parameter.
"""

import asyncio
import functools
import inspect
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar, cast

import httpx

from byhand.wire import Flow, Item, Pause, Reply, Step, Stream, Wire

P = ParamSpec("P")
A = TypeVar("A")
Sleep = Callable[[float], None]
AsyncSleep = Callable[[float], Awaitable[None]]
_Heard = Reply | httpx.RequestError


class Driver:
    """Does what flows say, and waits for it."""

    def __init__(self, wire: Wire, http: httpx.Client, sleep: Sleep = time.sleep) -> None:
        self.wire, self.http, self._sleep = wire, http, sleep

    def run(self, flow: Flow[A]) -> A:
        """The answer of a flow."""
        heard: _Heard = None
        try:
            while True:
                heard = self._do(_onward(flow, heard))
        except StopIteration as done:
            return cast(A, done.value)

    def each(self, stream: Stream[A]) -> Iterator[A]:
        """What a stream gives, one by one."""
        heard: _Heard = None
        while True:
            try:
                step = _onward(stream, heard)
            except StopIteration:
                return
            heard = None
            if isinstance(step, Item):
                yield step.value
            else:
                heard = self._do(step)

    def _do(self, step: Step) -> _Heard:
        if isinstance(step, Pause):
            self._sleep(step.seconds)
            return None
        try:
            return self.http.send(step, follow_redirects=False)
        except httpx.RequestError as lost:
            return lost


class AsyncDriver:
    """Does what flows say, and awaits it."""

    def __init__(self, wire: Wire, http: httpx.AsyncClient, sleep: AsyncSleep = asyncio.sleep) -> None:
        self.wire, self.http, self._sleep = wire, http, sleep

    async def run(self, flow: Flow[A]) -> A:
        """The answer of a flow."""
        heard: _Heard = None
        while True:
            try:
                step = _onward(flow, heard)
            except StopIteration as done:
                return cast(A, done.value)
            heard = await self._do(step)

    async def each(self, stream: Stream[A]) -> AsyncIterator[A]:
        """What a stream gives, one by one."""
        heard: _Heard = None
        while True:
            try:
                step = _onward(stream, heard)
            except StopIteration:
                return
            heard = None
            if isinstance(step, Item):
                yield step.value
            else:
                heard = await self._do(step)

    async def _do(self, step: Step) -> _Heard:
        if isinstance(step, Pause):
            await self._sleep(step.seconds)
            return None
        try:
            return await self.http.send(step, follow_redirects=False)
        except httpx.RequestError as lost:
            return lost


def _onward(flow: Any, heard: _Heard) -> Any:
    """The next step of a flow or stream, which is told what came of the last one."""
    return flow.throw(heard) if isinstance(heard, httpx.RequestError) else flow.send(heard)


class Desk:
    """A group of methods of `Byhand`."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver


class AsyncDesk:
    """A group of methods of `AsyncByhand`."""

    def __init__(self, driver: AsyncDriver) -> None:
        self._driver = driver


class _Method:
    """A verb as an attribute of a class; subclasses say how its steps are done."""

    def __init__(self, verb: Callable[..., Any]) -> None:
        self._verb = verb
        self.__doc__ = verb.__doc__

    def _bound(self, desk: Any, how: Callable[..., Any]) -> Any:
        """The method of one desk, which looks like its verb to `help` and to `inspect`."""

        @functools.wraps(self._verb)
        def method(*words: Any, **named: Any) -> Any:
            return how(self._verb(desk._driver.wire, *words, **named))

        signature = inspect.signature(self._verb)
        method.__signature__ = signature.replace(  # type: ignore[attr-defined]
            parameters=list(signature.parameters.values())[1:], return_annotation=inspect.Signature.empty
        )
        return method


class Now(_Method, Generic[P, A]):
    """A verb as a method that waits for its answer."""

    def __init__(self, verb: Callable[Concatenate[Wire, P], Flow[A]]) -> None:
        super().__init__(verb)

    def __get__(self, desk: Desk, owner: type | None = None) -> Callable[P, A]:
        return cast(Callable[P, A], self._bound(desk, desk._driver.run) if desk is not None else self)


class Soon(_Method, Generic[P, A]):
    """A verb as a method to await."""

    def __init__(self, verb: Callable[Concatenate[Wire, P], Flow[A]]) -> None:
        super().__init__(verb)

    def __get__(self, desk: AsyncDesk, owner: type | None = None) -> Callable[P, Coroutine[Any, Any, A]]:
        return cast(
            Callable[P, Coroutine[Any, Any, A]], self._bound(desk, desk._driver.run) if desk is not None else self
        )


class Each(_Method, Generic[P, A]):
    """A verb as a method over whose answers to go with `for`."""

    def __init__(self, verb: Callable[Concatenate[Wire, P], Stream[A]]) -> None:
        super().__init__(verb)

    def __get__(self, desk: Desk, owner: type | None = None) -> Callable[P, Iterator[A]]:
        return cast(Callable[P, Iterator[A]], self._bound(desk, desk._driver.each) if desk is not None else self)


class AsyncEach(_Method, Generic[P, A]):
    """A verb as a method over whose answers to go with `async for`."""

    def __init__(self, verb: Callable[Concatenate[Wire, P], Stream[A]]) -> None:
        super().__init__(verb)

    def __get__(self, desk: AsyncDesk, owner: type | None = None) -> Callable[P, AsyncIterator[A]]:
        return cast(Callable[P, AsyncIterator[A]], self._bound(desk, desk._driver.each) if desk is not None else self)
