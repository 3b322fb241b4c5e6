"""Deposits by card and bank transfer, as agents make and see them (ruling 27).

order and claim committed ──► the provider is asked ──► where the payer goes, kept in the order
                                                        │
                              notice, or a look ──► settling.py ──► completed | failed | parked | reversed
"""

from chalicelib.core.identity.model import Agent
from chalicelib.core.ledger import service as ledger
from chalicelib.core.ports.payments import Charge
from chalicelib.core.world import World
from chalicelib.kit import ids, log, once, pages
from chalicelib.kit.errors import Invalid, NotFound
from chalicelib.kit.once import Claim, Outcome
from chalicelib.kit.outside import Unanswered, Unreached
from chalicelib.products.accounts import rules
from chalicelib.products.accounts import store as rows
from chalicelib.products.accounts.actions import settling
from chalicelib.products.accounts.actions.agents import DepositsUnavailable
from chalicelib.products.accounts.lifecycle import DepositState
from chalicelib.products.accounts.store import Deposit
from chalicelib.products.accounts.words import accounts as words

LIST = "agents/deposits"
PROVIDER_SILENT = "The payment provider did not answer. Send this again under the same Idempotency-Key to go on."
PROVIDER_REFUSED = "The payment provider refused this payment."


class PaymentNotFound(NotFound):
    """The account has no such payment."""

    code = "payment_not_found"

    def __init__(self) -> None:
        super().__init__("Payment not found.")


def deposit(world: World, agent: Agent, order: words.FiatDeposit, claim: Claim | None) -> Outcome:
    """Add money by card or bank transfer: play money at once, real money when the provider says so.

    Raises Invalid, DepositsUnavailable.
    """
    rules.check_deposit("amount_usd", order.amount_usd)
    if order.return_url and not order.return_url.startswith(("https://", "http://")):
        raise Invalid("return_url", "must begin with https:// or http://")
    if not world.settings.test_mode and world.till is None:
        raise DepositsUnavailable
    wanted = Deposit(
        account_id=agent.account_id, transaction_id=ids.new("txn"), kind="fiat", method=order.payment_method,
        amount_micros=order.amount_usd, state=DepositState.PENDING, created_at=world.now(),
        return_url=order.return_url,
    )  # fmt: skip
    if world.settings.test_mode:
        return _at_once(world, wanted, claim)
    outcome = once.commit(world.store, claim, rows.add_order(wanted), _shown(wanted))
    return outcome.revised(lambda kept: _open(world, agent, kept["payment_id"]))


def status(world: World, agent: Agent, payment_id: str, claim: Claim | None) -> Outcome:
    """Where a payment stands; in live the provider is asked about one that is pending. Raises PaymentNotFound."""
    order = _find(world, agent, payment_id)
    if order.state is DepositState.PENDING and not world.settings.test_mode:
        order = _asked(world, agent, order)
    answer = words.PaymentStatus(payment_id=payment_id, status=order.state, amount_usd=order.amount_micros)
    return once.commit(world.store, claim, [], answer)


def list_deposits(world: World, agent: Agent, query: pages.PageWords) -> words.DepositPage:
    """The account's deposits, newest first. Raises Invalid for an offset or cursor that leads nowhere."""
    turn = pages.turn(world.cursors, f"{LIST}/{agent.account_id}", query)
    page = rows.list_deposits(world.store, agent.account_id, turn.rows, turn.after)
    total = None if turn.after else rows.count_deposits(world.store, agent.account_id)
    shown = [_listed(rows.read(item)) for item in turn.of(page.items)]
    return words.DepositPage(data=shown, pagination=turn.pagination(page.last, total))


def _at_once(world: World, wanted: Deposit, claim: Claim | None) -> Outcome:
    """Play money needs no provider: the order is made and credited in one commit."""
    paid = wanted.model_copy(update={"state": DepositState.COMPLETED})
    book = ledger.book_of(world.store, wanted.account_id)
    writes = [*rows.add_order(paid), *settling.credited(world, wanted, book)]
    answer = words.FundsAdded(transaction_id=wanted.transaction_id, amount_usd=wanted.amount_micros)
    return once.commit(world.store, claim, writes, answer)


def _open(world: World, agent: Agent, payment_id: str) -> words.FiatPending:
    """Have the provider take the order up, unless it has; a repeat after a crash in between goes on from here."""
    order = _find(world, agent, payment_id)
    if order.state is not DepositState.PENDING or order.redirect_url or world.till is None:
        return _shown(order)
    charge = Charge(
        order_id=order.payment_id, account_id=agent.account_id, email=agent.email, method=order.method,
        amount_micros=order.amount_micros, return_url=order.return_url,
    )  # fmt: skip
    try:
        opened = world.till.open(charge)
    except (Unreached, Unanswered) as silence:
        log.warning("deposit.unanswered", payment=payment_id, problem=str(silence))
        return _shown(order, PROVIDER_SILENT)
    if opened.refused:
        settling.fail(world, order, PROVIDER_REFUSED)
        return _shown(_find(world, agent, payment_id), PROVIDER_REFUSED)
    if opened.redirect_url:
        rows.note(world.store, order, redirect_url=opened.redirect_url)
    return _shown(order.model_copy(update={"redirect_url": opened.redirect_url}))


def _asked(world: World, agent: Agent, order: Deposit) -> Deposit:
    """The order after the provider was asked what became of it; as it was when there is no answer."""
    try:
        notice = world.till.look(order.payment_id) if world.till else None
    except (Unreached, Unanswered) as silence:
        log.warning("deposit.unanswered", payment=order.payment_id, problem=str(silence))
        return order
    if notice is None:
        return order
    settling.settle(world, order, notice)
    return _find(world, agent, order.payment_id)


def _find(world: World, agent: Agent, payment_id: str) -> Deposit:
    """A fiat deposit of this account, by its order or its transaction. Raises PaymentNotFound."""
    known = ids.looks_like(payment_id, "pay") or ids.looks_like(payment_id, "txn")
    order = rows.find_order(world.store, agent.account_id, payment_id) if known else None
    if order is None or order.kind != "fiat":
        raise PaymentNotFound
    return order


def _shown(order: Deposit, message: str = "Send the payer to redirect_url.") -> words.FiatPending:
    return words.FiatPending(
        payment_id=order.payment_id, transaction_id=order.transaction_id, amount_usd=order.amount_micros,
        status=order.state, redirect_url=order.redirect_url, message=message,
    )  # fmt: skip


def _listed(one: Deposit) -> words.DepositListed:
    return words.DepositListed(
        transaction_id=one.transaction_id, payment_id=one.payment_id if one.kind == "fiat" else None,
        amount_usd=one.amount_micros, payment_method=one.method, status=one.state, created_at=one.created_at,
    )  # fmt: skip
