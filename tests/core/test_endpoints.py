"""The pump and the deliveries of webhook endpoints: each event once per endpoint, whoever runs and wherever it dies."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from chalicelib.core.agenda import service as agenda
from chalicelib.core.agenda import store as agenda_rows
from chalicelib.core.agenda.model import Entry
from chalicelib.core.events import deliveries, jobs, pump
from chalicelib.core.events import endpoint_rows as rows
from chalicelib.core.events import service as events
from chalicelib.core.events.catalogue import is_known, wants
from chalicelib.core.events.endpoints import (
    Endpoint,
    EndpointNotFound,
    EventGone,
    OldSecret,
    Reason,
    Status,
    key_of,
    new_secret,
)
from chalicelib.core.ports.courier import Receipt
from chalicelib.core.world import World
from chalicelib.kit import ids
from chalicelib.kit.commit import commit
from chalicelib.kit.lifecycle import MovedOn
from tests.core.stand_ins import Ahead, Notebook
from tests.faults import FlakyClient, Killed, killed, nth
from tests.harness import House

AGENT = "agent_1"
SECRET = "whsec_" + "a" * 44


def _made(world: World, endpoint_id: str = "", patterns: tuple[str, ...] = ("*",)) -> Endpoint:
    """An endpoint that is told of everything from the beginning of time."""
    endpoint_id = endpoint_id or ids.new("we")
    endpoint = Endpoint(
        endpoint_id=endpoint_id, account_id=AGENT, url="https://agent.example/", events=patterns,
        status=Status.ENABLED, created_at=world.now(), sealed=world.seal.seal(SECRET, f"{endpoint_id}/secret"),
        epoch=1, since="",
    )  # fmt: skip
    state, _ = rows.find_all(world.store, AGENT)
    commit(world.store, [*pump.start(world, AGENT, state, plus=1), rows.add_endpoint(endpoint)])
    return endpoint


def _entries(world: World, kind: str) -> list[Entry]:
    items = world.store.client.scan(TableName=world.store.names["agenda"])["Items"]
    found = [agenda_rows.find(world.store, item["pk"]["S"]) for item in items if item["kind"]["S"] == kind]
    return sorted((entry for entry in found if entry is not None), key=lambda entry: entry.id)


def _work(world: World, entry: Entry) -> None:
    agenda.work(world, jobs.JOBS, entry.id)


@pytest.fixture
def later(house: House) -> World:
    """A world whose wall is ten seconds ahead: what was just recorded is old enough to be told."""
    return replace(house.world, clock=Ahead(house.world.clock, 10))


def _recorded(world: World, count: int) -> None:
    for number in range(count):
        commit(world.store, [events.record(world, "task.accepted", AGENT, f"task_{number}", {"number": number})])


def _pumped(world: World, times: int = 1) -> list[tuple[str, str]]:
    """(event, endpoint) of every delivery that is on its way after some runs."""
    for _ in range(times):
        for entry in _entries(world, "events.pump"):
            _work(world, entry)
    found = [entry.data for entry in _entries(world, "webhook.endpoint")]
    return sorted((data["event_id"], data["endpoint_id"]) for data in found)


@pytest.mark.promise("webhooks.endpoints.once")
def test_pumps_that_run_at_once_put_each_event_on_its_way_once(house: House, later: World) -> None:
    endpoints = [_made(house.world) for _ in range(2)]
    _recorded(house.world, 4)
    old = _entries(later, "events.pump")
    assert len(old) == 2, "the second endpoint began a pump of its own, and the first one's is not current any more"
    threads = [threading.Thread(target=_work, args=(later, entry)) for entry in old * 3]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sent = _pumped(later, times=2)
    assert len(sent) == len(set(sent)) == 4 * len(endpoints)
    assert len(_entries(later, "events.pump")) == 1


@pytest.mark.promise("webhooks.endpoints.once")
@pytest.mark.parametrize("after", [False, True])
def test_a_pump_that_dies_at_any_call_loses_nothing_and_tells_nothing_twice(
    house: House, later: World, after: bool
) -> None:
    _made(house.world)
    calls, told = 1, 0
    number = 0
    while number < calls:
        _recorded(house.world, 1)
        told += 1
        (entry,) = _entries(later, "events.pump")
        client = FlakyClient(later.store.client, nth(number, killed(after=after)))
        dying = replace(later, store=replace(later.store, client=client))  # type: ignore[arg-type]
        try:
            _work(dying, entry)
        except Killed:
            calls = max(calls, client.count + 1)
        number += 1
        sent = _pumped(later, times=1)
        assert len(sent) == len(set(sent)) == told
    assert number > 3


@pytest.mark.promise("webhooks.endpoints.once")
def test_a_delivery_that_dies_at_any_call_is_made_again_and_none_is_lost(house: House) -> None:
    endpoint = _made(house.world)
    calls, number = 1, 0
    while number < calls:
        notebook = Notebook()
        world = replace(house.world, courier=notebook)
        delivery_id, writes = deliveries.trial(world, endpoint)
        commit(world.store, writes)
        client = FlakyClient(world.store.client, nth(number, killed()))
        dying = replace(world, store=replace(world.store, client=client))  # type: ignore[arg-type]
        entry_id = f"webhook.endpoint:{delivery_id}"
        try:
            agenda.work(dying, jobs.JOBS, entry_id)
        except Killed:
            calls = max(calls, client.count + 1)
            agenda.work(replace(world, clock=Ahead(world.clock, 60)), jobs.JOBS, entry_id)
        number += 1
        assert agenda_rows.find(world.store, entry_id) is None
        assert len({(headers["webhook-id"], body) for _, headers, body in notebook.carried}) == 1
    assert number > 3


def test_many_events_for_many_endpoints_go_out_in_several_commits(house: House, later: World) -> None:
    endpoints = [_made(house.world) for _ in range(10)]
    _recorded(house.world, 7)
    sent = _pumped(later)
    assert len(sent) == 40, "whole events only, as many as fit into one commit"
    assert len(_pumped(later)) == 70
    assert {endpoint_id for _, endpoint_id in _pumped(later)} == {one.endpoint_id for one in endpoints}


def test_a_pump_is_slower_when_nothing_happens_and_quick_again_when_something_does(house: House, later: World) -> None:
    _made(house.world)
    pauses = []
    for _ in range(6):
        (entry,) = _entries(later, "events.pump")
        pauses.append((entry.due_at - later.now() - timedelta(minutes=1)).total_seconds())
        _work(later, entry)
    assert [round(pause / 5) * 5 for pause in pauses] == [5, 10, 20, 40, 60, 60]
    _recorded(house.world, 1)
    _pumped(later)
    (entry,) = _entries(later, "events.pump")
    assert (entry.due_at - later.now() - timedelta(minutes=1)).total_seconds() <= 5


def test_what_was_recorded_before_an_endpoint_was_made_is_not_told(house: House, later: World) -> None:
    _recorded(house.world, 1)
    endpoint = _made(house.world, patterns=("task.*",))
    assert endpoint.since == ""
    assert _pumped(later) == [], "the pump begins where it was started"


def test_an_endpoint_that_changed_meanwhile_is_looked_at_again(house: House) -> None:
    endpoint = _made(house.world)
    commit(house.world.store, [rows.change(endpoint, {"epoch": 2})])
    with pytest.raises(MovedOn):
        commit(house.world.store, [rows.replace_secret(endpoint, "x", [OldSecret("y", house.world.wall())])])
    gone = replace(endpoint, endpoint_id="we_none")
    with pytest.raises(EndpointNotFound):
        commit(house.world.store, [rows.change(gone, {"epoch": 2})])
    assert rows.count_failure(house.world.store, gone) == 0


def test_of_two_starts_at_once_one_looks_again(house: House) -> None:
    state, _ = rows.find_all(house.world.store, AGENT)
    commit(house.world.store, pump.start(house.world, AGENT, state))
    with pytest.raises(MovedOn):
        commit(house.world.store, pump.start(house.world, AGENT, state))


@dataclass
class Rival:
    """A courier that finds the endpoint gone, just when another delivery has found out as well."""

    world: World
    endpoint: Endpoint

    def check(self, url: str) -> None:
        """Take any URL."""

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Receipt:
        commit(self.world.store, deliveries.disabling(self.world, self.endpoint, Reason.GONE))
        return Receipt(410)


def test_of_two_deliveries_that_disable_an_endpoint_one_tells_of_it(house: House, later: World) -> None:
    endpoint = _made(house.world)
    delivery_id, writes = deliveries.trial(house.world, endpoint)
    commit(house.world.store, writes)
    world = replace(house.world, courier=Rival(house.world, endpoint))
    agenda.work(world, jobs.JOBS, f"webhook.endpoint:{delivery_id}")
    assert _entries(world, "webhook.endpoint") == []
    told = [event["type"] for event in events.list_events(later, AGENT, "", 100).events]
    assert told == ["webhook.test", "webhook.endpoint_disabled"]
    logged = world.store.get("events", rows.log_row(AGENT, endpoint.endpoint_id, delivery_id))
    assert logged is not None
    assert (logged["status"], logged["status_code"]) == ("failed", 410)


def test_a_delivery_whose_event_is_gone_is_kept_for_a_person(house: House) -> None:
    endpoint = _made(house.world)
    delivery_id, writes = deliveries.deliver(house.world, endpoint, {"sk": "evt_none", "type": "task.accepted"})
    commit(house.world.store, writes)
    agenda.work(house.world, jobs.JOBS, f"webhook.endpoint:{delivery_id}")
    assert [one.dead for one in _entries(house.world, "webhook.endpoint")] == [True]
    with pytest.raises(EventGone):
        deliveries.again(house.world, AGENT, endpoint.endpoint_id, delivery_id)


def test_patterns_and_secrets() -> None:
    assert wants(["*"], "task.accepted")
    assert wants(["payout.sent", "task.*"], "task.accepted")
    assert not wants(["task", "task.", "tas.*", "payout.*"], "task.accepted")
    assert is_known("task.*")
    assert not is_known("")
    assert not is_known("nothing.*")
    assert len(key_of(new_secret()) or b"") == 32
    for wrong in ("", "whsec_", "whsec_c2hvcnQ=", "a" * 44, "whsec_" + "!" * 44, "whsec_" + "a" * 300, "whsec_ключ"):
        assert key_of(wrong) is None
