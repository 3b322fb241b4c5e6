"""AWS clients, made when first used and kept for the life of the container.

They are botocore's own, the ones that boto3 hands out: without its resources and its transfer manager they are ready
sooner.
"""

import threading
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar, cast

from botocore.exceptions import ConnectionError as NoConnection
from botocore.exceptions import HTTPClientError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient

CONNECT_SECONDS, READ_SECONDS = 1.0, 1.5
CALL_SECONDS = CONNECT_SECONDS + READ_SECONDS
"""How long one call of DynamoDB may take. Who calls asks again: the store for what it reads, a commit for itself."""

_making = threading.Lock()

SERVICES = ("dynamodb", "sqs", "kms", "s3", "bedrock-runtime")

OUTAGES = (NoConnection, HTTPClientError)
"""What a client raises when AWS did not answer: not our fault, not the caller's, and worth asking again."""


C = TypeVar("C")


def at_first_use(client: Callable[[], C]) -> C:
    """What stands for a client until it is used: a container that rings no bell never pays for SQS."""
    return cast("C", _AtFirstUse(client))


def dynamodb() -> "DynamoDBClient":
    """DynamoDB, with short time-outs, each call sent once: a commit says itself how long it goes on asking."""
    return _client("dynamodb", attempts=1)  # type: ignore[no-any-return]


def sqs() -> "SQSClient":
    """SQS, where the doorbells ring."""
    return _client("sqs")  # type: ignore[no-any-return]


def kms() -> "KMSClient":
    """KMS, which unwraps the data key once per container."""
    return _client("kms")  # type: ignore[no-any-return]


def s3() -> "S3Client":
    """S3. Path style and Signature V4, so that one presigned URL works on AWS and on a laptop."""
    return _client("s3")  # type: ignore[no-any-return]


def bedrock_runtime(seconds: int) -> Any:
    """Bedrock's models. A model thinks for long, and is asked once: `seconds` bound the whole call."""
    return _client("bedrock-runtime", seconds, 1)


def reset() -> None:
    """Forget every client: another AWS was raised, and needs clients that talk to it."""
    _made.cache_clear()


class _AtFirstUse:
    def __init__(self, client: Callable[[], Any]) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client(), name)


def _client(service: str, seconds: float | None = None, attempts: int = 2) -> Any:
    # Making one is not safe between threads, of which Lambda has one and a laptop has several.
    with _making:
        return _made(service, seconds, attempts)


@lru_cache(maxsize=8)
def _made(service: str, seconds: float | None, attempts: int) -> Any:
    from botocore.config import Config  # imported here, so that nothing pays for it before it is used

    read_timeout_seconds = seconds or (10 if service == "s3" else READ_SECONDS)
    return _session().create_client(
        service,
        config=Config(
            connect_timeout=CONNECT_SECONDS,
            read_timeout=read_timeout_seconds,
            retries={"total_max_attempts": attempts, "mode": "standard"},
            max_pool_connections=64,
            signature_version="s3v4" if service == "s3" else None,
            s3={"addressing_style": "path"} if service == "s3" else None,
        ),
    )


@lru_cache(maxsize=1)
def _session() -> Any:
    from botocore.loaders import Loader
    from botocore.session import Session

    class OurLoader(Loader):
        """A service is looked for by its name, and not among the folders of all four hundred."""

        def list_available_services(self, type_name: str) -> list[str]:
            return list(SERVICES)

    session = Session()
    session.register_component("data_loader", OurLoader())
    return session
