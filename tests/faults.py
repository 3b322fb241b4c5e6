"""A client that fails on purpose: before a call, or after it took effect and only its answer was lost.

    fail(operation, index) ──► None              the call goes through
                           ──► Fault             it is never sent, and the error is raised
                           ──► Fault(after=True) it is sent and takes effect, and then the error is raised

It wraps a real boto3 client, so that everything a call does, it really does. Anything of ours that takes a client can
take this one: `replace(world.store, client=FlakyClient(world.store.client, fail))`.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError


class Killed(BaseException):
    """The process ended at this very point. Nothing of ours may catch it, so it is no Exception."""


@dataclass(frozen=True)
class Fault:
    """How one call fails. With `after` it has taken effect, and the caller cannot know."""

    error: BaseException
    after: bool = False


@dataclass
class FlakyClient:
    """A boto3 client whose n-th call fails when `fail` says so.

    `fail` is asked once per call with the method's name, such as `transact_write_items`, and the number of calls that
    came before it, whatever they were. `count` is how many calls there were by now; `calls` has their names in order.
    """

    client: Any
    fail: Callable[[str, int], Fault | None]
    calls: list[str] = field(default_factory=list)
    _lock: Any = field(default_factory=threading.Lock, repr=False)

    @property
    def count(self) -> int:
        return len(self.calls)

    def __getattr__(self, name: str) -> Any:
        part = getattr(self.client, name)
        return self._failing(name, part) if name in self.client.meta.method_to_api_mapping else part

    def _failing(self, name: str, method: Callable[..., Any]) -> Callable[..., Any]:
        def call(**words: Any) -> Any:
            with self._lock:
                index = len(self.calls)
                self.calls.append(name)
            fault = self.fail(name, index)
            if fault is not None and not fault.after:
                raise self._as_raised(fault.error)
            answer = method(**words)
            if fault is not None:
                raise self._as_raised(fault.error)
            return answer

        return call

    def _as_raised(self, error: BaseException) -> BaseException:
        """An error of AWS is of the class that this client has for its code, as code of ours may catch it by that."""
        if type(error) is not ClientError:
            return error
        modelled = self.client.exceptions.from_code(error.response["Error"]["Code"])
        return modelled(error.response, error.operation_name)  # type: ignore[no-any-return]


def never(operation: str, index: int) -> Fault | None:
    """No call fails: for counting them."""
    return None


def nth(number: int, fault: Fault, *, operation: str | None = None) -> Callable[[str, int], Fault | None]:
    """The call with this number fails, from 0, among all calls or among those of one operation."""
    return nth_of([number], fault, operation=operation)


def nth_of(numbers: Any, fault: Fault, *, operation: str | None = None) -> Callable[[str, int], Fault | None]:
    """The calls with these numbers fail, from 0, among all calls or among those of one operation."""
    seen: list[str] = []
    lock = threading.Lock()

    def fail(name: str, index: int) -> Fault | None:
        if operation is not None and name != operation:
            return None
        with lock:
            seen.append(name)
            return fault if len(seen) - 1 in numbers else None

    return fail


def killed(*, after: bool = False) -> Fault:
    """The process ends before the call, or right after it took effect."""
    return Fault(Killed("the process ended here"), after)


def no_connection() -> Fault:
    """AWS could not be reached, so nothing took effect."""
    return Fault(EndpointConnectionError(endpoint_url="https://dynamodb.us-east-1.amazonaws.com"))


def lost_answer() -> Fault:
    """The call took effect, and its answer never came."""
    return Fault(ReadTimeoutError(endpoint_url="https://dynamodb.us-east-1.amazonaws.com"), after=True)


def refused(code: str, operation: str = "TransactWriteItems", **response: Any) -> Fault:
    """AWS answers with an error of its own, such as `InternalServerError`, and nothing took effect."""
    words: Any = {"Error": {"Code": code, "Message": code}, "ResponseMetadata": {"HTTPStatusCode": 400}, **response}
    return Fault(ClientError(words, operation))


def cancelled(*reasons: str) -> Fault:
    """A transaction is cancelled with these reasons, one per write: `None`, `TransactionConflict` and so on."""
    return refused("TransactionCanceledException", CancellationReasons=[{"Code": reason} for reason in reasons])
