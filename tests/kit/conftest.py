"""A few tables of no particular meaning: the kit knows none of the house's."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import pytest

from chalicelib.kit.store import Store
from local.settings import laptop
from local.store import open_store
from tests import properties  # noqa: F401 the profile of hypothesis

# Claims have a table name of their own in the code; the others are called as the tests please.
TABLES = ("things", "others", "ephemeral")


@pytest.fixture
def store(moto_session: None) -> Iterator[Store]:
    """Three empty tables, each with an index; raised by hand because the whole house takes ten times as long."""
    with laptop(), open_store("memory", Path()):
        client = _client()
        for name in TABLES:
            client.create_table(
                TableName=f"kit-{name}",
                BillingMode="PAY_PER_REQUEST",
                AttributeDefinitions=[{"AttributeName": one, "AttributeType": "S"} for one in ("pk", "sk", "shelf")],
                KeySchema=_keys("pk", "sk"),
                GlobalSecondaryIndexes=[
                    {"IndexName": "shelves", "KeySchema": _keys("shelf", "sk"), "Projection": {"ProjectionType": "ALL"}}
                ],
            )
        yield Store(client, {name: f"kit-{name}" for name in TABLES})


@cache
def _client() -> Any:
    """One client for all tests: moto stands in front of it whenever it was made, and making one takes long."""
    return boto3.client("dynamodb")


def _keys(partition: str, sort: str) -> list[dict[str, str]]:
    return [{"AttributeName": partition, "KeyType": "HASH"}, {"AttributeName": sort, "KeyType": "RANGE"}]
