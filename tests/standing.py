"""One stack for many tests: raised when there is none, and emptied before each test that stands on it.

Raising tables and queues costs more than most tests; what they hold is gone in a moment. Only what holds state is
emptied: rows, files, messages. A test that opens a store of its own takes the stack away, and the next one raises it
again.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from moto import mock_aws
from moto.core import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends
from moto.s3.models import _VersionedKeyStore, s3_backends
from moto.sqs.models import sqs_backends

from local.stack import REGION, raise_stack

_environment: dict[str, str] = {}


@contextmanager
def empty_stack() -> Iterator[dict[str, str]]:
    """A stack with nothing in it, in this process; the environment that its functions would have."""
    moto = mock_aws(config={"core": {"reset_boto3_session": False}})
    moto.start(reset=False)
    try:
        if set(dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables) >= _tables():
            _empty()
        else:
            _environment.clear()
            _environment.update(raise_stack(None))
        yield dict(_environment)
    finally:
        moto.stop(remove_data=False)


def _tables() -> set[str]:
    """The tables of the stack that was raised last; before the first, one that nobody has."""
    return {value for name, value in _environment.items() if name.endswith("_TABLE")} or {"none yet"}


def _empty() -> None:
    for table in dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables.values():
        table.items.clear()
    for bucket in s3_backends[DEFAULT_ACCOUNT_ID]["aws"].buckets.values():
        bucket.keys = _VersionedKeyStore()
        bucket.multiparts.clear()
    for queue in sqs_backends[DEFAULT_ACCOUNT_ID][REGION].queues.values():
        _forget_messages(queue)


def _forget_messages(queue: Any) -> None:
    queue._messages = []
    queue._pending_messages = set()
    queue.deleted_messages = set()
