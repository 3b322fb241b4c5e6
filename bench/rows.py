"""Rows of the store as they lie in it: looked at and laid down without a call, which nobody counts and which is quick.

Only moto, in this process, can be looked into like this.
"""

import json
import re
from collections.abc import Callable, Mapping
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


class Mould:
    """A row of which there can be any number: `text` is its JSON, in which `mark` finds what each has its own."""

    def __init__(self, table: str, text: str, mark: re.Pattern[str]) -> None:
        row = json.loads(text)
        self._table, self._mark = _table(table), mark
        self._own = {name: value["S"] for name, value in row.items() if mark.search(value.get("S", ""))}
        self._nested = {name: dumped for name, value in row.items() if mark.search(dumped := json.dumps(value))}
        self._same = {name: DynamoType(value) for name, value in row.items() if name not in self._nested}

    def cast(self, replace: Callable[[re.Match[str]], str]) -> None:
        """Put another such row there. What is the same in all of them is shared, which makes this quick."""
        own = {name: DynamoType({"S": self._mark.sub(replace, text)}) for name, text in self._own.items()}
        for name in self._nested.keys() - self._own.keys():
            own[name] = DynamoType(json.loads(self._mark.sub(replace, self._nested[name])))
        row = {**self._same, **own}
        item = Item(row["pk"], row["sk"], {})
        dict.update(item.attrs, row)
        self._table.items[row["pk"]][row["sk"]] = item


def indexes(table: str) -> list[dict[str, Any]]:
    """The global secondary indexes of a table, as DynamoDB describes them."""
    return [index.describe() for index in _table(table).global_indexes]


def _table(name: str) -> Table:
    found: Table = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables[name]
    return found
