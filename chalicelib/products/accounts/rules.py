"""Rules of accounts."""

from chalicelib.kit import money
from chalicelib.kit.errors import Invalid

DEPOSIT_MIN_MICROS, DEPOSIT_MAX_MICROS = money.usd(5), money.usd(10_000)


def check_deposit(field: str, amount_micros: int) -> None:
    """A deposit is $5 to $10,000 (seed, "Escrow & Pricing"). Raises Invalid."""
    if not DEPOSIT_MIN_MICROS <= amount_micros <= DEPOSIT_MAX_MICROS:
        low, high = money.say(DEPOSIT_MIN_MICROS), money.say(DEPOSIT_MAX_MICROS)
        raise Invalid(field, f"must be {low} to {high}, not {money.say(amount_micros)}")
