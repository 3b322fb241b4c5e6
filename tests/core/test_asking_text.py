"""Text on its way to a model and back: nothing breaks out of it, and nothing in it counts twice."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from chalicelib.core.asking import text
from tests import properties  # noqa: F401 its profile is in force


@given(some.text(max_size=60))
def test_any_text_comes_back_from_its_json_as_it_was(words: str) -> None:
    sent = text.dumps({"words": words})
    assert json.loads(sent) == {"words": words}
    assert "\n" not in sent


def test_decimals_are_numbers_and_half_characters_are_question_marks() -> None:
    assert text.dumps([Decimal("5.0"), Decimal("0.5"), "\ud800"]) == '[5, 0.5, "?"]'
    with pytest.raises(TypeError, match="bytes is not JSON"):
        text.dumps(b"a")


@pytest.mark.parametrize(
    "said", [None, 5, "", "{", '{"a": 1, "a": 2}', '[{"a": 1, "a": 1}]', "NaN", "-Infinity", "[" * 99_999, "{} {}"]
)
def test_what_is_not_one_clear_json_text_is_none(said: object) -> None:
    with pytest.raises(ValueError):
        text.loads(said)


@given(some.text(max_size=200), some.integers(0, 50))
def test_plain_words_are_one_line_that_fits(words: str, most: int) -> None:
    plain = text.plain(words, most)
    assert len(plain) <= most
    assert len(plain.splitlines()) <= 1


def test_what_is_cut_says_so() -> None:
    assert (text.cut("abc", 3), text.cut("abcd", 3)) == ("abc", "abc [cut]")
