"""Holds answers against the samples of a seed: every field of a sample is there, with its type."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from tests.contract.described import problems, response_schema
from tests.harness import House, Reply


def read(name: str) -> dict[str, dict[str, Any]]:
    """The samples of a seed, by what they are called."""
    return dict(yaml.safe_load((Path(__file__).parent / name).read_text()))


class Samples(dict[str, Any]):
    """The samples by name; what was compared is remembered, so that none is forgotten."""

    def __init__(self, house: House, samples: Mapping[str, Any], placeholders: Mapping[str, Any] | None = None) -> None:
        super().__init__(samples)
        self.house, self.placeholders, self.compared = house, placeholders or {}, set[str]()

    def request(self, name: str, **own: Any) -> dict[str, Any]:
        """A sample's request, with something real where the seed has a placeholder."""
        whole = {field: self.placeholders.get(str(value), value) for field, value in self[name]["request"].items()}
        assert own.keys() <= whole.keys(), name
        return whole | own

    def compare(self, name: str, reply: Reply) -> Any:
        """Hold an answer against its sample, and against the document."""
        sample = self[name]
        assert (name, reply.status) == (name, sample["status"]), reply
        assert list(differences(name, sample.get("response", {}), reply.json)) == []
        assert problems(response_schema(sample["route"], reply.status), reply.json) == []
        self.compared.add(name)
        return reply.json


def differences(place: str, sample: Any, answer: Any) -> Iterator[str]:
    """Where an answer lacks a field of the sample, or has another type there. More fields are welcome."""
    if isinstance(sample, dict):
        if not isinstance(answer, dict):
            yield f"{place} is no object"
            return
        yield from (f"{place}.{name} is missing" for name in sample if name not in answer)
        for name in sample.keys() & answer.keys():
            yield from differences(f"{place}.{name}", sample[name], answer[name])
    elif isinstance(sample, list):
        if not isinstance(answer, list) or not answer:
            yield f"{place} is an empty list, or none"
            return
        yield from (difference for one in answer for difference in differences(f"{place}[]", sample[0], one))
    elif _kind(sample) != _kind(answer):
        yield f"{place} is {_kind(answer)} and not {_kind(sample)}"


def _kind(value: Any) -> str:
    """What a value is to somebody who reads it from JSON: a time is a time only in the one way we write it."""
    if isinstance(value, str) and value[:4].isdigit():
        datetime.fromisoformat(value)
        return "time" if value.endswith("Z") else "text"
    kinds = {bool: "bool", int: "number", float: "number", str: "text", type(None): "null"}
    return kinds.get(type(value), type(value).__name__)
