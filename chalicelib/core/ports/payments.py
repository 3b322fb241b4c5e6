"""The rails on which money leaves, and the till where it comes in."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Paid:
    """The money has arrived."""


@dataclass(frozen=True)
class Refused:
    """The money has not left, and will not: it is the operator's again."""

    reason: str


@dataclass(frozen=True)
class Unknown:
    """Nobody can say yet: it is on its way, or no answer came. Look again later."""

    reason: str = ""


@dataclass(frozen=True)
class Unheard:
    """The rail never heard of this payout: paying again is safe."""


class Rail(Protocol):
    """A way on which money leaves. `payout_id` makes a payment one: paying twice under one id pays once.

    Both raise kit's Unreached when the rail never saw the question.
    """

    def pay(self, payout_id: str, amount_micros: int, destination: str) -> Paid | Refused | Unknown:
        """Send money on its way."""
        ...

    def look(self, payout_id: str) -> Paid | Refused | Unknown | Unheard:
        """What became of a payout."""
        ...


@dataclass(frozen=True)
class Charge:
    """What somebody wants to pay in: our order id, how, and where they go when it is done."""

    order_id: str
    account_id: str
    email: str
    amount_micros: int
    method: str
    return_url: str | None = None


@dataclass(frozen=True)
class Opened:
    """A payment that a provider has taken up: where its payer goes; or that it was refused at once."""

    redirect_url: str | None
    refused: bool = False


@dataclass(frozen=True)
class Notice:
    """What a provider says of an order. All of it is a stranger's word: our own row has the amount."""

    status: str
    amount: object = None
    currency: object = None


class Till(Protocol):
    """Somebody who takes fiat money for us. Both raise kit's Unreached and Unanswered."""

    def open(self, charge: Charge) -> Opened:
        """Begin a payment. Beginning one order twice begins it once."""
        ...

    def look(self, order_id: str) -> Notice | None:
        """What became of an order; None when the provider never heard of it."""
        ...
