"""Accounts on record, made without a door."""

from chalicelib.core.identity import service as identity
from chalicelib.core.identity.model import ApiKey
from chalicelib.core.identity.service import KeyPrefix
from chalicelib.core.world import World
from chalicelib.kit import ids
from chalicelib.kit.commit import commit


def account(world: World, email: str = "agent@example.com", prefix: KeyPrefix = "ho_live_") -> tuple[ApiKey, str]:
    """A new account's first key, and its secret."""
    account_id = ids.new("agent")
    key, secret = identity.mint_key(account_id, email, "default", prefix, world)
    opened = identity.open_account(account_id, "agent", email, None, world.now())
    commit(world.store, [*opened, *identity.first_key(key, secret)])
    return key, secret


def another_key(world: World, first: ApiKey) -> tuple[ApiKey, str]:
    """One more key of the same account, and its secret."""
    key, secret = identity.mint_key(first.account_id, first.email, "ci", "ih_", world)
    commit(world.store, identity.another_key(key, secret))
    return key, secret
