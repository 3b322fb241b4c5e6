"""What can be said of a picture without understanding it. All pure.

check          nothing against it           not clear               against it
time of EXIF   within the work              there is none           over a day before acceptance; after the proof
place of EXIF  within 1 km of the task      1 to 10 km; none        beyond 10 km
seen before    new                          a screenshot alike      the same file; a photo that looks the same

EXIF can be forged by anybody: these checks catch mistakes and cheap cheats, and prove nothing. What EXIF does not say
counts neither for nor against.
"""

from collections.abc import Iterator
from datetime import timedelta

from chalicelib.core.identity import places
from chalicelib.core.ports.judge import Case, Likeness, Photo

UNCLEAR, AGAINST, REUSED = 60, 30, 0
TAKEN_BEFORE_MAX = timedelta(days=1)
CAMERA_AHEAD_MAX = timedelta(minutes=10)
NEAR_KM, FAR_KM = 1, 10


def doubts(photo: Photo, case: Case) -> list[tuple[int, str]]:
    """What speaks against a picture as proof in this case: points at most, and why; the worst first."""
    return sorted([*_seen_before(photo, case), *_time(photo, case), *_place(photo, case)])


def identity(photo: Photo, case: Case, digest: str) -> str:
    """What makes a picture the same as another of its proof. Screens look alike by nature, photos do not."""
    return photo.look if case.proof_type == "PHOTO" and photo.look else digest


def _seen_before(photo: Photo, case: Case) -> Iterator[tuple[int, str]]:
    if photo.likeness is Likeness.SAME:
        yield REUSED, "the same picture was handed in before for another task"
    elif photo.likeness is Likeness.ALIKE:
        points = REUSED if case.proof_type == "PHOTO" else UNCLEAR
        yield points, "a picture that looks the same was handed in before for another task"


def _time(photo: Photo, case: Case) -> Iterator[tuple[int, str]]:
    if photo.taken_at is None:
        return
    if case.accepted_at is not None and photo.taken_at < case.accepted_at - TAKEN_BEFORE_MAX:
        yield AGAINST, "a picture that says it was taken before the task was accepted"
    if case.submitted_at is not None and photo.taken_at > case.submitted_at + CAMERA_AHEAD_MAX:
        yield AGAINST, "a picture that says it was taken after it was handed in"


def _place(photo: Photo, case: Case) -> Iterator[tuple[int, str]]:
    if case.place is None or photo.latitude is None or photo.longitude is None:
        return
    there = places.Place(case.place.latitude, case.place.longitude)
    apart = places.distance_km(places.Place(photo.latitude, photo.longitude), there)
    if apart > FAR_KM:
        yield AGAINST, f"a picture that says it was taken more than {FAR_KM} km from the task"
    elif apart > NEAR_KM:
        yield UNCLEAR, f"a picture that says it was taken more than {NEAR_KM} km from the task"
