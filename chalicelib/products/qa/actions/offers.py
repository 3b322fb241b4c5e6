"""What testers see of jobs: those that can be taken, and their own."""

from chalicelib.core.board import feeds
from chalicelib.core.board import service as board
from chalicelib.core.heads import Ref
from chalicelib.core.identity.model import Operator
from chalicelib.core.world import World
from chalicelib.kit import pages
from chalicelib.products.qa import kinds, show
from chalicelib.products.qa.store import jobs as rows
from chalicelib.products.qa.words import testers as words

LIST = "tester/jobs"


def browse(world: World, operator: Operator, query: words.FeedQuery) -> words.OfferPage:
    """Jobs that can be taken, newest first. Raises Invalid."""
    turn = pages.turn(world.cursors, LIST, query)
    offset = 0 if turn.after else query.offset
    page = feeds.feed(world.store, kinds.PRODUCT, [kinds.TEST], query.limit, offset, turn.after)
    shown = [show.offer(opening) for opening in page.openings]
    return words.OfferPage(data=shown, pagination=turn.pagination(page.last, page.total, capped=page.capped))


def list_mine(world: World, operator: Operator, query: words.FeedQuery) -> words.MyJobPage:
    """What a tester has taken, newest first, with where each job stands now. Raises Invalid."""
    turn = pages.turn(world.cursors, f"{LIST}/mine/{operator.id}", query)
    work, last = board.work_of(world.store, operator.id, kinds.PRODUCT, turn.rows, turn.after)
    page = turn.of(work)
    refs = [Ref(one.owner_id, one.opening_id) for one in page]
    counts = [] if turn.after else [board.load_of(operator.id)]
    jobs, counted = rows.HEADS.find_many_and(world.store, refs, counts)
    total = board.read_count(counted[0], kinds.PRODUCT) if counted else None
    shown = [show.my_row(one, jobs[one.opening_id]) for one in page]
    return words.MyJobPage(data=shown, pagination=turn.pagination(last, total))


def find(world: World, operator: Operator, job_id: str) -> words.MyJob | words.JobOffer:
    """A job with all that the test needs, for whoever has or had it; else as the feed shows it, while it is open.

    Raises JobNotFound.
    """
    held = board.held(world.store, kinds.PRODUCT, job_id, operator.id, rows.JobNotFound())
    if held.assignment:
        sheets = rows.find_sheets(world.store, Ref(held.opening.owner_id, job_id))
        return show.my_job(world, sheets, held.assignment)
    if not held.opening.can_be_taken(world.now()):
        raise rows.JobNotFound
    return show.offer(held.opening)
