"""One question to a model, and whoever can be asked one.

system      our words alone: who asks writes them, and nothing of a case ever stands there
words       the case as one JSON text, then each picture with its label: the user part, all of it a stranger's
tool        what the model must call; its schema is ours too, and what it is called with is the answer
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

ANSWER_TOKENS_MAX = 8_192


class NoAnswer(Exception):
    """The model gave no usable answer: none at all, one cut short or withheld, or no one call of the tool."""


@dataclass(frozen=True)
class Picture:
    """One picture that a model is shown, behind a label that says which it is."""

    label: str
    content: bytes
    content_type: str


@dataclass(frozen=True)
class Tool:
    """What the model must call, once."""

    name: str
    says: str
    schema: Mapping[str, Any]


@dataclass(frozen=True)
class Question:
    """What a model is asked, and how long and how much it may answer."""

    system: str
    words: str
    tool: Tool
    seconds: int
    pictures: Sequence[Picture] = ()
    answer_tokens_max: int = ANSWER_TOKENS_MAX


class Model(Protocol):
    """A model that can be asked. Nothing is asked twice here: who asks decides what follows from no answer."""

    @property
    def name(self) -> str:
        """Which model it is, as kept with what it said."""
        ...

    def ask(self, question: Question) -> object:
        """What the tool was called with, as JSON. Raises NoAnswer."""
        ...


def closed(properties: Mapping[str, Any]) -> dict[str, Any]:
    """The schema of an object that has all of these properties."""
    return {"type": "object", "properties": dict(properties), "required": list(properties)}
