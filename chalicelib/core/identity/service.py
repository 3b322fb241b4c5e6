"""Keys are made, shown once, and recognised; operators are recognised by what the door has checked."""

import secrets
from datetime import timedelta
from typing import Literal

from chalicelib.core.identity import store as rows
from chalicelib.core.identity.model import Agent, ApiKey, Operator
from chalicelib.core.world import World
from chalicelib.kit import ids
from chalicelib.kit.errors import Unauthenticated

KeyPrefix = Literal["ho_live_", "ih_", "qa_live_"]
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


def mint_key(account_id: str, email: str, name: str, prefix: KeyPrefix, world: World) -> tuple[ApiKey, str]:
    """A new key and its secret of 256 random bits, which exists nowhere else from now on (ruling 1)."""
    secret = prefix + secrets.token_urlsafe(32)
    shown = f"{secret[: len(prefix) + 6]}.."
    return ApiKey(ids.new("key"), account_id, email, name, shown, world.wall()), secret


def recognise_key(world: World, secret: str) -> Agent:
    """The agent behind an API key. Raises UnknownKey."""
    key = rows.find_key(world.store, secret) if secret.startswith(KEY_PREFIXES) else None
    if key is None:
        raise UnknownKey
    now = world.wall()
    if key.last_used_at is None or now - key.last_used_at > LAST_USED_EVERY:
        rows.touch_key(world.store, secret, now)
    return Agent(key.account_id, key.email, key.key_id)


def recognise_operator(world: World, operator_id: str) -> Operator:
    """The operator with an id that the door has reason to believe. Raises UnknownOperator."""
    operator = rows.find_operator(world.store, operator_id) if ids.looks_like(operator_id, "op") else None
    if operator is None:
        raise UnknownOperator
    return operator
