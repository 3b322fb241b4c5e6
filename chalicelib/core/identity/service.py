"""Keys are made, shown once, and recognised; operators are recognised by what the door has checked."""

import hashlib
import secrets
from base64 import b32encode
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

from chalicelib.core.identity import named_keys, people
from chalicelib.core.identity import store as rows
from chalicelib.core.identity.model import Admin, Agent, ApiKey, Kyc, Operator
from chalicelib.core.ports.tokens import BadToken, Bearer
from chalicelib.core.world import World
from chalicelib.kit import ids, log
from chalicelib.kit.errors import Conflict, Forbidden, NotFound, Unauthenticated
from chalicelib.kit.lifecycle import MovedOn
from chalicelib.kit.store import Store
from chalicelib.kit.table import Item, Write

KeyPrefix = Literal["ho_live_", "ih_", "qa_live_"]
KEYS_MAX = 20
KEY_PREFIXES: tuple[KeyPrefix, ...] = ("ho_live_", "ih_", "qa_live_")

# A key's last use is written at most this often, so that using a key is a read and hardly ever a write.
LAST_USED_EVERY = timedelta(hours=1)


class UnknownKey(Unauthenticated):
    """The API key is missing, wrong or revoked."""

    code = "invalid_api_key"

    def __init__(self) -> None:
        super().__init__(
            "Missing or invalid API key. Send it as X-API-Key or as Authorization: Bearer; "
            "POST /api/v1/agents/register gives one."
        )


class UnknownOperator(Unauthenticated):
    """The operator's token or id is missing or wrong."""

    code = "invalid_operator"

    def __init__(self) -> None:
        super().__init__("Missing or invalid operator. Register at POST /api/v1/operator/register.")


class AdminKeyRequired(Forbidden):
    """The admin key is missing or wrong."""

    code = "admin_key_required"

    def __init__(self) -> None:
        super().__init__("This needs a valid X-Admin-Key.")


class AccountSuspended(Forbidden):
    """The backoffice has suspended this account."""

    code = "account_suspended"

    def __init__(self) -> None:
        super().__init__("This account is suspended. Ask those who run this deployment.")


class AccountNotFound(NotFound):
    """There is no such agent or operator."""

    code = "account_not_found"

    def __init__(self) -> None:
        super().__init__("There is no such account.")


class EmailTaken(Conflict):
    """The e-mail belongs to another account."""

    code = "email_taken"

    def __init__(self) -> None:
        super().__init__("An agent with this email already exists.")


class TooManyKeys(Conflict):
    """The account has as many keys as one may have."""

    code = "too_many_keys"

    def __init__(self) -> None:
        super().__init__(f"An account has at most {KEYS_MAX} keys; revoke one first.", most=KEYS_MAX)


class LastKey(Conflict):
    """Revoking the last key would lock the account for good."""

    code = "last_key"

    def __init__(self) -> None:
        super().__init__("This is the account's last key. Make another one before you revoke it.")


class KeyNotFound(NotFound):
    """The account has no such key."""

    code = "key_not_found"

    def __init__(self) -> None:
        super().__init__("API key not found.")


class OperatorExists(Conflict):
    """This person is registered."""

    code = "operator_exists"

    def __init__(self) -> None:
        super().__init__("This person is registered as an operator already.")


class KycRequired(Forbidden):
    """Work and money are only for people whose identity is checked."""

    code = "kyc_required"

    def __init__(self, kyc: Kyc) -> None:
        super().__init__(f"KYC verification required: yours is {kyc.value}.", kyc_status=kyc.value)


def open_account(account_id: str, name: str, email: str, company: str | None, now: datetime) -> list[Write]:
    """The writes of a new account; its first key comes beside them. They refuse EmailTaken."""
    return [
        rows.claim_email(email, account_id, EmailTaken()),
        rows.add_account(account_id, name, email, company, now),
    ]


def first_key(key: ApiKey, secret: str) -> list[Write]:
    """The writes of the key that a new account begins with."""
    return rows.add_key(key, secret)


def another_key(key: ApiKey, secret: str) -> list[Write]:
    """The writes of a further key. They refuse AccountSuspended, TooManyKeys."""
    return [rows.count_key(key.account_id, KEYS_MAX, _no_room), *rows.add_key(key, secret)]


def revoke_key(world: World, account_id: str, key_id: str) -> list[Write]:
    """The writes after which a key opens nothing. Raises KeyNotFound; they refuse LastKey, KeyNotFound."""
    for key, secret_pk in rows.keys_of(world.store, account_id):
        if key.key_id == key_id:
            return [*rows.remove_key(key, secret_pk, KeyNotFound()), rows.uncount_key(account_id, LastKey())]
    raise KeyNotFound


def keys_of(world: World, account_id: str) -> list[ApiKey]:
    """Every key of an account, newest first."""
    return [key for key, _ in rows.keys_of(world.store, account_id)]


def enrol(operator: Operator, issuer: str, subject: str) -> list[Write]:
    """The writes of a new operator, known by the subject of a token. They refuse OperatorExists."""
    taken = OperatorExists()
    return [people.claim_subject(issuer, subject, operator.operator_id, taken), people.add(operator, taken)]


def rate(operator_id: str, stars: int) -> Write:
    """The write that counts an agent's rating of an operator."""
    return people.rate(operator_id, stars)


def check_kyc(operator: Operator) -> None:
    """Raises KycRequired unless the operator's identity is checked."""
    if operator.kyc is not Kyc.APPROVED:
        raise KycRequired(operator.kyc)


def account_of(world: World, account_id: str) -> Item:
    """The row of an agent's account. Raises AccountNotFound."""
    row = rows.find_account(world.store, account_id) if ids.looks_like(account_id, "agent") else None
    if row is None:
        raise AccountNotFound
    return row


def operator_of(world: World, operator_id: str) -> Operator:
    """An operator whom somebody else asks about, suspended or not. Raises AccountNotFound."""
    operator = _find_operator(world, operator_id)
    if operator is None:
        raise AccountNotFound
    return operator


def suspend_agent(world: World, account_id: str, since: datetime | None) -> list[Write]:
    """The writes after which an account and all of its keys are suspended since a moment, or, with None, no longer.

    A key that is made or revoked meanwhile makes them refuse MovedOn: look again. Raises AccountNotFound.
    """
    account_of(world, account_id)
    keys = rows.keys_of(world.store, account_id)
    return [
        rows.mark_account(account_id, len(keys), since, MovedOn()),
        *(rows.mark_key(secret_pk, since, MovedOn()) for _, secret_pk in keys),
    ]


def suspend_operator(world: World, operator_id: str, since: datetime | None) -> list[Write]:
    """The same for an operator, whom no search by place finds meanwhile. Raises AccountNotFound."""
    return [people.suspend(operator_of(world, operator_id), since)]


def any_suspended(store: Store, person_ids: Sequence[str]) -> bool:
    """Whether one of some agents and operators is suspended, in one read."""
    return any("suspended" in row for row in rows.find_people(store, person_ids))


def mint_key(account_id: str, email: str, name: str, prefix: KeyPrefix, world: World) -> tuple[ApiKey, str]:
    """A new key and its secret of 256 random bits, which exists nowhere else from now on (ruling 1)."""
    secret = prefix + secrets.token_urlsafe(32)
    shown = f"{secret[: len(prefix) + 6]}.."
    return ApiKey(ids.new("key"), account_id, email, name, shown, world.wall()), secret


def recognise_key(world: World, secret: str) -> Agent:
    """The agent behind an API key. Raises UnknownKey, AccountSuspended."""
    key = rows.find_key(world.store, secret) if secret.startswith(KEY_PREFIXES) else None
    if key is None:
        raise UnknownKey
    if key.suspended:
        raise AccountSuspended
    now = world.wall()
    if key.last_used_at is None or now - key.last_used_at > LAST_USED_EVERY:
        rows.touch_key(world.store, secret, now)
    return Agent(key.account_id, key.email, key.key_id)


def recognise_admin(world: World, key: str) -> Admin:
    """The owner of an admin key. Raises AdminKeyRequired, and for everybody where no admin keys are set."""
    name = named_keys.owner_of(key, world.settings.byhand_admin_key_hashes)
    if name is None:
        raise AdminKeyRequired
    return Admin(name)


def recognise_operator(world: World, operator_id: str) -> Operator:
    """The operator who calls, by an id that the door believes. Raises UnknownOperator, AccountSuspended."""
    operator = _find_operator(world, operator_id)
    if operator is None:
        raise UnknownOperator
    if operator.suspended:
        raise AccountSuspended
    return operator


def bearer_of(world: World, token: str) -> Bearer:
    """Whose token this is. Raises UnknownOperator, which tells nothing of what is wrong with it."""
    try:
        return world.tokens.read(token, world.wall())
    except BadToken as problem:
        log.info("token.refused", problem=str(problem))
        raise UnknownOperator from None


def operator_id_of(bearer: Bearer) -> str:
    """The id of the operator with this token, registered or not.

    It is a hash of issuer and subject, so that a token leads to its operator in one read and no pointer can point
    wrongly; 130 bits of SHA-256, which nobody makes meet.
    """
    named = f"{len(bearer.issuer)}:{bearer.issuer}{bearer.subject}".encode()
    return f"op_{b32encode(hashlib.sha256(named).digest()).decode().lower()[:26]}"


def _find_operator(world: World, operator_id: str) -> Operator | None:
    return people.find(world.store, operator_id) if ids.looks_like(operator_id, "op") else None


def _no_room(account: Item) -> Forbidden | Conflict:
    """What it means that an account takes no further key."""
    return AccountSuspended() if "suspended" in account else TooManyKeys()
