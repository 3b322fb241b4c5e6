"""The two clients: `Byhand` waits for its answers, `AsyncByhand` is awaited. `verbs` describes each method once.

client.account     register, balance, deposits, keys
client.tasks       post, get, list, wait, verify, cancel, rate, dispute, quote ...
client.jobs        create, run, get, list, wait: somebody tries a page and says what happened
client.webhooks    endpoints and their deliveries; verify(body, headers, secret)
client.events      what happened: page, list, follow
client             dispatch_digital_task, dispatch_credential_task, retrieve_credential
"""

import asyncio
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

import httpx

from byhand import settings, webhooks
from byhand.drivers import AsyncDesk, AsyncDriver, AsyncEach, AsyncSleep, Desk, Driver, Each, Now, Sleep, Soon
from byhand.keys import FileKeys, KeyStore
from byhand.verbs import accounts, dispatch, events, jobs, tasks
from byhand.verbs import webhooks as endpoints
from byhand.wire import Wire

TIMEOUT = httpx.Timeout(35, connect=5)
"""Seconds for each part of an exchange: a gateway gives up after 29, so whoever waits longer waits for nothing."""
RETRIES = 4


class Account(Desk):
    """The account itself: its keys and its money."""

    register = Now(accounts.register)
    balance = Now(accounts.balance)
    deposit = Now(accounts.deposit)
    deposit_usdc = Now(accounts.deposit_usdc)
    deposit_status = Now(accounts.deposit_status)
    deposits = Each(accounts.deposits)
    make_key = Now(accounts.make_key)
    list_keys = Now(accounts.list_keys)
    revoke_key = Now(accounts.revoke_key)


class Tasks(Desk):
    """The account's tasks."""

    post = Now(tasks.post)
    get = Now(tasks.get)
    list = Each(tasks.every)
    page = Now(tasks.page)
    wait = Now(tasks.wait)
    cancel = Now(tasks.cancel)
    verify = Now(tasks.verify)
    rate = Now(tasks.rate)
    dispute = Now(tasks.dispute)
    approve_estimate = Now(tasks.approve_estimate)
    reject_estimate = Now(tasks.reject_estimate)
    quote = Now(tasks.quote)
    categories = Now(tasks.categories)
    search_operators = Now(tasks.search_operators)
    encrypted_credential = Now(dispatch.encrypted_credential)


class Jobs(Desk):
    """The account's jobs: pages that people try."""

    create = Now(jobs.create)
    run = Now(jobs.run)
    get = Now(jobs.get)
    list = Each(jobs.every)
    page = Now(jobs.page)
    wait = Now(jobs.wait)


class Webhooks(Desk):
    """Addresses that are told of events."""

    create = Now(endpoints.create)
    list = Now(endpoints.listed)
    get = Now(endpoints.get)
    update = Now(endpoints.update)
    delete = Now(endpoints.delete)
    rotate = Now(endpoints.rotate)
    test = Now(endpoints.try_out)
    deliveries = Each(endpoints.deliveries)
    redeliver = Now(endpoints.redeliver)
    verify = staticmethod(webhooks.verify)


class Events(Desk):
    """What happened."""

    page = Now(events.page)
    list = Each(events.every)
    follow = Each(events.follow)


class AsyncAccount(AsyncDesk):
    """The account itself: its keys and its money."""

    register = Soon(accounts.register)
    balance = Soon(accounts.balance)
    deposit = Soon(accounts.deposit)
    deposit_usdc = Soon(accounts.deposit_usdc)
    deposit_status = Soon(accounts.deposit_status)
    deposits = AsyncEach(accounts.deposits)
    make_key = Soon(accounts.make_key)
    list_keys = Soon(accounts.list_keys)
    revoke_key = Soon(accounts.revoke_key)


class AsyncTasks(AsyncDesk):
    """The account's tasks."""

    post = Soon(tasks.post)
    get = Soon(tasks.get)
    list = AsyncEach(tasks.every)
    page = Soon(tasks.page)
    wait = Soon(tasks.wait)
    cancel = Soon(tasks.cancel)
    verify = Soon(tasks.verify)
    rate = Soon(tasks.rate)
    dispute = Soon(tasks.dispute)
    approve_estimate = Soon(tasks.approve_estimate)
    reject_estimate = Soon(tasks.reject_estimate)
    quote = Soon(tasks.quote)
    categories = Soon(tasks.categories)
    search_operators = Soon(tasks.search_operators)
    encrypted_credential = Soon(dispatch.encrypted_credential)


class AsyncJobs(AsyncDesk):
    """The account's jobs: pages that people try."""

    create = Soon(jobs.create)
    run = Soon(jobs.run)
    get = Soon(jobs.get)
    list = AsyncEach(jobs.every)
    page = Soon(jobs.page)
    wait = Soon(jobs.wait)


class AsyncWebhooks(AsyncDesk):
    """Addresses that are told of events."""

    create = Soon(endpoints.create)
    list = Soon(endpoints.listed)
    get = Soon(endpoints.get)
    update = Soon(endpoints.update)
    delete = Soon(endpoints.delete)
    rotate = Soon(endpoints.rotate)
    test = Soon(endpoints.try_out)
    deliveries = AsyncEach(endpoints.deliveries)
    redeliver = Soon(endpoints.redeliver)
    verify = staticmethod(webhooks.verify)


class AsyncEvents(AsyncDesk):
    """What happened."""

    page = Soon(events.page)
    list = AsyncEach(events.every)
    follow = AsyncEach(events.follow)


def _wire(
    api_key: str | None, base_url: str | None, wait_url: str | None, keys: KeyStore | None, retries: int,
    timeout: httpx.Timeout | float, clock: Callable[[], float],
) -> Wire:  # fmt: skip
    found = settings.resolve(base_url, api_key, wait_url)
    spans = timeout if isinstance(timeout, httpx.Timeout) else httpx.Timeout(timeout)
    return Wire(found.base_url, found.api_key, keys or FileKeys(), retries, spans, clock, found.wait_url)


class Byhand(Desk):
    """A client of one account. Close it, or use it in a `with`, so that its connections are closed.

    `wait_url` says where requests may wait for minutes, if that is another address. `http` brings a client of your own,
    with its proxies, certificates or transport; `keys` another place for private keys; `sleep` and `clock` another
    time, for tests.
    """

    dispatch_digital_task = Now(dispatch.dispatch_digital_task)
    dispatch_credential_task = Now(dispatch.dispatch_credential_task)
    retrieve_credential = Now(dispatch.retrieve_credential)

    def __init__(
        self, api_key: str | None = None, base_url: str | None = None, *, wait_url: str | None = None,
        keys: KeyStore | None = None, retries: int = RETRIES, timeout: httpx.Timeout | float = TIMEOUT,
        http: httpx.Client | None = None, sleep: Sleep = time.sleep, clock: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        wire = _wire(api_key, base_url, wait_url, keys, retries, timeout, clock)
        self._owned = http is None
        super().__init__(Driver(wire, httpx.Client() if http is None else http, sleep))
        self.account, self.tasks = Account(self._driver), Tasks(self._driver)
        self.jobs = Jobs(self._driver)
        self.webhooks, self.events = Webhooks(self._driver), Events(self._driver)

    def close(self) -> None:
        """Close the connections; a client that you brought stays open."""
        if self._owned:
            self._driver.http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Byhand {self._driver.wire.base_url}>"


class AsyncByhand(AsyncDesk):
    """The same, to be awaited. Close it, or use it in an `async with`."""

    dispatch_digital_task = Soon(dispatch.dispatch_digital_task)
    dispatch_credential_task = Soon(dispatch.dispatch_credential_task)
    retrieve_credential = Soon(dispatch.retrieve_credential)

    def __init__(
        self, api_key: str | None = None, base_url: str | None = None, *, wait_url: str | None = None,
        keys: KeyStore | None = None, retries: int = RETRIES, timeout: httpx.Timeout | float = TIMEOUT,
        http: httpx.AsyncClient | None = None, sleep: AsyncSleep = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        wire = _wire(api_key, base_url, wait_url, keys, retries, timeout, clock)
        self._owned = http is None
        super().__init__(AsyncDriver(wire, httpx.AsyncClient() if http is None else http, sleep))
        self.account, self.tasks = AsyncAccount(self._driver), AsyncTasks(self._driver)
        self.jobs = AsyncJobs(self._driver)
        self.webhooks, self.events = AsyncWebhooks(self._driver), AsyncEvents(self._driver)

    async def aclose(self) -> None:
        """Close the connections; a client that you brought stays open."""
        if self._owned:
            await self._driver.http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        return f"<AsyncByhand {self._driver.wire.base_url}>"
