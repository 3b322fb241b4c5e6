"""What the agenda's entries do with payouts.

payout.send   pending ──► sent, committed before anybody is called: a crash in between is "sent", and looked up
payout.pay    the rail is called ──► completed | failed | nobody knows: payout.look, later
payout.look   the rail is asked  ──► completed | failed | nobody knows: payout.look, later | unheard: payout.pay
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from chalicelib.core.agenda import service as agenda
from chalicelib.core.agenda.model import Entry
from chalicelib.core.identity import deployment
from chalicelib.core.identity import service as identity
from chalicelib.core.ledger import postings
from chalicelib.core.ledger import service as ledger
from chalicelib.core.ports.payments import Paid, Rail, Refused, Unheard, Unknown
from chalicelib.core.world import World
from chalicelib.kit import log
from chalicelib.kit.clock import iso
from chalicelib.kit.lifecycle import Role
from chalicelib.kit.outside import Unreached
from chalicelib.kit.table import Write
from chalicelib.products.operators import kinds, rules
from chalicelib.products.operators import store as rows
from chalicelib.products.operators.actions import payouts
from chalicelib.products.operators.lifecycle import PAYOUT, PayoutState
from chalicelib.products.operators.store import NotInReview, Payout

FAILURE_CHARACTERS_MAX = 200


def send(world: World, entry: Entry) -> list[Write]:
    """It is time: the payout counts as sent. While payouts are paused it comes again an hour later, as a new entry,
    and while its operator is suspended a day later (ruling 3).

    KYC is checked again here; without it the money goes back to who earned it.
    """
    payout, now = _payout(world, entry), world.now()
    move = PAYOUT.find("send", payout.state, Role.CLOCK)
    if payout.review:
        raise NotInReview(payout.state)
    if deployment.switches(world.store).payouts_paused:
        return [_put_off(payout, now, rules.PAUSED_AGAIN)]
    try:
        operator = identity.operator_of(world, payout.operator_id)
        if operator.suspended:
            return [_put_off(payout, now, rules.SUSPENDED_AGAIN)]
        identity.check_kyc(operator)
    except (identity.KycRequired, identity.AccountNotFound) as refusal:
        return failed(world, payout, Role.CLOCK, refusal.code)
    return [
        rows.move(payout, move, sent_at=now),
        agenda.at(kinds.PAY, payout.path, now, now),
        payouts.told(world, payout, move.announced),
    ]


def pay(world: World, entry: Entry) -> list[Write]:
    """Call the rail, outside of any transaction; then answer with what follows. Raises TryLater.

    A rail pays one payout once, however often it is told to, so a call whose answer was lost is simply made again.
    """
    payout = _sent(world, entry)
    try:
        outcome = _rail(world, payout).pay(payout.payout_id, payout.amount_micros, payout.destination)
    except Unreached as unreached:
        raise agenda.TryLater(str(unreached)) from None
    return _what_follows(world, payout, outcome, looks=0)


def look(world: World, entry: Entry) -> list[Write]:
    """Ask the rail what became of a payout. Raises TryLater."""
    payout, looks = _sent(world, entry), int(entry.data.get("looks", 0)) + 1
    try:
        outcome = _rail(world, payout).look(payout.payout_id)
    except Unreached as unreached:
        outcome = Unknown(str(unreached))
    if isinstance(outcome, Unheard):
        return [agenda.at(kinds.PAY, payout.path, world.now(), world.now(), which=str(looks))]
    return _what_follows(world, payout, outcome, looks)


def failed(world: World, payout: Payout, role: Role, reason: str) -> list[Write]:
    """It will not be paid: the money is available again."""
    move, now = PAYOUT.find("fail", payout.state, role), world.now()
    reason = reason[:FAILURE_CHARACTERS_MAX]
    back = postings.payout_failed(payout.payout_id, payout.operator_id, payout.amount_micros)
    return [
        rows.move(payout, move, drop=("review",), ended_at=now, failure=reason),
        *ledger.writes(back, now),
        payouts.told(world, payout, move.announced, reason=reason),
    ]


def _put_off(payout: Payout, now: datetime, pause: timedelta) -> Write:
    """The same again after a while, as an entry of its own."""
    again = now + pause
    return agenda.at(kinds.SEND, payout.path, again, now, which=iso(again))


def _what_follows(world: World, payout: Payout, outcome: Paid | Refused | Unknown, looks: int) -> list[Write]:
    now = world.now()
    if isinstance(outcome, Refused):
        return failed(world, payout, Role.CLOCK, outcome.reason)
    if isinstance(outcome, Unknown):
        if looks >= rules.LOOKS_BEFORE_ALARM:
            log.warning("payout.stuck", payout=payout.payout_id, looks=looks, problem=outcome.reason)
        due = now + rules.look_after(looks)
        return [agenda.at(kinds.LOOK, payout.path, due, now, which=iso(due), data={"looks": looks})]
    move = PAYOUT.find("settle", payout.state, Role.CLOCK)
    return [
        rows.move(payout, move, ended_at=now),
        *ledger.writes(postings.payout_sent(payout.payout_id, payout.amount_micros), now),
        payouts.told(world, payout, move.announced),
    ]


def _payout(world: World, entry: Entry) -> Payout:
    """The payout of an entry. Raises Orphan."""
    operator_id, _, payout_id = entry.subject.partition("/")
    payout = rows.find_payout(world.store, operator_id, payout_id)
    if payout is None:
        raise agenda.Orphan(f"there is no payout {entry.subject}")
    return payout


def _sent(world: World, entry: Entry) -> Payout:
    """The payout of an entry, which must be out of our hands and at no end: else nobody is called."""
    payout = _payout(world, entry)
    if payout.state is not PayoutState.SENT:
        raise PAYOUT.refusal("settle", payout.state, Role.CLOCK)
    return payout


def _rail(world: World, payout: Payout) -> Rail:
    """The rail that a payout was sent on. Raises TryLater while the deployment has none of that name."""
    rail = world.rails.get(payout.rail)
    if rail is None:
        raise agenda.TryLater(f"there is no rail {payout.rail}")
    return rail


JOBS: Mapping[str, agenda.Job] = {kinds.SEND.name: send, kinds.PAY.name: pay, kinds.LOOK.name: look}
