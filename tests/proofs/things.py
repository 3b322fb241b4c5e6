"""What a proof must know of a product's things to hold them against the books, the board, the agenda and the events."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from chalicelib.core.heads import Heads

if TYPE_CHECKING:
    from tests.proofs.rows import Rows


@dataclass(frozen=True)
class Share:
    """What one thing means by now for the money: of whom it is ordered, of whom does it, and of the house."""

    spent: int
    """What it takes from its account's deposit, for good or for now."""
    in_escrow: int
    earned: int
    pending: int
    """What of the earnings waits out a hold."""
    fee: int


@dataclass(frozen=True)
class Things:
    """The things of one product. What differs between products is in here, and what they share is in order.py."""

    product: str
    """Their name on the board."""
    heads: Heads[Any]
    offered: tuple[str, ...]
    """The states in which the feed shows them."""
    ended: tuple[str, ...]
    of_accounts: tuple[str, ...]
    """Kinds of entries that are about an account, and not about one thing."""
    no_moves: tuple[str, ...]
    """Events that tell of something else than a move."""
    is_at_work: Callable[[Any], bool]
    """Whether somebody has one open."""
    submissions: Callable[[Any], int]
    share: Callable[[Any, Rows], Share]
    awaited: Callable[[Any, Rows], list[str]]
    """How the ids of the entries begin without which one would stay as it is for ever."""

    @property
    def thing(self) -> str:
        """What one is called: the first word of its events and of the kinds of its entries."""
        return self.heads.lifecycle.thing
