"""Words: a refusal names the field and says what would be right; an answer is JSON digit by digit."""

import json
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from decimal import Decimal
from enum import StrEnum
from threading import Barrier
from typing import Literal

import pytest
import simplejson
from hypothesis import given
from hypothesis import strategies as some
from pydantic import ConfigDict, Field

from chalicelib.kit.errors import Invalid
from chalicelib.kit.words import AmountIn, Email, Nothing, Words, check_text, dumps, read, without_strange

NUMBERS = some.integers() | some.decimals(allow_nan=False, allow_infinity=False)
JSON_VALUES = some.recursive(
    some.none() | some.booleans() | NUMBERS | some.text(max_size=20),
    lambda inner: some.lists(inner, max_size=4) | some.dictionaries(some.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


class Place(Words):
    """A part of an order."""

    lat: float = Field(ge=-90, le=90)


class Order(Words):
    """An order with a bit of everything."""

    title: str = Field(max_length=5)
    place: Place | None = None
    requirements: list[str] = Field(default_factory=list)
    reward_usd: AmountIn = 0


class Person(Words):
    """Somebody with an e-mail address."""

    email: Email


class Scope(StrEnum):
    """Names that are an enumeration in Python."""

    ALL = "all"
    OWN = "own"


class Closed(Words):
    """Words in which nothing else may be said."""

    model_config = ConfigDict(extra="forbid")


class Rules(Words):
    """One field for each rule that a word may break."""

    text: str = Field(default="a", min_length=1, max_length=3)
    pair: str = Field(default="ab", min_length=2)
    day: str = Field(default="2026", pattern="^[0-9]{4}$")
    count: int = Field(default=1, ge=1, le=100)
    between: float = Field(default=0.5, gt=0, lt=1.0, allow_inf_nan=False)
    flag: bool = True
    mine: Literal["mine"] = "mine"
    size: Literal["s", "m", "l"] = "s"
    scope: Scope = Scope.ALL
    names: list[str] = Field(default_factory=lambda: ["a"], min_length=1, max_length=3)
    map: dict[str, int] = Field(default_factory=dict, max_length=1)
    closed: Closed = Closed()


def _as_read(value: object) -> object:
    """What a reader of the JSON sees: a whole Decimal and an integer are the same number there."""
    if isinstance(value, dict):
        return {name: _as_read(part) for name, part in value.items()}
    return [_as_read(part) for part in value] if isinstance(value, list) else value


def _refused(values: object) -> Invalid:
    with pytest.raises(Invalid) as caught:
        read(Order, values)
    return caught.value


def test_a_missing_field_is_named_as_required() -> None:
    refusal = _refused({})
    assert refusal.sentence == "title: is required"
    assert refusal.details["field"] == "title"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"title": "much too long"}, "title"),
        ({"title": 5}, "title"),
        ({"title": "x", "place": {"lat": 91}}, "place.lat"),
        ({"title": "x", "requirements": ["fine", 5]}, "requirements.1"),
        ({"title": "x", "reward_usd": "1e3"}, "reward_usd"),
        ([], "body"),
        ("text", "body"),
    ],
)
def test_a_sentence_begins_with_the_field_at_fault_even_deep_inside(values: object, field: str) -> None:
    refusal = _refused(values)
    assert refusal.sentence.startswith(f"{field}: ")
    assert refusal.details["field"] == field
    assert refusal.status == 400


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("text", "", "must not be empty"), ("text", "long", "must have at most 3 characters"),
        ("text", 5, "must be a text"), ("pair", "a", "must have at least 2 characters"),
        ("day", "today", "must match the pattern ^[0-9]{4}$"),
        ("count", "abc", "must be a whole number"), ("count", 1.5, "must be a whole number"),
        ("count", None, "must be a whole number"), ("count", "9" * 5_000, "must be a number of fewer digits"),
        ("count", 0, "must be at least 1"), ("count", 101, "must be at most 100"),
        ("between", 0, "must be more than 0"), ("between", 1, "must be less than 1"),
        ("between", "abc", "must be a number"), ("between", [], "must be a number"),
        ("between", float("nan"), "must be a finite number"), ("flag", "maybe", "must be true or false"),
        ("flag", 5, "must be true or false"), ("mine", "yours", "must be mine"),
        ("size", "xl", "must be one of s, m, l"), ("scope", "x", "must be one of all, own"),
        ("names", {}, "must be a list"), ("names", [], "must not be empty"),
        ("names", ["a"] * 4, "must have at most 3 items"), ("map", [], "must be an object"),
        ("map", {"a": 1, "b": 1}, "must have at most 1 items"), ("closed", {"colour": "red"}, "is not known here"),
        ("closed", 5, "must be an object"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_words_of_json(field: str, value: object, problem: str) -> None:
    with pytest.raises(Invalid) as refused:
        read(Rules, {field: value})
    assert [fault["problem"] for fault in refused.value.details["fields"]] == [problem]


def test_every_fault_is_listed_and_the_first_one_makes_the_sentence() -> None:
    refusal = _refused({"title": "much too long", "reward_usd": "a lot"})
    assert [fault["field"] for fault in refusal.details["fields"]] == ["title", "reward_usd"]
    assert refusal.details["fields"][1]["problem"].startswith("must be an amount in US dollars")
    assert refusal.sentence.startswith("title: ")


def test_a_refusal_repeats_nothing_that_the_caller_sent_and_is_json() -> None:
    refusal = _refused({"title": "my-secret-value", "reward_usd": "sk_live_abc"})
    text = json.dumps([refusal.sentence, refusal.details])
    assert "my-secret-value" not in text
    assert "sk_live_abc" not in text
    assert "pydantic" not in text


def test_unknown_fields_are_ignored_because_newer_clients_talk_to_older_servers() -> None:
    assert read(Order, {"title": "x", "colour": "red"}) == Order(title="x")
    assert read(Nothing, {"anything": 1}) == Nothing()


@pytest.mark.parametrize(
    ("text", "kept"),
    [("agent@example.com", "agent@example.com"), ("  Agent@X.COM ", "agent@x.com"), ("a@b@c.de", "a@b@c.de")],
)
def test_an_email_is_kept_in_lower_case(text: str, kept: str) -> None:
    assert read(Person, {"email": text}).email == kept


@pytest.mark.parametrize(
    "text", ["", "agent", "@example.com", "agent@", "agent@localhost", "a b@c.de", "a@b.c d", "a@.", 5]
)
def test_what_is_no_email_is_refused(text: object) -> None:
    with pytest.raises(Invalid, match="email: "):
        read(Person, {"email": text})


@given(some.dictionaries(some.text(max_size=8), JSON_VALUES, max_size=5))
def test_whatever_is_dumped_is_json_that_reads_back_the_same(answer: dict[str, object]) -> None:
    text = dumps(answer)
    assert simplejson.loads(text, use_decimal=True) == _as_read(answer)


@given(some.integers(-(10**15), 10**15), some.integers(0, 12))
def test_a_decimal_is_written_digit_by_digit(digits: int, places: int) -> None:
    number = Decimal(digits).scaleb(-places)
    text = dumps({"n": number}).removeprefix('{"n":').removesuffix("}")
    assert Decimal(text) == number
    assert len(text.lstrip("-").replace(".", "")) <= len(str(abs(digits))) + places + 1


def test_words_outside_ascii_travel_as_themselves() -> None:
    assert dumps({"name": "Zoë 東京"}) == '{"name":"Zoë 東京"}'


@pytest.mark.parametrize(
    "code",
    [0x00, 0x07, 0x1B, 0x7F, 0x9F, 0xD800, 0xDFFF, 0x202A, 0x202E, 0x2066, 0x2069],
    ids=lambda code: f"U+{code:04X}",
)
def test_characters_that_no_person_could_have_meant_are_refused_wherever_they_are(code: int) -> None:
    strange = chr(code)
    for value, place in [
        (f"a{strange}b", "body"),
        ({"title": f"a{strange}"}, "title"),
        ({"photos": ["fine", strange]}, "photos.1"),
        ({"location": {"address": strange}}, "location.address"),
        ({"deep": [{"er": [strange]}]}, "deep.0.er.0"),
        ({f"na{strange}me": 1}, "body"),
    ]:
        with pytest.raises(Invalid) as caught:
            check_text(value)
        assert caught.value.details == {"field": place, "problem": f"must not contain the character U+{code:04X}"}
    assert without_strange(f"a{strange}b") == "ab"


@pytest.mark.parametrize(
    "plain",
    ["", "Zoë 東京", "two\nlines\r\nand a\ttab", "\u05e9\u05dc\u05d5\u05dd", "\U0001f469\u200d\U0001f527", "\u200f"],
)
def test_words_of_any_language_are_taken(plain: str) -> None:
    check_text({"title": plain, plain: [plain, 1, None, True, 1.5]})


@given(some.text())
def test_a_text_without_strange_characters_is_refused_by_nobody_and_else_the_same(text: str) -> None:
    plain = without_strange(text)
    check_text(plain)
    kept = iter(text)
    assert all(character in kept for character in plain), "nothing is added, and nothing changes its place"


def test_only_strange_characters_are_taken_out() -> None:
    assert without_strange("a\x00b\u202ec\ud800 d\n\té 🦄\u200d") == "abc d\n\té 🦄\u200d"


def test_words_that_several_threads_use_first_are_built_once_and_whole() -> None:
    with _threads_that_take_turns_often(), ThreadPoolExecutor(8) as threads:
        for _ in range(60):
            assert list(threads.map(_first_used_by(8), range(8))) == [[2_000_000, 3_000_000]] * 8


def _first_used_by(many: int) -> Callable[[int], list[int]]:
    """What uses words that nobody has used before, once as many as are to use them are there."""

    class Inner(Words):
        pay: AmountIn

    class Outer(Words):
        first: Inner
        more: list[Inner]

    everybody = Barrier(many, timeout=30)

    def use(_: int) -> list[int]:
        everybody.wait()
        whole = Outer.model_validate({"first": {"pay": "2"}, "more": [{"pay": "3"}]})
        return [part.pay for part in (whole.first, *whole.more)]

    return use


@contextmanager
def _threads_that_take_turns_often() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        yield
    finally:
        sys.setswitchinterval(before)
