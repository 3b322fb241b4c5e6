"""What the built-in Guardian can find against a picture without understanding it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from chalicelib.core.identity import places
from chalicelib.core.judge import checks
from chalicelib.core.judge.built_in import BuiltInJudge
from chalicelib.core.ports.judge import Case, Likeness, Photo, Place
from tests.harness import picture

CONTENT = picture()
ACCEPTED = datetime(2026, 2, 10, 12, tzinfo=UTC)
SUBMITTED = ACCEPTED + timedelta(hours=5)
NEW_YORK = Place(40.7128, -74.006, "123 Main St")
DEGREES = some.tuples(some.floats(-90, 90), some.floats(-180, 180))


def _points(photo: Photo, proof_type: str = "PHOTO", place: Place | None = NEW_YORK, count: int = 1) -> int:
    case = Case(
        title="t", description="d", requirements=["r"] * count, proof_type=proof_type, photos=[photo], notes="seen",
        place=place, accepted_at=ACCEPTED, submitted_at=SUBMITTED,
    )  # fmt: skip
    return BuiltInJudge().judge(case).requirement_results[0].confidence


@pytest.mark.promise("guardian.time_and_place")
@pytest.mark.parametrize(
    ("taken", "points"),
    [
        (None, 95),
        (ACCEPTED, 95),
        (ACCEPTED - timedelta(days=1), 95),
        (ACCEPTED - timedelta(days=1, milliseconds=1), 30),
        (SUBMITTED + timedelta(minutes=10), 95),
        (SUBMITTED + timedelta(minutes=10, milliseconds=1), 30),
    ],
)
def test_a_picture_is_of_the_time_of_the_work(taken: datetime | None, points: int) -> None:
    assert _points(Photo(CONTENT, taken_at=taken)) == points


@pytest.mark.promise("guardian.time_and_place")
@pytest.mark.parametrize(
    ("north_km", "points"), [(0, 95), (0.99, 95), (1.01, 60), (9.99, 60), (10.01, 30), (5_000, 30)]
)
def test_a_picture_is_of_the_place_of_the_work(north_km: float, points: int) -> None:
    there = Photo(CONTENT, NEW_YORK.latitude + north_km / 111.195, NEW_YORK.longitude)
    assert _points(there) == points
    assert _points(there, place=None) == 95


@pytest.mark.promise("guardian.seen_before")
@pytest.mark.parametrize(
    ("likeness", "proof_type", "points"),
    [
        (Likeness.NEW, "PHOTO", 95), (Likeness.SAME, "PHOTO", 0), (Likeness.ALIKE, "PHOTO", 0),
        (Likeness.SAME, "SCREENSHOT", 0), (Likeness.ALIKE, "SCREENSHOT", 60), (Likeness.ALIKE, "ARTIFACT", 60),
    ],
)  # fmt: skip
def test_a_picture_that_was_handed_in_before_shows_nothing(likeness: Likeness, proof_type: str, points: int) -> None:
    assert _points(Photo(CONTENT, likeness=likeness), proof_type) == points


def test_the_worst_doubt_counts_and_is_named() -> None:
    photo = Photo(CONTENT, 0, 0, ACCEPTED - timedelta(days=9), likeness=Likeness.SAME)
    case = Case("t", "d", ["r"], "PHOTO", [photo], place=NEW_YORK, accepted_at=ACCEPTED, submitted_at=SUBMITTED)
    result = BuiltInJudge().judge(case).requirement_results[0]
    assert (result.met, result.note) == (False, "the same picture was handed in before for another task")
    assert len(checks.doubts(photo, case)) == 3


def test_two_photos_that_look_the_same_are_one_and_two_such_screens_are_two() -> None:
    photos = [Photo(picture(), look="00ff00ff00ff00ff") for _ in range(2)]
    for proof_type, met in (("PHOTO", [True, False]), ("SCREENSHOT", [True, True])):
        verdict = BuiltInJudge().judge(Case("t", "d", ["a", "b"], proof_type, photos, notes="n"))
        assert [one.met for one in verdict.requirement_results] == met


@pytest.mark.parametrize(
    ("one", "other", "km"),
    [
        ((0, 0), (0, 0), 0), ((0, 0), (0, 1), 111.2), ((40.7128, -74.006), (34.0522, -118.2437), 3_936),
        ((0, 179.5), (0, -179.5), 111.2), ((90, 0), (-90, 0), 20_015), ((89.9, 0), (89.9, 180), 22.2),
    ],
)  # fmt: skip
def test_distances_are_those_on_the_earth(one: tuple[float, float], other: tuple[float, float], km: float) -> None:
    assert places.distance_km(places.Place(*one), places.Place(*other)) == pytest.approx(km, rel=0.002, abs=0.001)


@given(DEGREES, DEGREES)
def test_a_distance_is_the_same_both_ways_and_never_more_than_half_the_earth(
    one: tuple[float, float], other: tuple[float, float]
) -> None:
    there = places.distance_km(places.Place(*one), places.Place(*other))
    assert there == pytest.approx(places.distance_km(places.Place(*other), places.Place(*one)))
    assert 0 <= there <= 20_016
