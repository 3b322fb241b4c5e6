"""What the backoffice does about payouts: look at those that wait, let them go, send the money back, pause all."""

from chalicelib.core.events import service as events
from chalicelib.core.identity import deployment
from chalicelib.core.identity.model import Admin
from chalicelib.core.world import World
from chalicelib.kit import ids, once, pages
from chalicelib.kit.conditions import Attr
from chalicelib.kit.lifecycle import Role
from chalicelib.kit.once import Claim, Outcome
from chalicelib.kit.words import Because
from chalicelib.products.operators import jobs
from chalicelib.products.operators import store as rows
from chalicelib.products.operators.actions import payouts
from chalicelib.products.operators.actions.payouts import PayoutNotFound
from chalicelib.products.operators.lifecycle import PAYOUT
from chalicelib.products.operators.store import Payout
from chalicelib.products.operators.words import payouts as payout_words

LIST = "admin/payouts"
ALL = "payouts"


def list_waiting(world: World, query: payout_words.WaitingQuery) -> payout_words.WaitingPage:
    """Everybody's payouts that have come to no end, newest first. Raises Invalid."""
    turn = pages.turn(world.cursors, f"{LIST}/{query.state}", query)
    page = rows.list_waiting(world.store, query.state, turn.rows, turn.after)
    waiting = [rows.read_payout(item) for item in turn.of(page.items)]
    shown = [
        payout_words.WaitingPayout(
            operator_id=one.operator_id, review=one.review, **payouts.show(one).model_dump(mode="python")
        )
        for one in waiting
    ]
    return payout_words.WaitingPage(data=shown, pagination=turn.pagination(page.last, None))


def release(world: World, admin: Admin, payout_id: str, order: Because, claim: Claim | None) -> Outcome:
    """Let a payout go that waits for a person; it may still have to cool. Raises PayoutNotFound, NotInReview."""
    payout = _find(world, payout_id)
    if not payout.review:
        raise rows.NotInReview(payout.state)
    move = PAYOUT.find("release", payout.state, Role.ADMIN)
    writes = [
        rows.move(payout, move, drop=("review",), where=Attr("review").exists()),
        payouts.send_later(payout, world.now()),
        payouts.told(world, payout, move.announced),
        events.audit(world, admin, "admin.payout_released", payout_id, order.reason, review=payout.review),
    ]
    return once.commit(world.store, claim, writes, _status(payout, move.end))


def fail(world: World, admin: Admin, payout_id: str, order: Because, claim: Claim | None) -> Outcome:
    """Send the money of a payout back that has not been sent. Raises PayoutNotFound, WrongState."""
    payout = _find(world, payout_id)
    move = PAYOUT.find("fail", payout.state, Role.ADMIN)
    writes = [
        *jobs.failed(world, payout, Role.ADMIN, order.reason),
        events.audit(world, admin, "admin.payout_failed", payout_id, order.reason, operator_id=payout.operator_id),
    ]
    return once.commit(world.store, claim, writes, _status(payout, move.end))


def pause(world: World, admin: Admin, order: Because, claim: Claim | None) -> Outcome:
    """Nothing is paid out until somebody resumes; requests are still taken."""
    return _switch(world, admin, order, claim, paused=True)


def resume(world: World, admin: Admin, order: Because, claim: Claim | None) -> Outcome:
    """Payouts go on: each within an hour."""
    return _switch(world, admin, order, claim, paused=False)


def _switch(world: World, admin: Admin, order: Because, claim: Claim | None, *, paused: bool) -> Outcome:
    because = order.reason if paused else ""
    writes = [
        deployment.set_switches(payouts_paused=paused, payouts_paused_because=because),
        events.audit(world, admin, f"admin.payouts_{'paused' if paused else 'resumed'}", ALL, order.reason),
    ]
    return once.commit(world.store, claim, writes, payout_words.Paused(payouts_paused=paused, reason=order.reason))


def _find(world: World, payout_id: str) -> Payout:
    """Anybody's payout. Raises PayoutNotFound."""
    owner = rows.owner_of(world.store, payout_id) if ids.looks_like(payout_id, "payout") else None
    payout = rows.find_payout(world.store, owner, payout_id) if owner else None
    if payout is None:
        raise PayoutNotFound
    return payout


def _status(payout: Payout, state: str) -> payout_words.PayoutStatus:
    return payout_words.PayoutStatus(payout_id=payout.payout_id, status=state, amount_usd=payout.amount_micros)
