"""Rows of the identity table.

pk                              sk          what
agent_…                         account     the account of an agent
agent_…                         key#key_…   one of its keys, for its list
secret#<sha-256 of the key>     key         the same key, found by its secret
email#<e-mail>                  agent       whose e-mail it is: makes it unique
op_…                            operator    an operator; in `by_kyc`, and in `by_cell` while they can be found by place
subject#<issuer>#<subject>      operator    whose token it is
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from chalicelib.core.identity.model import ApiKey
from chalicelib.kit import clock
from chalicelib.kit.conditions import Attr, ConditionBase
from chalicelib.kit.errors import Refusal
from chalicelib.kit.store import Store, under
from chalicelib.kit.table import Else, Item, Key, Write, add, delete, update

TABLE = "identity"


def secret_row(secret: str) -> Key:
    """Where a key is found by its secret; only the hash is ever stored."""
    return Key(f"secret#{hashlib.sha256(secret.encode()).hexdigest()}", "key")


def add_account(account_id: str, name: str, email: str, company: str | None, now: datetime) -> Write:
    """The account row of a new agent, with its first key counted."""
    item: Item = {"name": name, "email": email, "company": company, "created_at": clock.iso(now), "keys": 1}
    return add(TABLE, Key(account_id, "account"), item)


def count_key(account_id: str, most: int, refusal: Else) -> Write:
    """One key more, unless there are as many as there may be or the account is suspended."""
    room = Attr("keys").lt(most) & Attr("suspended").not_exists()
    return update(TABLE, Key(account_id, "account"), plus={"keys": 1}, where=room, refusal=refusal)


def uncount_key(account_id: str, last: Refusal) -> Write:
    """One key less, unless it is the last one."""
    return update(TABLE, Key(account_id, "account"), plus={"keys": -1}, where=Attr("keys").gt(1), refusal=last)


def claim_email(email: str, account_id: str, taken: Refusal) -> Write:
    """The row that makes an agent's e-mail unique."""
    return add(TABLE, Key(f"email#{email}", "agent"), {"account_id": account_id}, refusal=taken)


def add_key(key: ApiKey, secret: str) -> list[Write]:
    """The two rows of a new key."""
    item: Item = {
        "key_id": key.key_id, "account_id": key.account_id, "email": key.email, "name": key.name,
        "shown": key.shown, "created_at": clock.iso(key.created_at),
    }  # fmt: skip
    found = secret_row(secret)
    listed = {**item, "secret_pk": found.pk}
    return [add(TABLE, found, item), add(TABLE, Key(key.account_id, f"key#{key.key_id}"), listed)]


def remove_key(key: ApiKey, secret_pk: str, gone: Refusal) -> list[Write]:
    """The removal of both rows of a key."""
    listed = Key(key.account_id, f"key#{key.key_id}")
    return [
        delete(TABLE, listed, where=Attr("pk").exists(), refusal=gone),
        delete(TABLE, Key(secret_pk, "key")),
    ]


def find_key(store: Store, secret: str) -> ApiKey | None:
    """The key with this secret."""
    item = store.get(TABLE, secret_row(secret))
    return _key(item) if item else None


def touch_key(store: Store, secret: str, moment: datetime) -> None:
    """Remember when a key was last used."""
    store.update(TABLE, secret_row(secret), put={"last_used_at": clock.iso(moment)}, where=Attr("pk").exists())


def keys_of(store: Store, account_id: str) -> list[tuple[ApiKey, str]]:
    """Every key of an account, newest first, each with the partition under which its secret is found."""
    listed = store.query(TABLE, under(account_id, "key#"), newest_first=True).items
    found = store.get_many(TABLE, [Key(item["secret_pk"], "key") for item in listed]) if listed else []
    return [(_key(row or item), item["secret_pk"]) for item, row in zip(listed, found, strict=True)]


def find_account(store: Store, account_id: str) -> Item | None:
    """The account row of an agent."""
    return store.get(TABLE, Key(account_id, "account"))


def find_people(store: Store, person_ids: Sequence[str]) -> list[Item]:
    """The rows of some agents and operators, of those that there are."""
    places = [Key(one, "account" if one.startswith("agent_") else "operator") for one in person_ids]
    return [row for row in store.get_many(TABLE, places) if row is not None]


def mark_account(account_id: str, keys: int, since: datetime | None, refusal: Else) -> Write:
    """The account row says since when it is suspended, or no longer does; if it has as many keys as were read."""
    return _mark(Key(account_id, "account"), Attr("keys").eq(keys), since, refusal)


def mark_key(secret_pk: str, since: datetime | None, refusal: Else) -> Write:
    """The same in the row by which a key is recognised, so that recognising it costs no further read."""
    return _mark(Key(secret_pk, "key"), Attr("pk").exists(), since, refusal)


def _mark(place: Key, where: ConditionBase, since: datetime | None, refusal: Else) -> Write:
    if since is None:
        return update(TABLE, place, drop=["suspended"], where=where, refusal=refusal)
    return update(TABLE, place, put={"suspended": clock.iso(since)}, where=where, refusal=refusal)


def _key(item: Item) -> ApiKey:
    used = item.get("last_used_at")
    return ApiKey(
        key_id=item["key_id"], account_id=item["account_id"], email=item["email"], name=item["name"],
        shown=item["shown"], created_at=clock.parse(item["created_at"]),
        last_used_at=clock.parse(used) if used else None, suspended="suspended" in item,
    )  # fmt: skip
