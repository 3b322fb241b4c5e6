"""What the agenda's entries do with accounts."""

from collections.abc import Mapping, Sequence

from chalicelib.core.agenda import service as agenda
from chalicelib.core.agenda.model import Entry
from chalicelib.core.events import service as events
from chalicelib.core.world import World
from chalicelib.kit.table import Write
from chalicelib.products.accounts import kinds


def suspend(world: World, entry: Entry) -> Sequence[Write]:
    """Suspend an account whose deposit was reversed (ruling 27)."""
    return suspension(world, entry.subject, str(entry.data["reason"]))


def suspension(world: World, account_id: str, reason: str) -> Sequence[Write]:
    """The writes that suspend an account, for a reason: the one place where accounts ask identity for that."""
    return [events.record(world, "account.suspension_due", account_id, account_id, {"reason": reason})]


JOBS: Mapping[str, agenda.Job] = {kinds.SUSPEND.name: suspend}
