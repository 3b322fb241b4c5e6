"""What an entry of the agenda is about: a job, as much of it as its work needs."""

from chalicelib.core.agenda import service as agenda
from chalicelib.core.agenda.model import Entry
from chalicelib.core.heads import Ref
from chalicelib.core.world import World
from chalicelib.products.qa.model.jobs import Job, Sheets
from chalicelib.products.qa.store import jobs as rows


def job(world: World, entry: Entry) -> Job:
    """The head of an entry's job. Raises Orphan."""
    return agenda.subject(entry, lambda: rows.HEADS.find(world.store, Ref.of(entry.subject)))


def sheets(world: World, entry: Entry) -> Sheets:
    """All of an entry's job. Raises Orphan."""
    return agenda.subject(entry, lambda: rows.find_sheets(world.store, Ref.of(entry.subject)))
