"""Tools as data. A product declares them; app.py hands them to the door; the manifest and the pages read them.

    @tools.look("get_balance", "Get balance", Nothing, lambda: words.Balance)
    def get_balance(call): ...

The docstring is what a model reads: what the tool does, when to call it, what to call next, and its limits.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from chalicelib.core.identity.model import Agent
from chalicelib.core.waiting import Wait
from chalicelib.core.world import World
from chalicelib.kit.once import Claim, Outcome
from chalicelib.kit.words import Words

W = TypeVar("W", bound=Words)


@dataclass(frozen=True)
class ToolCall(Generic[W]):
    """What a tool's verb is called with."""

    world: World
    agent: Agent
    words: W
    claim: Claim | None


Verb = Callable[[ToolCall[Any]], Words | Outcome | Wait]
Declared = type[Words] | Callable[[], type[Words]]


@dataclass(frozen=True)
class Hints:
    """What a host may ask its user about before a call; all of them are always said."""

    title: str
    read_only: bool
    destructive: bool
    idempotent: bool
    open_world: bool

    def shown(self) -> dict[str, Any]:
        return {
            "title": self.title, "readOnlyHint": self.read_only, "destructiveHint": self.destructive,
            "idempotentHint": self.idempotent, "openWorldHint": self.open_world,
        }  # fmt: skip


@dataclass(frozen=True)
class Tool:
    """One tool. `untrusted` marks answers that hold words of strangers; `calls_a_visit` is how many calls make one
    visit, so that so many times as many are allowed in a minute.
    """

    name: str
    hints: Hints
    verb: Verb
    reads: Declared
    answers: Declared
    untrusted: bool
    calls_a_visit: int = 1

    @property
    def words(self) -> type[Words]:
        return self.reads if isinstance(self.reads, type) else self.reads()

    @property
    def answer(self) -> type[Words]:
        return self.answers if isinstance(self.answers, type) else self.answers()

    @property
    def description(self) -> str:
        """What a model is told: the docstring of the verb, each paragraph on one line."""
        paragraphs = (inspect.getdoc(self.verb) or "").split("\n\n")
        return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


class Tools:
    """The tools of one product, gathered by decorators in the order of the file."""

    def __init__(self) -> None:
        self.all: list[Tool] = []

    def look(
        self, name: str, title: str, words: Declared, answer: Declared, *, untrusted: bool = False,
        calls_a_visit: int = 1,
    ) -> Callable[[Verb], Verb]:  # fmt: skip
        """Declare a tool that changes nothing."""
        return self._declare(name, Hints(title, True, False, True, False), words, answer, untrusted, calls_a_visit)

    def deed(
        self, name: str, title: str, words: Declared, answer: Declared, *, destructive: bool = False,
        idempotent: bool = False, open_world: bool = False,
    ) -> Callable[[Verb], Verb]:  # fmt: skip
        """Declare a tool that changes something. `open_world`: people outside will act on it."""
        return self._declare(name, Hints(title, False, destructive, idempotent, open_world), words, answer, False)

    def _declare(
        self, name: str, hints: Hints, words: Declared, answer: Declared, untrusted: bool, calls_a_visit: int = 1
    ) -> Callable[[Verb], Verb]:
        def keep(verb: Verb) -> Verb:
            self.all.append(Tool(name, hints, verb, words, answer, untrusted, calls_a_visit))
            return verb

        return keep
