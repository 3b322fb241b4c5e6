"""Requests and answers of accounts, in the seed's casing."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from chalicelib.core.identity.service import KeyPrefix
from chalicelib.kit.words import AmountIn, AmountOut, Email, Moment, Words


def _one_spelling(tx_hash: str) -> str:
    """A hash in hex is the same transaction in capitals; any other text is left as it is."""
    return tx_hash.lower() if re.fullmatch("0[xX][0-9a-fA-F]+", tx_hash) else tx_hash


Text100 = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]


class Registration(Words):
    """POST /agents/register."""

    name: Text100
    email: Email
    company: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] | None = None
    key_prefix: KeyPrefix = "ho_live_"


class Registered(Words):
    """The new account, and its first key, shown this once."""

    agent_id: str
    api_key: str
    message: str = "Save this API key - it won't be shown again."


class KeyOrder(Words):
    """POST /agents/keys."""

    name: Text100 | None = None
    prefix: KeyPrefix = "ho_live_"


class KeyRow(Words):
    """What is kept of a new key: everything but the key."""

    id: str
    key_prefix: str
    name: str
    created_at: Moment


class KeyMade(KeyRow):
    """A new key, shown this once."""

    api_key: str


class KeyListed(Words):
    """One key of the list: the seed writes this answer in camelCase."""

    id: str
    keyPrefix: str  # noqa: N815 the seed's casing
    name: str
    lastUsed: Moment | None  # noqa: N815 the seed's casing
    createdAt: Moment  # noqa: N815 the seed's casing


class KeyList(Words):
    """GET /agents/keys."""

    data: list[KeyListed]


class Revoked(Words):
    """DELETE /agents/keys/:id."""

    revoked: bool = True


class Balance(Words):
    """GET /agents/balance."""

    deposit_balance: AmountOut
    escrow_balance: AmountOut
    currency: str = "USD"


class UsdcDeposit(Words):
    """POST /agents/deposit/usdc."""

    tx_hash: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80), AfterValidator(_one_spelling)
    ]  # fmt: skip
    amount_usdc: AmountIn = Field(description="5 to 10,000 USDC, as a number or as text")


class Deposited(Words):
    """A deposit that is in the books."""

    transaction_id: str
    amount_usd: AmountOut
    status: str = "confirmed"
    chain: str = "base"
    message: str = "USDC deposit confirmed"
