"""Keys that a deployment hands out are known by name, and nothing but such a key opens the door."""

import hashlib

import pytest

from chalicelib.core.identity.named_keys import KEY_CHARACTERS_MIN, owner_of

KEY, OTHER = "k" * KEY_CHARACTERS_MIN, "o" * 40


def _hashes(**keys: str) -> str:
    return ", ".join(f"{name}:{hashlib.sha256(key.encode()).hexdigest().upper()}" for name, key in keys.items())


def test_every_key_is_known_by_its_name() -> None:
    hashes = _hashes(ann=KEY, bob=OTHER)
    assert (owner_of(KEY, hashes), owner_of(OTHER, hashes)) == ("ann", "bob")


@pytest.mark.parametrize("key", ["", "k", KEY + "k", KEY[:-1], "ann"])
def test_no_other_key_is(key: str) -> None:
    assert owner_of(key, _hashes(ann=KEY)) is None


def test_a_key_that_is_too_short_opens_nothing_even_if_somebody_set_it() -> None:
    assert owner_of(KEY[:-1], _hashes(ann=KEY[:-1])) is None


@pytest.mark.parametrize("hashes", ["", ",", "ann:", "ann"])
def test_without_a_key_the_door_is_closed(hashes: str) -> None:
    assert owner_of("", hashes) is None
    assert owner_of(KEY, hashes) is None
