"""Crashes: every deed, cut off at every call that it makes and then taken up again, comes to the same end.

For each deed it is first learnt which calls it makes. Then, for every call and every way in which a call can end, the
deed is done for a pair of people of its own and cut off there. A client that got no answer, or was told to come back,
sends the same request under the same Idempotency-Key again; a message is delivered again, or left to the sweeper. When
everything that is due is done, the outcome must be that of the pair for whom nothing went wrong.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial

import pytest

from chalicelib.core.identity import deployment
from chalicelib.kit.aws import OUTAGES
from chalicelib.kit.clock import iso
from chalicelib.products.tasks.lifecycle import CancelReason
from tests import faults
from tests.faults import Fault, FlakyClient, Killed
from tests.harness import Agent, House, Reply
from tests.proofs import order, outcome
from tests.proofs.crash_points import CrashPoint, every, tapped, telling
from tests.proofs.crowd import patient
from tests.proofs.deeds import DEEDS, Deed
from tests.proofs.pairs import ERRAND, Pair
from tests.proofs.stand_ins import Mailbox, MovableClock, outside
from tests.proofs.summary import CRASH_POINTS

UNTROUBLED = "nothing went wrong"


@pytest.fixture
def clock(house: House) -> Iterator[MovableClock]:
    """A house with a Guardian who approves, a receiver who takes everything, and clocks that can be put ahead."""
    parts = outside(house)
    with house.living_in(**parts):
        yield parts["clock"]


# The rest waits for the thorough proof below: a run of everything has to stay short.
QUICK = ("deposit", "post", "post by tool", "accept", "complete", "expire", "order job without a key")


@pytest.mark.parametrize("name", QUICK)
def test_a_deed_cut_off_anywhere_comes_to_the_same_end(
    name: str, house: House, clock: MovableClock, record_property: Callable[[str, object], None]
) -> None:
    record_property(CRASH_POINTS, survive(house, clock, DEEDS[name], thorough=False))


@pytest.mark.slow
@pytest.mark.parametrize("name", DEEDS)
def test_a_deed_cut_off_at_every_call_in_every_way_comes_to_the_same_end(
    name: str, house: House, clock: MovableClock, record_property: Callable[[str, object], None]
) -> None:
    record_property(CRASH_POINTS, survive(house, clock, DEEDS[name], thorough=True))


def test_a_sweep_cut_off_anywhere_is_made_good_by_the_next(
    house: House, clock: MovableClock, record_property: Callable[[str, object], None]
) -> None:
    agent, learnt = house.agent(deposit=10_000), CrashPoint()
    overdue(agent, clock)
    with tapped(house, learnt):
        house.sweep()
    house.drain()
    crashes = telling(learnt.calls)
    for point in crashes:
        overdue(agent, clock)
        with tapped(house, point), suppress(Killed, *OUTAGES):
            house.sweep()
        house.drain()
    settle(house, clock)
    rows = order.check(house)
    assert {task.cancel_reason for task in rows.tasks} == {CancelReason.EXPIRED}
    assert agent.balance() == (10_000, 0)
    record_property(CRASH_POINTS, len(crashes))


@pytest.mark.parametrize(("path", "kind"), [("agents", "account"), ("operator", "operator")])
def test_a_registration_cut_off_anywhere_is_one_account(
    path: str, kind: str, house: House, clock: MovableClock, record_property: Callable[[str, object], None]
) -> None:
    """Its secret is shown once, so there is no first answer to repeat: whoever was killed before hearing it is told
    that the address is taken, and nobody gets a second account."""
    learnt = CrashPoint()
    with tapped(house, learnt):
        assert register(house, path, "nobody@example.com").status == 201
    crashes = every(learnt.calls)
    for number, point in enumerate(crashes):
        address, first = f"{number}@example.com", None
        with tapped(house, point), suppress(Killed):
            first = register(house, path, address)
        assert first is None or first.status in (201, 503), first
        again = patient(partial(register, house, path, address))
        unheard = point.way == "killed after" and learnt.calls[point.number or 0] == "transact_write_items"
        assert again.status == (409 if unheard or (first and first.status == 201) else 201), (point, again)
    people = [row for row in order.scan(house.world.store, "identity") if row["sk"] == kind and "email" in row]
    books = [row for row in order.scan(house.world.store, "ledger") if row["sk"] == "book"]
    assert len({row["email"] for row in people}) == len(people) == len(books) == len(crashes) + 1
    assert {row["pk"] for row in people} == {row["pk"] for row in books}
    record_property(CRASH_POINTS, len(crashes))


def test_a_first_start_cut_off_anywhere_leaves_one_data_key(
    house: House, record_property: Callable[[str, object], None]
) -> None:
    store, wall = house.world.store, house.world.wall()
    key = {"pk": {"S": deployment.FACTS.pk}, "sk": {"S": deployment.FACTS.sk}}
    crashes = every(["get_item", "update_item"])
    for point in crashes:
        store.client.delete_item(TableName=store.names[deployment.TABLE], Key=key)
        flaky, heard = replace(store, client=FlakyClient(store.client, point)), set[str]()
        with suppress(Killed, *OUTAGES):
            heard.add(deployment.agree(flaky, "test", lambda: "the key of a start cut off", wall)["data_key"])
        agreed = [deployment.agree(store, "test", lambda: "a later key", wall)["data_key"] for _ in range(2)]
        assert len({*agreed, *heard}) == 1
        # What a process that lives gets no answer to it asks once more; one that is killed has done what it had done.
        written_down = not point.way.startswith("killed") or (point.number == 1 and point.way.endswith("after"))
        assert agreed[0] == ("the key of a start cut off" if written_down else "a later key")
    record_property(CRASH_POINTS, len(crashes))


@pytest.mark.parametrize("name", ["post", "pay out", "upload"])
def test_who_never_hears_whether_it_was_done_is_told_so(name: str, house: House, clock: MovableClock) -> None:
    """From the moment that the deed is in, nothing answers any more: no sentence may say that nothing was changed."""
    deed, agent, learnt = DEEDS[name], house.agent(deposit=100), CrashPoint()
    first, pair = deed.prepare(house, clock, agent), deed.prepare(house, clock, agent)
    with tapped(house, learnt):
        deed.do(first)
    with tapped(house, CrashPoint(learnt.calls.index("transact_write_items"), "lost after", for_good=True)):
        unheard = deed.do(pair)
    assert isinstance(unheard, Reply)
    assert (unheard.status, unheard.json["code"]) == (503, "outcome_unknown")
    assert "Nothing was changed" not in unheard.text
    again = patient(lambda: ask(deed, pair))
    assert again.headers["idempotent-replayed"] == "true"


@pytest.mark.parametrize("lost", range(3))
def test_a_lost_answer_is_asked_for_again_and_the_deed_done_once(house: House, clock: MovableClock, lost: int) -> None:
    """Without an Idempotency-Key, too: the database knows the second request by its token."""
    agent, operator = house.agent(deposit=100), house.operator()
    with tapped(house, losing(lost + 1)):
        task_id = agent.posted(**ERRAND)
    with tapped(house, losing(lost + 1)):
        assert operator.accept(task_id).status == 200
    assert agent.balance() == (76.4, 23.6)
    order.check(house)


def losing(times: int) -> Callable[[str, int], Fault | None]:
    """The answers to the first transactions are lost."""
    return faults.nth_of(range(times), faults.lost_answer(), operation="transact_write_items")


def survive(house: House, clock: MovableClock, deed: Deed, *, thorough: bool) -> int:
    """Cut a deed off at every call of its own, or thoroughly at those of the door as well, and compare what came of it.

    The number of crash points.
    """
    agent, learnt = house.agent(deposit=10_000), CrashPoint()
    pairs = {UNTROUBLED: deed.prepare(house, clock, agent)}
    with tapped(house, learnt):
        deed.do(pairs[UNTROUBLED])
    # Counting for the rate limit is the last thing that the door does before the deed.
    first = learnt.calls.index("update_item") + 1 if deed.by_request and deed is not DEEDS["deposit"] else 0
    for point in every(learnt.calls) if thorough else telling(learnt.calls, first):
        pairs[point.name] = deed.prepare(house, clock, agent)
        suffer(house, deed, pairs[point.name], point)
    clock.pass_time(days=deed.then_days)
    settle(house, clock)
    rows, mailbox = order.check(house), house.world.courier
    assert isinstance(mailbox, Mailbox)
    found = {name: outcome.of(rows, pair, mailbox) for name, pair in pairs.items()}
    for name, one in found.items():
        assert one == found[UNTROUBLED], name
    return len(pairs) - 1


def suffer(house: House, deed: Deed, pair: Pair, point: CrashPoint) -> None:
    """Do the deed with its crash; then go on as its client or its queue would, who know nothing of crashes."""
    came_to: Reply | list[str] | None = None
    with tapped(house, point), suppress(Killed):
        came_to = deed.do(pair)
    if isinstance(came_to, Reply):
        assert came_to.status < 300 or came_to.status >= 500, came_to
    if deed.by_request:
        again = patient(lambda: ask(deed, pair))
        assert again.status < 300, again
        if isinstance(came_to, Reply) and came_to.status < 300:
            assert again.text == came_to.text
    elif not point.way.startswith("killed after"):
        deed.do(pair)


def register(house: House, path: str, email: str) -> Reply:
    return house.request("POST", f"/api/v1/{path}/register", {"name": "Jane Doe", "email": email})


def ask(deed: Deed, pair: Pair) -> Reply:
    reply = deed.do(pair)
    assert isinstance(reply, Reply)
    return reply


def overdue(agent: Agent, clock: MovableClock) -> None:
    """A task that nobody has taken when its deadline passes."""
    agent.posted(**ERRAND, deadline=agent.house.in_time(minutes=1))
    clock.pass_time(minutes=2)


def settle(house: House, clock: MovableClock) -> None:
    """Leases run out, the sweeper comes by, and everything that is due is done."""
    for _ in range(3):
        clock.pass_time(minutes=4)
        house.sweep()
        house.drain()
    entries = list(order.scan(house.world.store, "agenda"))
    assert [row["pk"] for row in entries if "dead" in row or row["due_at"] <= iso(house.now())] == []
