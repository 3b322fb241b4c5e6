"""Every table of moves, walked whole: each state, each verb, each role; a row, or a refusal that says when it works.

What is forbidden is tested like what is allowed: of the cells of these tables, most are refusals.
"""

from itertools import product

import pytest

from chalicelib.kit.lifecycle import Lifecycle, Move, MovedOn, Role, WrongState
from docs.build import lifecycles

TABLES = {one.thing: one for one in lifecycles()}
# Where things end for good. A state that is added here, or leaves, is a decision.
ENDS = {
    "task": {"CANCELLED"},
    "payout": {"completed", "failed"},
    "deposit": {"reversed", "returned"},
    "job": {"completed", "incomplete", "abandoned", "rejected", "error"},
}
BEGINNINGS = {"task": "PENDING", "payout": "pending", "deposit": "pending", "job": "pending"}

CELLS = [
    pytest.param(table, verb, state, role, id=f"{table.thing}-{verb}-{state}-{role}")
    for table in TABLES.values()
    for verb, state, role in product(dict.fromkeys(move.verb for move in table.moves), table.states, Role)
]
EVERY_TABLE = pytest.mark.parametrize("table", TABLES.values(), ids=list(TABLES))


def _rows(table: Lifecycle, verb: str, state: str, role: Role) -> list[Move]:
    return [move for move in table.moves if (move.verb, move.start, move.role) == (verb, state, role)]


def test_there_are_tables_and_every_one_has_expectations() -> None:
    assert set(TABLES) == set(ENDS) == set(BEGINNINGS)


@pytest.mark.parametrize(("table", "verb", "state", "role"), CELLS)
def test_each_cell_is_a_row_or_a_refusal_that_says_when_it_would_work(
    table: Lifecycle, verb: str, state: str, role: Role
) -> None:
    rows = _rows(table, verb, state, role)
    if rows:
        assert table.find(verb, state, role) is rows[0]
        # The write may find the thing somewhere else; from there, the same move means: look again.
        assert isinstance(table.refusal(verb, state, role), MovedOn)
        return
    with pytest.raises(WrongState) as caught:
        table.find(verb, state, role)
    allowed = [move.start for move in table.moves if (move.verb, move.role) == (verb, role)]
    assert caught.value.status == 409
    assert caught.value.details == {"status": state, "allowed_statuses": list(dict.fromkeys(allowed))}
    assert state not in caught.value.details["allowed_statuses"]
    assert caught.value.sentence.startswith(f"This {table.thing} is {state}, and {verb.replace('_', ' ')} ")


@EVERY_TABLE
def test_no_two_rows_answer_the_same_question(table: Lifecycle) -> None:
    questions = [(move.verb, move.start, move.role) for move in table.moves]
    assert len(set(questions)) == len(questions)


@EVERY_TABLE
def test_rows_lead_from_states_of_the_table_to_states_of_the_table(table: Lifecycle) -> None:
    assert {move.start for move in table.moves} | {move.end for move in table.moves} == set(table.states)
    assert len(set(table.states)) == len(table.states)


@EVERY_TABLE
def test_every_state_is_reached_from_the_first_one(table: Lifecycle) -> None:
    assert table.states[0] == BEGINNINGS[table.thing]
    reached, before = {table.states[0]}, set[str]()
    while reached != before:
        before = set(reached)
        reached |= {move.end for move in table.moves if move.start in reached}
    assert reached == set(table.states)


@EVERY_TABLE
def test_only_the_ends_are_ends(table: Lifecycle) -> None:
    left = {move.start for move in table.moves if move.end != move.start}
    assert set(table.states) - left == ENDS[table.thing]
    after = [move for move in table.moves if move.start in ENDS[table.thing]]
    assert all(move.end == move.start for move in after), "what may still happen to it does not change its state"


@EVERY_TABLE
def test_from_every_state_that_is_no_end_an_end_can_be_reached(table: Lifecycle) -> None:
    saved = set(ENDS[table.thing])
    for _ in table.states:
        saved |= {move.start for move in table.moves if move.end in saved}
    assert saved == set(table.states)


@EVERY_TABLE
def test_every_move_is_announced_in_the_past_tense_under_the_name_of_its_thing(table: Lifecycle) -> None:
    for move in table.moves:
        assert move.announced is not None
        thing, _, event = move.announced.partition(".")
        assert thing == table.thing
        assert event.replace("_", "").isalpha()
        assert event == event.lower()


def test_money_that_is_set_aside_for_a_task_leaves_escrow_exactly_when_the_task_ends() -> None:
    """A task whose escrow was paid out is COMPLETED or CANCELLED, and no move into these leaves money behind."""
    table = TABLES["task"]
    resting = {"COMPLETED", "CANCELLED"}
    for move in table.moves:
        enters = move.end in resting and move.start not in resting
        assert enters == move.money.startswith("escrow"), move


def test_money_that_is_set_aside_for_a_job_leaves_escrow_exactly_when_the_job_ends() -> None:
    for move in TABLES["job"].moves:
        enters = move.end in ENDS["job"] and move.start not in ENDS["job"]
        assert enters == move.money.startswith("escrow"), move


def test_whoever_cancels_a_task_only_the_backoffice_takes_back_what_was_handed_in() -> None:
    handed_in = {"SUBMITTED", "VERIFIED", "MANUAL_REVIEW"}
    cancelling = [move for move in TABLES["task"].moves if move.end == "CANCELLED" and move.start in handed_in]
    assert {move.role for move in cancelling} == {Role.ADMIN}
