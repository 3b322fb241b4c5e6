"""Money is whole micro-USD. One strict grammar reads it; one function writes it; no float ever touches it.

1 USDC = 1 USD = 1,000,000 micros (ruling: "Money"). A JSON number is read as its text (the door parses numbers with
Decimal), so 0.1 is one tenth and nothing near it.
"""

import re
from decimal import Decimal

MICROS_PER_USD = 1_000_000
MICROS_PER_CENT = 10_000

# ASCII digits only, at most twelve before the point and six after it: what a number parser happens to take
# (1e3, 1_000, +5, full-width digits, NaN) is not an amount.
_AMOUNT = re.compile(r"(?P<whole>[0-9]{1,12})(?:\.(?P<part>[0-9]{1,6}))?", re.ASCII)


def usd(dollars: int) -> int:
    """Whole dollars as micros."""
    return dollars * MICROS_PER_USD


def parse(value: object) -> int:
    """Micros of an amount as a client sends it: text, an integer, or a decimal number of US dollars.

    Raises ValueError for anything else, with a sentence that says what would be right.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise ValueError("must be an amount in US dollars, such as 25 or 29.50")
    match = _AMOUNT.fullmatch(str(value))
    if match is None:
        raise ValueError("must be an amount in US dollars with at most 6 decimals, such as 25 or 29.50")
    return int(match["whole"]) * MICROS_PER_USD + int((match["part"] or "").ljust(6, "0"))


def to_decimal(micros: int) -> Decimal:
    """The dollars of an amount, exact and without trailing zeros: 29,500,000 is 29.5."""
    whole, part = divmod(abs(micros), MICROS_PER_USD)
    text = f"{whole}.{part:06d}".rstrip("0").rstrip(".")
    return Decimal(text if micros >= 0 else f"-{text}")


def say(micros: int) -> str:
    """An amount for a sentence: `$29.50`, or more decimals where cents do not say it all."""
    whole, part = divmod(abs(micros), MICROS_PER_USD)
    decimals = f"{part:06d}".rstrip("0").ljust(2, "0")
    return f"{'-' if micros < 0 else ''}${whole:,}.{decimals}"


def percent_half_up_to_cent(micros: int, percent: int) -> int:
    """`percent` % of an amount, rounded half-up to the cent."""
    hundredths = micros * percent
    cents, rest = divmod(hundredths, 100 * MICROS_PER_CENT)
    return (cents + (1 if rest * 2 >= 100 * MICROS_PER_CENT else 0)) * MICROS_PER_CENT
