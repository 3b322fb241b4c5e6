"""A suspension covers every key of an account, also one that is made or revoked at the same moment."""

import pytest

from chalicelib.core.identity import service as identity
from chalicelib.core.identity.service import KEYS_MAX, AccountNotFound, AccountSuspended, TooManyKeys
from chalicelib.core.world import World
from chalicelib.kit import ids
from chalicelib.kit.commit import commit
from chalicelib.kit.lifecycle import MovedOn
from tests.core.people import account, another_key


def _suspend(world: World, account_id: str) -> None:
    commit(world.store, identity.suspend_agent(world, account_id, world.now()))


def test_twenty_keys_and_their_account_are_suspended_in_one_commit_and_again_without_harm(world: World) -> None:
    first, secret = account(world)
    secrets = [secret, *(another_key(world, first)[1] for _ in range(KEYS_MAX - 1))]
    for _ in range(2):
        _suspend(world, first.account_id)
        for one in secrets:
            with pytest.raises(AccountSuspended):
                identity.recognise_key(world, one)
    for _ in range(2):
        commit(world.store, identity.suspend_agent(world, first.account_id, None))
        assert {identity.recognise_key(world, one).id for one in secrets} == {first.account_id}
    with pytest.raises(TooManyKeys):
        another_key(world, first)


def test_a_suspended_account_gets_no_further_key(world: World) -> None:
    first, _ = account(world)
    _suspend(world, first.account_id)
    with pytest.raises(AccountSuspended):
        another_key(world, first)


def test_a_key_made_or_revoked_between_the_look_and_the_write_means_looking_again(world: World) -> None:
    first, _ = account(world)
    for change in ("made", "revoked", "both"):
        second, _ = another_key(world, first)
        writes = identity.suspend_agent(world, first.account_id, world.now())
        if change != "made":
            commit(world.store, identity.revoke_key(world, first.account_id, second.key_id))
        if change != "revoked":
            another_key(world, first)
        with pytest.raises(MovedOn):
            commit(world.store, writes)
    _suspend(world, first.account_id)


def test_whoever_is_not_there_cannot_be_suspended(world: World) -> None:
    for nobody in (ids.new("agent"), "agent_1", ids.new("op")):
        with pytest.raises(AccountNotFound):
            identity.suspend_agent(world, nobody, world.now())
    with pytest.raises(AccountNotFound):
        commit(world.store, identity.suspend_operator(world, ids.new("op"), world.now()))
