"""The verbs of accounts; those about fiat deposits are in fiat.py."""

from dataclasses import replace

from chalicelib.core.identity import named_keys
from chalicelib.core.identity import service as identity
from chalicelib.core.identity.model import Agent, ApiKey
from chalicelib.core.ledger import postings
from chalicelib.core.ledger import service as ledger
from chalicelib.core.world import World
from chalicelib.kit import ids, once
from chalicelib.kit.errors import Conflict, Forbidden
from chalicelib.kit.once import Claim, Outcome, SecretAlreadyShown
from chalicelib.kit.table import Item
from chalicelib.products.accounts import rules
from chalicelib.products.accounts import store as rows
from chalicelib.products.accounts.words import accounts as words


class RegistrationRefused(Forbidden):
    """This deployment does not let everybody in."""

    code = "registration_refused"


class DepositAlreadyClaimed(Conflict):
    """Another agent was credited for this transaction."""

    code = "deposit_already_claimed"

    def __init__(self) -> None:
        super().__init__("This transaction was already credited to another account.")


class DepositsUnavailable(Conflict):
    """This deployment has no way to check a deposit."""

    code = "deposits_unavailable"

    def __init__(self) -> None:
        super().__init__("This deployment has no way to check such a deposit, and only play money needs none.")


class _Credited(Exception):
    """The same agent was credited for this very transaction before."""

    def __init__(self, row: Item) -> None:
        super().__init__()
        self.row = row


def register(world: World, order: words.Registration, registration_key: str) -> Outcome:
    """Open an account with its first key and empty books. Raises RegistrationRefused, EmailTaken."""
    _check_registration(world, registration_key)
    account_id = ids.new("agent")
    key, secret = identity.mint_key(account_id, order.email, "default", order.key_prefix, world)
    writes = [
        *identity.open_account(account_id, order.name, order.email, order.company, world.now()),
        *identity.first_key(key, secret),
        ledger.open_agent(account_id),
    ]
    return once.commit(world.store, None, writes, words.Registered(agent_id=account_id, api_key=secret))


def make_key(world: World, agent: Agent, order: words.KeyOrder, claim: Claim | None) -> Outcome:
    """Another key for the same account. The secret is in no stored answer: a repeat is refused instead.

    Raises TooManyKeys, SecretAlreadyShown.
    """
    key, secret = identity.mint_key(agent.account_id, agent.email, order.name or "default", order.key_prefix, world)
    kept = words.KeyRow(id=key.key_id, key_prefix=key.shown, name=key.name, created_at=key.created_at)
    outcome = once.commit(world.store, claim, identity.another_key(key, secret), kept)
    if outcome.replayed:
        raise SecretAlreadyShown
    return outcome.revised(lambda row: words.KeyMade(**row, api_key=secret))


def list_keys(world: World, agent: Agent) -> words.KeyList:
    """The account's keys, newest first, without their secrets."""
    return words.KeyList(data=[_listed(key) for key in identity.keys_of(world, agent.account_id)])


def revoke_key(world: World, agent: Agent, key_id: str) -> Outcome:
    """A key opens nothing from now on. Raises KeyNotFound, LastKey."""
    return once.commit(world.store, None, identity.revoke_key(world, agent.account_id, key_id), words.Revoked())


def balance(world: World, agent: Agent) -> words.Balance:
    """What the account can spend, and what is set aside."""
    book = ledger.book_of(world.store, agent.account_id)
    return words.Balance(deposit_balance=book["deposit"], escrow_balance=book["escrow"])


def deposit_usdc(world: World, agent: Agent, order: words.UsdcDeposit, claim: Claim | None) -> Outcome:
    """Credit a deposit, once per transaction hash. The same agent again gets the first answer (ruling 2).

    Raises Invalid, DepositsUnavailable, DepositAlreadyClaimed.
    """
    rules.check_deposit("amount_usdc", order.amount_usdc)
    if not world.settings.test_mode:
        raise DepositsUnavailable
    transaction_id, now = ids.new("txn"), world.now()
    transfers = postings.deposit_usdc(transaction_id, agent.account_id, order.amount_usdc)
    writes = [
        *rows.add_deposit(
            order.tx_hash, transaction_id, agent.account_id, order.amount_usdc, now,
            lambda row: _Credited(row) if row["account_id"] == agent.account_id else DepositAlreadyClaimed(),
        ),
        *ledger.deposit(ledger.book_of(world.store, agent.account_id), transaction_id, transfers, now),
    ]  # fmt: skip
    answer = words.Deposited(transaction_id=transaction_id, amount_usd=order.amount_usdc)
    try:
        return once.commit(world.store, claim, writes, answer)
    except _Credited as first:
        row = first.row
        again = words.Deposited(transaction_id=row["transaction_id"], amount_usd=row["amount_micros"])
        return replace(once.commit(world.store, claim, [], again), replayed=True)


def _check_registration(world: World, registration_key: str) -> None:
    """Who may register is the deployment's choice; the key for it opens nothing else (ruling 2)."""
    if world.settings.registration == "open":
        return
    if world.settings.registration == "closed":
        raise RegistrationRefused("This deployment takes no new agents.")
    if named_keys.owner_of(registration_key, world.settings.byhand_registration_key_hashes) is None:
        raise RegistrationRefused("Registration needs a valid X-Admin-Key here.")


def _listed(key: ApiKey) -> words.KeyListed:
    return words.KeyListed(
        id=key.key_id, keyPrefix=key.shown, name=key.name, lastUsed=key.last_used_at, createdAt=key.created_at
    )
