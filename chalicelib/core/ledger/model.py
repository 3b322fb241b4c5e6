"""Accounts and transfers."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

HOUSE = "house"
WORLD = "world"


@dataclass(frozen=True)
class Account:
    """Where money can be: an account of an agent, an operator, the house or the outside world.

    `owner` is `agent_…`, `op_…`, `house` or `world`. Only private owners have a book; house and world are sums over
    transfers, so that no row is one that everybody updates.
    """

    owner: str
    name: str

    @property
    def is_private(self) -> bool:
        return self.owner not in (HOUSE, WORLD)

    @property
    def path(self) -> str:
        return f"{self.owner}/{self.name}"


class Code(StrEnum):
    """Why money moved."""

    DEPOSIT = "deposit"
    """Money from outside is booked to an agent."""
    HOLD = "hold"
    """An agent's money is set aside for work."""
    REFUND = "refund"
    """What was set aside goes back to the agent."""
    PAY = "pay"
    """The reward for finished work goes to the operator, who waits out the hold; after a dispute it is free at once."""
    WAGE = "wage"
    """The pay for time that was measured goes to the operator, who waits out the hold."""
    FEE = "fee"
    """The house's part for finished work."""
    TAKE_BACK = "take_back"
    """A dispute takes a reward, or a part of it, back to the agent."""
    WAGE_BACK = "wage_back"
    """A dispute takes the pay for measured time, or a part of it, back to the agent."""
    FEE_BACK = "fee_back"
    """The house gives back its part of what a dispute took back."""
    MATURE = "mature"
    """The hold is over: the reward can be paid out."""
    PAYOUT = "payout"
    """An operator's money is on its way out."""
    PAYOUT_SENT = "payout_sent"
    """It has left."""
    PAYOUT_FAILED = "payout_failed"
    """It has come back."""
    DEPOSIT_RETURNED = "deposit_returned"
    """A deposit, or what is left of it, goes back to where it came from."""
    LOSS = "loss"
    """The house pays what nobody else does."""
    OWE = "owe"
    """An agent owes the house what a reversed deposit lacked."""
    REPAY = "repay"
    """A deposit pays what its agent owed."""
    REPAID = "repaid"
    """The house's claim is smaller by what was repaid."""


@dataclass(frozen=True)
class Transfer:
    """One movement: `amount_micros` leave the `debit` account and enter the `credit` account.

    The id is derived from the cause (`<task>.hold`), so that a movement can be made once. Never changed or removed:
    a mistake is corrected by adding another. `day` is the UTC day on which a reward counts for its agent's fee tier:
    the day of completion, for a reward that is paid and for one that is taken back.
    """

    id: str
    code: Code
    debit: Account
    credit: Account
    amount_micros: int
    day: str = ""

    def __post_init__(self) -> None:
        if self.amount_micros <= 0 or self.debit == self.credit:
            raise ValueError(f"{self.id}: a transfer moves more than nothing from one account to another")
        if (self.code in (Code.PAY, Code.TAKE_BACK)) != bool(self.day):
            raise ValueError(f"{self.id}: a reward counts on a day, and nothing else does")

    @property
    def private_owners(self) -> list[str]:
        """Whose books this transfer touches, each once."""
        return list(dict.fromkeys(account.owner for account in (self.debit, self.credit) if account.is_private))


@dataclass(frozen=True)
class Leg:
    """One owner's side of a transfer, and when it was made."""

    transfer: Transfer
    owner: str
    at: datetime

    @property
    def amount_micros(self) -> int:
        """What it did to the balance it names: above zero when money entered it."""
        entered = self.transfer.credit.owner == self.owner
        return self.transfer.amount_micros if entered else -self.transfer.amount_micros

    @property
    def balance(self) -> str:
        """The balance that the money entered, or, if it left the owner, the one that it left."""
        entered = self.transfer.credit.owner == self.owner
        return self.transfer.credit.name if entered else self.transfer.debit.name

    @property
    def from_balance(self) -> str | None:
        """The owner's other balance, when money went from one of theirs to another."""
        inside = self.transfer.debit.owner == self.transfer.credit.owner == self.owner
        return self.transfer.debit.name if inside else None


@dataclass(frozen=True)
class Book:
    """The balances of one private owner at one moment, in micros. `rewards_by_day` is for the fee tier (ruling 17)."""

    owner: str
    balances: dict[str, int]
    rewards_by_day: dict[str, int]
    version: int
    legs: int
    """How many transfers have touched this owner."""
    fiat_until: str = ""
    """Until when a fiat deposit of this agent counts as recent (ruling 27), as text; empty when there was none."""

    def __getitem__(self, name: str) -> int:
        return self.balances.get(name, 0)
