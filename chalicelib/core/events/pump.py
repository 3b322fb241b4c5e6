"""The pump: passes the events of an account on to its webhook endpoints, each once per endpoint.

    endpoint made ──► pump entry ──► events behind `passed` and 5 s old ──► deliveries + new `passed`, one commit
                          ▲                                                     │
                          ╰──── 5 s later after some, up to 60 s after none ◄───╯      no endpoint enabled: it stops

An account without endpoints has no pump, and no verb knows of pumps: what was recorded, by whomever, is passed on. Why
it is so, and what it costs: docs/decisions/0007.
"""

from collections.abc import Mapping, Sequence

from chalicelib.core.agenda import service as agenda
from chalicelib.core.agenda.model import TIMERS, Entry, Kind
from chalicelib.core.events import deliveries
from chalicelib.core.events import endpoint_rows as rows
from chalicelib.core.events import store as event_rows
from chalicelib.core.events.catalogue import wants
from chalicelib.core.events.endpoints import Endpoint
from chalicelib.core.world import World
from chalicelib.kit import ids
from chalicelib.kit.table import Item, Write

PUMP = Kind("events.pump", TIMERS)
PAUSE_SECONDS, PAUSE_SECONDS_MAX = 5, 60
# While there is more. Not 0: a test clock works what is due on the spot, and would never come to its own end.
BREATH_SECONDS = 1
EVENTS_MAX = 100
# A delivery is two writes; the state, the next entry and the end of this one need room as well.
DELIVERIES_MAX = 45


def start(world: World, account_id: str, before: rows.State, *, plus: int = 0) -> list[Write]:
    """The writes of a pump that begins now, whether or not another was there; it takes over where that one is.

    They refuse TooManyEndpoints when there is one endpoint more, and MovedOn.
    """
    pump = ids.new("pump")
    state = rows.start_pump(account_id, before, pump, ids.floor("evt", world.wall()), plus=plus)
    return [state, _next(world, account_id, pump, PAUSE_SECONDS)]


def run(world: World, entry: Entry) -> list[Write]:
    """Pass on what is new: the job of `events.pump`."""
    account_id, pump = entry.subject, entry.data["pump"]
    state, endpoints = rows.find_all(world.store, account_id)
    if state.pump != pump or state.passed is None:
        raise rows.NotCurrentPump
    told = [one for one in endpoints if one.enabled]
    if not told:
        return [rows.stop_pump(account_id, state)]
    page = event_rows.behind(world.store, account_id, state.passed, world.wall(), EVENTS_MAX)
    if not page.items:
        pause = min(entry.data["pause_seconds"] * 2, PAUSE_SECONDS_MAX)
        return [_next(world, account_id, pump, pause)]
    passed, writes = _deliveries(world, told, page.items)
    more = page.last is not None or passed != page.items[-1]["sk"]
    return [
        rows.pass_on(account_id, state, passed),
        *writes,
        _next(world, account_id, pump, BREATH_SECONDS if more else PAUSE_SECONDS),
    ]


def _deliveries(world: World, told: Sequence[Endpoint], items: Sequence[Item]) -> tuple[str, list[Write]]:
    """As many deliveries as fit into one commit, whole events only, and the last event that is among them."""
    writes: list[Write] = []
    passed = ""
    for item in items:
        wanted = [one for one in told if item["sk"] > one.since and _is_for(one, item)]
        if len(writes) // 2 + len(wanted) > DELIVERIES_MAX:
            break
        for endpoint in wanted:
            writes += deliveries.deliver(world, endpoint, item)[1]
        passed = item["sk"]
    return passed, writes


def _is_for(endpoint: Endpoint, item: Item) -> bool:
    """Whether an endpoint asked for an event. A trial was sent by the call that asked for it."""
    return item["type"] != "webhook.test" and wants(endpoint.events, item["type"])


def _next(world: World, account_id: str, pump: str, seconds: int) -> Write:
    """The pump's next run: under a name of its own, since this one ends in the same commit."""
    data = {"pump": pump, "pause_seconds": max(seconds, PAUSE_SECONDS)}
    return agenda.soon(PUMP, account_id, seconds, world.now(), which=ids.new("run"), data=data)


JOBS: Mapping[str, agenda.Job] = {PUMP.name: run}
