"""Requests and answers of accounts, in the seed's casing."""

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AliasChoices, Field, StringConstraints

from chalicelib.core.identity.service import KeyPrefix
from chalicelib.kit.pages import Pagination
from chalicelib.kit.words import AmountIn, AmountOut, Email, Moment, Words


def _one_spelling(tx_hash: str) -> str:
    """A hash in hex is the same transaction in capitals; any other text is left as it is."""
    return tx_hash.lower() if re.fullmatch("0[xX][0-9a-fA-F]+", tx_hash) else tx_hash


_Prefix = Annotated[KeyPrefix, Field(validation_alias=AliasChoices("key_prefix", "prefix"))]
"""What a new key begins with. `prefix` is read, too: whoever writes that wants no other key than they say."""
Text100 = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]


class Registration(Words):
    """POST /agents/register."""

    name: Text100
    email: Email
    company: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] | None = None
    key_prefix: _Prefix = "ho_live_"


class Registered(Words):
    """The new account, and its first key, shown this once."""

    agent_id: str
    api_key: str
    message: str = "Save this API key - it won't be shown again."


class KeyOrder(Words):
    """POST /agents/keys."""

    name: Text100 | None = None
    key_prefix: _Prefix = "ho_live_"


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
    """One key of the list, whose names are in camelCase as nowhere else."""

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
    ] = Field(description="the transaction on Base that sent them; in test mode, any text that is new")
    amount_usdc: AmountIn = Field(description="5 to 10,000 USDC, as a number or as text")


class Deposited(Words):
    """A deposit that is in the books."""

    transaction_id: str
    amount_usd: AmountOut
    status: str = "confirmed"
    chain: str = "base"
    message: str = "USDC deposit confirmed"


class FiatDeposit(Words):
    """POST /agents/deposit."""

    amount_usd: AmountIn = Field(description="5 to 10,000 US dollars")
    payment_method: Literal["card", "bank_transfer"]
    return_url: Annotated[str, StringConstraints(max_length=2_000)] | None = None


class FundsAdded(Words):
    """A fiat deposit of play money: it is in the books."""

    transaction_id: str
    amount_usd: AmountOut
    status: str = "completed"
    message: str = "Funds added (test mode)"


class FiatPending(Words):
    """A fiat deposit that the provider is asked for: where to send the payer."""

    payment_id: str
    transaction_id: str
    amount_usd: AmountOut
    status: str
    redirect_url: str | None
    message: str


class PaymentQuestion(Words):
    """POST /agents/deposit/status."""

    payment_id: Annotated[str, StringConstraints(min_length=1, max_length=100)]


class PaymentStatus(Words):
    """Where a payment stands."""

    payment_id: str
    status: str
    amount_usd: AmountOut


class DepositListed(Words):
    """One deposit of the list."""

    transaction_id: str
    payment_id: str | None
    amount_usd: AmountOut
    payment_method: str
    status: str
    created_at: Moment


class DepositPage(Words):
    """GET /agents/deposits."""

    data: list[DepositListed]
    pagination: Pagination


class Refunded(Words):
    """What went back to where the deposit came from."""

    transaction_id: str
    agent_id: str
    refunded_usd: AmountOut


class PaymentNotice(Words):
    """POST /webhooks/dlocal. The amount is held against our own order row, whatever it is."""

    status: Annotated[str, StringConstraints(max_length=40)]
    order_id: Annotated[str, StringConstraints(max_length=100)]
    amount: Any = None
    currency: Any = None


class NoticeTaken(Words):
    """A provider's notice was taken, whether or not anything followed from it."""

    received: bool = True
