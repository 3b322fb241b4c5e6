"""Signatures over raw bytes: right for these bytes and this secret, and for nothing else."""

import pytest

from chalicelib.kit.signed import is_signed, signature

BODY = b"what do ya want for nothing?"
# RFC 4231, test case 2.
KNOWN = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"


def test_a_signature_is_that_of_the_standard_in_any_case_and_with_blanks_around_it() -> None:
    assert signature("Jefe", BODY) == KNOWN
    for given in (KNOWN, KNOWN.upper(), f" {KNOWN} "):
        assert is_signed("Jefe", BODY, given)


@pytest.mark.parametrize("digest", ["sha1", "sha512"])
def test_another_digest_is_another_signature(digest: str) -> None:
    assert is_signed("Jefe", BODY, signature("Jefe", BODY, digest), digest)
    assert not is_signed("Jefe", BODY, KNOWN, digest)


@pytest.mark.parametrize("given", ["", "é", KNOWN[:-1], f"{KNOWN}0", KNOWN.replace("5", "6")])
def test_nothing_else_fits(given: str) -> None:
    assert not is_signed("Jefe", BODY, given)


def test_nothing_is_signed_without_a_secret() -> None:
    assert not is_signed("", BODY, signature("", BODY))
