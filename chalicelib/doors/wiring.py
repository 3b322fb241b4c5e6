"""The one place where the world is put together, once per container and at first use."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING

from chalicelib.core import settings as configuration
from chalicelib.core.asking import bedrock, openai
from chalicelib.core.events import courier
from chalicelib.core.identity import deployment, keys, tokens
from chalicelib.core.judge import built_in, by_model
from chalicelib.core.providers import dlocal, github, payoneer, play
from chalicelib.core.reader import built_in as plain_reader
from chalicelib.core.reader import by_model as model_reader
from chalicelib.core.settings import Settings
from chalicelib.core.world import World
from chalicelib.kit import aws, log
from chalicelib.kit.bucket import Bucket
from chalicelib.kit.clock import Clock, Patience, ShiftedClock, SystemClock
from chalicelib.kit.queue import Queues
from chalicelib.kit.seal import Seal
from chalicelib.kit.store import Store

if TYPE_CHECKING:
    from chalicelib.core.asking.model import Model
    from chalicelib.core.ports.judge import Judge
    from chalicelib.core.ports.payments import Rail
    from chalicelib.core.ports.reader import Reader
    from chalicelib.core.ports.tokens import Tokens

KEY_CONTEXT = {"purpose": "byhand data key"}
# A person looks at everything in live mode while nothing but the built-in Guardian is there (ruling 13).
BUILT_IN_MOST_LIVE = 89


_given: list[World] = []


def world() -> World:
    """The world of this process. Raises ConfigurationError when the deployment must not start like this."""
    return _given[-1] if _given else _built()


@contextmanager
def using(other: World) -> Iterator[World]:
    """Serve from another world for a while: how a test has its own judge, courier or clients."""
    _given.append(other)
    try:
        yield other
    finally:
        _given.remove(other)


def forget(*, clients: bool = True) -> None:
    """Begin again, as in a fresh container: with the settings of the environment as it is by then, and new clients,
    unless those that are there lead to the same AWS.
    """
    _built.cache_clear()
    configuration.settings.cache_clear()
    if clients:
        aws.reset()


@lru_cache(maxsize=1)
def _built() -> World:
    log.set_up()
    settings = configuration.settings()
    log.set_up(settings.byhand_log_level)
    return build(settings)


def build(settings: Settings) -> World:
    """A world from settings: real adapters everywhere, over whatever AWS the clients reach."""
    store = Store(aws.dynamodb(), settings.table_names())
    facts = deployment.agree(store, settings.byhand_mode, lambda: _wrapped_key(settings), SystemClock().wall())
    return World(
        settings=settings,
        store=store,
        clock=_clock(settings, store),
        queues=Queues(aws.at_first_use(aws.sqs), settings.queue_urls()),
        bucket=Bucket(aws.at_first_use(aws.s3), settings.files_bucket),
        seal=Seal(lambda: ("k1", _unwrapped_key(facts["data_key"]))),
        judge=guardian(settings),
        reader=reader(settings),
        courier=courier.HttpCourier(url_rule(settings)),
        tokens=_tokens(settings),
        rails=rails(settings),
        till=dlocal.DlocalTill(settings) if settings.has_dlocal else None,
        forge=forge(settings),
        patience=Patience(exchange_seconds=settings.byhand_wait_seconds),
    )


def guardian(settings: Settings) -> Judge:
    """Who looks at proof in this deployment."""
    if settings.guardian != "built_in":
        return by_model.ModelJudge(_model(settings, settings.guardian_model), settings.guardian_seconds)
    return built_in.BuiltInJudge() if settings.test_mode else built_in.BuiltInJudge(most=BUILT_IN_MOST_LIVE)


def reader(settings: Settings) -> Reader:
    """Who reads reports in this deployment: a model where the Guardian is one, of the same provider."""
    if settings.guardian == "built_in":
        return plain_reader.BuiltInReader()
    name = settings.reader_model or settings.guardian_model
    return model_reader.ModelReader(_model(settings, name), settings.guardian_seconds)


def _model(settings: Settings, name: str) -> Model:
    """A model of the provider that this deployment asks."""
    if settings.guardian == "bedrock":
        return bedrock.BedrockModel(name)
    return openai.OpenAiModel(settings.guardian_base_url, name, settings.guardian_api_key)


def forge(settings: Settings) -> github.GitHubForge:
    """Where repositories are. Without a token it reads what everybody may read, and opens nothing."""
    line = courier.HttpCourier(url_rule(settings), exchange_seconds=github.SECONDS)
    return github.GitHubForge(line, settings.github_api_url, settings.github_token)


def url_rule(settings: Settings) -> courier.UrlRule:
    """Which URLs this deployment may call."""
    return courier.UrlRule(https_only=not settings.test_mode, loopback_allowed=settings.byhand_allow_loopback_urls)


def _tokens(settings: Settings) -> Tokens:
    """Who reads the tokens of operators; where no provider is configured, none of them opens anything."""
    if not settings.operator_jwks_url:
        return tokens.ClosedDoor()
    parties = (party.strip() for party in settings.operator_jwt_authorized_parties.split(","))
    return tokens.JwtTokens(
        keys=keys.ProviderKeys(settings.operator_jwks_url), issuer=settings.operator_jwt_issuer,
        authorized_parties=frozenset(party for party in parties if party), audience=settings.operator_jwt_audience,
    )  # fmt: skip


def rails(settings: Settings) -> dict[str, Rail]:
    """The ways on which money can leave this deployment, by name. The rail `usdc` comes with a chain."""
    played: dict[str, Rail] = {"test": play.PlayRail()} if settings.test_mode else {}
    return played | ({"payoneer": payoneer.PayoneerRail(settings)} if settings.has_payoneer else {})


def _clock(settings: Settings, store: Store) -> Clock:
    """Live has the wall clock and no offset to read; test shares one offset among all processes."""
    return ShiftedClock(lambda: deployment.clock_offset_seconds(store)) if settings.test_mode else SystemClock()


def _wrapped_key(settings: Settings) -> str:
    """A new data key, as KMS wrapped it: what may lie in a table."""
    answer = aws.kms().generate_data_key(KeyId=settings.data_key_id, KeySpec="AES_256", EncryptionContext=KEY_CONTEXT)
    return b64encode(answer["CiphertextBlob"]).decode()


def _unwrapped_key(wrapped: str) -> bytes:
    answer = aws.kms().decrypt(CiphertextBlob=b64decode(wrapped), EncryptionContext=KEY_CONTEXT)
    return answer["Plaintext"]
