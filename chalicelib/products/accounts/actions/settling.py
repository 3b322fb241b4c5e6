"""What follows from a provider's word about a fiat deposit. The amount is our own order's, credited once (ruling 27).

PAID, COMPLETED               ──► fits the order? ──► credited, what the agent owes first
                                        └── no ─────► parked, and somebody is woken
REJECTED, CANCELLED, EXPIRED  ──► failed
CHARGEBACK, REFUNDED, REVERSED──► reversed: what is here goes back, the rest is lost and owed, the agent is suspended;
                                  one that was not credited yet never will be
anything else                 ──► nothing
"""

from collections.abc import Callable, Sequence
from datetime import timedelta

from chalicelib.core.agenda import service as agenda
from chalicelib.core.events import service as events
from chalicelib.core.ledger import postings
from chalicelib.core.ledger import service as ledger
from chalicelib.core.ledger.model import Book
from chalicelib.core.ports.payments import Notice
from chalicelib.core.world import World
from chalicelib.kit import log, money
from chalicelib.kit.commit import commit
from chalicelib.kit.lifecycle import Move, Role, WrongState, looking_again
from chalicelib.kit.table import Write
from chalicelib.products.accounts import kinds
from chalicelib.products.accounts import store as rows
from chalicelib.products.accounts.lifecycle import DEPOSIT, DepositState
from chalicelib.products.accounts.store import Deposit

PAID = ("PAID", "COMPLETED")
FAILED = ("REJECTED", "CANCELLED", "EXPIRED")
REVERSED = ("CHARGEBACK", "REFUNDED", "REVERSED")
CURRENCY = "USD"
RECENT = timedelta(days=60)
"""How long a fiat deposit makes the rewards of its agent wait longer."""

MISFIT = "the notice's amount or currency is not the order's"


def settle(world: World, order: Deposit, notice: Notice) -> bool:
    """Do what a notice says, if there is anything left to do; whether something was done.

    A notice that comes twice, or two at once, finds at its second try an order that has moved on.
    """
    status = notice.status.strip().upper()
    if status in PAID:
        return _credit(world, order) if _fits(order, notice) else park(world, order)
    if status in FAILED:
        return fail(world, order, status)
    if status in REVERSED:
        # Only a notice that names another amount is no reversal of this order: some name none.
        return _reverse(world, order, status) if notice.amount is None or _fits(order, notice) else park(world, order)
    return False


def credited(world: World, order: Deposit, book: Book) -> list[Write]:
    """The money of a fiat deposit and its event; the order's own row is the caller's."""
    transfers = postings.deposit_fiat(order.payment_id, order.account_id, order.amount_micros)
    return [
        *ledger.deposit(book, order.payment_id, transfers, world.now(), fiat_until=world.now() + RECENT),
        _told(world, order, "deposit.completed"),
    ]


def fail(world: World, order: Deposit, problem: str) -> bool:
    """The payment was given up."""
    return _move(
        world,
        order,
        "fail",
        lambda move, now: [rows.move(now, move, problem=problem), _told(world, now, move.announced)],
    )


def park(world: World, order: Deposit) -> bool:
    """The notice does not fit the order: no money moves, and the alarm counts this line."""
    log.warning("deposit.parked", payment=order.payment_id, account=order.account_id)
    return _move(
        world,
        order,
        "park",
        lambda move, now: [rows.move(now, move, problem=MISFIT), _told(world, now, move.announced)],
    )


def _credit(world: World, order: Deposit) -> bool:
    def writes(move: Move, now: Deposit) -> list[Write]:
        return [rows.move(now, move), *credited(world, now, ledger.book_of(world.store, now.account_id))]

    return _move(world, order, "credit", writes)


def _reverse(world: World, order: Deposit, problem: str) -> bool:
    """The provider took the money back; the agent is suspended by an entry of its own, which cannot be lost.

    Of a deposit that was never credited nothing is missing: the notice that would credit it is late, or never comes.
    """

    def writes(move: Move, now: Deposit) -> list[Write]:
        if now.state is not DepositState.COMPLETED:
            return [rows.move(now, move, problem=problem), _told(world, now, move.announced)]
        book = ledger.book_of(world.store, now.account_id)
        missing = max(now.amount_micros - book["deposit"], 0)
        data = {"reason": f"deposit {now.payment_id} was reversed: {problem}"}
        return [
            rows.move(now, move, problem=problem),
            *ledger.reverse(book, now.payment_id, now.amount_micros, world.now()),
            agenda.at(kinds.SUSPEND, now.account_id, world.now(), world.now(), which=now.payment_id, data=data),
            _told(world, now, move.announced, missing_usd=money.to_decimal(missing)),
        ]

    return _move(world, order, "reverse", writes)


def _move(world: World, order: Deposit, verb: str, writes: Callable[[Move, Deposit], Sequence[Write]]) -> bool:
    """Make a move from wherever the order is by then; False when it cannot be made, because it was or never will."""

    def once_more() -> None:
        now = rows.find_order(world.store, order.account_id, order.payment_id) or order
        world.queues.ring(commit(world.store, writes(DEPOSIT.find(verb, now.state, Role.PROVIDER), now)))

    try:
        looking_again(once_more)
    except WrongState as settled:
        log.info("deposit.settled_already", payment=order.payment_id, verb=verb, sentence=settled.sentence)
        return False
    return True


def _fits(order: Deposit, notice: Notice) -> bool:
    """Whether a notice names the order's own amount and currency, read by the strict grammar of amounts."""
    try:
        amount_micros = money.parse(notice.amount)
    except ValueError:
        return False
    return amount_micros == order.amount_micros and notice.currency in (None, CURRENCY)


def _told(world: World, order: Deposit, event: str | None, **more: object) -> Write:
    facts = {"payment_id": order.payment_id, "amount_usd": money.to_decimal(order.amount_micros), **more}
    return events.record(world, str(event), order.account_id, order.payment_id, facts)
