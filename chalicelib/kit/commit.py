"""One commit: all writes of a verb in one transaction, or none.

    writes ──► checked ──► TransactWriteItems ──┬─► done: the bells of the writes, for the door to ring
                                ▲               ├─► a condition failed: the refusal of the first write that failed
                     20 ms … 640 ms, jittered   ├─► others write the same rows: again, up to 8 times, then Busy
                                └───────────────┴─► no answer: again, same request token, then OutcomeUnknown

No send begins after ALL_TRIES_SECONDS, so no commit takes longer than LONGEST_SECONDS: what is older and not there will
never be there, which whoever reads rows in the order of their ids relies on.

The order of the writes is the precedence of refusals. A conflict that is reported ahead of the first failed condition
means "ask again", because that condition was judged against rows that were just being changed.
"""

import random
import time
import uuid
from collections.abc import Callable, Sequence
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.kit.aws import CALL_SECONDS, OUTAGES
from chalicelib.kit.errors import Busy, OutcomeUnknown
from chalicelib.kit.queue import Bell
from chalicelib.kit.store import Store
from chalicelib.kit.table import Write, unpack

WRITES_MAX = 100
BYTES_MAX = 4_000_000
TRIES_MAX = 8
FIRST_PAUSE_SECONDS = 0.02
LAST_PAUSE_SECONDS = 0.64
ALL_TRIES_SECONDS = 2.0
LONGEST_SECONDS = ALL_TRIES_SECONDS + CALL_SECONDS

_RETRYABLE_REASONS = {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}
_RETRYABLE_ERRORS = {"ThrottlingException", "ProvisionedThroughputExceededException", "RequestLimitExceeded"}
# After these nobody can say whether the transaction took effect, and the same token makes asking again safe.
_UNCLEAR_ERRORS = {"TransactionInProgressException", "InternalServerError", "ServiceUnavailable"}


class BadCommit(Exception):
    """A verb of ours closed a bag that DynamoDB would refuse; nothing was sent."""


class _AskAgain(Exception):
    """Nothing is known to be refused: the same transaction may go in if it is sent again.

    `write` is one that met another transaction, which also says that ours is not in. `unclear`: it may be in already.
    """

    def __init__(self, write: Write | None = None, *, unclear: bool = False) -> None:
        super().__init__()
        self.write = write
        self.unclear = unclear


def commit(store: Store, writes: Sequence[Write], *, pause: Callable[[float], None] = time.sleep) -> tuple[Bell, ...]:
    """Write everything or nothing, and return the bells to ring.

    Raises the refusal of the first write whose condition fails, Busy when others kept writing the same rows, or
    OutcomeUnknown when DynamoDB did not answer.
    """
    request = _request(store, writes)
    deadline = time.monotonic() + ALL_TRIES_SECONDS
    contended: Write | None = None
    unclear = False
    for attempt in range(TRIES_MAX):
        if attempt:
            pause(random.uniform(0, min(FIRST_PAUSE_SECONDS * 2 ** (attempt - 1), LAST_PAUSE_SECONDS)))
        if time.monotonic() >= deadline:
            break
        try:
            _send(store, request, writes)
            return tuple(write.bell for write in writes if write.bell is not None)
        except _AskAgain as unsettled:
            contended = unsettled.write or contended
            unclear = unsettled.unclear or (unclear and unsettled.write is None)
    raise OutcomeUnknown() if unclear else Busy(contended)


def _send(store: Store, request: dict[str, Any], writes: Sequence[Write]) -> None:
    """Send the transaction once. Raises _AskAgain when it is worth asking again, or what the writes refuse."""
    try:
        store.client.transact_write_items(**request)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code == "TransactionCanceledException":
            raise _meaning(error, writes) from error
        if code in _RETRYABLE_ERRORS or code in _UNCLEAR_ERRORS:
            raise _AskAgain(unclear=code in _UNCLEAR_ERRORS) from error
        raise
    except OUTAGES as error:
        # Whether the transaction took effect is unknown. The same token makes asking again safe: DynamoDB answers
        # a transaction that is already in with success, and does nothing.
        raise _AskAgain(unclear=True) from error


def _meaning(error: ClientError, writes: Sequence[Write]) -> Exception:
    """What the first failed condition means, or _AskAgain when a conflict stands before it."""
    reasons: Any = error.response.get("CancellationReasons", [])
    for write, reason in zip(writes, reasons, strict=True):
        code = reason.get("Code", "None")
        if code == "ConditionalCheckFailed":
            return write.refuse(unpack(reason.get("Item", {})))
        if code in _RETRYABLE_REASONS:
            return _AskAgain(write)
        if code != "None":
            break
    return error


def _request(store: Store, writes: Sequence[Write]) -> dict[str, Any]:
    if not 0 < len(writes) <= WRITES_MAX:
        raise BadCommit(f"{len(writes)} writes in one commit; 1 to {WRITES_MAX} fit")
    places = [(write.table, write.key) for write in writes]
    if len(set(places)) < len(places):
        twice = next(place for place in places if places.count(place) > 1)
        raise BadCommit(f"two writes on one row: {twice[0]} {twice[1].pk} / {twice[1].sk}")
    items = [_item(store, write) for write in writes]
    if (size := len(repr(items))) > BYTES_MAX:
        raise BadCommit(f"about {size} bytes in one commit; {BYTES_MAX} fit")
    return {"TransactItems": items, "ClientRequestToken": str(uuid.uuid4())}


def _item(store: Store, write: Write) -> dict[str, Any]:
    body = {"TableName": store.names[write.table], **write.request}
    if "ConditionExpression" in body:
        body["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
    return {write.kind: body}
