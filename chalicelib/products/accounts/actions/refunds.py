"""Refunds: the backoffice gives back what nobody has used of a deposit."""

from chalicelib.core.events import service as events
from chalicelib.core.identity.model import Admin
from chalicelib.core.ledger import chart, postings
from chalicelib.core.ledger import service as ledger
from chalicelib.core.world import World
from chalicelib.kit import ids, money, once
from chalicelib.kit.errors import Conflict, NotFound
from chalicelib.kit.lifecycle import Move, MovedOn, Role
from chalicelib.kit.once import Claim, Outcome
from chalicelib.products.accounts import store as rows
from chalicelib.products.accounts.lifecycle import DEPOSIT, DepositState
from chalicelib.products.accounts.words import accounts as words


class DepositNotFound(NotFound):
    """There is no such deposit."""

    code = "deposit_not_found"

    def __init__(self) -> None:
        super().__init__("There is no deposit with this transaction id.")


class DepositReturned(Conflict):
    """The deposit was given back before."""

    code = "deposit_returned"

    def __init__(self) -> None:
        super().__init__("This deposit was given back before; that happens once.")


class DepositUsed(Conflict):
    """Nothing of the deposit is left to give back."""

    code = "deposit_used"

    def __init__(self) -> None:
        super().__init__("There is nothing in this account's deposit that could be given back: it is spent, or owed.")


class RefundsUnavailable(Conflict):
    """This deployment has no way to send money back."""

    code = "refunds_unavailable"

    def __init__(self) -> None:
        super().__init__("This deployment has no chain configured, and only a test deployment refunds without one.")


def refund(world: World, admin: Admin, transaction_id: str, reason: str, claim: Claim | None) -> Outcome:
    """Give back a deposit: at most its amount, and at most what its agent has to spend and does not owe; once.

    Raises RefundsUnavailable, DepositNotFound, DepositReturned, DepositUsed, WrongState.
    """
    if not world.settings.test_mode:
        raise RefundsUnavailable
    deposit = _find(world, transaction_id)
    move = _move(deposit)
    agent_id, now = deposit.account_id, world.now()
    book = ledger.book_of(world.store, agent_id)
    amount = min(book["deposit"] - book["owed"], deposit.amount_micros)
    if amount <= 0:
        raise DepositUsed
    told, source = money.to_decimal(amount), chart.FIAT if deposit.kind == "fiat" else chart.USDC
    writes = [
        rows.move(deposit, move, returned_micros=amount),
        *ledger.writes(postings.return_deposit(transaction_id, agent_id, source, amount), now),
        events.record(world, str(move.announced), agent_id, transaction_id, {"amount_usd": told}),
        events.audit(
            world, admin, "admin.deposit_refunded", transaction_id, reason, agent_id=agent_id, amount_usd=told
        ),
    ]
    answer = words.Refunded(transaction_id=transaction_id, agent_id=agent_id, refunded_usd=amount)
    try:
        return once.commit(world.store, claim, writes, answer)
    except ledger.InsufficientFunds:
        # The agent spent some of it between the look and the write, so there is less to give back: look again.
        raise MovedOn from None


def _find(world: World, transaction_id: str) -> rows.Deposit:
    """A deposit by its transaction id alone. Raises DepositNotFound."""
    owner = rows.owner_of(world.store, transaction_id) if ids.looks_like(transaction_id, "txn") else None
    deposit = rows.find_order(world.store, owner, transaction_id) if owner else None
    if deposit is None:
        raise DepositNotFound
    return deposit


def _move(deposit: rows.Deposit) -> Move:
    """The way back. Raises DepositReturned, WrongState."""
    if deposit.state in (DepositState.RETURNED, DepositState.REVERSED):
        raise DepositReturned
    return DEPOSIT.find("return", deposit.state, Role.ADMIN)
