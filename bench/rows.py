"""Rows of the store as they lie in it: looked at and laid down without a call, which nobody counts and which is quick.

Only moto, in this process, can be looked into like this.
"""

from collections.abc import Mapping
from typing import Any

from moto.core import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.table import Table

from local.stack import REGION

Raw = Mapping[str, Any]


def look(table: str, key: Raw) -> Raw | None:
    """The row with this key."""
    item = _table(table).get_item(DynamoType(key["pk"]), DynamoType(key["sk"]))
    return dict(item.to_json()["Attributes"]) if item else None


def lay(table: str, row: Raw) -> None:
    """Put a row there."""
    partition, place = DynamoType(row["pk"]), DynamoType(row["sk"])
    _table(table).items[partition][place] = Item(partition, place, dict(row))


def indexes(table: str) -> list[dict[str, Any]]:
    """The global secondary indexes of a table, as DynamoDB describes them."""
    return [index.describe() for index in _table(table).global_indexes]


def _table(name: str) -> Table:
    found: Table = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables[name]
    return found
