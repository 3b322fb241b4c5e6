"""The board: whoever may take work can take it, as many as there are slots, and the feed shows what is left."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import pytest

from chalicelib.core.board import feeds
from chalicelib.core.board import service as board
from chalicelib.core.board import store as rows
from chalicelib.core.board.model import Assignment, AssignmentState, Opening
from chalicelib.core.board.service import NotClaimed, SelfDealing, Taken, TooManyAssignments, TooManyGiveBacks
from chalicelib.core.identity.model import Kyc, Operator
from chalicelib.core.identity.service import KycRequired
from chalicelib.core.world import World
from chalicelib.kit import ids
from chalicelib.kit.commit import commit
from chalicelib.kit.errors import NotFound, Refusal
from chalicelib.kit.lifecycle import looking_again
from chalicelib.kit.table import ConditionBroken
from tests.core.stand_ins import Hands

MISSING = NotFound("no such work")


def _operator(world: World, email: str = "jane@example.com", kyc: Kyc = Kyc.APPROVED) -> Operator:
    return Operator(ids.new("op"), "Jane Doe", email, kyc, world.now())


def _open(world: World, slots: int = 1, kind: str = "PHOTO", title: str = "a sign", note: str = "é") -> str:
    opening = Opening(
        opening_id=ids.new("task"), product="tasks", kind=kind, owner_id="agent_1",
        owner_email="agent@example.com", title=title,
        pay_micros=25_000_000, posted_at=world.now(), deadline=world.now() + timedelta(days=1), slots=slots,
        shown={"lat": Decimal("40.7128"), "note": note},
    )  # fmt: skip
    commit(world.store, [board.post(opening)])
    return opening.opening_id


def _claim(world: World, opening_id: str, operator: Operator, most: int = 5) -> None:
    """Claim as a door does: when others moved the opening meanwhile, look again."""

    def deed() -> None:
        opening = board.find(world.store, "tasks", opening_id, MISSING)
        commit(world.store, board.claim(opening, operator, world.now(), most))

    looking_again(deed)


def _mine(world: World, opening_id: str, operator_id: str) -> Assignment:
    return board.assignment(world.store, "tasks", opening_id, operator_id, world.now(), MISSING)


def _feed(world: World, kind: str | None = None) -> list[str]:
    return [opening.title for opening in feeds.feed(world.store, "tasks", [kind] if kind else [], 20, 0, None).openings]


def _load(world: World, operator: Operator) -> int:
    row = world.store.get(rows.TABLE, rows.load_row(operator.id))
    return int(row["open"]) if row else 0


def test_an_opening_is_in_the_feed_and_in_that_of_its_kind_until_its_last_slot_is_claimed(world: World) -> None:
    opening_id = _open(world, slots=2)
    for number in range(2):
        assert (_feed(world), _feed(world, "PHOTO"), _feed(world, "DELIVERY")) == (["a sign"], ["a sign"], [])
        _claim(world, opening_id, _operator(world, f"{number}@example.com"))
    assert (_feed(world), _feed(world, "PHOTO")) == ([], [])
    with pytest.raises(Taken):
        _claim(world, opening_id, _operator(world))


def test_what_an_opening_shows_comes_back_exactly(world: World) -> None:
    opening = board.find(world.store, "tasks", _open(world), MISSING)
    assert opening.shown == {"lat": Decimal("40.7128"), "note": "é"}
    assert (opening.posted_at, opening.taken, opening.closed) == (world.now(), 0, False)


@pytest.mark.parametrize(("slots", "racers"), [(1, 8), (3, 8)])
def test_of_all_who_race_as_many_get_a_slot_as_there_are_and_the_others_a_clear_refusal(
    world: World, slots: int, racers: int
) -> None:
    opening_id = _open(world, slots)
    operators = [_operator(world, f"{number}@example.com") for number in range(racers)]

    def race(operator: Operator) -> str:
        try:
            _claim(world, opening_id, operator)
        except Refusal as refusal:
            return refusal.code
        return "won"

    with ThreadPoolExecutor(racers) as pool:
        ends = list(pool.map(race, operators))
    # Who met others at the same row time after time is told to try again; nobody is told that a free slot is taken.
    assert ends.count("won") <= slots
    assert set(ends) <= {"won", "already_taken", "busy"}
    assert ends.count("won") == slots or "busy" in ends
    assert board.find(world.store, "tasks", opening_id, MISSING).taken == ends.count("won")
    assert [_load(world, operator) for operator in operators] == [int(end == "won") for end in ends]


def test_one_operator_has_one_assignment_per_opening(world: World) -> None:
    opening_id, operator = _open(world, slots=3), _operator(world)
    _claim(world, opening_id, operator)
    with pytest.raises(Taken):
        _claim(world, opening_id, operator)
    assert _load(world, operator) == 1


def test_an_operator_holds_so_many_assignments_and_no_more_and_handing_in_makes_room(world: World) -> None:
    operator, openings = _operator(world), [_open(world) for _ in range(3)]
    for opening_id in openings[:2]:
        _claim(world, opening_id, operator, most=2)
    with pytest.raises(TooManyAssignments, match="You have 2 open assignments already") as caught:
        _claim(world, openings[2], operator, most=2)
    assert caught.value.details == {"most": 2}
    assert board.find(world.store, "tasks", openings[2], MISSING).taken == 0
    commit(world.store, board.hand_in(_mine(world, openings[0], operator.id)))
    _claim(world, openings[2], operator, most=2)


@pytest.mark.parametrize("kyc", [Kyc.PENDING, Kyc.REJECTED])
def test_only_operators_whose_identity_is_checked_may_take_work(world: World, kyc: Kyc) -> None:
    opening = board.find(world.store, "tasks", _open(world), MISSING)
    with pytest.raises(KycRequired) as caught:
        board.check_may_claim(opening, _operator(world, kyc=kyc))
    assert (caught.value.status, caught.value.code, caught.value.details) == (403, "kyc_required", {"kyc_status": kyc})
    board.check_may_claim(opening, _operator(world))


def test_nobody_takes_work_of_an_agent_of_their_own(world: World) -> None:
    opening = board.find(world.store, "tasks", _open(world), MISSING)
    with pytest.raises(SelfDealing):
        board.check_may_claim(opening, _operator(world, email="agent@example.com"))


@pytest.mark.parametrize("opening_id", ["", "x", "task_" + "0" * 26, "x" * 5_000, "task_#/?"])
def test_work_that_is_not_there_is_missing_in_the_words_of_its_product(world: World, opening_id: str) -> None:
    with pytest.raises(NotFound, match="no such work"):
        board.find(world.store, "tasks", opening_id, MISSING)
    with pytest.raises(NotFound, match="no such work"):
        _mine(world, opening_id, "op_1")


def test_other_peoples_work_is_missing_too(world: World) -> None:
    opening_id, operator = _open(world), _operator(world)
    _claim(world, opening_id, operator)
    assert _mine(world, opening_id, operator.id).state is AssignmentState.CLAIMED
    with pytest.raises(NotFound, match="no such work"):
        _mine(world, opening_id, _operator(world).id)


Deed = Callable[[World, str, str], list[object]]
DEEDS: dict[str, tuple[Deed, AssignmentState, int]] = {
    "handed in": (lambda w, o, p: board.hand_in(_mine(w, o, p)), AssignmentState.SUBMITTED, 0),
    "handed in again": (lambda w, o, p: board.hand_in(_mine(w, o, p), again=True), AssignmentState.SUBMITTED, 1),
    "completed": (lambda w, o, p: board.complete(o, p, w.now()), AssignmentState.COMPLETED, 1),
    "withdrawn": (lambda w, o, p: board.withdraw(o, p, w.now(), at_work_on="tasks"), AssignmentState.WITHDRAWN, 0),
    "withdrawn later": (lambda w, o, p: board.withdraw(o, p, w.now(), at_work_on=None), AssignmentState.WITHDRAWN, 1),
}


@pytest.mark.parametrize("name", DEEDS)
def test_every_end_leaves_the_assignment_in_its_state_and_the_load_right(world: World, name: str) -> None:
    deed, state, load = DEEDS[name]
    opening_id, operator = _open(world), _operator(world)
    _claim(world, opening_id, operator)
    commit(world.store, deed(world, opening_id, operator.id))  # type: ignore[arg-type]
    found = _mine(world, opening_id, operator.id)
    assert found.state is state
    assert (found.ended_at is not None) == (state in (AssignmentState.COMPLETED, AssignmentState.WITHDRAWN))
    assert _load(world, operator) == load
    assert board.is_working(world.store, operator.id, world.now()) is (load > 0)


def test_who_may_hand_in_again_has_something_to_hand_in_until_then(world: World, hands: Hands) -> None:
    opening_id, operator = _open(world), _operator(world)
    _claim(world, opening_id, operator)
    commit(world.store, board.hand_in(_mine(world, opening_id, operator.id)))
    commit(world.store, [board.expect_again(operator.id, world.now() + timedelta(hours=24))])
    assert board.is_working(world.store, operator.id, world.now())
    hands.pass_by(hours=24)
    assert not board.is_working(world.store, operator.id, world.now())


@pytest.mark.parametrize("slots", [1, 2])
def test_a_slot_that_is_free_again_is_in_the_feed_at_its_old_place(world: World, hands: Hands, slots: int) -> None:
    opening_id, operator = _open(world, slots, title="older"), _operator(world)
    hands.pass_by(seconds=1)
    _open(world, title="newer")
    _claim(world, opening_id, operator)
    hands.pass_by(seconds=1)
    commit(world.store, board.release(board.find(world.store, "tasks", opening_id, MISSING), operator.id, world.now()))
    assert (_feed(world), _feed(world, "PHOTO")) == (["newer", "older"], ["newer", "older"])
    assert (board.find(world.store, "tasks", opening_id, MISSING).taken, _load(world, operator)) == (0, 0)
    with pytest.raises(NotClaimed, match="claim it first"):
        _mine(world, opening_id, operator.id)
    held = board.held(world.store, "tasks", opening_id, operator.id, MISSING)
    assert (held.assignment, held.opening.is_open, held.gave_back_on) == (None, True, [])


def test_who_gave_a_slot_back_may_claim_it_again_and_is_listed_once(world: World, hands: Hands) -> None:
    opening_id, operator = _open(world), _operator(world)
    for _ in range(2):
        _claim(world, opening_id, operator)
        held = board.held(world.store, "tasks", opening_id, operator.id, MISSING)
        assert held.assignment is not None
        assert (held.assignment.ended_at, held.opening.is_open) == (None, False)
        commit(world.store, board.give_back(held, operator.id, world.now(), 5))
        hands.pass_by(seconds=1)
    _claim(world, opening_id, operator)
    work, last = board.work_of(world.store, operator.id, "tasks", 20, None)
    assert ([one.state for one in work], last) == ([AssignmentState.CLAIMED], None)
    assert (_feed(world), _load(world, operator)) == ([], 1)


def test_work_is_given_back_so_often_a_day_and_days_gone_by_are_forgotten(world: World, hands: Hands) -> None:
    opening_id, operator = _open(world), _operator(world)

    def give_back(most: int) -> list[str]:
        _claim(world, opening_id, operator)
        held = board.held(world.store, "tasks", opening_id, operator.id, MISSING)
        commit(world.store, board.give_back(held, operator.id, world.now(), most))
        return board.held(world.store, "tasks", opening_id, operator.id, MISSING).gave_back_on

    first = give_back(2)
    assert give_back(2) == first
    with pytest.raises(TooManyGiveBacks, match="You have given back 2 pieces of work today") as caught:
        give_back(2)
    assert (caught.value.details["most"], _load(world, operator)) == (2, 1)
    held = board.held(world.store, "tasks", opening_id, operator.id, MISSING)
    hands.pass_by(hours=24)
    commit(world.store, board.give_back(held, operator.id, world.now(), 2))
    days = board.held(world.store, "tasks", opening_id, operator.id, MISSING).gave_back_on
    assert len(days) == 1
    assert days != first


def test_a_slot_of_work_that_was_withdrawn_is_not_given_back(world: World) -> None:
    opening_id, operator = _open(world), _operator(world)
    _claim(world, opening_id, operator)
    seen = board.find(world.store, "tasks", opening_id, MISSING)
    commit(world.store, board.withdraw(opening_id, operator.id, world.now(), at_work_on="tasks"))
    with pytest.raises(Taken):
        commit(world.store, board.release(seen, operator.id, world.now()))
    assert _feed(world) == []


def test_work_that_nobody_took_is_withdrawn_and_can_be_taken_no_more(world: World) -> None:
    opening_id = _open(world)
    seen = board.find(world.store, "tasks", opening_id, MISSING)
    commit(world.store, board.withdraw(opening_id, None, world.now(), at_work_on=None))
    assert _feed(world) == []
    with pytest.raises(Taken):
        commit(world.store, board.claim(seen, _operator(world), world.now(), 5))


def test_a_load_below_zero_is_a_fault_of_ours(world: World) -> None:
    opening_id, operator = _open(world), _operator(world)
    _claim(world, opening_id, operator)
    commit(world.store, board.hand_in(_mine(world, opening_id, operator.id)))
    with pytest.raises(ConditionBroken):
        commit(world.store, board.hand_in(_mine(world, opening_id, operator.id)))
    assert _load(world, operator) == 0


def test_an_operators_work_is_listed_newest_first(world: World, hands: Hands) -> None:
    operator = _operator(world)
    for number in range(4):
        hands.pass_by(seconds=1)
        _claim(world, _open(world, title=f"work {number}"), operator)
    assert [one.title for one in board.recent_work(world.store, operator.id, 3)] == ["work 3", "work 2", "work 1"]


def test_the_feed_is_newest_first_and_can_be_gone_through_by_offset(world: World, hands: Hands) -> None:
    for number in range(7):
        hands.pass_by(seconds=1)
        _open(world, title=f"work {number}")
    pages = [feeds.feed(world.store, "tasks", [], 3, offset, None) for offset in (0, 3, 6)]
    assert [[one.title for one in page.openings] for page in pages] == [
        ["work 6", "work 5", "work 4"], ["work 3", "work 2", "work 1"], ["work 0"]
    ]  # fmt: skip
    assert [page.total for page in pages] == [7, 7, 7]


def test_the_feed_can_be_gone_through_by_cursor_while_new_work_comes_in(world: World, hands: Hands) -> None:
    for number in range(5):
        hands.pass_by(seconds=1)
        _open(world, title=f"work {number}")
    titles, after = [], None
    for _ in range(4):
        page = feeds.feed(world.store, "tasks", ["PHOTO"], 2, 0, after)
        titles += [one.title for one in page.openings]
        hands.pass_by(seconds=1)
        _open(world, title="new work")
        after = page.last
        if after is None:
            break
    assert titles == [f"work {number}" for number in range(4, -1, -1)]


def test_the_feed_of_several_kinds_can_be_gone_through_by_cursor_and_passes_over_the_others(
    world: World, hands: Hands
) -> None:
    for number in range(60):
        hands.pass_by(seconds=1)
        _open(world, title=f"work {number}", kind=("PHOTO", "DELIVERY", "SURVEY")[number % 3 if number > 30 else 2])
    titles, after, pages = [], None, 0
    while pages < 60:
        page = feeds.feed(world.store, "tasks", ["PHOTO", "DELIVERY"], 2, 0, after)
        assert len(page.openings) <= 2
        titles += [one.title for one in page.openings]
        pages, after = pages + 1, page.last
        if after is None:
            break
    assert titles == [f"work {number}" for number in range(59, 30, -1) if number % 3 < 2]
    assert pages == 11, "nineteen in pages of two, and one that found nothing further down"


def test_a_page_that_grows_too_heavy_ends_early_and_its_cursor_goes_on_with_the_next(
    world: World, hands: Hands
) -> None:
    for number in range(5):
        hands.pass_by(seconds=1)
        _open(world, title=f"work {number}", note="x" * 300_000)
    titles, after, pages = [], None, 0
    while pages < 5:
        page = feeds.feed(world.store, "tasks", [], 5, 0, after)
        assert sum(len(str(one.shown)) for one in page.openings) <= feeds.PAGE_CHARACTERS_MAX
        titles += [one.title for one in page.openings]
        pages, after = pages + 1, page.last
        if after is None:
            break
    assert titles == [f"work {number}" for number in range(4, -1, -1)]
    assert pages == 2
