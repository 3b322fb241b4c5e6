"""Signatures over raw bytes: right for these bytes and this secret, and for nothing else."""

import base64
import re
from typing import Any

import pytest

from chalicelib.kit import signed
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


KEY = b"k" * 32


@pytest.mark.parametrize("said", [["list", {"pk": "é", "n": 5}], [], None, "words", ["proof/up_1", "image/png", 9]])
def test_a_token_brings_back_what_was_said_and_needs_no_escaping_in_a_path(said: Any) -> None:
    token = signed.token(KEY, said)
    assert re.fullmatch(r"[A-Za-z0-9_-]+", token)
    assert signed.read_token(KEY, token) == said


def test_a_token_under_another_key_says_nothing() -> None:
    assert signed.read_token(b"x" * 32, signed.token(KEY, ["words"])) is None


def test_a_token_is_read_letter_by_letter_as_it_was_given_out() -> None:
    token = signed.token(KEY, ["words", 5])
    strange = [
        token[:-1],
        token + "A",
        token + "=",
        token + "\n",
        f" {token}",
        f"{token[:9]}*{token[9:]}",
        "",
        "a",
        "é",
    ]
    changed = [token[:n] + ("A" if one != "A" else "B") + token[n + 1 :] for n, one in enumerate(token)]
    assert [text for text in strange + changed if signed.read_token(KEY, text) is not None] == []
    assert signed.read_token(KEY, base64.urlsafe_b64encode(b"\0" * 16 + b"[1]").decode()) is None
