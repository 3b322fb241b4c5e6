"""Sealed secrets open where they belong, under the key they were sealed with, and nowhere else."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as some

from chalicelib.kit.seal import Seal, Sealed

PLACE = "task_1/callback_secret"


def _seal(key_id: str = "k1", key: bytes = b"1" * 32) -> Seal:
    return Seal(lambda: (key_id, key))


@given(some.text(max_size=500), some.text(max_size=50))
def test_a_secret_opens_again_in_its_place(secret: str, place: str) -> None:
    assert _seal().open(_seal().seal(secret, place), place) == secret


def test_a_sealed_text_that_was_moved_to_another_row_or_field_does_not_open() -> None:
    sealed = _seal().seal("hunter2", PLACE)
    for elsewhere in ("task_2/callback_secret", "task_1/other_field", ""):
        with pytest.raises(Sealed, match="this is not what was sealed for"):
            _seal().open(sealed, elsewhere)


def test_a_sealed_text_does_not_open_under_another_key() -> None:
    sealed = _seal().seal("hunter2", PLACE)
    with pytest.raises(Sealed, match="sealed under key k1, and this deployment has k2"):
        _seal(key_id="k2").open(sealed, PLACE)
    with pytest.raises(Sealed, match="this is not what was sealed"):
        _seal(key=b"2" * 32).open(sealed, PLACE)


def test_a_sealed_text_with_any_byte_changed_does_not_open() -> None:
    key_id, _, text = _seal().seal("hunter2", PLACE).partition(".")
    box = base64.b64decode(text)
    for place in range(len(box)):
        changed = base64.b64encode(bytes([*box[:place], box[place] ^ 1, *box[place + 1 :]])).decode()
        with pytest.raises(Sealed):
            _seal().open(f"{key_id}.{changed}", PLACE)


@pytest.mark.parametrize("characters", [0, 2, 3, 4, 10, 19, 30, -8, -1])
def test_a_sealed_text_that_was_cut_does_not_open(characters: int) -> None:
    sealed = _seal().seal("hunter2", PLACE)
    with pytest.raises(Sealed):
        _seal().open(sealed[:characters], PLACE)


@given(some.text(max_size=60))
def test_what_is_no_sealed_text_does_not_open_and_is_no_other_error(text: str) -> None:
    for sealed in (text, f"k1.{text}"):
        with pytest.raises(Sealed):
            _seal().open(sealed, PLACE)


def test_the_same_secret_is_never_sealed_to_the_same_text_twice() -> None:
    seal = _seal()
    assert len({seal.seal("hunter2", PLACE) for _ in range(200)}) == 200


def test_the_sealed_text_names_its_key_and_holds_nothing_readable() -> None:
    sealed = _seal().seal("hunter2", PLACE)
    assert sealed.startswith("k1.")
    assert b"hunter2" not in base64.b64decode(sealed.partition(".")[2])


def test_the_key_is_unwrapped_at_the_first_secret_and_only_once() -> None:
    asked: list[str] = []
    seal = Seal(lambda: (asked.append("kms"), ("k1", b"1" * 32))[1])
    assert asked == []
    seal.open(seal.seal("hunter2", PLACE), PLACE)
    seal.derive("byhand/cursor/v1")
    assert asked == ["kms"]


def test_derived_keys_differ_by_purpose_and_by_key_and_are_none_of_them_the_key() -> None:
    keys = {_seal().derive("cursors"), _seal().derive("other"), _seal(key=b"2" * 32).derive("cursors"), b"1" * 32}
    assert len(keys) == 4
    assert _seal().derive("cursors") == _seal().derive("cursors")
    assert {len(key) for key in keys} == {32}
