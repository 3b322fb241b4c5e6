"""A table of moves answers with a row, or with a sentence that says when the move would work."""

import pytest

from chalicelib.kit.lifecycle import LOOKS_MAX, Lifecycle, Move, MovedOn, Role, WrongState, looking_again

LAMP = Lifecycle(
    "lamp",
    ("off", "on", "broken", "binned"),
    (
        Move("switch_on", "off", "on", Role.AGENT),
        Move("switch_off", "on", "off", Role.AGENT),
        Move("break", "on", "broken", Role.CLOCK, "", "lamp.broken"),
        Move("bin", "off", "binned", Role.ADMIN),
        Move("bin", "on", "binned", Role.ADMIN),
        Move("bin", "broken", "binned", Role.ADMIN),
        Move("bin", "broken", "binned", Role.AGENT),
    ),
)


def _sentence(verb: str, state: str, role: Role) -> str:
    with pytest.raises(WrongState) as caught:
        LAMP.find(verb, state, role)
    return caught.value.sentence


def test_a_row_is_found_by_verb_state_and_role() -> None:
    assert LAMP.find("bin", "broken", Role.AGENT).end == "binned"
    assert LAMP.find("break", "on", Role.CLOCK).announced == "lamp.broken"


def test_a_move_from_the_wrong_state_names_the_state_and_the_one_where_it_works() -> None:
    assert (
        _sentence("switch_on", "broken", Role.AGENT) == "This lamp is broken, and switch on only works in status off."
    )


def test_several_states_where_a_move_works_are_listed_in_the_order_of_the_table() -> None:
    assert (
        _sentence("bin", "binned", Role.ADMIN) == "This lamp is binned, and bin only works in status off, on or broken."
    )


def test_a_move_that_a_role_can_never_make_says_so_without_telling_who_can() -> None:
    assert (
        _sentence("switch_on", "off", Role.ADMIN) == "This lamp is off, and switch on is not something you can do here."
    )
    assert _sentence("fly", "off", Role.AGENT) == "This lamp is off, and fly is not something you can do here."


def test_the_states_where_a_move_works_are_those_of_the_role_that_asks() -> None:
    assert LAMP.starts("bin", Role.ADMIN) == ["off", "on", "broken"]
    assert LAMP.starts("bin", Role.AGENT) == ["broken"]
    assert LAMP.starts("bin", Role.CLOCK) == []


def test_the_refusal_is_a_conflict_that_programs_can_read() -> None:
    with pytest.raises(WrongState) as caught:
        LAMP.find("switch_on", "broken", Role.AGENT)
    assert (caught.value.status, caught.value.code) == (409, "wrong_state")
    assert caught.value.details == {"status": "broken", "allowed_statuses": ["off"]}


def test_a_thing_that_moved_on_to_a_state_from_which_the_move_is_legal_is_looked_at_again() -> None:
    assert isinstance(LAMP.refusal("bin", "on", Role.ADMIN), MovedOn)
    assert isinstance(LAMP.refusal("bin", "binned", Role.ADMIN), WrongState)


@pytest.mark.parametrize("times", range(LOOKS_MAX))
def test_a_deed_is_tried_again_while_the_thing_moves_on(times: int) -> None:
    looks = iter([*[MovedOn()] * times, None])

    def deed() -> str:
        if (moved := next(looks)) is not None:
            raise moved
        return "done"

    assert looking_again(deed) == "done"


def test_a_thing_that_never_holds_still_is_busy_after_a_few_looks() -> None:
    looks: list[int] = []

    def deed() -> None:
        looks.append(1)
        raise MovedOn

    with pytest.raises(MovedOn) as caught:
        looking_again(deed)
    assert (caught.value.status, caught.value.code, len(looks)) == (503, "busy", LOOKS_MAX)


def test_any_other_refusal_is_not_tried_again() -> None:
    looks: list[int] = []

    def deed() -> None:
        looks.append(1)
        raise WrongState("lamp", "bin", "binned", [])

    with pytest.raises(WrongState):
        looking_again(deed)
    assert len(looks) == 1
