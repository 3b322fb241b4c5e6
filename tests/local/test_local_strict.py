"""moto under races: the promises of DynamoDB that every test of money and work relies on."""

import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import moto
import moto.dynamodb.models as dynamodb_models
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from local import strict
from local.settings import laptop
from local.store import open_store

TABLE = "books"
NAMES = "abcdef"


def make_table() -> Any:
    client = boto3.client("dynamodb", config=Config(retries={"total_max_attempts": 1}))
    client.create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "S"},
        ],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
    )
    return client


@pytest.fixture
def dynamodb(aws: None) -> Any:
    return make_table()


def key(name: str) -> dict[str, Any]:
    return {"pk": {"S": name}, "sk": {"S": "book"}}


def put(name: str, amount: int, **more: Any) -> dict[str, Any]:
    return {"Put": {"TableName": TABLE, "Item": {**key(name), "amount": {"N": str(amount)}}, **more}}


def add(name: str, amount: int) -> dict[str, Any]:
    values = {":amount": {"N": str(amount)}, ":enough": {"N": str(-amount)}}
    return {
        "TableName": TABLE,
        "Key": key(name),
        "UpdateExpression": "ADD amount :amount",
        "ConditionExpression": "amount >= :enough",
        "ExpressionAttributeValues": values,
    }


def amount(dynamodb: Any, name: str) -> int | None:
    item = dynamodb.get_item(TableName=TABLE, Key=key(name)).get("Item")
    return int(item["amount"]["N"]) if item else None


def codes(error: ClientError) -> list[str]:
    return [reason["Code"] for reason in error.response["CancellationReasons"]]


def refused(call: Callable[..., Any], **words: Any) -> ClientError:
    with pytest.raises(ClientError) as caught:
        call(**words)
    return caught.value


def until_no_conflict(call: Callable[[], Any]) -> Any:
    """Try again as the real code does: later and later, at random moments."""
    for attempt in range(60):
        try:
            return call()
        except ClientError as error:
            if "TransactionConflict" not in str(error) and "TransactionInProgress" not in str(error):
                raise
            time.sleep(random.uniform(0, 0.01 * 2 ** min(attempt, 4)))
    raise AssertionError("Sixty conflicts in a row.")


def in_threads(work: Callable[[int], Any], threads: int = 8) -> list[Any]:
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(work, range(threads)))


@contextmanager
def under_way(dynamodb: Any, *items: dict[str, Any], token: str | None = None) -> Iterator[None]:
    """A transaction that is being carried out for as long as the block lasts."""
    entered, leave = threading.Event(), threading.Event()
    plain = dynamodb_models.DynamoDBBackend.transact_write_items

    def slowly(backend: Any, transact_items: Any) -> None:
        entered.set()
        leave.wait(5)
        plain(backend, transact_items)

    words: dict[str, Any] = {"TransactItems": list(items)} | ({"ClientRequestToken": token} if token else {})
    dynamodb_models.DynamoDBBackend.transact_write_items = slowly
    thread = threading.Thread(target=dynamodb.transact_write_items, kwargs=words)
    try:
        thread.start()
        assert entered.wait(5)
        dynamodb_models.DynamoDBBackend.transact_write_items = plain
        yield
    finally:
        dynamodb_models.DynamoDBBackend.transact_write_items = plain
        leave.set()
        thread.join()


def test_another_version_of_moto_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moto, "__version__", "5.3.0")
    with pytest.raises(RuntimeError, match=r"moto 5\.2\.5, and this is moto 5\.3\.0"):
        strict.install()


def test_installing_twice_changes_nothing() -> None:
    strict.install()
    first = dynamodb_models.DynamoDBBackend.transact_write_items
    strict.install()
    assert dynamodb_models.DynamoDBBackend.transact_write_items is first


def test_no_update_is_lost(dynamodb: Any) -> None:
    dynamodb.put_item(**put("a", 0)["Put"])
    in_threads(lambda _: [dynamodb.update_item(**add("a", 1)) for _ in range(25)])
    assert amount(dynamodb, "a") == 200


def test_money_is_conserved_and_never_seen_torn(dynamodb: Any) -> None:
    dynamodb.transact_write_items(TransactItems=[put(name, 1000) for name in NAMES])
    done = threading.Event()

    def transfer(thread: int) -> None:
        for turn in range(10):
            source, target = NAMES[(thread + turn) % 6], NAMES[(thread + turn + 1) % 6]
            legs = [{"Update": add(source, -7)}, {"Update": add(target, 7)}, put(f"leg {thread} {turn}", 7)]
            until_no_conflict(lambda legs=legs: dynamodb.transact_write_items(TransactItems=legs))

    def watch() -> set[int]:
        gets = [{"Get": {"TableName": TABLE, "Key": key(name)}} for name in NAMES]
        sums = set()
        while not done.is_set():
            answer = until_no_conflict(lambda: dynamodb.transact_get_items(TransactItems=gets))
            sums.add(sum(int(response["Item"]["amount"]["N"]) for response in answer["Responses"]))
            time.sleep(0.01)
        return sums

    with ThreadPoolExecutor(1) as watcher:
        sums = watcher.submit(watch)
        try:
            in_threads(transfer)
        finally:
            done.set()
        assert sums.result() == {6000}
    assert sum(amount(dynamodb, name) or 0 for name in NAMES) == 6000
    assert dynamodb.scan(TableName=TABLE, Select="COUNT")["Count"] == 6 + 8 * 10


def test_a_failed_transaction_undoes_its_own_items_only(dynamodb: Any) -> None:
    dynamodb.transact_write_items(TransactItems=[put("old", 5), put("gone", 6)])
    error = refused(
        dynamodb.transact_write_items,
        TransactItems=[
            put("new", 1),
            {"Update": add("old", 1)},
            {"Delete": {"TableName": TABLE, "Key": key("gone")}},
            {"Update": add("poor", -1)},
        ],
    )
    assert codes(error) == ["None", "None", "None", "ConditionalCheckFailed"]
    assert [amount(dynamodb, name) for name in ("new", "old", "gone", "poor")] == [None, 5, 6, None]


def test_failing_transactions_leave_the_work_of_others_alone(dynamodb: Any) -> None:
    dynamodb.put_item(**put("shared", 0)["Put"])

    def work(thread: int) -> None:
        for turn in range(15):
            mine = [put(f"{thread} {turn}", 1), {"Update": add("poor", -1)}]
            if thread % 2:
                assert codes(refused(dynamodb.transact_write_items, TransactItems=mine))[1] != "None"
            else:
                dynamodb.update_item(**add("shared", 1))

    in_threads(work)
    assert amount(dynamodb, "shared") == 4 * 15
    assert dynamodb.scan(TableName=TABLE, Select="COUNT")["Count"] == 1


def test_an_overlapping_transaction_is_refused_at_once_and_says_where(dynamodb: Any) -> None:
    with under_way(dynamodb, put("a", 1), put("b", 1)):
        error = refused(dynamodb.transact_write_items, TransactItems=[put("c", 2), put("b", 2), put("d", 2)])
        assert error.response["Error"]["Code"] == "TransactionCanceledException"
        assert codes(error) == ["None", "TransactionConflict", "None"]
        check = {"ConditionCheck": {"TableName": TABLE, "Key": key("a"), "ConditionExpression": "attribute_exists(pk)"}}
        assert codes(refused(dynamodb.transact_write_items, TransactItems=[check])) == ["TransactionConflict"]
        get = {"Get": {"TableName": TABLE, "Key": key("a")}}
        assert codes(refused(dynamodb.transact_get_items, TransactItems=[get])) == ["TransactionConflict"]
    assert [amount(dynamodb, name) for name in "abcd"] == [1, 1, None, None]
    dynamodb.transact_write_items(TransactItems=[put("b", 3)])
    assert amount(dynamodb, "b") == 3


@pytest.mark.parametrize("verb", ["put_item", "update_item", "delete_item"])
def test_a_single_write_conflicts_with_a_transaction_under_way(dynamodb: Any, verb: str) -> None:
    dynamodb.put_item(**put("a", 1)["Put"])
    words = {
        "put_item": put("a", 9)["Put"],
        "update_item": add("a", 9),
        "delete_item": {"TableName": TABLE, "Key": key("a")},
    }
    with under_way(dynamodb, put("a", 2)):
        error = refused(getattr(dynamodb, verb), **words[verb])
        assert error.response["Error"]["Code"] == "TransactionConflictException"
        assert isinstance(error, dynamodb.exceptions.TransactionConflictException)
    assert amount(dynamodb, "a") == 2


def test_a_failed_transaction_no_longer_holds_its_items(dynamodb: Any) -> None:
    refused(dynamodb.transact_write_items, TransactItems=[put("a", 1), {"Update": add("poor", -1)}])
    dynamodb.transact_write_items(TransactItems=[put("a", 2)])
    assert amount(dynamodb, "a") == 2


def test_one_token_is_one_deed(dynamodb: Any) -> None:
    dynamodb.put_item(**put("a", 0)["Put"])
    words = {"TransactItems": [{"Update": add("a", 1)}], "ClientRequestToken": "token"}
    in_threads(lambda _: until_no_conflict(lambda: dynamodb.transact_write_items(**words)))
    assert amount(dynamodb, "a") == 1


def test_a_token_under_other_words_is_refused(dynamodb: Any) -> None:
    dynamodb.transact_write_items(TransactItems=[put("a", 1)], ClientRequestToken="token")
    error = refused(dynamodb.transact_write_items, TransactItems=[put("a", 2)], ClientRequestToken="token")
    assert error.response["Error"]["Code"] == "IdempotentParameterMismatchException"
    assert amount(dynamodb, "a") == 1


def test_a_token_under_way_says_so(dynamodb: Any) -> None:
    with under_way(dynamodb, put("a", 1), token="token"):
        error = refused(dynamodb.transact_write_items, TransactItems=[put("a", 1)], ClientRequestToken="token")
        assert error.response["Error"]["Code"] == "TransactionInProgressException"


def test_the_token_of_a_refused_transaction_may_be_used_again(dynamodb: Any) -> None:
    words = {"TransactItems": [{"Update": add("a", 1)}], "ClientRequestToken": "token"}
    refused(dynamodb.transact_write_items, **words)
    dynamodb.put_item(**put("a", 0)["Put"])
    dynamodb.transact_write_items(**words)
    assert amount(dynamodb, "a") == 1


def test_a_fresh_store_knows_no_token_of_the_one_before(tmp_path: Path) -> None:
    for _ in range(2):
        with laptop(), open_store("memory", tmp_path):
            dynamodb = make_table()
            dynamodb.transact_write_items(TransactItems=[put("a", 1)], ClientRequestToken="token")
            assert amount(dynamodb, "a") == 1
