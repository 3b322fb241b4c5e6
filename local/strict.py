"""moto, made fit for races: what DynamoDB promises under concurrency, our tests must be able to rely on.

Plain moto has no locks, undoes a failed transaction by putting a copy of the whole table back (and with it everybody
else's work), ignores request tokens, never reports a conflict, and skips parts of our template. `install()` changes
that in place; it reaches into moto's insides, so it refuses any version but the one it was written for.

    a request ──► is its key in another transaction's hands? ──yes──► TransactionConflict, at once, as on AWS
                        │ no
                        ▼
                  one lock per service ──► moto's own action ──► a failed transaction puts its items back, no others

Two things differ from AWS and are known: BatchWriteItem does not conflict, and table streams are not undone.
"""

import base64
import copy
import hashlib
import json
import threading
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import moto
import moto.cloudformation.models as cloudformation_models
import moto.core.responses as core_responses
import moto.dynamodb.models as dynamodb_models
import moto.kms.models as kms_models
import moto.sqs.models as sqs_models
from moto.core.exceptions import JsonRESTError
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.table import Table
from moto.s3.exceptions import PreconditionFailed, S3ClientError
from moto.s3.responses import S3Response

from local import traffic

WRITTEN_FOR = "5.2.5"
LONGEST_NAP_SECONDS = 0.1

_installed = threading.Event()
_installing = threading.Lock()
_files = threading.RLock()


def install() -> None:
    """Make this process's moto strict. Calling it again does nothing; another moto version is refused."""
    if moto.__version__ != WRITTEN_FOR:
        raise RuntimeError(
            f"local/strict.py changes the insides of moto {WRITTEN_FOR}, and this is moto {moto.__version__}. "
            "Install the pinned version, or go through local/strict.py and its tests before moving the pin."
        )
    with _installing:
        if _installed.is_set():
            return
        _lock_services()
        _read_json_as_json()
        _undo_by_item()
        traffic.install()
        _honour_table_settings()
        _honour_key_settings()
        _check_files()
        _installed.set()


# One lock per service -------------------------------------------------------------------------------------------------


def _lock_services() -> None:
    locks: dict[str, threading.RLock] = {}
    creating = threading.Lock()
    unlocked = core_responses.BaseResponse.call_action

    def call_action(response: Any) -> Any:
        with creating:
            lock = locks.setdefault(response.service_name, threading.RLock())
        with lock:
            return unlocked(response)

    def wait_for_messages(queue: Any, timeout: float) -> None:
        """Sleep until a message is sent, leaving the service to others meanwhile.

        The nap is short because nobody is notified when a delayed or invisible message comes of age. The locks are
        taken in one order everywhere, service before queue, so the queue's is let go before the service's is asked for.
        """
        service = locks["sqs"]
        with queue._messages_lock:
            service.release()
            queue._messages_lock.wait(min(timeout, LONGEST_NAP_SECONDS))
        service.acquire()

    core_responses.BaseResponse.call_action = call_action
    sqs_models.Queue.wait_for_messages = wait_for_messages
    for name in ("bucket_response", "key_response"):
        setattr(S3Response, name, _one_at_a_time(getattr(S3Response, name)))


def _one_at_a_time(plain: Callable[..., Any]) -> Callable[..., Any]:
    """S3 has a way of its own into moto, past `call_action`: a file put twice at once was closed while it was read."""

    def locked(*arguments: Any) -> Any:
        with _files:
            return plain(*arguments)

    return locked


def _check_files() -> None:
    """moto takes any bytes under any checksum, forgets it unless the SDK's own header stands beside it, and copies
    whatever is there by now; S3 compares, keeps it for whoever asks with a HEAD, and copies on a condition.
    """
    put_any, copy_any = S3Response.put_object, S3Response.copy_object

    def put_object(response: Any) -> Any:
        stated = response.headers.get("x-amz-checksum-sha256")
        if stated is None:
            return put_any(response)
        if stated != base64.b64encode(hashlib.sha256(response.body or b"").digest()).decode():
            raise S3ClientError("BadDigest", "The SHA256 you specified did not match the calculated checksum.")
        answer = put_any(response)
        file = response.backend.get_object(response.bucket_name, response.parse_key_name())
        file.checksum_algorithm, file.checksum_value = "SHA256", stated
        return answer

    def copy_object(response: Any) -> Any:
        expected = response.headers.get("x-amz-copy-source-if-match")
        bucket, _, key = response.headers["x-amz-copy-source"].lstrip("/").partition("/")
        there = response.backend.get_object(bucket, key)
        if expected and there is not None and there.etag.strip('"') != expected.strip('"'):
            raise PreconditionFailed("x-amz-copy-source-If-Match")
        return copy_any(response)

    S3Response.put_object, S3Response.copy_object = put_object, copy_object


# Templates ------------------------------------------------------------------------------------------------------------


def _read_json_as_json() -> None:
    """moto reads every template as YAML, which takes a third of a second; ours are handed over as JSON."""
    as_yaml = cloudformation_models.Stack.parse_template

    def parse_template(template: str) -> dict[str, Any]:
        read: dict[str, Any]
        try:
            read = json.loads(template)
        except ValueError:
            read = as_yaml(template)
        return read

    cloudformation_models.Stack.parse_template = staticmethod(parse_template)


# Transactions ---------------------------------------------------------------------------------------------------------


def _undo_by_item() -> None:
    whole_tables = _share_tables_instead_of_copying()
    copied_whole = dynamodb_models.DynamoDBBackend.transact_write_items

    def transact_write_items(backend: Any, items: list[dict[str, Any]]) -> None:
        undo = [step for item in items for step in _undo_step(backend, item)]
        try:
            with whole_tables():
                copied_whole(backend, items)
        except BaseException:
            for step in reversed(undo):
                step()
            raise

    dynamodb_models.DynamoDBBackend.transact_write_items = transact_write_items


def _share_tables_instead_of_copying() -> Callable[[], Any]:
    """moto backs up each table of a transaction with `copy.deepcopy`; inside ours, that answers with the table."""
    inside = threading.local()

    def deepcopy(thing: Any, *arguments: Any) -> Any:
        if isinstance(thing, Table) and getattr(inside, "transaction", False):
            return thing
        return copy.deepcopy(thing, *arguments)

    @contextmanager
    def transaction() -> Iterator[None]:
        inside.transaction = True
        try:
            yield
        finally:
            inside.transaction = False

    dynamodb_models.copy = types.SimpleNamespace(copy=copy.copy, deepcopy=deepcopy)
    return transaction


def _undo_step(backend: Any, item: dict[str, Any]) -> list[Callable[[], None]]:
    """What puts one item back as it is now; nothing for an operation so malformed that moto will refuse it anyway."""
    kind, operation = next(iter(item.items()))
    table = backend.tables.get(str(operation.get("TableName")).rsplit("/", 1)[-1])
    attributes = operation.get("Item" if kind == "Put" else "Key") or {}
    names = [] if table is None else [name for name in (table.hash_key_attr, table.range_key_attr) if name]
    if not names or any(name not in attributes for name in names):
        return []
    key = [DynamoType(attributes[name]) for name in names]
    before = copy.deepcopy(table.get_item(*key))

    def put_back() -> None:
        holder = table.items[key[0]] if len(key) == 2 else table.items
        if before is None:
            holder.pop(key[-1], None)
        else:
            holder[key[-1]] = before

    return [put_back]


# What our template says and moto skips --------------------------------------------------------------------------------


def _honour_table_settings() -> None:
    plain = Table.create_from_cloudformation_json.__func__

    def create(
        cls: Any, /, resource_name: str, cloudformation_json: Any, account_id: str, region_name: str, **more: Any
    ) -> Any:
        table = plain(cls, resource_name, cloudformation_json, account_id, region_name, **more)
        backend = dynamodb_models.dynamodb_backends[account_id][region_name]
        properties = cloudformation_json["Properties"]
        if expiry := properties.get("TimeToLiveSpecification"):
            backend.update_time_to_live(table.name, expiry)
        if recovery := properties.get("PointInTimeRecoverySpecification"):
            backend.update_continuous_backups(table.name, recovery)
        return table

    Table.create_from_cloudformation_json = classmethod(create)


def _honour_key_settings() -> None:
    """A key policy written as a map, or left out, breaks moto's key; and moto goes on using a key that was disabled."""

    def create(
        cls: Any, /, resource_name: str, cloudformation_json: Any, account_id: str, region_name: str, **_: Any
    ) -> Any:
        properties = cloudformation_json["Properties"]
        policy = properties.get("KeyPolicy")
        key = kms_models.kms_backends[account_id][region_name].create_key(
            policy=policy if policy is None or isinstance(policy, str) else json.dumps(policy),
            key_usage=properties.get("KeyUsage", "ENCRYPT_DECRYPT"),
            key_spec=properties.get("KeySpec", "SYMMETRIC_DEFAULT"),
            description=properties.get("Description", ""),
            tags=properties.get("Tags", []),
        )
        key.key_rotation_status = properties.get("EnableKeyRotation", False)
        key.enabled = properties.get("Enabled", True)
        return key

    kms_models.Key.create_from_cloudformation_json = classmethod(create)
    for name in ("encrypt", "decrypt"):
        plain = getattr(kms_models, name)
        setattr(kms_models, name, _refusing_disabled_keys(plain))


def _refusing_disabled_keys(plain: Callable[..., Any]) -> Callable[..., Any]:
    def checked(*, master_keys: dict[str, Any], **arguments: Any) -> Any:
        answer = plain(master_keys=master_keys, **arguments)
        key_id = arguments["key_id"] if "key_id" in arguments else answer[1]
        if master_keys[key_id].enabled:
            return answer
        code = "DisabledException" if master_keys[key_id].key_state == "Disabled" else "KMSInvalidStateException"
        raise JsonRESTError(code, f"{master_keys[key_id].arn} is disabled or awaits its deletion.")

    return checked
