"""Times: aware UTC, fixed width, and two clocks that are never mistaken for each other."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as some

from chalicelib.kit import clock
from chalicelib.kit.clock import ShiftedClock, SystemClock
from chalicelib.kit.errors import Invalid
from chalicelib.kit.words import Moment, Words, dumps, read

OFFSETS = some.timedeltas(timedelta(hours=-23), timedelta(hours=23)).map(
    lambda offset: timezone(timedelta(minutes=int(offset.total_seconds() // 60)))
)
MOMENTS = some.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29), timezones=OFFSETS)  # noqa: DTZ001


class Appointment(Words):
    """Words with a time."""

    at: Moment


@given(MOMENTS)
def test_a_moment_survives_the_wire_to_the_millisecond(moment: datetime) -> None:
    again = clock.parse(clock.iso(moment))
    assert again.tzinfo is UTC
    assert timedelta(0) <= moment - again < timedelta(milliseconds=1)
    assert clock.iso(again) == clock.iso(moment)


@given(MOMENTS, MOMENTS)
def test_the_order_of_the_texts_is_the_order_of_the_moments(one: datetime, other: datetime) -> None:
    first, second = sorted([clock.parse(clock.iso(one)), clock.parse(clock.iso(other))])
    assert clock.iso(first) <= clock.iso(second)


@given(MOMENTS)
def test_a_moment_is_written_in_utc_with_milliseconds_and_z(moment: datetime) -> None:
    text = clock.iso(moment)
    assert len(text) == len("2026-02-10T00:00:00.000Z")
    assert text.endswith("Z")
    assert text[19] == "."


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("2026-02-10T00:00:00Z", "2026-02-10T00:00:00.000Z"),
        ("2026-02-10T00:00:00.123456Z", "2026-02-10T00:00:00.123Z"),
        ("2026-02-10T01:30:00+01:30", "2026-02-10T00:00:00.000Z"),
        ("2026-02-09T19:00:00-05:00", "2026-02-10T00:00:00.000Z"),
        ("2026-02-10T00:00:00.999999+00:00", "2026-02-10T00:00:00.999Z"),
    ],
)
def test_any_offset_comes_in_and_utc_goes_out(text: str, written: str) -> None:
    assert dumps(Appointment(at=clock.parse(text))) == f'{{"at":"{written}"}}'
    assert dumps(read(Appointment, {"at": text})) == f'{{"at":"{written}"}}'


@pytest.mark.parametrize("text", ["2026-02-10T00:00:00", "2026-02-10", "2026-02-10 12:00"])
def test_a_naive_time_is_refused_because_it_means_something_else_to_every_reader(text: str) -> None:
    with pytest.raises(Invalid, match="at: the time has no offset"):
        read(Appointment, {"at": text})


@pytest.mark.parametrize("value", ["", "soon", "2026-13-01T00:00:00Z", "1770681600", 1770681600, 1.5, True, None, []])
def test_what_is_no_time_is_refused_with_an_example_of_one(value: object) -> None:
    with pytest.raises(Invalid, match="at: must be an ISO 8601 time such as 2026-02-10T00:00:00Z"):
        read(Appointment, {"at": value})


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_time_that_utc_has_no_year_for_is_refused_and_is_no_fault_of_ours(text: str) -> None:
    with pytest.raises(Invalid):
        read(Appointment, {"at": text})


def test_the_day_of_a_moment_is_the_day_in_utc() -> None:
    assert clock.day(datetime(2026, 2, 10, 1, tzinfo=timezone(timedelta(hours=2)))) == "2026-02-09"


def test_on_the_system_clock_business_time_is_wall_time() -> None:
    system = SystemClock()
    before, moment, after = datetime.now(UTC), system.now(), system.wall()
    assert before <= moment <= after <= before + timedelta(seconds=5)
    assert system.now().tzinfo is UTC


def test_a_shifted_clock_moves_business_time_and_leaves_the_wall_alone() -> None:
    offset_seconds = 0
    shifted = ShiftedClock(lambda: offset_seconds)
    assert abs(shifted.wall() - shifted.now()) < timedelta(seconds=5)
    offset_seconds = 86_400
    assert abs(shifted.now() - shifted.wall() - timedelta(days=1)) < timedelta(seconds=5)
    assert abs(shifted.wall() - datetime.now(UTC)) < timedelta(seconds=5)
    assert shifted.now().tzinfo is shifted.wall().tzinfo is UTC
