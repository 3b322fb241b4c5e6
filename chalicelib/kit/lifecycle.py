"""Lifecycles are tables: rows of moves, and nothing outside the table changes a state.

A row says who may make which move from which state to which, what money does, and what is announced. The clock and
the Guardian are roles like the others. docs/lifecycle.md is drawn from these rows.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from chalicelib.kit.errors import Busy, Conflict, Refusal

T = TypeVar("T")

LOOKS_MAX = 4


class Role(StrEnum):
    """Who may make a move."""

    AGENT = "agent"
    OPERATOR = "operator"
    GUARDIAN = "guardian"
    CLOCK = "clock"
    PROVIDER = "provider"
    ADMIN = "admin"


@dataclass(frozen=True)
class Move:
    """One row: `role` may `verb` a thing that is in `start`, which takes it to `end`."""

    verb: str
    start: str
    end: str
    role: Role
    money: str = ""
    announced: str | None = None


class WrongState(Conflict):
    """The thing is in a state from which this role cannot make this move."""

    code = "wrong_state"

    def __init__(self, thing: str, verb: str, state: str, allowed: Sequence[str]) -> None:
        when = f"only works in status {_either(allowed)}" if allowed else "is not something you can do here"
        super().__init__(
            f"This {thing} is {state}, and {verb.replace('_', ' ')} {when}.",
            status=state, allowed_statuses=list(allowed),
        )  # fmt: skip


class MovedOn(Busy):
    """The thing moved between the look at it and the write, to a state from which the same move is legal: look again.

    It leaves us only when that happened time after time.
    """


@dataclass(frozen=True)
class Lifecycle:
    """The table of one kind of thing."""

    thing: str
    states: Sequence[str]
    moves: Sequence[Move]

    def find(self, verb: str, state: str, role: Role) -> Move:
        """The row for a move. Raises WrongState, which names the state and those in which the move works."""
        for move in self.moves:
            if (move.verb, move.start, move.role) == (verb, state, role):
                return move
        raise self.refusal(verb, state, role)

    def refusal(self, verb: str, state: str, role: Role) -> Refusal:
        """What it means that a move was not made, by the state that the thing is in now: WrongState, or MovedOn."""
        starts = self.starts(verb, role)
        return MovedOn() if state in starts else WrongState(self.thing, verb, state, starts)

    def starts(self, verb: str, role: Role) -> list[str]:
        """The states in which a role can make a move, in the table's order."""
        return _once(move.start for move in self.moves if (move.verb, move.role) == (verb, role))


def looking_again(deed: Callable[[], T]) -> T:
    """Do it, and when the thing has moved on meanwhile, look again: a move that is legal is not refused for a race."""
    for _ in range(LOOKS_MAX - 1):
        try:
            return deed()
        except MovedOn:
            continue
    return deed()


def _once(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))


def _either(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
