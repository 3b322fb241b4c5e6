"""Who is writing what right now: conflicts between transactions and replays of request tokens, for moto's DynamoDB.

A transaction registers its items before it waits for the service's lock, so two that overlap in time really meet: the
second is refused, as on AWS, where DynamoDB lets nobody wait. A token that was used is answered without a second deed.
"""

import hashlib
import json
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.dynamodb.exceptions import TransactionCanceledException
from moto.dynamodb.responses import DynamoHandler

TOKEN_SECONDS = 600
SINGLE_WRITES = frozenset({"PutItem", "UpdateItem", "DeleteItem"})
TRANSACTIONS = frozenset({"TransactWriteItems", "TransactGetItems"})

Answer = tuple[int, dict[str, Any], Any]
ItemKey = tuple[str, ...]


@dataclass
class Traffic:
    """One backend's transactions under way. It lives on the backend, so that moto's reset forgets it with the rest."""

    guard: threading.Lock = field(default_factory=threading.Lock)
    keys: set[ItemKey] = field(default_factory=set)
    tokens: set[str] = field(default_factory=set)
    done: dict[str, tuple[float, str, Answer]] = field(default_factory=dict)


_creating = threading.Lock()


def install() -> None:
    """Stand in front of every DynamoDB action. To be called once, by `strict.install`, which sees to that."""
    plain = DynamoHandler.call_action

    def call_action(handler: Any) -> Answer:
        action, words = handler._get_action(), handler.params
        try:
            if action == "TransactWriteItems":
                return _transact(handler, words, plain)
            if action in SINGLE_WRITES or action == "TransactGetItems":
                _refuse_what_is_being_written(handler, action, words)
        except JsonRESTError as refusal:
            return _answer(handler, refusal)
        return plain(handler)  # type: ignore[no-any-return]

    DynamoHandler.call_action = call_action


def _transact(handler: Any, words: dict[str, Any], plain: Any) -> Answer:
    traffic, keys, token = _traffic(handler), _keys(handler, words), words.get("ClientRequestToken")
    digest = hashlib.sha256(json.dumps(words, sort_keys=True, default=repr).encode()).hexdigest()
    with traffic.guard:
        if token and (seen := _seen(traffic, token, digest)):
            return seen
        if any(key in traffic.keys for key in keys):
            raise _conflict([key in traffic.keys for key in keys])
        ours = {key for key in keys if key}
        traffic.keys |= ours
        traffic.tokens |= {token} if token else set()
    try:
        answer: Answer = plain(handler)
        if token and answer[0] == 200:
            traffic.done[token] = (time.monotonic(), digest, answer)
        return answer
    finally:
        with traffic.guard:
            traffic.keys -= ours
            traffic.tokens.discard(token or "")


def _seen(traffic: Traffic, token: str, digest: str) -> Answer | None:
    """The answer this token already had. The same token under other words, or still under way, is refused."""
    if token in traffic.tokens:
        raise _error("TransactionInProgressException", "The transaction with the given request token is in progress.")
    at, words, answer = traffic.done.get(token, (0.0, "", None))
    if answer is None or time.monotonic() - at > TOKEN_SECONDS:
        return None
    if words != digest:
        raise _error(
            "IdempotentParameterMismatchException",
            "The request uses the same client token as a previous, but non-identical request.",
        )
    return answer


def _refuse_what_is_being_written(handler: Any, action: str, words: dict[str, Any]) -> None:
    traffic, keys = _traffic(handler), _keys(handler, words)
    with traffic.guard:
        busy = [key in traffic.keys for key in keys]
    if any(busy):
        raise (
            _conflict(busy)
            if action in TRANSACTIONS
            else _error("TransactionConflictException", "Transaction is ongoing for the item")
        )


def _keys(handler: Any, words: dict[str, Any]) -> list[ItemKey]:
    """The items a request names, in its order; the empty key, which meets nobody, for one moto will refuse itself."""
    items = words.get("TransactItems")
    operations: list[Any] = [words] if items is None else [next(iter(item.values()), {}) for item in items]
    return [_key(handler, operation) for operation in operations]


def _key(handler: Any, operation: dict[str, Any]) -> ItemKey:
    name = str(operation.get("TableName")).rsplit("/", 1)[-1]
    table = handler.dynamodb_backend.tables.get(name)
    attributes = operation.get("Key") or operation.get("Item") or {}
    if table is None or table.hash_key_attr not in attributes:
        return ()
    parts = (attributes.get(part) for part in (table.hash_key_attr, table.range_key_attr) if part)
    return (name, *(repr(part) for part in parts))


def _traffic(handler: Any) -> Traffic:
    with _creating:
        traffic: Traffic = handler.dynamodb_backend.__dict__.setdefault("_traffic", Traffic())
    return traffic


def _conflict(busy: list[bool]) -> JsonRESTError:
    code, message = "TransactionConflict", "Transaction is ongoing for the item"
    return TransactionCanceledException(
        [(code, message, None) if overlaps else (None, None, None) for overlaps in busy]
    )


def _error(code: str, message: str) -> JsonRESTError:
    return JsonRESTError(f"com.amazonaws.dynamodb.v20120810#{code}", message)


def _answer(handler: Any, refusal: Any) -> Answer:
    """The refusal on the wire, by the way moto itself sends one that was raised inside an action."""
    headers = {**dict(refusal.get_headers()), "status": refusal.code}
    status, headers, body = handler._transform_response(handler.response_headers, (refusal.description, headers))
    headers, body = handler._enrich_response(headers, body)
    return status, headers, body
