"""What an account does about itself: keys and money."""

from typing import Literal

from byhand.answers import ApiKey, ApiKeys, Balance, Deposited, KeyMade, Page, Registered, Revoked
from byhand.plain import Dollars, dollars
from byhand.verbs.pages import every
from byhand.wire import Flow, Stream, Wire, segment


def register(
    wire: Wire, *, name: str, email: str, company: str | None = None, key_prefix: str | None = None,
    registration_key: str | None = None,
) -> Flow[Registered]:  # fmt: skip
    """Open an account. The answer has its first key, this once; make a client with it.

    No idempotency key is read here, so this is never sent again unless it was surely not done: the e-mail is unique.
    """
    body = {"name": name, "email": email, "company": company, "key_prefix": key_prefix}
    headers = {"X-Admin-Key": registration_key} if registration_key else {}
    return wire.do_without_key("/agents/register", Registered, body, headers)


def balance(wire: Wire) -> Flow[Balance]:
    """What the account can spend, and what is set aside."""
    return wire.ask("/agents/balance", Balance)


def make_key(wire: Wire, name: str | None = None, *, idempotency_key: str | None = None) -> Flow[KeyMade]:
    """Another key for the same account, shown this once.

    Should the answer get lost, the repeat is refused with `secret_already_shown`: revoke that key and make another.
    """
    return wire.do("/agents/keys", KeyMade, {"name": name}, idempotency_key=idempotency_key)


def list_keys(wire: Wire) -> Flow[list[ApiKey]]:
    """The account's keys, newest first, without their secrets."""
    return (yield from wire.ask("/agents/keys", ApiKeys)).data


def revoke_key(wire: Wire, key_id: str) -> Flow[Revoked]:
    """Have a key open nothing from now on."""
    return wire.remove(f"/agents/keys/{segment(key_id)}", Revoked)


def deposit_usdc(
    wire: Wire, *, tx_hash: str, amount_usdc: Dollars, idempotency_key: str | None = None
) -> Flow[Deposited]:  # fmt: skip
    """Credit a deposit of USDC, once per transaction hash."""
    body = {"tx_hash": tx_hash, "amount_usdc": format(dollars(amount_usdc), "f")}
    return wire.do("/agents/deposit/usdc", Deposited, body, idempotency_key=idempotency_key)


def deposit(
    wire: Wire, *, amount_usd: Dollars, payment_method: Literal["card", "bank_transfer"] = "card",
    return_url: str | None = None, idempotency_key: str | None = None,
) -> Flow[Deposited]:  # fmt: skip
    """Add money by card or bank transfer: at once in test mode; else send the payer to `redirect_url`."""
    body = {"amount_usd": dollars(amount_usd), "payment_method": payment_method, "return_url": return_url}
    return wire.do("/agents/deposit", Deposited, body, idempotency_key=idempotency_key)


def deposit_status(wire: Wire, payment_id: str) -> Flow[Deposited]:
    """Where a payment stands."""
    return wire.do("/agents/deposit/status", Deposited, {"payment_id": payment_id}, idempotency_key=None)


def deposits(wire: Wire) -> Stream[Deposited]:
    """All deposits, newest first."""
    return every(wire, "/agents/deposits", Page[Deposited])
