"""What the agenda's entries do with accounts."""

from collections.abc import Mapping, Sequence

from chalicelib.core.agenda import service as agenda
from chalicelib.core.agenda.model import Entry, Kind
from chalicelib.core.events import service as events
from chalicelib.core.identity import service as identity
from chalicelib.core.world import World
from chalicelib.kit.table import Write
from chalicelib.products.accounts import kinds


def jobs(on_suspension: Sequence[Kind]) -> Mapping[str, agenda.Job]:
    """The jobs of accounts; each kind in `on_suspension` is put on the agenda of an account that is suspended."""

    def suspend(world: World, entry: Entry) -> list[Write]:
        """Suspend an account whose deposit was reversed (ruling 27)."""
        account_id, now = entry.subject, world.now()
        return [
            *identity.suspend_agent(world, account_id, now),
            *agenda.now_and_again(on_suspension, account_id, now),
            events.record(world, "account.suspended", account_id, account_id, {"reason": str(entry.data["reason"])}),
        ]

    return {kinds.SUSPEND.name: suspend}
