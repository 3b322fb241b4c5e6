"""Accounts: look at one, suspend it, let it go on (ruling 3)."""

from collections.abc import Sequence

from chalicelib.core.agenda import service as agenda
from chalicelib.core.agenda.model import Kind
from chalicelib.core.events import service as events
from chalicelib.core.identity import service as identity
from chalicelib.core.identity.model import Admin
from chalicelib.core.ledger import service as ledger
from chalicelib.core.world import World
from chalicelib.kit import clock, once
from chalicelib.kit.once import Claim, Outcome
from chalicelib.kit.table import Write
from chalicelib.products.backoffice import words


def find_agent(world: World, account_id: str) -> words.AgentShown:
    """An agent's account and its money. Raises AccountNotFound."""
    row = identity.account_of(world, account_id)
    since = row.get("suspended")
    return words.AgentShown(
        id=account_id, name=row["name"], email=row["email"], company=row.get("company"), keys=row["keys"],
        created_at=clock.parse(row["created_at"]), suspended_since=clock.parse(since) if since else None,
        balances=ledger.book_of(world.store, account_id).balances,
    )  # fmt: skip


def suspend_agent(
    world: World, admin: Admin, account_id: str, reason: str, claim: Claim | None, effects: Sequence[Kind]
) -> Outcome:
    """Suspend an agent: every key is 403, and each kind in `effects` is put on the agenda. Raises AccountNotFound."""
    now = world.now()
    writes = [
        *identity.suspend_agent(world, account_id, now),
        *agenda.now_and_again(effects, account_id, now),
    ]
    return _settle(world, admin, account_id, reason, claim, writes, suspended=True)


def unsuspend_agent(world: World, admin: Admin, account_id: str, reason: str, claim: Claim | None) -> Outcome:
    """The agent may go on; what was withdrawn stays withdrawn. Raises AccountNotFound."""
    writes = identity.suspend_agent(world, account_id, None)
    return _settle(world, admin, account_id, reason, claim, writes, suspended=False)


def suspend_operator(
    world: World, admin: Admin, operator_id: str, reason: str, claim: Claim | None, *, suspended: bool
) -> Outcome:
    """Suspend an operator, or let them go on. Raises AccountNotFound."""
    writes = identity.suspend_operator(world, operator_id, world.now() if suspended else None)
    return _settle(world, admin, operator_id, reason, claim, writes, suspended=suspended)


def _settle(
    world: World, admin: Admin, person_id: str, reason: str, claim: Claim | None, writes: list[Write], *,
    suspended: bool,
) -> Outcome:  # fmt: skip
    act = "admin.account_suspended" if suspended else "admin.account_unsuspended"
    answer = words.Suspended(id=person_id, suspended=suspended)
    return once.commit(world.store, claim, [*writes, events.audit(world, admin, act, person_id, reason)], answer)
