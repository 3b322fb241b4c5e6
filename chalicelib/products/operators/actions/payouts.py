"""Payouts, as operators ask for them and see them (ruling 26).

request ──► pending ──(cooled, reviewed, not paused)──► sent ──► completed | failed
play money ──► completed, in the same commit
"""

from datetime import datetime

from chalicelib.core.agenda import service as agenda
from chalicelib.core.events import service as events
from chalicelib.core.identity import deployment
from chalicelib.core.identity import service as identity
from chalicelib.core.identity.deployment import Switches
from chalicelib.core.identity.model import Operator
from chalicelib.core.ledger import postings
from chalicelib.core.ledger import service as ledger
from chalicelib.core.ledger import store as ledger_rows
from chalicelib.core.world import World
from chalicelib.kit import clock, ids, money, once, pages
from chalicelib.kit.clock import iso
from chalicelib.kit.errors import Conflict, NotFound
from chalicelib.kit.lifecycle import Role
from chalicelib.kit.once import Claim, Outcome
from chalicelib.kit.table import Write
from chalicelib.products.operators import kinds, rules
from chalicelib.products.operators import store as rows
from chalicelib.products.operators.lifecycle import PAYOUT, PayoutState
from chalicelib.products.operators.rules import Destination
from chalicelib.products.operators.store import Payout, Standing
from chalicelib.products.operators.words import payouts as payout_words

LIST, HISTORY = "operator/payouts", "operator/earnings"


class PayoutNotFound(NotFound):
    """The operator has no such payout."""

    code = "payout_not_found"

    def __init__(self) -> None:
        super().__init__("Payout not found.")


class PayoutsUnavailable(Conflict):
    """This deployment has no way to pay."""

    code = "payouts_unavailable"

    def __init__(self) -> None:
        super().__init__(
            "This deployment has no payout rail configured for that, and only a test deployment pays without one."
        )


def request(world: World, operator: Operator, order: payout_words.PayoutOrder, claim: Claim | None) -> Outcome:
    """Ask for available earnings; play money has left when this answers.

    Raises Invalid, KycRequired, PayoutsUnavailable, InsufficientFunds.
    """
    rules.check_payout(order.amount_usd)
    where = _destination(world, order) if _pays(world) else None
    identity.check_kyc(operator)
    if where is None or where.rail not in world.rails:
        raise PayoutsUnavailable
    before = rows.standing(world.store, operator.id, where.rail, where.address)
    switches = deployment.switches(world.store)
    payout = _payout(world, operator, order.amount_usd, where, before)
    at_once = where.rail == "test" and not (payout.cooling_until or payout.review or switches.payouts_paused)
    if at_once:
        move = PAYOUT.find("settle", PayoutState.PENDING, Role.CLOCK)
        payout = payout.model_copy(update={"state": PayoutState(move.end), "ended_at": world.now()})
    writes = [
        *_rows(world, payout, where, before),
        *_money(payout, world.now(), at_once=at_once),
        *_next(world, payout, at_once=at_once),
    ]
    answer = payout_words.PayoutMade(
        payout_id=payout.payout_id, status=payout.state, amount_usd=payout.amount_micros,
        message=_message(payout, switches),
    )  # fmt: skip
    return once.commit(world.store, claim, writes, answer)


def status(world: World, operator: Operator, payout_id: str) -> payout_words.PayoutStatus:
    """Where a payout stands. Raises PayoutNotFound."""
    payout = rows.find_payout(world.store, operator.id, payout_id) if ids.looks_like(payout_id, "payout") else None
    if payout is None:
        raise PayoutNotFound
    return payout_words.PayoutStatus(payout_id=payout_id, status=payout.state, amount_usd=payout.amount_micros)


def list_payouts(world: World, operator: Operator, query: pages.PageWords) -> payout_words.PayoutPage:
    """The operator's payouts, newest first. Raises Invalid for an offset or cursor that leads nowhere."""
    turn = pages.turn(world.cursors, f"{LIST}/{operator.id}", query)
    page = rows.list_payouts(world.store, operator.id, turn.rows, turn.after)
    total = None if turn.after else rows.count_payouts(world.store, operator.id)
    shown = [show(rows.read_payout(item)) for item in turn.of(page.items)]
    return payout_words.PayoutPage(data=shown, pagination=turn.pagination(page.last, total))


def earnings_history(world: World, operator: Operator, query: pages.PageWords) -> payout_words.EarningsPage:
    """Every movement of the operator's money, newest first. Raises Invalid."""
    turn = pages.turn(world.cursors, f"{HISTORY}/{operator.id}", query)
    page = ledger_rows.history(world.store, operator.id, turn.rows, turn.after)
    total = None if turn.after else ledger_rows.find_book(world.store, operator.id).legs
    legs = [ledger_rows.read_leg(item) for item in turn.of(page.items)]
    return payout_words.EarningsPage(
        data=[payout_words.Movement.of(leg) for leg in legs], pagination=turn.pagination(page.last, total)
    )


def show(payout: Payout) -> payout_words.PayoutShown:
    """A payout as its operator sees it."""
    return payout_words.PayoutShown(
        payout_id=payout.payout_id, status=payout.state, amount_usd=payout.amount_micros, rail=payout.rail,
        destination=payout.destination or None, created_at=payout.created_at, cooling_until=payout.cooling_until,
        in_review=payout.review is not None, sent_at=payout.sent_at, ended_at=payout.ended_at, failure=payout.failure,
    )  # fmt: skip


def told(world: World, payout: Payout, event: str | None, **more: object) -> Write:
    """The event of one step of a payout."""
    facts = {"payout_id": payout.payout_id, "amount_usd": money.to_decimal(payout.amount_micros), **more}
    return events.record(world, str(event), payout.operator_id, payout.payout_id, facts)


def has_funded_payer(world: World, operator: Operator, destination: Destination) -> bool:
    """Whether money would go back to a wallet that funded an agent who paid this operator (ruling 26).

    The contract: true for a wallet (rail `usdc`, small letters) from which a deposit was credited to any agent whose
    work paid this operator. Nobody knows wallets of depositors before there is a chain, so today it is never.
    """
    return False


def _pays(world: World) -> bool:
    """Whether there is any way on which this deployment pays."""
    return bool(world.rails if world.settings.test_mode else set(world.rails) - {"test"})


def _destination(world: World, order: payout_words.PayoutOrder) -> Destination:
    return rules.destination(
        order.wallet_address, order.payoneer_payee_id, order.amount_usd, world.settings.refused_addresses,
        test_mode=world.settings.test_mode,
    )  # fmt: skip


def _payout(world: World, operator: Operator, amount_micros: int, where: Destination, before: Standing) -> Payout:
    now, settings = world.now(), world.settings
    day_micros = amount_micros + (before.day_micros if before.day == clock.day(now) else 0)
    cooling = rules.cooling_until(before.usable_at, settings.payout_cooling, now) if where.address else None
    funded = has_funded_payer(world, operator, where)
    return Payout(
        payout_id=ids.new("payout"), operator_id=operator.id, amount_micros=amount_micros, state=PayoutState.PENDING,
        created_at=now, rail=where.rail, destination=where.address, cooling_until=cooling,
        review=rules.review(day_micros, settings.payout_review_micros, funded=funded),
    )  # fmt: skip


def _rows(world: World, payout: Payout, where: Destination, before: Standing) -> list[Write]:
    """The payout, the sum of its day, and its destination if that is a new one, which is announced."""
    writes = [
        *rows.add_payout(payout),
        rows.count_in(payout.operator_id, before, clock.day(payout.created_at), payout.amount_micros),
        told(world, payout, "payout.requested", status=PayoutState.PENDING),
    ]
    if where.address and before.usable_at is None:
        usable_at = payout.cooling_until or payout.created_at
        facts = {"rail": where.rail, "destination": where.address, "usable_at": iso(usable_at)}
        writes += [
            rows.add_destination(payout.operator_id, where.rail, where.address, usable_at),
            events.record(world, "payout.destination_changed", payout.operator_id, payout.payout_id, facts),
        ]
    return writes


def _money(payout: Payout, now: datetime, *, at_once: bool) -> list[Write]:
    out = postings.payout(payout.payout_id, payout.operator_id, payout.amount_micros)
    return ledger.writes(
        [*out, *(postings.payout_sent(payout.payout_id, payout.amount_micros) if at_once else [])], now
    )


def _next(world: World, payout: Payout, *, at_once: bool) -> list[Write]:
    """What is told or done next: nothing while a person has to decide."""
    if at_once:
        return [told(world, payout, PAYOUT.find("settle", PayoutState.PENDING, Role.CLOCK).announced)]
    return [] if payout.review else [send_later(payout, world.now())]


def send_later(payout: Payout, now: datetime) -> Write:
    """The entry that sends a payout: now, or when its destination has cooled."""
    due = max(payout.cooling_until or now, now)
    return agenda.at(kinds.SEND, payout.path, due, now, which=iso(due))


def _message(payout: Payout, switches: Switches) -> str:
    if payout.state is PayoutState.COMPLETED:
        return "Payout completed (test mode)"
    waits = [
        *(["Payouts are paused; it is sent when they go on."] if switches.payouts_paused else []),
        *(["A person looks at it first."] if payout.review else []),
        *([f"Its destination is new; it is sent after {iso(payout.cooling_until)}."] if payout.cooling_until else []),
    ]
    return " ".join(["Payout requested.", *waits])
