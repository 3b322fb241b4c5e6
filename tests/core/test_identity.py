"""Keys open one account, are shown once, and lie nowhere; operators are known by what the door has checked."""

import re
from dataclasses import replace

import pytest

from chalicelib.core.identity import service as identity
from chalicelib.core.identity import store as rows
from chalicelib.core.identity.model import Kyc, Operator
from chalicelib.core.identity.service import (
    KEY_PREFIXES,
    KEYS_MAX,
    EmailTaken,
    KeyNotFound,
    KeyPrefix,
    KycRequired,
    LastKey,
    OperatorExists,
    TooManyKeys,
    UnknownKey,
    UnknownOperator,
)
from chalicelib.core.world import World
from chalicelib.kit import ids
from chalicelib.kit.commit import commit
from tests.core.people import account, another_key
from tests.core.stand_ins import Hands
from tests.faults import FlakyClient, never


def _operator(world: World, name: str = "Jane Doe", email: str = "jane@example.com") -> Operator:
    operator = Operator(ids.new("op"), name, email, Kyc.APPROVED, world.now(), "+1", "New York", "US", ("PHOTO",))
    commit(world.store, identity.enrol(operator, "dev", email))
    return operator


@pytest.mark.parametrize("prefix", KEY_PREFIXES)
def test_a_key_opens_its_account_under_each_of_the_three_prefixes(world: World, prefix: KeyPrefix) -> None:
    key, secret = account(world, prefix=prefix)
    agent = identity.recognise_key(world, secret)
    assert (agent.id, agent.email, agent.key_id) == (key.account_id, "agent@example.com", key.key_id)
    # 32 random bytes are 43 characters of base64.
    assert re.fullmatch(rf"{prefix}[A-Za-z0-9_-]{{43}}", secret)
    assert key.shown == f"{secret[: len(prefix) + 6]}.."


def test_the_secret_of_a_key_lies_in_no_table(world: World) -> None:
    _, secret = account(world)
    for name in world.store.names.values():
        assert secret not in repr(world.store.client.scan(TableName=name)["Items"])


@pytest.mark.parametrize(
    "wrong", ["", "ho_live_", "sk_live_abc", "ho_live_" + "x" * 43, "HO_LIVE_x", "ih_" + "x" * 43, "x" * 10_000]
)
def test_a_key_that_is_none_opens_nothing(world: World, wrong: str) -> None:
    account(world)
    with pytest.raises(UnknownKey, match="Missing or invalid API key") as caught:
        identity.recognise_key(world, wrong)
    assert (caught.value.status, caught.value.code) == (401, "invalid_api_key")


def test_a_key_with_one_character_changed_opens_nothing(world: World) -> None:
    _, secret = account(world)
    for place in range(len(secret)):
        changed = secret[:place] + ("a" if secret[place] != "a" else "b") + secret[place + 1 :]
        with pytest.raises(UnknownKey):
            identity.recognise_key(world, changed)


def test_using_a_key_is_a_read_and_writes_its_last_use_at_most_once_an_hour(world: World, hands: Hands) -> None:
    key, secret = account(world)
    client = FlakyClient(world.store.client, never)
    counting = replace(world, store=replace(world.store, client=client))
    for minutes in (0, 1, 59, 2):
        hands.pass_by(minutes=minutes)
        identity.recognise_key(counting, secret)
    assert client.calls.count("update_item") == 2
    assert client.calls.count("get_item") == 4
    (listed,) = identity.keys_of(world, key.account_id)
    assert listed.last_used_at == hands.wall()


def test_a_last_use_does_not_bring_a_revoked_key_back(world: World) -> None:
    first, _ = account(world)
    key, secret = another_key(world, first)
    commit(world.store, identity.revoke_key(world, first.account_id, key.key_id))
    rows.touch_key(world.store, secret, world.wall())
    with pytest.raises(UnknownKey):
        identity.recognise_key(world, secret)


def test_a_revoked_key_opens_nothing_at_once_and_the_others_go_on(world: World) -> None:
    first, secret = account(world)
    second, another = another_key(world, first)
    commit(world.store, identity.revoke_key(world, first.account_id, first.key_id))
    with pytest.raises(UnknownKey):
        identity.recognise_key(world, secret)
    assert identity.recognise_key(world, another).account_id == first.account_id
    assert [key.key_id for key in identity.keys_of(world, first.account_id)] == [second.key_id]


def test_the_last_key_stays_even_when_two_are_revoked_at_once(world: World) -> None:
    first, _ = account(world)
    second, _ = another_key(world, first)
    both = [identity.revoke_key(world, first.account_id, key.key_id) for key in (first, second)]
    commit(world.store, both[0])
    with pytest.raises(LastKey):
        commit(world.store, both[1])
    with pytest.raises(KeyNotFound):
        commit(world.store, both[0])
    with pytest.raises(KeyNotFound):
        identity.revoke_key(world, first.account_id, ids.new("key"))


def test_an_account_has_so_many_keys_and_no_more(world: World) -> None:
    first, _ = account(world)
    for _ in range(KEYS_MAX - 1):
        another_key(world, first)
    with pytest.raises(TooManyKeys, match="at most 20 keys"):
        another_key(world, first)
    assert len(identity.keys_of(world, first.account_id)) == KEYS_MAX


def test_keys_are_listed_newest_first(world: World, hands: Hands) -> None:
    first, _ = account(world)
    made = [first.key_id, *(another_key(world, first)[0].key_id for _ in range(3))]
    assert {key.key_id for key in identity.keys_of(world, first.account_id)} == set(made)
    listed = [key.key_id for key in identity.keys_of(world, first.account_id)]
    assert listed == sorted(listed, reverse=True)


def test_an_email_belongs_to_one_account_and_a_subject_to_one_operator(world: World) -> None:
    account(world)
    with pytest.raises(EmailTaken):
        account(world)
    _operator(world)
    with pytest.raises(OperatorExists):
        _operator(world)


def test_an_operator_is_recognised_with_everything_that_is_known(world: World) -> None:
    operator = _operator(world)
    assert identity.recognise_operator(world, operator.id) == operator


@pytest.mark.parametrize(
    "wrong", ["", "op_", "op_" + "0" * 26, "agent_" + "0" * 26, "x" * 10_000, "op_" + "0" * 25 + "é"]
)
def test_an_operator_that_is_none_is_not_recognised(world: World, wrong: str) -> None:
    with pytest.raises(UnknownOperator) as caught:
        identity.recognise_operator(world, wrong)
    assert (caught.value.status, caught.value.code) == (401, "invalid_operator")


@pytest.mark.parametrize(
    ("name", "shown"),
    [("Jane Doe", "Jane D."), ("Jane", "Jane"), ("Jane van der Berg", "Jane B."), ("  Jane   Doe ", "Jane D."),
     ("李 小龙", "李 小."), ("\u200b", "\u200b")],
)  # fmt: skip
def test_others_see_a_first_name_and_an_initial(world: World, name: str, shown: str) -> None:
    assert Operator("op_1", name, "x@y.de", Kyc.APPROVED, world.now()).shown_name == shown


@pytest.mark.parametrize("kyc", [Kyc.PENDING, Kyc.REJECTED])
def test_money_and_work_are_for_people_whose_identity_is_checked(world: World, kyc: Kyc) -> None:
    operator = replace(_operator(world), kyc=kyc)
    with pytest.raises(KycRequired, match=f"KYC verification required: yours is {kyc.value}"):
        identity.check_kyc(operator)
