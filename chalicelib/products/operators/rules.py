"""Rules of operators."""

from chalicelib.core.files.model import CONTENT_TYPES
from chalicelib.kit import money
from chalicelib.kit.errors import Invalid

PAYOUT_MIN_MICROS = money.usd(10)
RECENT_TASKS = 10


def check_payout(amount_micros: int) -> None:
    """A payout is at least $10 (seed, "Escrow & Pricing"). Raises Invalid."""
    if amount_micros < PAYOUT_MIN_MICROS:
        least, asked = money.say(PAYOUT_MIN_MICROS), money.say(amount_micros)
        raise Invalid("amount_usd", f"must be at least {least}, not {asked}")


def check_content_type(content_type: str | None) -> str:
    """The content type, if it is one that can be proof. Raises Invalid."""
    if content_type not in CONTENT_TYPES:
        raise Invalid("content_type", f"must be one of {', '.join(CONTENT_TYPES)}")
    return content_type
