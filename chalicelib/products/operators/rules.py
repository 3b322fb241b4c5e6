"""Rules of operators."""

import re
from collections.abc import Collection, Set
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.core.files.model import BYTES_MAX
from chalicelib.kit import money
from chalicelib.kit.errors import Invalid
from chalicelib.products.operators.lifecycle import Review

PAYOUT_MIN_MICROS = money.usd(10)
RECENT_TASKS = 10
PAUSED_AGAIN = timedelta(hours=1)
"""How long a payout that is due waits before it looks again whether payouts are paused or its operator suspended."""

SUSPENDED_AGAIN = timedelta(days=1)
"""How long it waits before it looks again whether its operator is suspended."""

LOOKS = (timedelta(minutes=10), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=6))
"""How long after being sent, and then after each look without an answer, a rail is asked again; the last repeats."""

LOOKS_BEFORE_ALARM = 16

_WALLET = re.compile(r"0x[0-9a-f]{40}", re.ASCII)
_NOBODY = "0x" + "0" * 40


@dataclass(frozen=True)
class Destination:
    """Where money is to go, and on which rail."""

    rail: str
    address: str


def check_payout(amount_micros: int) -> None:
    """A payout is at least $10 (seed, "Escrow & Pricing"). Raises Invalid."""
    if amount_micros < PAYOUT_MIN_MICROS:
        least, asked = money.say(PAYOUT_MIN_MICROS), money.say(amount_micros)
        raise Invalid("amount_usd", f"must be at least {least}, not {asked}")


def destination(
    wallet: str | None, payee: str | None, amount_micros: int, refused: Set[str], *, test_mode: bool
) -> Destination:
    """Where a payout goes: to a wallet or to a payee; play money needs neither (ruling 26). Raises Invalid."""
    if wallet and payee:
        raise Invalid("wallet_address", "goes without payoneer_payee_id: one payout has one destination")
    if not wallet and not payee and not test_mode:
        raise Invalid("wallet_address", "is required, or payoneer_payee_id")
    if payee and amount_micros % money.MICROS_PER_CENT:
        raise Invalid("amount_usd", "must be whole cents for Payoneer")
    address = _wallet(wallet, refused) if wallet else payee or ""
    return Destination("test" if test_mode else "usdc" if wallet else "payoneer", address)


def review(day_micros: int, most_micros: int, *, funded: bool) -> Review | None:
    """Why a payout waits for a person, if it does: the sum of its day, or whom it goes to."""
    if funded:
        return Review.FUNDED_AGENT
    return Review.DAY_SUM if most_micros and day_micros > most_micros else None


def cooling_until(usable_at: datetime | None, cooling: timedelta, now: datetime) -> datetime | None:
    """Until when a payout waits because its destination is new; None when it does not."""
    until = usable_at or now + cooling
    return until if until > now else None


def look_after(looks: int) -> timedelta:
    """How long to wait after a number of looks without an answer."""
    return LOOKS[min(looks, len(LOOKS) - 1)]


def check_content_type(content_type: str | None, taken: Collection[str]) -> str:
    """The content type, if it is one that is taken here. Raises Invalid."""
    if content_type is None or content_type not in taken:
        raise Invalid("content_type", f"must be one of {', '.join(taken)}")
    return content_type


def check_size(content_type: str, size_bytes: int) -> None:
    """A file is at most as large as its type may be. Raises Invalid."""
    if size_bytes > BYTES_MAX[content_type]:
        raise Invalid("size_bytes", f"must be at most {BYTES_MAX[content_type]:,} for {content_type}")


def _wallet(wallet: str, refused: Set[str]) -> str:
    """A wallet on Base in its one spelling. Raises Invalid.

    Capitals in a wallet's spelling are a checksum (EIP-55) over a hash that comes with the chain's own library: this
    is where it will be checked.
    """
    address = wallet.lower()
    if not _WALLET.fullmatch(address):
        raise Invalid("wallet_address", "must be 0x and 40 hex digits")
    if address == _NOBODY or address in refused:
        raise Invalid("wallet_address", "is nobody's wallet, or one that nobody is paid to")
    return address
