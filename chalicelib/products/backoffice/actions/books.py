"""The books: trial balance, statements, and their proof."""

from datetime import date

from chalicelib.core.agenda import service as agenda
from chalicelib.core.events import service as events
from chalicelib.core.identity import service as identity
from chalicelib.core.identity.model import Admin
from chalicelib.core.ledger import closing, nightly
from chalicelib.core.ledger import service as ledger
from chalicelib.core.ledger import store as rows
from chalicelib.core.ledger.model import Book
from chalicelib.core.world import World
from chalicelib.kit import clock, ids, once, pages
from chalicelib.kit.errors import Invalid
from chalicelib.kit.once import Claim, Outcome
from chalicelib.products.backoffice import words


def trial_balance(world: World, query: words.DayQuery) -> words.TrialBalanceShown:
    """What a day moved, with what there was before and after. Raises Invalid for what is no day of the past."""
    day = query.day or clock.day(world.now())
    try:
        known = date.fromisoformat(day) <= world.now().date()
    except ValueError:
        known = False
    if not known:
        raise Invalid("day", "must be a UTC day such as 2026-02-10, and not one to come")
    found = closing.trial_balance(world.store, day)
    return words.TrialBalanceShown(
        day=day, transfers=found.transfers, in_balance=found.in_balance, opening=found.opening, moved=found.moved,
        closing=found.closing,
    )  # fmt: skip


def statement(world: World, owner_id: str, query: pages.CursorWords) -> words.Statement:
    """The balances of an agent or operator, and the transfers that made them. Raises AccountNotFound, Invalid."""
    book = _book(world, owner_id)
    turn = pages.turn(world.cursors, f"admin/statement/{owner_id}", query)
    page = rows.legs_page(world.store, owner_id, query.limit, turn.after)
    legs = [
        words.Leg(
            transfer_id=item["transfer_id"], code=item["code"], debit=item["debit"], credit=item["credit"],
            amount_usd=item["amount_micros"], at=clock.parse(item["at"]),
        )
        for item in page.items
    ]  # fmt: skip
    pagination = turn.pagination(page.last, None)
    return words.Statement(owner_id=owner_id, balances=book.balances, data=legs, pagination=pagination)


def last_proof(world: World) -> words.ProofShown:
    """How the last proof of the books stands."""
    found = nightly.last_result(world.store)
    if found is None:
        return words.ProofShown(state="none")
    ended = "proved" if found.proved >= found.owners else "running"
    return words.ProofShown(
        state="broken" if found.problems else ended, run=found.run, started_at=clock.parse(found.started_at),
        owners=found.owners, proved=found.proved, problems=list(found.problems),
    )  # fmt: skip


def prove(world: World, admin: Admin, order: words.ProofOrder, claim: Claim | None) -> Outcome:
    """Prove one owner now, or have everybody proved whose money moved since yesterday. Raises AccountNotFound."""
    now = world.now()
    if order.owner_id is None:
        writes = [agenda.at(nightly.PROVE_DAY, "books", now, now, which=clock.iso(now))]
        answer = words.ProofBegun(state="running")
    else:
        _book(world, order.owner_id)
        problems, writes = nightly.prove_one(world, order.owner_id)
        answer = words.ProofBegun(state="broken" if problems else "proved", problems=problems)
    told = events.audit(world, admin, "admin.books_proved", order.owner_id or "books", order.reason, state=answer.state)
    return once.commit(world.store, claim, [*writes, told], answer)


def _book(world: World, owner_id: str) -> Book:
    """The book of an owner. Raises AccountNotFound."""
    known = ids.looks_like(owner_id, "agent") or ids.looks_like(owner_id, "op")
    book = ledger.book_of(world.store, owner_id) if known else None
    if book is None or not book.balances:
        raise identity.AccountNotFound
    return book
