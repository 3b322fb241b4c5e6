"""Rules of jobs: how long they may take, what they cost, and who a tester is to an account. All pure.

order ──► 2 h ──► nobody claimed it                   claim ──► target ──► extensions ──► the end ──► 5 min ──► overtime
                                                        │◄──────── billed, at most ────────►│
hand-in ──► read ──► 30 min ──► nobody could           completion ──► the hold ──► earnings available
"""

import hmac
import math
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal

from chalicelib.kit.errors import Invalid

MICROS_PER_SECOND = 1_800
"""Seed, "Cost": $0.0018 a second."""

MINUTES_DEFAULT, MINUTES_MIN, MINUTES_MAX = 5, 1, 60
TOTAL_SECONDS = 60 * 60
"""Where an extension has no limit of its own, this is how long a test may take in all (ruling 30)."""

UNCLAIMED = timedelta(hours=2)
"""How long a job waits for a tester (ruling 32)."""
LATE = timedelta(minutes=5)
"""How long past its end what was tested may still be handed in; nothing of that is billed (ruling 32)."""

EXTRACTION_OVERDUE = timedelta(minutes=30)
"""When nobody will read a report any more: its reader has been asked four times by then."""
REPEATED_WITHIN = timedelta(seconds=10)
"""How long the same words mean the same job (ruling 34)."""

SCREENS: dict[str, tuple[int, int]] = {
    "desktop": (1920, 1080), "laptop": (1366, 768), "tablet": (768, 1024), "mobile": (375, 667),
}  # fmt: skip
"""Seed, "screenSize"."""
SIDE_MIN, SIDE_MAX = 200, 7_680

OFFERED_CHARACTERS_MAX = 300
"""How much of a description is shown before a job is claimed, to all testers and in Slack."""

_NAMES = (
    "Alpha", "Beta", "Gamma", "Delta", "Epsilon", "Zeta", "Eta", "Theta", "Iota", "Kappa", "Lambda", "Mu", "Nu", "Xi",
    "Omicron", "Pi", "Rho", "Sigma", "Tau", "Upsilon", "Phi", "Chi", "Psi", "Omega",
)  # fmt: skip
_COLOURS = (
    "#4A90E2", "#2E7D32", "#B3541E", "#6A4C93", "#00838F", "#AD1457", "#5D6D1E", "#37474F", "#C0392B", "#1F618D",
    "#7D6608", "#145A32",
)  # fmt: skip


@dataclass(frozen=True)
class Identity:
    """Who a tester is to an account: the same in all its jobs, and somebody else to any other account."""

    alias: str
    colour: str
    avatar: str
    """Sixteen hex digits that an avatar is drawn from."""


def offered(description: str) -> str:
    """The beginning of a description, by which a tester chooses: the rest may hold an account to test with."""
    is_whole = len(description) <= OFFERED_CHARACTERS_MAX
    return description if is_whole else f"{description[:OFFERED_CHARACTERS_MAX].rstrip()}…"


# A name and a password end at the last @ before the path, the query and the fragment. To browsers, though not to the
# standard library, a backslash is a slash, and how many slashes stand before the host is all one (WHATWG URL).
_NAME_AND_PASSWORD = re.compile(r"^(https?:[/\\\s]*+)[^/\\?#]*@", re.IGNORECASE)


def public_url(url: str) -> str:
    """A URL without the name and the password that may stand in it, for where it is read by many."""
    return _NAME_AND_PASSWORD.sub(r"\1", url)


def seconds(minutes: int | Decimal) -> int:
    """Whole seconds; a part of one counts."""
    return math.ceil(minutes * 60)


def extension_seconds_max(target: int, *, allowed: bool, most: int | Decimal | Literal[False]) -> int:
    """How much longer than its target a test may take, in seconds."""
    if not allowed:
        return 0
    return max(TOTAL_SECONDS - target, 0) if most is False else seconds(most)


def extension_left(target: int, granted: int, most: int) -> int:
    """By how many seconds a test may be extended at once: the target again at most, within what the order allows."""
    return max(min(most - granted, target), 0)


def extended(target: int, granted: int, most: int, asked: int) -> int:
    """The extension in all after one more (ruling 30). Raises Invalid."""
    if not most:
        raise Invalid("minutes", "this test allows no extensions")
    left = extension_left(target, granted, most)
    if left <= 0:
        raise Invalid("minutes", "this test cannot be extended any more")
    if not 1 <= asked <= left:
        raise Invalid("minutes", f"must be more than 0 and at most {_say_minutes(left)} here")
    return granted + asked


def ends(began: datetime, most: int) -> datetime:
    """When the time that is billed is over."""
    return began + timedelta(seconds=most)


def cost_micros(billed_seconds: int) -> int:
    """What measured time costs, in micros (seed, "Cost"; ruling 30)."""
    return billed_seconds * MICROS_PER_SECOND


def wage_micros(cost: int, share_percent: int) -> int:
    """The tester's part of a cost, down to the micro; the house has the rest."""
    return cost * share_percent // 100


def wage_for(some_seconds: int, share_percent: int) -> int:
    """What a tester is paid for some seconds, in micros."""
    return wage_micros(cost_micros(some_seconds), share_percent)


def billed_seconds(began: datetime, ended: datetime, said: Decimal | int | None, most: int) -> int:
    """The seconds that are billed: what we measured, or less if the tester says so; never more than was agreed."""
    measured = math.ceil((ended - began).total_seconds())
    shorter = measured if said is None else min(measured, math.ceil(said))
    return max(1, min(shorter, most))


def identity(key: bytes, account_id: str, operator_id: str) -> Identity:
    """How an account sees a tester. Without the key nobody can tell from it who they are."""
    digest = hmac.digest(key, f"{account_id}/{operator_id}".encode(), "sha256")
    name = f"Tester {_NAMES[digest[0] % len(_NAMES)]} {digest[1] % 90 + 10}"
    avatar = digest[2:10].hex()
    return Identity(name, colour(avatar), avatar)


def colour(avatar: str) -> str:
    """The colour of an avatar, by its first two digits."""
    return _COLOURS[int(avatar[:2], 16) % len(_COLOURS)]


def _say_minutes(some_seconds: int) -> str:
    minutes, rest = divmod(some_seconds, 60)
    return f"{minutes} minutes" if not rest else f"{minutes} minutes and {rest} seconds"
