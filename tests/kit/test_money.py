"""Money at the wire: one strict grammar in, exact digits out."""

from decimal import ROUND_HALF_UP, Decimal

import pytest
import simplejson
from hypothesis import given
from hypothesis import strategies as some

from chalicelib.kit import money
from chalicelib.kit.words import AmountIn, AmountOut, Words, dumps

MICROS = some.integers(min_value=0, max_value=10**18 - 1)
WHOLE = some.integers(min_value=0, max_value=10**12 - 1)

# What Decimal, int, float or a regular expression without care would take, and what is not an amount (ruling 9).
NO_AMOUNTS: list[object] = [
    "1e3", "1E3", "+5", "-5", "-0", "1_000", "1,000", "1 000", " 5", "5 ", "5\n", "\t5", "", ".", ".5", "5.", "5..0",
    "0x10", "0b1", "0o7", "1/2", "\u00bd", "\u00b2", "NaN", "nan", "sNaN", "Infinity", "-Infinity", "inf",
    "$5", "5 USD", "5e0",
    "\uff15", "\uff11\uff10", "\u0663", "\u096a", "5\uff0e5", "5\u200b", "\ufeff5", "5.1234567",
    "0.0000001", "1.0000000", "1" * 13, "1" * 400,
    "0.1.2", "5,5", "--5", "true", "null",
    True, False, None, 5.0, 0.1, float("nan"), float("inf"), [5], {"amount": 5}, (5,), b"5", 5j, -1, 10**12,
    Decimal("NaN"), Decimal("sNaN"), Decimal("Infinity"), Decimal("-1"), Decimal("1E+3"), Decimal("1.0000001"),
    Decimal("1E-7"), Decimal("-0"),
]  # fmt: skip


class Order(Words):
    """Words with an amount, as a client sends them."""

    amount: AmountIn


class Receipt(Words):
    """Words with an amount, as we send them."""

    amount: AmountOut


@given(MICROS)
def test_what_is_written_is_read_back_to_the_micro(micros: int) -> None:
    assert money.parse(money.to_decimal(micros)) == micros
    assert money.parse(format(money.to_decimal(micros), "f")) == micros


@given(some.from_regex(r"[0-9]{1,12}(\.[0-9]{1,6})?", fullmatch=True, alphabet=some.characters(codec="ascii")))
def test_every_amount_of_the_grammar_is_read_exactly(text: str) -> None:
    assert money.parse(text) == Decimal(text) * money.MICROS_PER_USD


@given(some.text(max_size=20))
def test_text_is_an_amount_only_if_it_is_ascii_digits_with_at_most_six_behind_one_point(text: str) -> None:
    whole, point, part = text.partition(".")
    digits = set("0123456789")
    is_amount = (
        set(whole) <= digits and 1 <= len(whole) <= 12 and (not point or (set(part) <= digits and 1 <= len(part) <= 6))
    )
    if is_amount:
        assert money.parse(text) >= 0
    else:
        with pytest.raises(ValueError, match="must be an amount in US dollars"):
            money.parse(text)


@pytest.mark.parametrize("value", NO_AMOUNTS, ids=repr)
def test_what_a_number_parser_would_take_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="must be an amount in US dollars"):
        money.parse(value)


@pytest.mark.parametrize(
    ("value", "micros"),
    [
        ("0", 0), ("25", 25_000_000), ("29.50", 29_500_000), ("0.000001", 1), ("007", 7_000_000), (25, 25_000_000),
        (Decimal("0.1"), 100_000), (Decimal("1.000000"), 1_000_000), ("999999999999.999999", 10**18 - 1),
    ],
    ids=repr,
)  # fmt: skip
def test_amounts_are_read_as_micros(value: object, micros: int) -> None:
    assert money.parse(value) == micros


def test_a_json_number_reaches_the_grammar_as_its_digits_and_never_as_a_float() -> None:
    body = simplejson.loads('{"amount": 0.1}', parse_float=Decimal)
    assert Order.model_validate(body).amount == 100_000


def test_220_seconds_at_1800_micros_print_as_0_396() -> None:
    assert dumps(Receipt(amount=220 * 1_800)) == '{"amount":0.396}'


@given(MICROS)
def test_an_amount_on_the_wire_has_exactly_its_digits_and_no_trailing_zeros(micros: int) -> None:
    text = dumps(Receipt(amount=micros)).removeprefix('{"amount":').removesuffix("}")
    assert money.parse(text) == micros
    assert "e" not in text.lower()
    assert "." not in text or not text.endswith(("0", "."))


@given(WHOLE)
def test_whole_dollars_print_without_a_point(dollars: int) -> None:
    assert str(money.to_decimal(money.usd(dollars))) == str(dollars)


def test_a_negative_amount_keeps_its_sign_on_the_wire_and_in_sentences() -> None:
    assert str(money.to_decimal(-29_500_000)) == "-29.5"
    assert money.say(-1_500_000) == "-$1.50"


@pytest.mark.parametrize(
    ("micros", "said"),
    [(0, "$0.00"), (29_500_000, "$29.50"), (10_000_000_000, "$10,000.00"), (396_000, "$0.396"), (1, "$0.000001")],
)
def test_sentences_say_cents_and_more_only_where_cents_do_not_say_it_all(micros: int, said: str) -> None:
    assert money.say(micros) == said


@given(some.integers(0, 10**13), some.integers(0, 100))
def test_a_percentage_is_rounded_half_up_to_the_cent(micros: int, percent: int) -> None:
    exact = Decimal(micros) * percent / 100 / money.MICROS_PER_CENT
    cents = int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))
    assert money.percent_half_up_to_cent(micros, percent) == cents * money.MICROS_PER_CENT


def test_half_a_cent_goes_up() -> None:
    # 18 % of $0.25 are 4.5 cents; a rounding to even would answer 4.
    assert money.percent_half_up_to_cent(250_000, 18) == 5 * money.MICROS_PER_CENT
