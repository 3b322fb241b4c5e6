"""Bells: messages that say "look at this row now". The row is the job, so a bell may be lost or rung twice."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from chalicelib.kit import log

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


@dataclass(frozen=True)
class Bell:
    """One message to ring after a commit: the name of the queue and the text of the message.

    `delay_seconds` is how long the queue itself holds the message back: 0 to 900.
    """

    queue: str
    message: str
    delay_seconds: int = 0


@dataclass(frozen=True)
class Queues:
    """Where bells are rung."""

    client: "SQSClient"
    urls: Mapping[str, str]

    def ring(self, bells: Iterable[Bell]) -> None:
        """Ring each bell. One that fails is logged and left: the sweeper finds its row when it is due again."""
        for bell in bells:
            try:
                later: Any = {"DelaySeconds": bell.delay_seconds} if bell.delay_seconds else {}
                self.client.send_message(QueueUrl=self.urls[bell.queue], MessageBody=bell.message, **later)
            except Exception as error:  # noqa: BLE001 a lost bell must never turn a committed deed into an error
                log.fault("bell.lost", error, queue=bell.queue, message=bell.message)

    def is_reachable(self, queue: str) -> bool:
        """Whether a queue answers. Raises what the client raises when it does not."""
        self.client.get_queue_attributes(QueueUrl=self.urls[queue], AttributeNames=["QueueArn"])
        return True
