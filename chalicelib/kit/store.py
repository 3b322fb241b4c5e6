"""The store: consistent reads of rows, pages of an index, and the few single writes that are a whole deed alone."""

import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from chalicelib.kit.aws import OUTAGES
from chalicelib.kit.conditions import ConditionBase
from chalicelib.kit.conditions import Key as Condition
from chalicelib.kit.errors import Busy
from chalicelib.kit.table import Item, Key, key_of, unpack, update_request

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

# A row is in a transaction's hands for some milliseconds; DynamoDB lets nobody wait for it.
TRIES_MAX = 6
FIRST_PAUSE_SECONDS = 0.02
BATCH_MAX = 100

AILING = {
    "InternalServerError", "ProvisionedThroughputExceededException", "RequestLimitExceeded", "ServiceUnavailable",
    "ThrottlingException",
}  # fmt: skip

Place = tuple[str, Key]
"""Where a row stands: the code's name of its table, and its key."""


@dataclass(frozen=True)
class Rows:
    """Rows of one query, and the row to go on after (None at the end)."""

    items: list[Item]
    last: Mapping[str, Any] | None


@dataclass(frozen=True)
class Store:
    """The tables of a deployment. `names` maps the code's name of a table to the physical one."""

    client: "DynamoDBClient"
    names: Mapping[str, str]

    def get(self, table: str, key: Key) -> Item | None:
        """One row, read consistently."""
        answer = _asked(self.client.get_item, TableName=self.names[table], Key=key_of(key), ConsistentRead=True)
        return unpack(answer["Item"]) if "Item" in answer else None

    def get_many(self, table: str, keys: Sequence[Key]) -> list[Item | None]:
        """Up to 100 rows of a table in one call, read consistently, in the order of the keys."""
        return self.get_across([(table, key) for key in keys])

    def get_across(self, places: Sequence[Place]) -> list[Item | None]:
        """Rows of any tables, read consistently, in the order of the places; 100 in one call."""
        whole: list[Item | None] = []
        for first in range(0, len(places), BATCH_MAX):
            whole += self._get_batch(places[first : first + BATCH_MAX])
        return whole

    def _get_batch(self, places: Sequence[Place]) -> list[Item | None]:
        found: dict[tuple[str, Key], Item] = {}
        wanted: dict[str, Any] = {}
        for table, key in places:
            asked = wanted.setdefault(self.names[table], {"Keys": [], "ConsistentRead": True})
            asked["Keys"].append(key_of(key))
        for attempt in range(TRIES_MAX):
            answer = _asked(self.client.batch_get_item, RequestItems=wanted)
            for name, raws in answer["Responses"].items():
                items = map(unpack, raws)
                found |= {(name, Key(item["pk"], item["sk"])): item for item in items}
            wanted = answer.get("UnprocessedKeys")
            if not wanted:
                return [found.get((self.names[table], key)) for table, key in places]
            _pause(attempt)
        raise Busy

    def query(
        self, table: str, where: ConditionBase, *, limit: int | None = None, index: str | None = None,
        newest_first: bool = False, after: Mapping[str, Any] | None = None, one_call: bool = False,
    ) -> Rows:  # fmt: skip
        """Rows under one partition, consistent unless they come from an index; all of them without a limit.

        With `one_call` as many as DynamoDB gives at once, which is 1 MB at most.
        """
        request = self._query(table, where, index, newest_first)
        items: list[Item] = []
        while True:
            if after is not None:
                request["ExclusiveStartKey"] = after
            if limit is not None:
                request["Limit"] = limit - len(items)
            answer = _asked(self.client.query, **request)
            items += [unpack(raw) for raw in answer["Items"]]
            after = answer.get("LastEvaluatedKey")
            if after is None or one_call or (limit is not None and len(items) >= limit):
                return Rows(items, after)

    def count(self, table: str, where: ConditionBase, *, index: str, limit: int) -> int:
        """How many rows there are under a partition of an index, counted to `limit` and no further."""
        request = {**self._query(table, where, index, newest_first=False), "Select": "COUNT", "Limit": limit}
        total = 0
        while True:
            answer = _asked(self.client.query, **request)
            total += int(answer["Count"])
            if total >= limit or "LastEvaluatedKey" not in answer:
                return min(total, limit)
            request |= {"ExclusiveStartKey": answer["LastEvaluatedKey"], "Limit": limit - total}

    def update(
        self, table: str, key: Key, *, put: Item | None = None, plus: Mapping[str, int] | None = None,
        drop: Sequence[str] = (), where: ConditionBase | None = None, before: bool = False,
    ) -> Item | None:  # fmt: skip
        """Change one row by itself; the row as it then is, or None when the condition did not hold.

        With `before` it is the row as it was, which a condition must say to exist. Raises Busy when transactions kept
        it in their hands.
        """
        request = update_request(key, put=put, plus=plus, drop=drop, where=where)
        request |= {"TableName": self.names[table], "ReturnValues": "ALL_OLD" if before else "ALL_NEW"}
        for attempt in range(TRIES_MAX):
            try:
                return unpack(_asked(self.client.update_item, **request)["Attributes"])
            except self.client.exceptions.ConditionalCheckFailedException:
                return None
            except self.client.exceptions.TransactionConflictException:
                _pause(attempt)
        raise Busy

    def _query(self, table: str, where: ConditionBase, index: str | None, newest_first: bool) -> dict[str, Any]:
        return {
            "TableName": self.names[table],
            **where.request("KeyConditionExpression"),
            "ScanIndexForward": not newest_first,
            **({"IndexName": index} if index else {"ConsistentRead": True}),
        }


def _asked(ask: Callable[..., Any], **words: Any) -> Any:
    """The answer of DynamoDB, asked a second time if there is none: a container that was frozen wakes up with dead
    connections. Raises Busy when it is throttling or ailing: asking again later is right.
    """
    try:
        return _asked_once(ask, words)
    except (Busy, *OUTAGES):
        _pause(0)
        return _asked_once(ask, words)


def _asked_once(ask: Callable[..., Any], words: dict[str, Any]) -> Any:
    try:
        return ask(**words)
    except ClientError as error:
        if error.response["Error"]["Code"] in AILING:
            raise Busy from error
        raise


def _pause(attempt: int) -> None:
    time.sleep(random.uniform(0, FIRST_PAUSE_SECONDS * 2**attempt))


def under(pk: str, prefix: str = "") -> ConditionBase:
    """The rows of a partition whose sort key begins with `prefix`."""
    partition = Condition("pk").eq(pk)
    return partition & Condition("sk").begins_with(prefix) if prefix else partition
