"""Counts what AWS is asked, at the client: calls by service and operation, and DynamoDB's capacity units.

Emulators report no honest capacity, so it is worked out here by DynamoDB's published rules, from the items as they were
before and as they are after each write:

    read     4 KB a unit; half of that where reads are eventually consistent (every index)
    write    1 KB a unit, of the larger of the old and the new item; twice that inside a transaction
    index    a unit for every KB of an entry that appears, changes or goes; both when its key changes
"""

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from bench import rows

READ_BYTES, WRITE_BYTES = 4_096, 1_024
Raw = Mapping[str, Any]


@dataclass
class Cost:
    """What some work asked of AWS. Units are DynamoDB's request units."""

    calls: Counter[str] = field(default_factory=Counter)
    reads: float = 0.0
    writes: float = 0.0

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(self.calls + other.calls, self.reads + other.reads, self.writes + other.writes)

    @property
    def count(self) -> int:
        """Calls in all, without the bells and without the bytes of files, which are counted by themselves."""
        return sum(n for name, n in self.calls.items() if not name.startswith(("sqs.", "s3.")))

    @property
    def bells(self) -> int:
        return sum(n for name, n in self.calls.items() if name.startswith("sqs."))

    @property
    def files(self) -> int:
        return sum(n for name, n in self.calls.items() if name.startswith("s3."))


class Meter:
    """Notes every call of some clients."""

    def __init__(self, clients: list[Any]) -> None:
        self._clients = clients
        self._tables: dict[str, list[_Index]] = {}
        self._open: list[Cost] = []
        self._before: list[tuple[str, Raw, Raw | None]] = []

    @contextmanager
    def measuring(self) -> Iterator[Cost]:
        """What is asked from here on; also what a measurement inside this one measures."""
        cost = Cost()
        if not self._open:
            self._listen()
        self._open.append(cost)
        try:
            yield cost
        finally:
            self._open.pop()
            if not self._open:
                self._stop_listening()

    @contextmanager
    def resting(self) -> Iterator[None]:
        """What is asked in here is nobody's: somebody else does it while what is measured waits."""
        self._stop_listening()
        resumed, self._open = self._open, []
        try:
            yield
        finally:
            self._open = resumed
            self._listen()

    def _listen(self) -> None:
        for client in self._clients:
            client.meta.events.register("provide-client-params.*.*", self._asked)
            client.meta.events.register("before-call.*.*", self._sent)
            client.meta.events.register("after-call.*.*", self._answered)

    def _stop_listening(self) -> None:
        for client in self._clients:
            client.meta.events.unregister("provide-client-params.*.*", self._asked)
            client.meta.events.unregister("before-call.*.*", self._sent)
            client.meta.events.unregister("after-call.*.*", self._answered)

    def _asked(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        if model.service_model.service_name == "dynamodb":
            self._params = params
            self._before = [(table, key, rows.look(table, key)) for table, key in _written(model.name, params)]

    def _sent(self, model: Any, **_: Any) -> None:
        """A call leaves; a URL that is only signed never comes here."""
        for cost in self._open:
            cost.calls[f"{model.service_model.service_name}.{model.name}"] += 1

    def _answered(self, parsed: dict[str, Any], model: Any, **_: Any) -> None:
        if model.service_model.service_name != "dynamodb":
            return
        twice = 2 if model.name.startswith("Transact") else 1
        written = sum(self._write_units(table, old, rows.look(table, key), twice) for table, key, old in self._before)
        read = _read_units(model.name, self._params, parsed)
        self._before = []
        for cost in self._open:
            cost.writes += written
            cost.reads += read

    def _write_units(self, table: str, old: Raw | None, new: Raw | None, twice: int) -> int:
        units = twice * _kilobytes(max(_size(old), _size(new)), WRITE_BYTES)
        return units + sum(index.units(old, new) for index in self._indexes(table))

    def _indexes(self, table: str) -> list["_Index"]:
        if table not in self._tables:
            self._tables[table] = [_Index(one) for one in rows.indexes(table)]
        return self._tables[table]


@dataclass(frozen=True)
class _Index:
    """One global secondary index, and what a change of an item costs in it."""

    description: Mapping[str, Any]

    @cached_property
    def _keys(self) -> list[str]:
        return [one["AttributeName"] for one in self.description["KeySchema"]]

    def _entry(self, item: Raw | None) -> Raw | None:
        if item is None or any(name not in item for name in self._keys):
            return None
        projection = self.description["Projection"]
        if projection["ProjectionType"] == "ALL":
            return item
        kept = {"pk", "sk", *self._keys, *projection.get("NonKeyAttributes", [])}
        return {name: value for name, value in item.items() if name in kept}

    def units(self, old: Raw | None, new: Raw | None) -> int:
        before, after = self._entry(old), self._entry(new)
        if before == after:
            return 0
        if before is None or after is None:
            return _kilobytes(_size(before) + _size(after), WRITE_BYTES)
        if any(before[name] != after[name] for name in self._keys):
            return _kilobytes(_size(before), WRITE_BYTES) + _kilobytes(_size(after), WRITE_BYTES)
        return _kilobytes(max(_size(before), _size(after)), WRITE_BYTES)


def _written(operation: str, params: Mapping[str, Any]) -> Iterator[tuple[str, Raw]]:
    """Table and key of everything that a call may write."""
    if operation == "TransactWriteItems":
        for item in params["TransactItems"]:
            body = next(iter(item.values()))
            yield body["TableName"], _key(body)
    elif operation in ("PutItem", "UpdateItem", "DeleteItem"):
        yield params["TableName"], _key(params)


def _key(body: Mapping[str, Any]) -> Raw:
    item = body.get("Key") or body["Item"]
    return {name: item[name] for name in ("pk", "sk")}


def _read_units(operation: str, params: Mapping[str, Any], parsed: Mapping[str, Any]) -> float:
    if operation == "GetItem":
        return _share(params) * _kilobytes(_size(parsed.get("Item")), READ_BYTES)
    if operation == "BatchGetItem":
        asked = sum(len(one["Keys"]) for one in params["RequestItems"].values())
        found = [item for items in parsed["Responses"].values() for item in items]
        return sum(_kilobytes(_size(item), READ_BYTES) for item in found) + asked - len(found)
    if operation == "Query":
        return _share(params) * _kilobytes(sum(map(_size, parsed.get("Items", []))), READ_BYTES)
    return 0.0


def _share(params: Mapping[str, Any]) -> float:
    return 1.0 if params.get("ConsistentRead") else 0.5


def _kilobytes(size_bytes: int, step: int) -> int:
    return max(1, math.ceil(size_bytes / step))


def _size(item: Raw | None) -> int:
    """The size of an item in bytes, as DynamoDB counts it: names and values."""
    return sum(len(name.encode()) + _value_size(value) for name, value in (item or {}).items())


def _value_size(value: Mapping[str, Any]) -> int:
    kind, content = next(iter(value.items()))
    if kind == "S":
        return len(content.encode())
    if kind == "N":
        return (len(Decimal(content).as_tuple().digits) + 1) // 2 + 1
    if kind == "L":
        return 3 + sum(1 + _value_size(part) for part in content)
    if kind == "M":
        return 3 + sum(1 + len(name.encode()) + _value_size(part) for name, part in content.items())
    return 1
