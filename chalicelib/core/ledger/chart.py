"""Every account that can exist.

agent_…   deposit             to spend
          escrow              set aside for open work
          owed                what a reversed deposit left behind; while it is above zero nothing is set aside
op_…      pending             earned, waiting out the hold
          available           can be paid out
house     fees                the house's part of finished work
          losses              what nobody else paid: below zero by what the house has lost
          claims              below zero by what agents owe the house; the other side of `owed`
          unclaimed           dust, blocked and unattributed money
          payouts_in_flight   on its way to operators
world     usdc, fiat          where deposits come from, and where refunded or reversed ones go back to
          payouts             where payouts go
"""

from chalicelib.core.ledger.model import HOUSE, WORLD, Account

AGENT_BOOK = ("deposit", "escrow", "owed")
OPERATOR_BOOK = ("pending", "available", "earned")
"""What a book begins with. `earned` is no account: it sums what work has paid, less what disputes took back."""

FEES = Account(HOUSE, "fees")
LOSSES = Account(HOUSE, "losses")
CLAIMS = Account(HOUSE, "claims")
BELOW_ZERO = (LOSSES.path, CLAIMS.path)
"""House accounts that are below zero by nature; all others are a problem when they are."""

UNCLAIMED = Account(HOUSE, "unclaimed")
PAYOUTS_IN_FLIGHT = Account(HOUSE, "payouts_in_flight")
USDC = Account(WORLD, "usdc")
FIAT = Account(WORLD, "fiat")
PAYOUTS = Account(WORLD, "payouts")


def deposit(agent: str) -> Account:
    """What an agent can spend."""
    return Account(agent, "deposit")


def escrow(agent: str) -> Account:
    """What an agent has set aside for open work."""
    return Account(agent, "escrow")


def owed(agent: str) -> Account:
    """What an agent owes: deposits pay it before anything else."""
    return Account(agent, "owed")


def pending(operator: str) -> Account:
    """What an operator has earned and waits for."""
    return Account(operator, "pending")


def available(operator: str) -> Account:
    """What an operator can have paid out."""
    return Account(operator, "available")
