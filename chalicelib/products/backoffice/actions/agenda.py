"""Dead agenda entries: look at them, run one again, or let it be; and what admins did."""

from chalicelib.core.agenda import service as agenda
from chalicelib.core.agenda import store as entries
from chalicelib.core.agenda.model import Entry
from chalicelib.core.events import service as events
from chalicelib.core.events import store as event_rows
from chalicelib.core.identity.model import Admin
from chalicelib.core.world import World
from chalicelib.kit import clock, once, pages
from chalicelib.kit.once import Claim, Outcome
from chalicelib.kit.table import Write
from chalicelib.kit.words import loads
from chalicelib.products.backoffice import words


def list_dead(world: World, query: pages.CursorWords) -> words.DeadPage:
    """Entries that ran out of tries, longest dead first. Raises Invalid for a cursor that leads nowhere."""
    turn = pages.turn(world.cursors, "admin/dead", query)
    found, last = entries.dead_page(world.store, query.limit, turn.after)
    shown = [
        words.DeadEntry(
            id=one.id, kind=one.kind, subject=one.subject, attempts=one.attempts, why=one.why, due_at=one.due_at
        )
        for one in found
    ]
    return words.DeadPage(data=shown, pagination=turn.pagination(last, None))


def rerun(world: World, admin: Admin, order: words.EntryOrder, claim: Claim | None) -> Outcome:
    """Give a dead entry its tries again, the first at once. Raises EntryNotFound, EntryNotDead."""
    entry = agenda.find_dead(world, order.entry_id)
    write = agenda.rerun(world, entry)
    return _settle(world, admin, "admin.entry_rerun", entry, order.reason, claim, write, "due")


def drop(world: World, admin: Admin, order: words.EntryOrder, claim: Claim | None) -> Outcome:
    """Leave undone for good what a dead entry says. Raises EntryNotFound, EntryNotDead."""
    entry = agenda.find_dead(world, order.entry_id)
    return _settle(world, admin, "admin.entry_dropped", entry, order.reason, claim, agenda.drop(entry), "dropped")


def list_audit(world: World, query: words.AuditQuery) -> words.AuditPage:
    """What admins did in a month, this one unless said otherwise, newest first. Raises Invalid for a strange cursor."""
    month = query.month or clock.day(world.now())[:7]
    turn = pages.turn(world.cursors, f"admin/audit/{month}", query)
    page = event_rows.audits(world.store, month, query.limit, turn.after)
    shown = [
        words.Audited(
            id=item["sk"], act=item["type"], admin=item["admin"], subject=item["subject"], reason=item["reason"],
            at=clock.parse(item["at"]), facts=loads(item["data"]),
        )
        for item in page.items
    ]  # fmt: skip
    return words.AuditPage(data=shown, pagination=turn.pagination(page.last, None))


def _settle(
    world: World, admin: Admin, act: str, entry: Entry, reason: str, claim: Claim | None, write: Write, state: str
) -> Outcome:
    told = events.audit(world, admin, act, entry.id, reason, kind=entry.kind, why=entry.why)
    return once.commit(world.store, claim, [write, told], words.EntryDone(entry_id=entry.id, state=state))
